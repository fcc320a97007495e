"""`superoffice.fail(…)`: one rule, or a whole scenario, for as long as a `with` block lasts.

Works from any thread. Must not know when rules fire nor what faults do.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol, TypedDict, TypeVar

from mockserver.errors import MockServerError, ScenarioError
from mockserver.records.tenants import Tenant, Tenants

if TYPE_CHECKING:
    from mockserver.responders.faults import Faults
    from mockserver.responders.scenarios.model import Match, Patterns, Scenario, Texts
    from mockserver.responders.scenarios.running import Run

T = TypeVar("T")


class Host(Protocol):
    """What it takes to let a tenant of a server fail."""

    @property
    def tenants(self) -> Tenants:
        """The tenants it serves."""

    @property
    def faults(self) -> Faults:
        """What lets things go wrong."""

    def call(self, function: Callable[..., T], *arguments: object) -> T:
        """Run a function where the tenants live."""


class Words(TypedDict, total=False):
    """What `fail` takes: the words of a rule, its match and its fault, side by side."""

    name: str
    match: Match | Mapping[str, object]
    operation: Texts
    entity: str
    verb: Texts
    method: Texts
    path: str
    query: Patterns
    principal: Texts
    on: int | list[int]
    first: int
    every: int
    after: int
    window: Mapping[str, object]
    chance: float
    when: str
    seed: int
    status: int
    error: str
    message: str
    body: object
    headers: Mapping[str, str]
    retry_after: object
    delay: object
    slow_start: Mapping[str, float]
    dribble: Mapping[str, float]
    cut: float
    malformed: str
    content_type: str
    charset: str
    length: int
    how: str
    token: str
    bump: bool | Mapping[str, object]
    duplicate: bool
    stale: bool | int
    tenant: str
    move: str


class NeverFired(UserWarning):
    """A failure that a test asked for did not happen, so the test may have proved nothing."""


class Failure:
    """A scenario at work on a tenant."""

    def __init__(self, host: Host, run: Run) -> None:
        self._host = host
        self._run = run

    @property
    def fired(self) -> int:
        """How often something went wrong."""
        return self._host.call(lambda: sum(each.counter.fired for each in self._run.rules))

    @property
    def matched(self) -> int:
        """How many requests a rule was about."""
        return self._host.call(lambda: sum(each.counter.matched for each in self._run.rules))

    @property
    def state(self) -> str:
        """The state that the scenario is in."""
        return self._host.call(lambda: self._run.state)

    def report(self) -> list[str]:
        """What came of it, line by line; the last one is what a repetition needs."""
        return self._host.call(self._run.report)


@contextmanager
def failing(
    host: Host, tenant: str, past: list[str], scenario: str | Scenario | Mapping[str, object] | None, words: Mapping[str, object]
) -> Iterator[Failure]:
    """Let a tenant suffer from a scenario, or from a rule in these words; warns if nothing came of it. Raises `ScenarioError`."""
    if (scenario is None) is (not words):
        raise ScenarioError("fail() takes either a scenario or the words of a rule, such as operation and status")
    said = scenario if scenario is not None else described(words)
    run = host.call(lambda: host.faults.load(_known(host, tenant), said, "fail()"))
    failure = Failure(host, run)
    try:
        yield failure
    finally:
        past += failure.report()
        host.call(lambda: _ended(host, tenant, run))
    silent = host.call(lambda: [each.report() for each in run.silent])
    if silent:
        warnings.warn(f"{'; '.join(silent)}", NeverFired, stacklevel=3)


def _known(host: Host, name: str) -> Tenant:
    tenant = host.tenants.find(name)
    if tenant is None:
        raise MockServerError(f"tenant {name} was dropped")
    return tenant


def _ended(host: Host, name: str, run: Run) -> None:
    tenant = host.tenants.find(name)
    if tenant is not None:
        host.faults.unload(tenant, run)


def described(words: Mapping[str, object]) -> dict[str, object]:
    """The scenario of one rule in these words; raises `ScenarioError` for a word that nobody knows."""
    from mockserver.responders.scenarios.model import Fault, Match, Rule, told

    places = {each.name: each.name for each in fields(Rule)} | dict.fromkeys(_MATCH, "match")
    places |= {each.name: "fault" for each in fields(Fault)} | {"seed": "seed"}
    del places["then"], places["fault"]
    rule: dict[str, object] = {}
    match: dict[str, object] = {}
    fault: dict[str, object] = {}
    top: dict[str, object] = {}
    for word, value in words.items():
        place = places.get(word)
        if place is None:
            near = get_close_matches(word, places, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it takes {', '.join(places)}"
            raise ScenarioError(f"fail() takes no {word}; {hint}")
        if word == "match":
            given = told(value) if isinstance(value, (Match, Mapping)) else value
            if not isinstance(given, dict):
                raise ScenarioError("fail(): match must be a mapping or a Match")
            match = {**given, **match}
        else:
            {"match": match, "fault": fault, "seed": top}.get(place, rule)[word] = value
    said = rule | ({"match": match} if match else {}) | ({"fault": fault} if fault else {})
    return {**top, "scenario": "fail", "rules": [said]}


_MATCH = ("operation", "entity", "verb", "method", "path", "query", "principal")
