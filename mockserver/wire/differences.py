"""From one value to another: the patch document that an answer in a patch type is (RFC 6902, RFC 7396).

Must not know entities: it compares JSON values. `jsonpatch` is heavy to import and only some answers need it.
"""

from __future__ import annotations

import orjson

from mockserver.calls import Constant, PatchKind, Value, plain


def diff(before: Value, after: Value, kind: PatchKind) -> Value:
    """The document that turns `before` into `after`: RFC 6902 without move and copy, or RFC 7396.

    Merging cannot say null: there, null members count as absent in both values, so that
    `without_nulls(merged(before, document)) == without_nulls(after)` is what holds, and for JSON Patch equality.
    """
    before, after = _differing(before, after)
    if kind == "merge":
        return _merge_document(without_nulls(before), without_nulls(after))
    import jsonpatch

    # Moves are left out, since this API refuses them: what it answers can be sent to it.
    return jsonpatch.JsonPatch.from_diff(before, after, optimization=False).patch


def _differing(before: Value, after: Value) -> tuple[Value, Value]:
    """Two values without constants, two objects also without the members that are the same in both."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return plain(before), plain(after)
    same = {name for name, each in before.items() if name in after and _same(each, after[name])}
    return tuple({name: plain(each) for name, each in value.items() if name not in same} for value in (before, after))  # type: ignore[return-value]


def _same(one: Value, other: Value) -> bool:
    """Comparing identities and bytes is what is quick, and tells true from 1."""
    return one is other or _bytes(one) == _bytes(other)


def _bytes(value: Value) -> object:
    try:
        return orjson.dumps(value, default=_inside)
    except TypeError:  # a number that is too big, or too deep
        return object()


def _inside(value: object) -> Value:
    if type(value) is not Constant:
        raise TypeError(f"{type(value).__name__} is no value")
    return value.value


def without_nulls(value: Value) -> Value:
    """The same value without the members that are null, also in arrays; elements that are null stay."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def _merge_document(before: Value, after: Value) -> Value:
    if not isinstance(after, dict):
        return after
    old = before if isinstance(before, dict) else {}
    changes: dict[str, Value] = {name: None for name in old if name not in after}
    for name, value in after.items():
        if name not in old:
            changes[name] = value
        elif isinstance(value, dict):
            inner = _merge_document(old[name], value)
            if inner or not isinstance(old[name], dict):
                changes[name] = inner
        elif not _identical(old[name], value):
            changes[name] = value
    return changes


def _identical(one: Value, other: Value) -> bool:
    """Equal as JSON is: true is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_identical(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_identical(*pair) for pair in zip(one, other, strict=True))
    return one == other and isinstance(one, bool) == isinstance(other, bool)
