"""One row gone; raises `NotFound` where there was none, unless the setting `remove_missing` says otherwise."""

from __future__ import annotations

from dataclasses import replace

from mockserver.calls import NOTHING, Call, Result
from mockserver.catalogue.model import Binding, Operation
from mockserver.errors import NotFound, UnknownRow
from mockserver.records.blueprint import Blueprint
from mockserver.records.store import Store
from mockserver.records.verbs import Verb
from mockserver.records.verbs.keys import key_argument
from mockserver.records.verbs.read import existing


def bind(operation: Operation, binding: Binding, blueprint: Blueprint) -> Verb:
    """`Delete…Entity` and `DELETE …/{id}`."""
    del binding
    argument = key_argument(operation)

    def remove(call: Call, store: Store) -> Result:
        key = call.arguments[argument]
        assert isinstance(key, int)
        if not store.has(blueprint.name, key):
            return _missing(blueprint.name, key, store)
        existing(blueprint, key, call, store)
        store.remove(blueprint.name, key)
        return NOTHING

    return remove


def _missing(entity: str, key: int, store: Store) -> Result:
    said = f"{entity} id {key} not found"
    match store.settings.remove_missing:
        case "ignore":
            return replace(NOTHING, remark=said)
        case "refuse":
            raise UnknownRow(said)
        case _:
            raise NotFound(said)
