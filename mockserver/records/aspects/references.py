"""Members that refer to a row of a list: stored as its id, sent by id or by name, shown whole (contact-domain 3.3).

A reference that is null is left as it is; one with id 0 and no name clears the member.
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.calls import Call
from mockserver.catalogue.model import Kind
from mockserver.errors import BadRequest
from mockserver.records.aspects import Aspect, Setting
from mockserver.records.store import Row, Store


def bind(setting: Setting) -> Aspect:
    """Every member whose carrier is how some stock list shows its rows."""
    lists: dict[str, str] = {}
    for field in setting.carrier.fields:
        if field.type.kind is Kind.CARRIER and (name := setting.lists.for_carrier(field.type.name)):
            lists[field.name] = name
    writable = [(member, name) for member, name in lists.items() if member not in setting.entity.computed]

    def lay(row: Row, sent: Mapping[str, object], call: Call, store: Store) -> None:
        del call
        for member, name in writable:
            value = sent.get(member)
            if value is not None:
                assert isinstance(value, dict)
                row[member] = _resolved(member, name, value, store)

    def show(row: Row, call: Call, store: Store) -> None:
        del call
        shown = store.lists.shown
        for member, name in lists.items():
            key = row[member]
            row[member] = shown[name].get(key) if key else None  # type: ignore[call-overload]

    return Aspect(owns=frozenset(lists), lay=lay, show=show)


def _resolved(member: str, name: str, value: Mapping[str, object], store: Store) -> int | None:
    """The id that a sent reference means; None clears. Raises `BadRequest` where the list has no such row."""
    stock = store.lists.stock(name)
    key = value.get(stock.key)
    if isinstance(key, int) and key:
        if key not in stock.rows:
            raise BadRequest(f"{member}: the list '{name}' has no item with id {key}")
        return key
    title = value.get(stock.title)
    if not title:
        return None
    found = store.lists.id_of(name, str(title))
    if found is None:
        raise BadRequest(f"{member}: the list '{name}' has no item named '{str(title)[:80]}'")
    return found
