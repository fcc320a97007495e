"""Named states and the way between them: which can be reached, and whether a round of them ever ends.

Must not know requests: a transition is a rule that says `then`.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.responders.scenarios.fitting import Misfit
from mockserver.responders.scenarios.model import Rule, Scenario

START = "start"
"""The state that a scenario begins in unless it says another."""


def wanted(rule: Rule) -> tuple[str, ...] | None:
    """The states in which a rule is in force, None for all."""
    said = rule.match.state
    return None if said is None else (said,) if isinstance(said, str) else tuple(said)


def misfits(scenario: Scenario) -> Iterator[Misfit]:
    """States that nothing leads to, and rounds that nothing leads out of."""
    start = scenario.start or START
    reached = {start}
    edges = _edges(scenario, reached)
    known = {start, *(rule.then for rule in scenario.rules if rule.then is not None)}
    for number, rule in enumerate(scenario.rules):
        states = wanted(rule)
        lost = [each for each in states or () if each not in reached]
        if lost and len(lost) == len(states or ()):
            why = "is reached from no other" if lost[0] in known else "is named by no then"
            yield Misfit(("rules", number, "match", "state"), f"the state {lost[0]} {why}, so the rule can never fire")
            return
    if scenario.start is not None and not edges and not any(wanted(rule) for rule in scenario.rules):
        yield Misfit(("start",), f"no rule asks for the state {scenario.start} or leaves it")
    if not scenario.repeats:
        yield from _endless(reached, edges)


def _edges(scenario: Scenario, reached: set[str]) -> dict[str, set[tuple[str, bool, int]]]:
    """From each state that is reached: to which, whether for ever, by which rule. Fills `reached`."""
    edges: dict[str, set[tuple[str, bool, int]]] = {}
    fresh = list(reached)
    while fresh:
        state = fresh.pop()
        for number, rule in enumerate(scenario.rules):
            states = wanted(rule)
            if rule.then is not None and rule.then != state and (states is None or state in states):
                edges.setdefault(state, set()).add((rule.then, not rule.runs_out, number))
                if rule.then not in reached:
                    reached.add(rule.then)
                    fresh.append(rule.then)
    return edges


def _endless(reached: set[str], edges: dict[str, set[tuple[str, bool, int]]]) -> Iterator[Misfit]:
    """Refuse a round of states whose steps never run out and which no step leaves."""
    lasting = {state: {to for to, lasts, _ in steps if lasts} for state, steps in edges.items()}
    anyway = {state: {to for to, _, _ in steps} for state, steps in edges.items()}
    for state in sorted(reached):
        inside = _from(state, lasting)
        if state not in inside:
            continue
        outside = _from(state, anyway) - {each for each in inside if state in _from(each, lasting)}
        if not outside:
            number = min(number for each in inside for to, lasts, number in edges[each] if lasts and to in inside)
            yield Misfit(
                ("rules", number, "then"),
                f"the states {', '.join(sorted(inside))} go round for ever; say repeats: true if they are meant to",
            )
            return


def _from(state: str, edges: dict[str, set[str]]) -> set[str]:
    """The states that some steps lead to."""
    found: set[str] = set()
    fresh = [state]
    while fresh:
        for each in edges.get(fresh.pop(), ()):
            if each not in found:
                found.add(each)
                fresh.append(each)
    return found
