"""Is this request one that a rule is about, and if not, what is different? Each condition tells what it wanted and got.

Must not know where facts come from (`Facts`) nor what a rule does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from mockserver.messages import Headers
from mockserver.responders.scenarios.checking import texts
from mockserver.responders.scenarios.fitting import shown
from mockserver.responders.scenarios.model import Match
from mockserver.responders.scenarios.naming import Naming, matches, meets

_SECRET = ("authorization", "cookie", "so-apptoken", "x-xsrf-token", "proxy-authorization")


class Facts(Protocol):
    """What can be asked of a request; the dear ones are worked out when they are first asked for."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    @property
    def path(self) -> str:
        """The path below the tenant, raw."""

    @property
    def headers(self) -> Headers:
        """All headers."""

    @property
    def query(self) -> Mapping[str, Sequence[str]]:
        """Texts by lower-case name."""

    @property
    def operation(self) -> str:
        """The published id, "" for none."""

    @property
    def principal(self) -> str:
        """The login of the caller, "" for nobody we know."""

    @property
    def tenant(self) -> str:
        """The tenant's name."""

    async def value(self) -> object:
        """The decoded body, None where there is none or nobody can read it."""


class Difference(NamedTuple):
    """What a condition wanted and got."""

    what: str
    wanted: str
    got: str

    def __str__(self) -> str:
        return f"{self.what}: expected {self.wanted}, got {self.got}"


class Matcher:
    """The conditions of one match, ready to be asked."""

    def __init__(self, match: Match, naming: Naming) -> None:
        self._match = match
        self._naming = naming
        self._named = self._ids(match)
        self._methods = {each.upper() for each in texts(match.method)}
        self._body: list[tuple[str, object]] = list((match.body or {}).items())
        self.conditions = sum(
            (
                bool(self._methods),
                match.path is not None,
                self._named is not None,
                len(match.headers or ()),
                len(match.query or ()),
                match.principal is not None,
                match.tenant is not None,
                match.state is not None,
                len(self._body),
            )
        )

    def _ids(self, match: Match) -> frozenset[str] | None:
        """The operations that are meant, None for all and for what is no operation."""
        if match.operation is None and match.entity is None and match.verb is None:
            return None
        verbs = self._naming.verbs(None if match.entity is None else self._naming.entity(match.entity))
        bound = set[str]().union(*(verbs[each] for each in texts(match.verb) or verbs))
        if match.operation is None:
            return frozenset(bound)
        named = set[str]().union(*(self._naming.operations(each) for each in texts(match.operation)))
        return frozenset(named if match.entity is None and match.verb is None else named & bound)

    async def differences(self, facts: Facts, state: str) -> list[Difference]:
        """What is different, nothing for a match; bodies are read only if all else is as it should be."""
        found = list(self._differences(facts, state))
        if not found and self._body:
            import jmespath
            from jmespath.exceptions import JMESPathError

            value = await facts.value()
            for expression, wanted in self._body:
                try:
                    got = jmespath.search(expression, value)
                except JMESPathError:  # a function that was handed another type than it takes
                    got = None
                if not _equal(got, wanted):
                    found.append(Difference(f"body {expression}", shown(wanted), shown(got)))
        return found

    def _differences(self, facts: Facts, state: str) -> Iterator[Difference]:
        match = self._match
        if match.tenant is not None and not _any(match.tenant, facts.tenant):
            yield Difference("tenant", _or(match.tenant), facts.tenant)
        if match.state is not None and state not in texts(match.state):
            yield Difference("state", _or(match.state), state)
        if self._methods and facts.method not in self._methods:
            yield Difference("method", " or ".join(sorted(self._methods)), facts.method)
        if match.path is not None and not meets(match.path, facts.path):
            yield Difference("path", match.path, facts.path[:200])
        if self._named is not None and facts.operation not in self._named:
            yield Difference("operation", self._meant(), facts.operation or "no operation")
        for name, wanted in (match.headers or {}).items():
            values = facts.headers.getall(name, [])
            if not _holds(values, wanted):
                got = "another value" if values and name.lower() in _SECRET else _got(values)
                yield Difference(f"header {name}", _wanted(wanted), got)
        for name, wanted in (match.query or {}).items():
            values = list(facts.query.get(name.lower(), ()))
            if not _holds(values, wanted):
                yield Difference(f"query {name}", _wanted(wanted), _got(values))
        if match.principal is not None and not (facts.principal and _any(match.principal, facts.principal)):
            yield Difference("principal", _or(match.principal), facts.principal or "nobody known")

    def _meant(self) -> str:
        match = self._match
        words = [" or ".join(texts(match.verb)), match.entity or ""] if match.operation is None else [_or(match.operation)]
        return " ".join(each for each in words if each)


def _any(said: str | Sequence[str], got: str) -> bool:
    return any(matches(each, got) for each in texts(said))


def _or(said: str | Sequence[str]) -> str:
    return " or ".join(texts(said))


def _holds(values: Sequence[str], wanted: str | None) -> bool:
    return not values if wanted is None else any(matches(wanted, each) for each in values)


def _wanted(wanted: str | None) -> str:
    return "none" if wanted is None else shown(wanted)


def _got(values: Sequence[str]) -> str:
    return shown(", ".join(values)) if values else "none"


def _equal(got: object, wanted: object) -> bool:
    """The same by meaning: numbers may be written as text, as XML and forms do; true is not 1."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        return wanted.keys() == got.keys() and all(_equal(got[name], each) for name, each in wanted.items())
    if isinstance(wanted, list) and isinstance(got, list):
        return len(wanted) == len(got) and all(map(_equal, got, wanted))
    if isinstance(wanted, bool) or isinstance(got, bool):
        return got is wanted or (isinstance(got, str) and got.lower() == str(wanted).lower())
    if isinstance(wanted, (int, float)) and isinstance(got, str):
        return got == str(wanted)
    return got == wanted
