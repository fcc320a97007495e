"""A stored row changed by a patch document, then kept as a whole replacement would be (protocol 2)."""

from __future__ import annotations

from dataclasses import replace as changed
from typing import TYPE_CHECKING

from mockserver.calls import Call, Constant, Result, plain
from mockserver.catalogue.model import Binding, Operation
from mockserver.records.blueprint import Blueprint
from mockserver.records.store import Row, Store
from mockserver.records.verbs import Verb
from mockserver.records.verbs.keys import key_argument
from mockserver.records.verbs.read import existing
from mockserver.records.verbs.replace import replaced

if TYPE_CHECKING:
    from mockserver.records.patching import Patch

Document = dict[str, object]
_SHARED = (dict, list, Constant)


def bind(operation: Operation, binding: Binding, blueprint: Blueprint) -> Verb:
    """`PATCH …/{id}`; a JSON array is JSON Patch, an object a merge."""
    del binding
    argument = key_argument(operation)

    def patch(call: Call, store: Store) -> Result:
        key = call.arguments[argument]
        assert isinstance(key, int)
        from mockserver.records.patching import Patch

        row = existing(blueprint, key, call, store)
        return patched(row, key, Patch.read(call.body), blueprint, call, store, rest=True)

    return patch


def patched(row: Row, key: int, patch: Patch, blueprint: Blueprint, call: Call, store: Store, *, rest: bool) -> Result:
    """Apply the patch to what the row shows and keep the outcome as a replacement."""
    before = blueprint.show(row, call, store)
    after = blueprint.patcher.apply(patch, before, blueprint.entity.carrier, rest=rest)
    stored = existing(blueprint, key, call, store)
    result = replaced(stored, key, blueprint, changed(call, body=to_save(before, after)), store)
    return changed(result, before=before)


def to_save(before: Document, after: Document) -> Document:
    """What a replacement must be sent of a patched entity: every scalar, and of the others those that are not as they were.

    Others that are absent stay as they are stored, and a patch shares with the entity what it does not change.
    """
    sent: Document = {}
    for name, each in after.items():
        if type(each) not in _SHARED:
            sent[name] = each
        elif each is not before.get(name):
            sent[name] = plain(each)
    return sent
