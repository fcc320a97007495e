"""Create or replace, as the key in the body says: 0 or absent is a new row. Reads patch documents, too."""

from __future__ import annotations

from dataclasses import replace

from mockserver.calls import Call, Result
from mockserver.catalogue.model import Binding, Operation
from mockserver.errors import NO_ENTITY, NoEntity, UnknownRow
from mockserver.records.blueprint import Blueprint
from mockserver.records.store import Store
from mockserver.records.verbs import Verb
from mockserver.records.verbs import create as creating
from mockserver.records.verbs.patch import patched, to_save
from mockserver.records.verbs.replace import replaced


def bind(operation: Operation, binding: Binding, blueprint: Blueprint) -> Verb:
    """`Save…Entity`; an id that does not exist makes a new row under an id of its own, or is an error (setting `unknown_id`)."""
    create = creating.bind(operation, binding, blueprint)

    def save(call: Call, store: Store) -> Result:
        if call.preferences.sends_patch:
            return _patched(create, blueprint, call, store)
        if not isinstance(call.body, dict):
            raise NoEntity(NO_ENTITY)
        key = call.body.get(blueprint.key)
        if not key:
            return create(call, store)
        assert isinstance(key, int)
        row = store.row(blueprint.name, key)
        if row is None:
            return _unknown(key, create, blueprint, call, store)
        return replaced(row, key, blueprint, call, store)

    return save


def _patched(create: Verb, blueprint: Blueprint, call: Call, store: Store) -> Result:
    """A patch document applies to the stored row it names through its key, or to a new default one."""
    from mockserver.records.patching import Patch, key_of

    patch = Patch.read(call.body)
    key = key_of(patch, blueprint.key)
    row = store.row(blueprint.name, key) if key else None
    if key and row is not None:
        return patched(row, key, patch, blueprint, call, store, rest=False)
    before = blueprint.show(blueprint.blank(call, store), call, store)
    if key:
        before[blueprint.key] = key  # so that a test of the key holds
    after = blueprint.patcher.apply(patch, before, blueprint.entity.carrier, rest=False)
    fresh = replace(call, body=to_save(before, after))
    made = _unknown(key, create, blueprint, fresh, store) if key else create(fresh, store)
    return replace(made, before=before)


def _unknown(key: int, create: Verb, blueprint: Blueprint, call: Call, store: Store) -> Result:
    if store.settings.unknown_id == "refuse":
        raise UnknownRow(f"{blueprint.name} id {key} not found")
    made = create(call, store)
    return replace(made, remark=f"{blueprint.name} id {key} does not exist; a new row was made under id {made.key}")
