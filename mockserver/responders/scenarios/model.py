"""What a scenario says, as Python values: the same words as in its file, each None where nothing is said.

Frozen values and nothing else. Must not know files, requests or what is sensible.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Literal

Texts = str | Sequence[str]
Patterns = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which requests a rule is about: those of which everything that is said here is true."""

    method: Texts | None = None
    path: str | None = None
    operation: Texts | None = None
    entity: str | None = None
    verb: Texts | None = None
    headers: Patterns | None = None
    query: Patterns | None = None
    body: Mapping[str, object] | None = None
    principal: Texts | None = None
    tenant: Texts | None = None
    state: Texts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong. The answer itself, how it travels, and what happens to the tenant may be combined."""

    status: int | None = None
    error: str | None = None
    message: str | None = None
    body: object = None
    headers: Mapping[str, str] | None = None
    retry_after: object = None
    delay: object = None
    slow_start: Mapping[str, float] | None = None
    dribble: Mapping[str, float] | None = None
    cut: float | None = None
    malformed: Literal["body", "json", "xml", "chunk"] | None = None
    content_type: str | None = None
    charset: str | None = None
    length: int | None = None
    how: Literal["reset", "empty", "hang", "drop"] | None = None
    token: Literal["expired"] | None = None
    bump: bool | Mapping[str, object] | None = None
    duplicate: bool | None = None
    stale: bool | int | None = None
    tenant: str | None = None
    move: str | None = None

    @property
    def answers(self) -> bool:
        """Whether it is an answer of its own, in place of the real one."""
        return any(each is not None for each in (self.status, self.error, self.body, self.retry_after)) or self.silent

    @property
    def silent(self) -> bool:
        """Whether nothing at all is sent."""
        return self.how is not None and self.cut is None

    @property
    def spoils(self) -> bool:
        """Whether an answer is changed, or travels otherwise."""
        return any(getattr(self, name) is not None for name in SPOILS)

    @property
    def acts(self) -> bool:
        """Whether something happens to the tenant or to the caller."""
        return any(getattr(self, name) is not None for name in ACTS)


ANSWERS = ("status", "error", "body", "retry_after")
SPOILS = ("headers", "delay", "slow_start", "dribble", "cut", "malformed", "content_type", "charset", "length")
ACTS = ("token", "bump", "tenant", "move")
PASSES = ("duplicate", "stale")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A match, how often of it, and what happens then."""

    name: str | None = None
    match: Match = field(default_factory=Match)
    on: int | Sequence[int] | None = None
    first: int | None = None
    every: int | None = None
    after: int | None = None
    window: Mapping[str, object] | None = None
    chance: float | None = None
    when: Literal["before", "after"] | None = None
    fault: Fault | None = None
    then: str | None = None

    @property
    def happens(self) -> Literal["before", "after"]:
        """Before or after the effect; unless it is said, an answer comes instead of the effect and a spoilt one after it."""
        if self.when is not None:
            return self.when
        fault = self.fault
        return "before" if fault is not None and (fault.answers or fault.acts) else "after"

    @property
    def runs_out(self) -> bool:
        """Whether it can fire only so often."""
        return self.on is not None or (self.first is not None and self.every is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Rules in order: of those that fire on a request, the first one with a fault has its way."""

    rules: Sequence[Rule]
    scenario: str | None = None
    about: str | None = None
    seed: int | None = None
    start: str | None = None
    repeats: bool | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.scenario or "unnamed"


def told(value: object) -> object:
    """The same in plain mappings and lists, without what is not said: as a file would say it."""
    if is_dataclass(value) and not isinstance(value, type):
        said = {each.name: told(getattr(value, each.name)) for each in fields(value) if getattr(value, each.name) is not None}
        return {name: each for name, each in said.items() if not (name == "match" and each == {})}
    if isinstance(value, Mapping):
        return {name: told(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [told(each) for each in value]
    return value
