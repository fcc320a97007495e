"""Interests: shown as the whole list with `Selected` flags, stored as the ids that are selected (contact-domain 3.8).

Items that are not sent keep their state; items the tenant does not define are dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from mockserver.calls import Call, Constant
from mockserver.records.aspects import Aspect, Setting
from mockserver.records.store import Row, Store


def bind(setting: Setting) -> Aspect:
    """Option `interests: {member: Interests, list: contint, count: ActiveInterests}`."""
    option = setting.entity.options["interests"]
    assert isinstance(option, Mapping)
    member, stock, count = str(option["member"]), setting.lists.stock(str(option["list"])), str(option["count"])
    shapes = setting.shapes

    @lru_cache(maxsize=256)
    def shown(selected: tuple[int, ...]) -> Constant:
        return Constant(
            [shapes.filled("SelectableMDOListItem", {**row, "Selected": key in selected}) for key, row in stock.rows.items()]
        )

    def blank(row: Row, call: Call, store: Store) -> None:
        del call, store
        row[member] = []

    def lay(row: Row, sent: Mapping[str, object], call: Call, store: Store) -> None:
        del call, store
        items = sent.get(member)
        if not isinstance(items, list):
            return
        selected = set(row[member])  # type: ignore[call-overload]
        for key, chosen in _choices(items):
            if key in stock.rows:
                (selected.add if chosen else selected.discard)(key)
        row[member] = sorted(selected)
        row[count] = len(selected)

    def show(row: Row, call: Call, store: Store) -> None:
        del call, store
        row[member] = shown(tuple(row[member]))  # type: ignore[arg-type]

    return Aspect(owns=frozenset((member, count)), blank=blank, lay=lay, show=show)


def _choices(items: list[object]) -> Iterator[tuple[int, bool]]:
    """(id, selected) of each item and of the items below it, where headings hold them."""
    for item in items:
        if isinstance(item, dict):
            if item.get("Id"):
                yield item["Id"], bool(item.get("Selected"))
            if item.get("ChildItems"):
                yield from _choices(item["ChildItems"])
