"""`published.json` + `additions.yaml` + `entities/*.yaml` + `lists/*.yaml` → Catalogue; unknown keys are errors.

Operations and carriers are kept as the rows they are in the file and become objects at first use: a test that asks for
three operations does not pay for three thousand. Must not know HTTP, rows or codecs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import orjson
import yaml

from mockserver.catalogue.model import Behaviour, Binding, Carrier, Entity, Enumeration, Field, Operation, Parameter, Place, Type
from mockserver.errors import CatalogueError

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # libyaml is missing from this build of PyYAML
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

PROVENANCES = ("documented", "recorded", "guessed")


@dataclass(frozen=True, slots=True)
class StockList:
    """A list of the stock tenant: rows by id, each a whole carrier value without its rights members."""

    name: str
    carrier: str | None
    key: str
    title: str
    rows: Mapping[int, Mapping[str, object]]


class Catalogue:
    """What exists: operations, carriers, enums, entities, lists, and how sure we are of what we wrote by hand."""

    def __init__(self, published: Mapping[str, Any], additions: Mapping[str, Any] | None = None) -> None:
        self._published = published
        self.media: list[tuple[str, ...]] = [tuple(each) for each in published["media"]]
        self._operation_rows: dict[str, dict[str, Any]] = dict(published["operations"])
        self._operations: dict[str, Operation] = {}
        self._carriers: dict[str, Carrier] = {}
        self._enums: dict[str, Enumeration] = {}
        self.entities: dict[str, Entity] = {}
        self.lists: dict[str, StockList] = {}
        self.layouts: dict[int, Mapping[str, Any]] = {}
        self.rights: dict[str, Mapping[str, list[Any]]] = {}
        self.custom_fields: dict[str, Mapping[str, Mapping[str, Any]]] = {}
        self.behaviours: list[Behaviour] = []
        self.bindings: dict[str, Binding] = {}
        if additions:
            self._add(additions)

    # --- what is published

    @property
    def operation_rows(self) -> Mapping[str, Mapping[str, Any]]:
        """The published rows as they stand in the file; for the router, which needs all and keeps none."""
        return self._operation_rows

    def operation(self, name: str) -> Operation:
        """The operation with this published id; raises `CatalogueError`."""
        known = self._operations.get(name)
        if known is None:
            row = self._operation_rows.get(name)
            if row is None:
                raise CatalogueError(f"no operation is published under the id {name}")
            known = self._operations[name] = self._operation(name, row)
        return known

    def operations(self) -> Iterator[Operation]:
        """All of them, in published order."""
        return (self.operation(name) for name in self._operation_rows)

    def carrier(self, name: str) -> Carrier:
        """The carrier of this name; raises `CatalogueError`."""
        known = self._carriers.get(name)
        if known is None:
            row = self._published["carriers"].get(name)
            if row is None:
                raise CatalogueError(f"no carrier is published under the name {name}")
            known = self._carriers[name] = Carrier(
                name, tuple(_field(each, text) for each, text in row["fields"].items()), row.get("base")
            )
        return known

    @property
    def carrier_names(self) -> Iterator[str]:
        """All published carriers."""
        return iter(self._published["carriers"])

    @property
    def enum_names(self) -> Iterator[str]:
        """All published enums."""
        return iter(self._published["enums"])

    def enum(self, name: str) -> Enumeration:
        """The enum of this name; raises `CatalogueError`."""
        known = self._enums.get(name)
        if known is None:
            row = self._published["enums"].get(name)
            if row is None:
                raise CatalogueError(f"no enum is published under the name {name}")
            known = self._enums[name] = Enumeration(name, row["members"], row.get("flags", False))
        return known

    def _operation(self, name: str, row: Mapping[str, Any]) -> Operation:
        path: str = row["path"]
        parts = path.split("/")
        parameters = [
            Parameter(each, place, Type.parse(text.removesuffix("!")), place is Place.PATH or text.endswith("!"))
            for place, key in ((Place.PATH, "at"), (Place.QUERY, "query"), (Place.FORM, "form"))
            for each, text in row.get(key, {}).items()
        ]
        return Operation(
            id=name,
            method=row["http"],
            path=path,
            agent=parts[4] if len(parts) == 6 and parts[3] == "Agents" else None,
            parameters=tuple(parameters),
            body=Type.parse(row["body"][1]) if "body" in row else None,
            answers={int(status): Type.parse(text) if text else None for status, text in row["answers"].items()},
            consumes=self.media[row["consumes"]],
            produces=self.media[row["produces"]],
            certainty=row.get("certainty", "documented"),
            source=row.get("source", "swagger"),
        )

    # --- what we add

    def _add(self, additions: Mapping[str, Any]) -> None:
        check_keys("additions.yaml", additions, "operations")
        for name, row in additions["operations"].items():
            where = f"additions.yaml: {name}"
            check_keys(where, row, "http path answers consumes produces", "at query body certainty source")
            check_provenance(where, row)
            if name in self._operation_rows:
                raise CatalogueError(f"{where}: is published already; remove it from the additions")
            self._operation_rows[name] = row

    def add_entity(self, where: str, described: Mapping[str, Any]) -> None:
        """One file of `entities/`; expands its families and fails, naming them, if operations are not published."""
        try:
            self._add_entity(where, described)
        except CatalogueError as error:
            raise error if str(error).startswith(where) else CatalogueError(f"{where}: {error}") from None

    def _add_entity(self, where: str, described: Mapping[str, Any]) -> None:
        check_keys(where, described, "entity carrier key", "changed rest agents aspects computed defaults operations options")
        name, carrier = described["entity"], self.carrier(described["carrier"])
        named = (described["key"], described.get("changed"), *described.get("computed", ()), *described.get("defaults", ()))
        for member in filter(None, named):
            if member.lower() not in carrier.by_name:
                raise CatalogueError(f"{where}: {carrier.name} has no member {member}")
        bindings = [
            Binding(operation, verb, name)
            for family in ("rest", "agents")
            if family in described
            for operation, verb in self._family(where, family, described[family], carrier.name)
        ]
        for operation, binding in described.get("operations", {}).items():
            self.operation(operation)
            options = {key: value for key, value in binding.items() if key not in ("verb", "entity")}
            bindings.append(Binding(operation, binding["verb"], binding.get("entity", name), options))
        entity = Entity(
            name=name,
            carrier=carrier.name,
            key=described["key"],
            changed=described.get("changed"),
            aspects=tuple(described.get("aspects", ())),
            computed=tuple(described.get("computed", ())),
            defaults=described.get("defaults", {}),
            bindings=tuple(bindings),
            options=described.get("options", {}),
        )
        self.entities[name] = entity
        for binding in bindings:
            if binding.operation in self.bindings:
                raise CatalogueError(f"{where}: {binding.operation} is bound twice")
            self.bindings[binding.operation] = binding

    def _family(self, where: str, family: str, stem: str, carrier: str) -> Iterator[tuple[str, str]]:
        """The operations that follow the pattern, as (published id, verb)."""
        by_route = self._routes
        missing = []
        pattern = _REST_FAMILY if family == "rest" else _AGENT_FAMILY
        for method, template, verb in pattern:
            route = (method, template.format(stem=stem, carrier=carrier).lower())
            if route in by_route:
                yield by_route[route], verb
            elif verb not in _NOT_EVERYWHERE:
                missing.append(f"{method} {template.format(stem=stem, carrier=carrier)}")
        if missing:
            raise CatalogueError(f"{where}: the family {family}: {stem} expects {', '.join(missing)}, not published")

    @cached_property
    def _routes(self) -> dict[tuple[str, str], str]:
        """(method, lower-case path) → id; where two differ only in a parameter's type the first published one counts."""
        routes: dict[tuple[str, str], str] = {}
        for name, row in self._operation_rows.items():
            routes.setdefault((row["http"], row["path"].lower()), name)
        return routes

    def add_list(self, where: str, described: Mapping[str, Any]) -> None:
        """One file of `lists/`."""
        check_provenance(where, described)
        if described.get("list") == "addressformat":
            check_keys(where, described, "list layouts", "provenance source guessed")
            self.layouts = described["layouts"]
        else:
            check_keys(where, described, "list key name columns rows", "about carrier provenance source guessed same")
            columns, same = described["columns"], described.get("same", {})
            rows = {}
            for cells in described["rows"]:
                if len(cells) != len(columns):
                    raise CatalogueError(f"{where}: the row {cells} has {len(cells)} cells for {len(columns)} columns")
                row = {**same, **dict(zip(columns, cells, strict=True))}
                rows[row[described["key"]]] = row
            self.lists[described["list"]] = StockList(
                described["list"], described.get("carrier"), described["key"], described["name"], rows
            )
        for what in described.get("guessed", ()):
            self._behave(f"list.{described['list']}.{what}", f"{what} in list {described['list']}", "guessed", where)
        if described["provenance"] == "guessed":
            self._behave(f"list.{described['list']}", f"the rows of list {described['list']}", "guessed", where)

    def add_behaviours(self, where: str, described: Mapping[str, Any]) -> None:
        """`behaviours.yaml`: every hand-written behaviour with its provenance."""
        for name, row in described.items():
            check_keys(f"{where}: {name}", row, "says", "provenance source")
            check_provenance(f"{where}: {name}", row)
            self._behave(name, row["says"], row["provenance"], row["source"])

    def _behave(self, name: str, says: str, provenance: str, source: str) -> None:
        self.behaviours.append(Behaviour(name, says, provenance, source))

    def guesses(self) -> Iterator[Behaviour]:
        """What rests on a proposal and not on a source: the honest to-do list."""
        yield from (each for each in self.behaviours if each.provenance == "guessed")
        for name, row in self._operation_rows.items():
            if row.get("certainty") == "guessed":
                yield Behaviour(f"operation.{name}", f"{row['http']} {row['path']} exists", "guessed", row["source"])


_REST_FAMILY = (
    ("GET", "/api/v1/{stem}/default", "default"),
    ("GET", "/api/v1/{stem}/{{id}}", "read"),
    ("POST", "/api/v1/{stem}", "create"),
    ("PUT", "/api/v1/{stem}/{{id}}", "replace"),
    ("PATCH", "/api/v1/{stem}/{{id}}", "patch"),
    ("DELETE", "/api/v1/{stem}/{{id}}", "remove"),
)
_NOT_EVERYWHERE = ("patch",)  # published for 36 resources, which are not all
_AGENT_FAMILY = (
    ("POST", "/api/v1/Agents/{stem}/CreateDefault{carrier}", "default"),
    ("POST", "/api/v1/Agents/{stem}/Get{carrier}", "read"),
    ("POST", "/api/v1/Agents/{stem}/Save{carrier}", "save"),
    ("POST", "/api/v1/Agents/{stem}/Delete{carrier}", "remove"),
)


def _field(name: str, text: str) -> Field:
    kind, _, stock = text.partition(" @")
    return Field(name, Type.parse(kind), stock or None)


def check_keys(where: str, described: Mapping[str, Any], needed: str, known: str = "") -> None:
    """Refuse a row of our own data that lacks a needed key or has an unknown one."""
    if not isinstance(described, Mapping):
        raise CatalogueError(f"{where}: must be a mapping")
    if missing := [key for key in needed.split() if key not in described]:
        raise CatalogueError(f"{where}: the key {', '.join(missing)} is missing")
    if unknown := sorted(set(described) - set(needed.split()) - set(known.split())):
        raise CatalogueError(f"{where}: unknown key {', '.join(unknown)}; known are {needed} {known}".rstrip())


def check_provenance(where: str, described: Mapping[str, Any]) -> None:
    """Refuse a row that does not say how sure it is and where that comes from."""
    value = described.get("provenance", described.get("certainty"))
    if value not in PROVENANCES or not described.get("source"):
        raise CatalogueError(f"{where}: needs a provenance (one of {', '.join(PROVENANCES)}) and a source")


def read_yaml(text: str) -> Any:  # noqa: ANN401 - what a YAML file holds is checked by those who read it
    """A data file's content, by the C loader where there is one."""
    return yaml.load(text, Loader=_Loader)


@cache
def load_catalogue() -> Catalogue:
    """The catalogue shipped with the package, loaded once per process; raises `CatalogueError`."""
    folder = Path(__file__).parent
    published = orjson.loads((folder / "published.json").read_bytes())
    catalogue = Catalogue(published, read_yaml((folder / "additions.yaml").read_text("utf-8")))
    catalogue.rights = read_yaml((folder / "rights.yaml").read_text("utf-8"))["carriers"]
    catalogue.custom_fields = read_yaml((folder / "custom_fields.yaml").read_text("utf-8"))["entities"]
    for kind, add in (("lists", catalogue.add_list), ("entities", catalogue.add_entity)):
        for file in sorted((folder / kind).iterdir()):
            # Long lists made from public data are JSON, which loads fifty times quicker.
            if file.suffix == ".yaml":
                add(f"{kind}/{file.name}", read_yaml(file.read_text("utf-8")))
            elif file.suffix == ".json":
                add(f"{kind}/{file.name}", orjson.loads(file.read_bytes()))
    catalogue.add_behaviours("behaviours.yaml", read_yaml((folder / "behaviours.yaml").read_text("utf-8")))
    return catalogue
