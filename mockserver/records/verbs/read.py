"""One row, by its key."""

from __future__ import annotations

from datetime import UTC, datetime

from mockserver.calls import Call, Result
from mockserver.catalogue.model import Binding, Operation
from mockserver.errors import NotFound
from mockserver.records.blueprint import Blueprint
from mockserver.records.store import Row, Store
from mockserver.records.verbs import Verb
from mockserver.records.verbs.keys import key_argument


def bind(operation: Operation, binding: Binding, blueprint: Blueprint) -> Verb:
    """`Get…Entity` and `GET …/{id}`."""
    del binding
    argument = key_argument(operation)

    def read(call: Call, store: Store) -> Result:
        key = call.arguments[argument]
        assert isinstance(key, int)
        return shown(existing(blueprint, key, store), key, blueprint, call, store)

    return read


def existing(blueprint: Blueprint, key: int, store: Store) -> Row:
    """The row with this key; raises `NotFound` in the service's own words."""
    row = store.row(blueprint.name, key)
    if row is None:
        raise NotFound(f"{blueprint.name} id {key} not found")
    return row


def shown(row: Row, key: int, blueprint: Blueprint, call: Call, store: Store) -> Result:
    """The result of a call that answers one row."""
    changed = blueprint.entity.changed and row[blueprint.entity.changed]
    when = datetime.fromisoformat(changed).replace(tzinfo=UTC) if isinstance(changed, str) else None
    return Result(blueprint.show(row, call, store), when, key, blueprint.name)
