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

    def lay(row: Row, sent: Mapping[str, object], call: Call, store: Store) -> None:
        del call
        value = sent.get(owner)
        if isinstance(value, Mapping):
            key = value.get("AssociateId") or store.lists.id_of("associate", str(value.get("Name") or ""))
            if key != row[owner]:
                row[group] = None  # the owner is being set: his group is looked up when it is settled who he is

    def settle(row: Row, call: Call, store: Store) -> None:
        del call
        if row[group] is None:
            row[group] = _group(store.lists.shown["associate"].get(row[owner]))  # type: ignore[call-overload]

    return Aspect(blank=blank, lay=lay, settle=settle)


def _group(associate: Constant | None) -> object:
    return associate.value["GroupIdx"] if associate and isinstance(associate.value, dict) else 0
