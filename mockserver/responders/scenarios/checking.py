"""What fits the schema and still makes no sense: impossible matches, faults that exclude each other, rules that never come.

Must not know files: it complains about a path into the scenario, and the reader says where that stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from mockserver.responders.scenarios.fitting import Misfit, shown
from mockserver.responders.scenarios.model import ACTS, ANSWERS, SPOILS, Fault, Match, Rule, Scenario, Texts, told
from mockserver.responders.scenarios.naming import Naming, meets
from mockserver.responders.scenarios.placing import Path
from mockserver.responders.scenarios.states import misfits as state_misfits


def texts(said: Texts | None) -> Sequence[str]:
    """One or several, as a sequence."""
    if said is None:
        return ()
    return (said,) if isinstance(said, str) else said


def misfits(scenario: Scenario, naming: Naming) -> Iterator[Misfit]:
    """Everything that makes no sense, in the order of the scenario."""
    for number, rule in enumerate(scenario.rules):
        at: Path = ("rules", number)
        yield from _match(rule.match, naming, (*at, "match"))
        yield from _count(rule, at)
        if rule.fault is None and rule.then is None:
            yield Misfit(at, "does nothing: say a fault, or a state with then")
        if rule.fault is not None:
            yield from _fault(rule, rule.fault, naming, (*at, "fault"))
        elif rule.when is not None:
            yield Misfit((*at, "when"), "needs a fault")
        yield from _overruled(rule, scenario.rules[:number], at)
    yield from state_misfits(scenario)


def _match(match: Match, naming: Naming, at: Path) -> Iterator[Misfit]:
    named: set[str] | None = None
    for name in texts(match.operation):
        found = naming.operations(name)
        if not found:
            near = naming.nearest(name)
            yield Misfit((*at, "operation"), f"no operation is named {name}" + (f"; did you mean {near}?" if near else ""))
            return
        named = (named or set()) | found
    entity = naming.entity(match.entity) if match.entity is not None else None
    if match.entity is not None and entity is None:
        yield Misfit((*at, "entity"), f"no entity is named {match.entity}; there are {', '.join(naming.catalogue.entities)}")
        return
    if match.entity is not None or match.verb is not None:
        verbs = naming.verbs(entity)
        whose = f"{entity} has" if entity else "entities have"
        for verb in texts(match.verb):
            if verb not in verbs:
                yield Misfit((*at, "verb"), f"{whose} no verb {verb}, only {', '.join(sorted(verbs))}")
                return
        bound = set[str]().union(*(verbs[each] for each in texts(match.verb) or verbs))
        if named is not None and not named & bound:
            yield Misfit((*at, "operation"), f"{shown(match.operation)} is none of what entity and verb mean")
            return
        named = bound if named is None else named & bound
    if match.path is not None and match.path.split("/").count("**") > 1:
        yield Misfit((*at, "path"), "may hold ** once")
        return
    if named is not None:
        yield from _elsewhere(match, named, naming, at)
    if match.body is not None:
        yield from _expressions(match, at)


def _elsewhere(match: Match, named: set[str], naming: Naming, at: Path) -> Iterator[Misfit]:
    """A method or a path of another operation than the one that is named."""
    methods = [each.upper() for each in texts(match.method)]
    if methods and not naming.methods(named) & set(methods):
        yield Misfit(
            (*at, "method"), f"the operation is called with {', '.join(sorted(naming.methods(named)))}, not {', '.join(methods)}"
        )
    paths = naming.paths(named)
    if match.path is not None and not any(meets(match.path, each) for each in paths):
        yield Misfit((*at, "path"), f"is not a path of the operation, which is {paths[0]}")


def _expressions(match: Match, at: Path) -> Iterator[Misfit]:
    import jmespath
    from jmespath.exceptions import JMESPathError

    for expression in match.body or ():
        try:
            jmespath.compile(expression)
        except (JMESPathError, ValueError) as error:
            yield Misfit((*at, "body", expression), f"is no JMESPath: {' '.join(str(error).split())[:200]}")


def _count(rule: Rule, at: Path) -> Iterator[Misfit]:
    if rule.on is not None:
        for other in ("first", "every", "after", "chance"):
            if getattr(rule, other) is not None:
                yield Misfit((*at, other), "contradicts on, which says on which matches already")
    window = rule.window
    if window is None:
        return
    kinds = [kind for kind in (("from", "until"), ("after", "for"), ("daily",)) if any(name in window for name in kind)]
    if len(kinds) > 1:
        yield Misfit((*at, "window"), f"{kinds[0][0]} and {kinds[1][0]} contradict each other")
    moments: dict[str, datetime] = {}
    for name in ("from", "until"):
        if name in window:
            try:
                moments[name] = datetime.fromisoformat(str(window[name]))
            except ValueError:
                yield Misfit((*at, "window", name), f"{window[name]} is no time")
                return
    if len(moments) == 2 and moments["from"] >= moments["until"]:
        yield Misfit((*at, "window"), "ends before it begins")
    if window.get("for") == 0:
        yield Misfit((*at, "window", "for"), "lasts no time at all")
    daily = window.get("daily")
    if isinstance(daily, list) and daily[0] == daily[1]:
        yield Misfit((*at, "window", "daily"), "lasts no time at all")


def _fault(rule: Rule, fault: Fault, naming: Naming, at: Path) -> Iterator[Misfit]:
    said = {name for name in Fault.__dataclass_fields__ if getattr(fault, name) is not None}
    for one, others, reason in _EXCLUDE:
        if one in said and (clash := [each for each in others if each in said]):
            yield Misfit((*at, clash[0]), f"contradicts {one}: {reason}")
    if fault.message is not None and fault.error is None:
        yield Misfit((*at, "message"), "needs error, whose message it is")
    if fault.silent:
        for name in sorted(said - {"how", "delay", "slow_start", *ACTS, "duplicate"}):
            yield Misfit((*at, name), f"contradicts how: {fault.how}: nothing is sent")
    yield from _endings(rule, fault, at)
    if fault.duplicate is not None and fault.answers and rule.happens == "before":
        yield Misfit((*at, "duplicate"), "needs an effect: say when: after")
    if (fault.duplicate is not None or fault.stale is not None) and rule.when == "before" and not fault.answers:
        yield Misfit((*at[:-1], "when"), "before leaves no effect to repeat and no data to read")
    if fault.length == 0:
        yield Misfit((*at, "length"), "0 is no wrong length")
    if isinstance(fault.delay, dict) and isinstance(span := fault.delay.get("uniform"), list) and span[0] > span[1]:
        yield Misfit((*at, "delay", "uniform"), "the least is above the most")
    for name in fault.headers or {}:
        if name.lower() in _THE_TRANSPORTS:
            yield Misfit((*at, "headers", name), "is the transport's own: say length, or malformed: chunk, or an ending with how")
    if isinstance(fault.bump, dict):
        yield from _members(rule, fault.bump, naming, (*at, "bump"))


def _endings(rule: Rule, fault: Fault, at: Path) -> Iterator[Misfit]:
    if fault.how in ("drop", "empty") and fault.cut is not None:
        yield Misfit((*at, "cut"), f"contradicts how: {fault.how}: nothing is sent")
    if fault.how == "drop" and rule.when == "after":
        yield Misfit((*at, "how"), "drop does not read the request, so nothing can take effect before it")
    if fault.how == "drop" and rule.match.body is not None:
        yield Misfit((*at, "how"), "drop does not read the body, so the rule cannot match what is in it")


def _members(rule: Rule, members: dict[str, object], naming: Naming, at: Path) -> Iterator[Misfit]:
    named = set[str]().union(*(naming.operations(each) for each in texts(rule.match.operation)))
    entities = {binding.entity for each in named if (binding := naming.catalogue.bindings.get(each))}
    if rule.match.entity is not None:
        entities = {naming.entity(rule.match.entity) or ""}
    if not entities:
        yield Misfit(at, "can say members only where the match names an operation or an entity that is kept")
    for entity in sorted(entities):
        known = naming.catalogue.entities[entity]
        fields = {each.name: each.type.kind.value for each in naming.catalogue.carrier(known.carrier).fields}
        for name, value in members.items():
            if fields.get(name) not in _SCALARS:
                yield Misfit((*at, name), f"{known.carrier} has no plain member {name}")
            elif not isinstance(value, _SCALARS[fields[name]]) or (isinstance(value, bool) and fields[name] != "boolean"):
                yield Misfit((*at, name), f"{shown(value)} is no {fields[name]}")


def _overruled(rule: Rule, earlier: Sequence[Rule], at: Path) -> Iterator[Misfit]:
    """A rule that an earlier one leaves nothing for, or that says something else for the very same request."""
    if rule.fault is None:
        return
    mine = _conditions(rule.match)
    for number, other in enumerate(earlier):
        if other.fault is None or other.window is not None or other.chance is not None:
            continue
        theirs = _conditions(other.match)
        if not theirs.items() <= mine.items():
            continue
        always = other.on is None and other.first is None and other.every in (None, 1) and other.after is None
        same = theirs == mine and rule.window is None and bool(_ons(rule) & _ons(other))
        alike = theirs == mine and rule.window is None and rule.chance is None and _counts(rule) == _counts(other)
        if always:
            yield Misfit(at, f"can never fire: rules[{number}] always comes first")
        elif same or alike:
            yield Misfit(at, f"contradicts rules[{number}]: both are about the same request")


def _conditions(match: Match) -> dict[str, str]:
    said = told(match)
    assert isinstance(said, dict)
    return {name: repr(value).lower() for name, value in said.items()}


def _ons(rule: Rule) -> set[int]:
    return set() if rule.on is None else {int(rule.on)} if isinstance(rule.on, (int, float)) else set(rule.on)


def _counts(rule: Rule) -> tuple[object, ...]:
    return (_ons(rule), rule.first, rule.every, rule.after)


_THE_TRANSPORTS = ("content-length", "transfer-encoding", "connection", "date")
_SCALARS: dict[str, tuple[type, ...]] = {"string": (str,), "boolean": (bool,), "int32": (int,)}
_EXCLUDE: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("error", ("body",), "the answer is the error object"),
    ("stale", (*ANSWERS, "duplicate"), "there is no answer of the store left to be old"),
    ("cut", ("length", "malformed"), "an answer that ends early needs no other mistake"),
    ("malformed", ("length",), "one mistake at a time"),
    ("slow_start", ("dribble",), "one kind of slowness at a time"),
)
assert {name for _, names, _ in _EXCLUDE for name in names} <= {*ANSWERS, *SPOILS, "duplicate"}
