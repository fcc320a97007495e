"""An entity of the catalogue, made ready: its blank row, who owns which member, its aspects bound and in order.

Made once per process and shared by all tenants. Must not know which operation is running or how anything is encoded.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import TYPE_CHECKING

from mockserver.calls import Call
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Entity, Kind, Type
from mockserver.catalogue.shapes import Shapes
from mockserver.errors import CatalogueError, MockServerError
from mockserver.records.aspects import Aspect, Lay, Setting, Touch, aspects
from mockserver.records.lists import Lists
from mockserver.records.store import Row, Store

if TYPE_CHECKING:
    from mockserver.records.patching import Patcher

_SCALARS = (Kind.STRING, Kind.INT32, Kind.INT64, Kind.DOUBLE, Kind.BOOLEAN, Kind.DATE_TIME, Kind.ENUM)


class Blueprint:
    """How the rows of one entity are made, changed and shown."""

    def __init__(self, entity: Entity, catalogue: Catalogue, shapes: Shapes, lists: Lists) -> None:
        self.entity = entity
        self.name = entity.name
        self.key = entity.key
        self.changed = entity.changed
        self._catalogue = catalogue
        self._shapes = shapes
        carrier = catalogue.carrier(entity.carrier)
        setting = Setting(entity, carrier, catalogue, shapes, lists)
        bound = [self._bound(name, setting) for name in entity.aspects]
        owned = frozenset[str]().union(*(aspect.owns for aspect in bound))
        writable = [
            field for field in carrier.fields if field.name not in owned and field.name not in (*entity.computed, entity.key)
        ]
        self._scalars = {field.name: shapes.empty(field.type) for field in writable if field.type.kind in _SCALARS}
        self._others = tuple(field.name for field in writable if field.type.kind not in _SCALARS)
        self._blank_row = shapes.empty_carrier(carrier.name) | dict(entity.defaults)
        self._blank = _hooks(aspect.blank for aspect in bound)
        self._lay: list[Lay] = [aspect.lay for aspect in bound if aspect.lay]
        self._fill = _hooks(aspect.fill for aspect in bound)
        self._settle = _hooks(aspect.settle for aspect in bound)
        self._show = _hooks(aspect.show for aspect in bound)
        self._names = carrier.by_name
        self.coerce = shapes.coercer(Type(Kind.CARRIER, carrier.name), ignore=entity.computed)

    @staticmethod
    def _bound(name: str, setting: Setting) -> Aspect:
        bind = aspects().get(name)
        if bind is None:
            raise CatalogueError(f"entity {setting.entity.name}: no aspect is named {name}; known are {', '.join(aspects())}")
        return bind(setting)

    @cached_property
    def patcher(self) -> Patcher:
        """What applies patch documents to this entity; made at the first one, since it imports a library."""
        from mockserver.records.patching import Patcher

        return Patcher(self._catalogue, self._shapes)

    def check_names(self, members: Mapping[str, object]) -> None:
        """Raise `MockServerError` for a member that the entity does not have: the API would ignore it in silence."""
        for name in members:
            if name.lower() not in self._names:
                near = get_close_matches(name.lower(), self._names, n=1)
                hint = f"; did you mean {self._names[near[0]].name}?" if near else ""
                raise MockServerError(f"{self.entity.carrier} has no member {name}{hint}")

    def blank(self, call: Call, store: Store) -> Row:
        """A new row from the tenant's settings, with no key and no numbers drawn."""
        row = {name: value.copy() if isinstance(value, (list, dict)) else value for name, value in self._blank_row.items()}
        for touch in self._blank:
            touch(row, call, store)
        return row

    def overlay(self, row: Row, sent: Mapping[str, object], call: Call, store: Store) -> None:
        """Lay what was sent over a new row: only members that were sent and are not null."""
        scalars = self._scalars
        for name, value in sent.items():
            if value is not None and name in scalars:
                row[name] = value
        self._lay_others(row, sent, call, store)

    def replace(self, row: Row, sent: Mapping[str, object], call: Call, store: Store) -> None:
        """Lay what was sent over a stored row: scalars that are absent or null go back to their empty value."""
        row.update(self._scalars)
        self.overlay(row, sent, call, store)

    def _lay_others(self, row: Row, sent: Mapping[str, object], call: Call, store: Store) -> None:
        for name in self._others:
            value = sent.get(name)
            if value is not None:
                row[name] = value
        for lay in self._lay:
            lay(row, sent, call, store)

    def fill(self, row: Row, call: Call, store: Store) -> None:
        """Give what is still missing: numbers from their series."""
        for touch in self._fill:
            touch(row, call, store)

    def keep(self, row: Row, key: int, call: Call, store: Store) -> None:
        """The last word on a row, and into the store with it."""
        self.fill(row, call, store)
        row[self.key] = key
        for touch in self._settle:
            touch(row, call, store)
        store.put(self.name, key, row)

    def show(self, row: Row, call: Call, store: Store) -> Row:
        """The value the wire shows, made of the row in place."""
        for touch in self._show:
            touch(row, call, store)
        return row


def _hooks(found: object) -> list[Touch]:
    return [touch for touch in found if touch]  # type: ignore[attr-defined]


class Blueprints:
    """All entities of a catalogue, each made ready at first use."""

    def __init__(self, catalogue: Catalogue, shapes: Shapes, lists: Lists) -> None:
        self._catalogue = catalogue
        self._shapes = shapes
        self._lists = lists
        self._known: dict[str, Blueprint] = {}

    def __getitem__(self, name: str) -> Blueprint:
        known = self._known.get(name)
        if known is None:
            entity = self._catalogue.entities[name]
            known = self._known[name] = Blueprint(entity, self._catalogue, self._shapes, self._lists)
        return known
