"""What a request means (`Call`) and what came of it (`Result`).

The meeting point of `wire` and `records`, which must not know each other; knows neither bytes nor rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from mockserver.catalogue.model import Operation

PatchKind = Literal["json", "merge"]
CredentialKind = Literal["password", "token", "ticket", "cookie"]

Value = object
"""A decoded value: None, bool, int, float, str, list, dict with wire names, or `Constant`."""


class Constant:
    """A value that does not change, with a place for each codec to keep its encoding.

    What all answers share (field properties, list items, empty addresses) is encoded once and spliced in afterwards.
    """

    __slots__ = ("encodings", "value")

    def __init__(self, value: Value) -> None:
        self.value = value
        self.encodings: dict[str, object] = {}


def plain(value: Value) -> Value:
    """The same value with every `Constant` replaced by what it stands for; containers are copied."""
    if isinstance(value, Constant):
        return plain(value.value)
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling: the login and the rows that stand for the same human being."""

    user: str
    associate: int
    person: int
    contact: int
    group: int


class Credential(NamedTuple):
    """What a caller proves himself with: `secret` is a password, a token, a ticket or the id of a browser's session.

    Only `password` has a user. `proof` is what came along with it: a ticket's application token, a cookie's XSRF token.
    """

    kind: CredentialKind
    secret: str
    user: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a verb must know of how the caller speaks.

    `sends_patch`: the body is labelled as a patch document; `wants_patch`: the answer is asked for as one;
    `unmodified_since`: a write must not happen if the row changed after it (UTC, in the stored form).
    """

    sends_patch: PatchKind | None = None
    wants_patch: PatchKind | None = None
    unmodified_since: str | None = None


DEFAULT_PREFERENCES = Preferences()


@dataclass(frozen=True, slots=True)
class Call:
    """One request, understood: `body` is the coerced value of the operation's body type, None where none was sent."""

    operation: Operation
    arguments: Mapping[str, object]
    body: Value
    principal: Principal
    preferences: Preferences = DEFAULT_PREFERENCES


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a call.

    `changed` is when the row last changed (UTC, as stored), `key` names it for links, `remark` goes to the journal, `before`
    is the entity that a patch was applied to.
    """

    value: Value
    changed: str | None = None
    key: int | None = None
    entity: str = ""
    remark: str = ""
    before: Value = None


NOTHING = Result(None)
"""The result of a call that answers nothing."""
