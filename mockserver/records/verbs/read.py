"""One row, by its key."""

from __future__ import annotations

from mockserver.calls import Call, Result, Value, plain
from mockserver.catalogue.model import Binding, Operation
from mockserver.errors import Changed, NotFound
from mockserver.records.blueprint import Blueprint
from mockserver.records.foreign_keys import of_row
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
        result = shown(existing(blueprint, key, call, store), key, blueprint, call, store)
        if call.arguments.get("fk"):
            _with_foreign_keys(result.value, of_row(store, blueprint.name, key))
        return result

    return read


def _with_foreign_keys(value: Value, keys: dict[str, str]) -> None:
    """Add the foreign keys of a row to its extra fields (protocol 1.2)."""
    assert isinstance(value, dict)
    extra = plain(value["ExtraFields"])
    assert isinstance(extra, dict)
    value["ExtraFields"] = {**extra, **keys}


def existing(blueprint: Blueprint, key: int, call: Call, store: Store) -> Row:
    """The row with this key; raises `NotFound` in the service's own words, `Changed` if it is newer than the caller allows."""
    row = store.row(blueprint.name, key)
    if row is None:
        raise NotFound(f"{blueprint.name} id {key} not found")
    limit = call.preferences.unmodified_since
    if limit is not None and blueprint.changed and str(row[blueprint.changed]) > limit:
        raise Changed(explanation=f"{blueprint.name} id {key} changed at {row[blueprint.changed]}, after {limit}")
    return row


def shown(row: Row, key: int, blueprint: Blueprint, call: Call, store: Store) -> Result:
    """The result of a call that answers one row."""
    changed = row[blueprint.changed] if blueprint.changed else None
    return Result(blueprint.show(row, call, store), changed, key, blueprint.name)  # type: ignore[arg-type]
