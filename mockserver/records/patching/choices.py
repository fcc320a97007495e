"""Lists that are shown whole with a mark on the chosen items: interests, and whatever else is made of `SelectableMDOListItem`.

Nothing is added to such a list or taken out of it; items change, each found by its id, also below a heading. Must not know
paths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mockserver.calls import Value
from mockserver.catalogue.model import Kind, Type
from mockserver.records.patching.documents import Document

_CHOICE = "SelectableMDOListItem"

Own = Callable[[Document | list[Value], str | int], Document | list[Value] | None]
"""The container at a place, to be changed in place."""


def is_choice(kind: Type) -> bool:
    """Whether a type is that of an item of such a list."""
    return kind.kind is Kind.CARRIER and kind.name == _CHOICE


def is_whole_list(kind: Type) -> bool:
    """Whether a type is such a list."""
    return kind.kind is Kind.ARRAY and kind.item is not None and is_choice(kind.item)


class Choices:
    """The items of the whole lists met so far, by their ids; each list is kept alive so that its id stays its own."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[list[Value], dict[Value, Document]]] = {}

    def forget(self, items: list[Value]) -> None:
        """What is known of a list no longer holds: an id in it may change."""
        self._known.pop(id(items), None)

    def choose(self, now: list[Value], sent: list[Value], own: Own) -> None:
        """Change the items that were sent; what the list does not have is dropped."""
        if id(now) not in self._known:
            self._known[id(now)] = now, {item.get("Id"): item for item in _owned(now, own)}
        known = self._known[id(now)][1]
        for each in _items(sent):
            if each.get("Id") in known:
                changes = {name: value for name, value in each.items() if value is not None and name != "ChildItems"}
                known[each["Id"]].update(changes)


def _items(items: Value) -> Iterator[Document]:
    """The items of a list and of the headings in it."""
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            yield item
            yield from _items(item.get("ChildItems"))


def _owned(items: list[Value], own: Own) -> Iterator[Document]:
    """The same, each to be changed in place."""
    for index in range(len(items)):
        item = own(items, index)
        if isinstance(item, dict):
            yield item
            below = own(item, "ChildItems")
            if isinstance(below, list):
                yield from _owned(below, own)
