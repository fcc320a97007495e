"""A new row: from the tenant's settings, with what was sent laid over it, numbers last (contact-domain 2, 3.1)."""

from __future__ import annotations

from mockserver.calls import Call, Result
from mockserver.catalogue.model import Binding, Operation
from mockserver.errors import NO_ENTITY, NoEntity
from mockserver.records.blueprint import Blueprint
from mockserver.records.store import Store
from mockserver.records.verbs import Verb
from mockserver.records.verbs.read import shown


def bind(operation: Operation, binding: Binding, blueprint: Blueprint) -> Verb:
    """`POST …`; a key in the body is ignored."""
    del operation, binding

    def create(call: Call, store: Store) -> Result:
        if not isinstance(call.body, dict):
            raise NoEntity(NO_ENTITY)
        row = blueprint.blank(call, store)
        blueprint.overlay(row, call.body, call, store)
        key = store.next_key(blueprint.name)
        blueprint.keep(row, key, call, store)
        return shown(row, key, blueprint, call, store)

    return create
