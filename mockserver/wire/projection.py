"""`$select`: members that were not asked for come back null, or as the default of their type where null cannot be.

None is removed (protocol 1.2). Names in any letter case, `category/id` reaches inside. Must not know operations or rows.
"""

from __future__ import annotations

from functools import lru_cache

from mockserver.calls import Value, plain
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Type
from mockserver.catalogue.shapes import Shapes

_NULLABLE = (Kind.STRING, Kind.BINARY, Kind.STREAM, Kind.ANY, Kind.CARRIER, Kind.ARRAY, Kind.MAP)
_LONGEST = 10_000


class Selection(dict[str, "Selection"]):
    """Members asked for, by lower-case name; an empty one below a name asks for all of it."""


@lru_cache(maxsize=512)
def selection(text: str) -> Selection:
    """`name,category/id` as a tree; names that no carrier has are harmless."""
    tree = Selection()
    for path in text[:_LONGEST].split(","):
        below = tree
        for name in path.strip().lower().split("/"):
            if name:
                below = below.setdefault(name, Selection())
    return tree


class Projections:
    """Cuts values down to what was asked for."""

    def __init__(self, catalogue: Catalogue, shapes: Shapes) -> None:
        self._catalogue = catalogue
        self._shapes = shapes

    def cut(self, value: Value, kind: Type, tree: Selection) -> Value:
        """The value with every member that the tree does not name emptied; an empty tree asks for everything."""
        if not tree:
            return value
        if kind.kind is Kind.ARRAY and kind.item:
            rows = plain(value)
            return [self.cut(each, kind.item, tree) for each in rows] if isinstance(rows, list) else value
        if kind.kind is not Kind.CARRIER:
            return value
        whole = plain(value)
        if not isinstance(whole, dict):
            return value
        shown = {}
        for field in self._catalogue.carrier(kind.name).fields:
            if field.name in whole:
                below = tree.get(field.name.lower())
                shown[field.name] = self._nothing(field.type) if below is None else self.cut(whole[field.name], field.type, below)
        return shown

    def _nothing(self, kind: Type) -> Value:
        return None if kind.kind in _NULLABLE else self._shapes.empty(kind)
