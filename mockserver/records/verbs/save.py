"""Create or replace, as the key in the body says: 0 or absent is a new row."""

from __future__ import annotations

from dataclasses import replace

from mockserver.calls import Call, Result
from mockserver.catalogue.model import Binding, Operation
from mockserver.errors import BadRequest, UnknownRow
from mockserver.records.blueprint import Blueprint
from mockserver.records.store import Store
from mockserver.records.verbs import Verb
from mockserver.records.verbs import create as creating
from mockserver.records.verbs.create import NO_ENTITY
from mockserver.records.verbs.replace import replaced


def bind(operation: Operation, binding: Binding, blueprint: Blueprint) -> Verb:
    """`Save…Entity`; an id that does not exist makes a new row under an id of its own, or is an error (setting `unknown_id`)."""
    create = creating.bind(operation, binding, blueprint)

    def save(call: Call, store: Store) -> Result:
        if not isinstance(call.body, dict):
            raise BadRequest(NO_ENTITY)
        key = call.body.get(blueprint.key)
        if not key:
            return create(call, store)
        assert isinstance(key, int)
        row = store.row(blueprint.name, key)
        if row is None:
            if store.settings.unknown_id == "refuse":
                raise UnknownRow(f"{blueprint.name} id {key} not found")
            made = create(call, store)
            return replace(made, remark=f"{blueprint.name} id {key} does not exist; a new row was made under id {made.key}")
        return replaced(row, key, blueprint, call, store)

    return save
