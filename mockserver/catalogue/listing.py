"""The catalogue as lines for a person: operations with their tier, entities, guesses. Must not know who prints them."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.catalogue.loading import load_catalogue
from mockserver.catalogue.model import Operation


def tier(operation: Operation) -> str:
    """How well an operation is answered: stateful, shaped or known."""
    if operation.id in load_catalogue().bindings:
        return "stateful"
    return "shaped" if operation.has_shape else "known"


def operations() -> Iterator[str]:
    """One line each: tier, method, path, id."""
    for each in load_catalogue().operations():
        yield f"{tier(each):8} {each.method:6} {each.path}  {each.id}"


def coverage() -> str:
    """The table of the README: operations by tier, agents and REST apart, then what is stateful by entity."""
    counts = {(half, name): 0 for half in ("agents", "REST") for name in ("stateful", "shaped", "known")}
    for each in load_catalogue().operations():
        counts["agents" if each.agent else "REST", tier(each)] += 1
    lines = ["| | stateful | shaped | known |", "|---|--:|--:|--:|"]
    for half in ("agents", "REST"):
        cells = " | ".join(str(counts[half, name]) for name in ("stateful", "shaped", "known"))
        lines.append(f"| {half} | {cells} |")
    lines += ["", "| entity | stateful operations |", "|---|---|"]
    for entity in load_catalogue().entities.values():
        known = [load_catalogue().operation(binding.operation) for binding in entity.bindings]
        said = [f"`{each.name}`" if each.agent else f"`{each.method} {each.path[7:]}`" for each in known]
        lines.append(f"| {entity.name} | {', '.join(said)} |")
    return "\n".join(lines)


def entities() -> Iterator[str]:
    """One line each: name, carrier, key, number of stateful operations."""
    for entity in load_catalogue().entities.values():
        yield f"{entity.name:12} {entity.carrier:16} key {entity.key:12} {len(entity.bindings)} stateful operations"


def guesses() -> Iterator[str]:
    """One line each: what rests on a proposal and not on a source, and where the proposal stands."""
    for each in load_catalogue().guesses():
        yield f"{each.id}: {each.says}  ({each.source})"


if __name__ == "__main__":
    import sys

    sys.stdout.write(coverage() + "\n")
