"""One row gone; raises `NotFound` where there was none."""

from __future__ import annotations

from mockserver.calls import NOTHING, Call, Result
from mockserver.catalogue.model import Binding, Operation
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
        existing(blueprint, key, call, store)
        store.remove(blueprint.name, key)
        return NOTHING

    return remove
