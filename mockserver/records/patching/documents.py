"""What was sent: a patch document, taken apart and checked. Must not know carriers or what it is applied to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, cast

from mockserver.calls import PatchKind, Value
from mockserver.errors import BadRequest

Document = dict[str, Value]

LIMIT: Final = 10_000
"""How many operations a patch may have."""

_OPERATIONS = frozenset(("add", "replace", "remove", "test"))
_REFUSED = frozenset(("move", "copy"))
_INT32 = 2**31
_BAD_ESCAPE = re.compile(r"~(?![01])")


class Step(NamedTuple):
    """One operation of a JSON Patch; `tokens` is its path, taken apart."""

    op: str
    path: str
    tokens: tuple[str, ...]
    value: Value = None


@dataclass(frozen=True, slots=True)
class Patch:
    """A patch document that can be applied: the steps of a JSON Patch, or the members of a merge document."""

    kind: PatchKind
    steps: tuple[Step, ...] = ()
    members: Mapping[str, Value] | None = None

    @classmethod
    def read(cls, body: Value, *, kind: PatchKind | None = None, limit: int = LIMIT) -> Patch:
        """What a decoded body means; without a kind its shape decides. Raises `BadRequest` for what is no patch."""
        if kind is None:
            kind = "json" if isinstance(body, list) else "merge"
        if kind == "merge":
            if not isinstance(body, dict):
                raise BadRequest("A patch must be a JSON object of changed members or a JSON array of operations.")
            return cls("merge", members=body)
        if not isinstance(body, list):
            raise BadRequest("A JSON Patch must be a JSON array of operations.")
        if len(body) > limit:
            raise BadRequest(f"The patch has {len(body)} operations; at most {limit} are accepted.")
        return cls("json", steps=tuple([_step(number, each) for number, each in enumerate(body)]))


def _step(number: int, sent: Value) -> Step:
    if not isinstance(sent, dict):
        raise BadRequest(f"{_where(number)} must be an object with the members op and path.")
    if "op" not in sent or "path" not in sent:
        sent = {str(name).lower(): value for name, value in sent.items()}
    op, path = sent.get("op"), sent.get("path")
    if not isinstance(op, str):
        raise BadRequest(f"{_where(number)} has no op; known are add, replace, remove and test.")
    if op not in _OPERATIONS:
        op = op.lower()
        if op in _REFUSED:
            raise BadRequest(f"{_where(number)} is a '{op}', which is not supported; use add, replace, remove and test.")
        if op not in _OPERATIONS:
            raise BadRequest(f"{_where(number)} has the unknown op '{short(op)}'; known are add, replace, remove and test.")
    if not isinstance(path, str):
        raise BadRequest(f"{_where(number)} has no path, or one that is not text.")
    if "value" not in sent and op != "remove":
        sent = {str(name).lower(): value for name, value in sent.items()}
        if "value" not in sent:
            raise BadRequest(f"{_where(number)} ({op} '{short(path)}') has no value.")
    return Step(op, path, _tokens(path), sent.get("value"))


def _where(number: int) -> str:
    return f"Operation {number} of the patch"


def _tokens(path: str) -> tuple[str, ...]:
    """The parts of a path, with or without its leading slash; `~1` is a slash and `~0` a tilde (RFC 6901)."""
    parts = path.removeprefix("/").split("/")
    if "~" not in path:
        return tuple(parts)
    if _BAD_ESCAPE.search(path):
        raise BadRequest(f"The path '{short(path)}' has a ~ that is followed by neither 0 nor 1.")
    return tuple([part.replace("~1", "/").replace("~0", "~") for part in parts])


def pointer(tokens: Sequence[str | int]) -> str:
    """The path that says these tokens, as it is shown."""
    return "".join([f"/{str(token).replace('~', '~0').replace('/', '~1')}" for token in tokens])


def short(text: str) -> str:
    """A text, or as much of it as a message should repeat."""
    return f"{text[:80]}…" if len(text) > 80 else text


def nowhere(tokens: Sequence[str | int], why: str) -> BadRequest:
    """The error for a path that leads to nothing."""
    return BadRequest(f"The path '{short(pointer(tokens))}' cannot be used: {why}.")


def key_of(patch: Patch, key_member: str) -> int | None:
    """The stored entity a patch names by its key: through add, replace or test, or by the member of a merge document.

    None, null, 0 and a removed key all mean a new one. The last one wins over no key; two different keys are refused.
    """
    wanted = key_member.lower()
    if patch.members is not None:
        found = [value for name, value in patch.members.items() if name.lower() == wanted]
    else:
        found = [step.value for step in patch.steps if len(step.tokens) == 1 and step.tokens[0].lower() == wanted]
    keys = [_key(value, key_member) for value in found]
    if len({key for key in keys if key}) > 1:
        raise BadRequest(f"The patch names more than one {key_member}.")
    return keys[-1] if keys else None


def _key(value: Value, key_member: str) -> int | None:
    if value is None or value == "":
        return None
    digits = isinstance(value, str) and len(value) < 20 and value.isascii() and value.strip().removeprefix("-").isdecimal()
    if digits or (isinstance(value, float) and value.is_integer()):
        value = int(cast("str | float", value))
    if type(value) is not int or not -_INT32 <= value < _INT32:
        raise BadRequest(f"{key_member} must be a whole number.")
    return value or None
