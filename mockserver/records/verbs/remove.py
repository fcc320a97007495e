"""One row gone; raises `NotFound` where there was none."""

from __future__ import annotations

from mockserver.calls import NOTHING, Call, Result
from mockserver.catalogue.model import Binding, Operation
from mockserver.errors import NotFound
from mockserver.records.blueprint import Blueprint
from mockserver.records.store import Store
from mockserver.records.verbs import Verb
from mockserver.records.verbs.keys import key_argument


def bind(operation: Operation, binding: Binding, blueprint: Blueprint) -> Verb:
    """`Delete…Entity` and `DELETE …/{id}`."""
    del binding
    argument = key_argument(operation)

    def remove(call: Call, store: Store) -> Result:
        key = call.arguments[argument]
        assert isinstance(key, int)
        if not store.remove(blueprint.name, key):
            raise NotFound(f"{blueprint.name} id {key} not found")
        return NOTHING

    return remove
