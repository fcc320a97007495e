"""Whose row it is: the caller's at first, and the owner's primary group at the moment the owner is set (contact-domain 6)."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.calls import Call, Constant
from mockserver.records.aspects import Aspect, Setting
from mockserver.records.store import Row, Store


def bind(setting: Setting) -> Aspect:
    """Option `ownership: {owner: Associate, group: GroupId}`; runs before `references`, which expands the owner."""
    option = setting.entity.options["ownership"]
    assert isinstance(option, Mapping)
    owner, group = str(option["owner"]), str(option["group"])

    def blank(row: Row, call: Call, store: Store) -> None:
        del store
        row[owner] = call.principal.associate
        row[group] = call.principal.group

    def settle(row: Row, call: Call, store: Store) -> None:
        if row[owner] == call.principal.associate:
            row[group] = call.principal.group
        elif row[owner]:
            row[group] = _group(store.lists.shown["associate"].get(row[owner]))  # type: ignore[call-overload]

    return Aspect(blank=blank, settle=settle)


def _group(associate: Constant | None) -> object:
    return associate.value["GroupIdx"] if associate and isinstance(associate.value, dict) else 0
