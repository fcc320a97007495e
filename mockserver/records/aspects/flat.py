"""Members that show another entity's row in its flat carrier: a company on its person, a support person on a company.

Stored as the other row's key; the members both have in common are shown, list items by name. What the flat carrier sums up
(main phone, full names) stays empty here.
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.calls import Call
from mockserver.catalogue.model import Kind, Type
from mockserver.errors import BadRequest
from mockserver.records.aspects import Aspect, Setting
from mockserver.records.store import Row, Store

_PLAIN = (Kind.STRING, Kind.INT32, Kind.BOOLEAN)


def bind(setting: Setting) -> Aspect:
    """Option `flat: {Contact: {entity: Contact, key: ContactId}}`: member → whose rows it shows, and the key's name."""
    option = setting.entity.options["flat"]
    assert isinstance(option, Mapping)
    members = {
        field.name: (str(option[field.name]["entity"]), str(option[field.name]["key"]), field.type.name)
        for field in setting.carrier.fields
        if field.name in option
    }
    shapes, lists = setting.shapes, setting.lists
    titles = {
        (entity, field.name): name
        for entity, _, _ in members.values()
        for field in setting.catalogue.carrier(setting.catalogue.entities[entity].carrier).fields
        if field.type.kind is Kind.CARRIER and (name := lists.for_carrier(field.type.name))
    }
    coercers = {
        carrier: {
            field.name: shapes.coercer(Type(field.type.kind))
            for field in setting.catalogue.carrier(carrier).fields
            if field.type.kind in _PLAIN
        }
        for _, _, carrier in members.values()
    }

    def lay(row: Row, sent: Mapping[str, object], call: Call, store: Store) -> None:
        del call
        for member, (entity, key_name, _) in members.items():
            value = sent.get(member)
            if isinstance(value, dict):
                key = value.get(key_name) or None
                if key is not None and not store.has(entity, key):
                    raise BadRequest(f"{member}: there is no {entity} with id {key}")
                row[member] = key

    def show(row: Row, call: Call, store: Store) -> None:
        del call
        for member, (entity, _, carrier) in members.items():
            key = row[member]
            other = store.row(entity, key) if isinstance(key, int) else None
            if other is None:
                row[member] = None
                continue
            shown = shapes.empty_carrier(carrier)
            for name, coerce in coercers[carrier].items():
                value = other.get(name)
                if value is not None and (entity, name) in titles:
                    stock = lists.stock(titles[entity, name])
                    shown[name] = stock.rows[value][stock.title]  # type: ignore[index]
                elif value is not None and not isinstance(value, (dict, list)):
                    shown[name] = coerce(value)
            row[member] = shown

    return Aspect(owns=frozenset(members), lay=lay, show=show)
