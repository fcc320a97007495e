"""The catalogue as lines for a person: operations with their tier, entities, guesses. Must not know who prints them."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.catalogue.loading import load_catalogue
from mockserver.catalogue.model import Kind, Operation


def tier(operation: Operation) -> str:
    """How well an operation is answered: stateful, shaped or known."""
    if operation.id in load_catalogue().bindings:
        return "stateful"
    result = operation.result
    return "known" if result and result.kind in (Kind.ANY, Kind.STREAM, Kind.BINARY) else "shaped"


def operations() -> Iterator[str]:
    """One line each: tier, method, path, id."""
    for each in load_catalogue().operations():
        yield f"{tier(each):8} {each.method:6} {each.path}  {each.id}"


def entities() -> Iterator[str]:
    """One line each: name, carrier, key, number of stateful operations."""
    for entity in load_catalogue().entities.values():
        yield f"{entity.name:12} {entity.carrier:16} key {entity.key:12} {len(entity.bindings)} stateful operations"


def guesses() -> Iterator[str]:
    """One line each: what rests on a proposal and not on a source, and where the proposal stands."""
    for each in load_catalogue().guesses():
        yield f"{each.id}: {each.says}  ({each.source})"
