"""A stored row, replaced by what was sent; omitted members follow the rules of contact-domain 3.2."""

from __future__ import annotations

from mockserver.calls import Call, Result
from mockserver.catalogue.model import Binding, Operation
from mockserver.errors import NO_ENTITY, NoEntity
from mockserver.records.blueprint import Blueprint
from mockserver.records.store import Row, Store
from mockserver.records.verbs import Verb
from mockserver.records.verbs.keys import key_argument
from mockserver.records.verbs.read import existing, shown


def bind(operation: Operation, binding: Binding, blueprint: Blueprint) -> Verb:
    """`PUT …/{id}`; the path's id wins over the body's."""
    del binding
    argument = key_argument(operation)

    def replace(call: Call, store: Store) -> Result:
        key = call.arguments[argument]
        assert isinstance(key, int)
        return replaced(existing(blueprint, key, call, store), key, blueprint, call, store)

    return replace


def replaced(row: Row, key: int, blueprint: Blueprint, call: Call, store: Store) -> Result:
    """Lay the call's body over the row, keep it and show it."""
    if not isinstance(call.body, dict):
        raise NoEntity(NO_ENTITY)
    blueprint.replace(row, call.body, call, store)
    blueprint.keep(row, key, call, store)
    return shown(row, key, blueprint, call, store)
