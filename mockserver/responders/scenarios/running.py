"""A scenario at work on one tenant: its state, its counters, and what it has to tell of requests that nearly matched.

Must not know what faults do nor how requests are answered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from random import Random

import orjson

from mockserver.records.tenants import Tenant
from mockserver.responders.scenarios.counting import Counter
from mockserver.responders.scenarios.files import ScenarioFile
from mockserver.responders.scenarios.matching import Difference, Facts, Matcher
from mockserver.responders.scenarios.model import Rule, Scenario, told
from mockserver.responders.scenarios.naming import Naming
from mockserver.responders.scenarios.states import START


class RuleRun:
    """One rule, counted for one tenant. `spread` is what its delays are drawn from."""

    def __init__(self, rule: Rule, place: int, run: Run, naming: Naming) -> None:
        seed = run.scenario.seed or 0
        self.rule = rule
        self.name = rule.name or f"rules[{place}]"
        self.matcher = Matcher(rule.match, naming)
        self.counter = Counter(rule, seed, place, run.tenant.clock)
        self.spread = Random(f"{seed} {place} delay")  # noqa: S311 - repeatable on purpose
        self.nearest: tuple[int, str] | None = None

    def note(self, request: str, differences: list[Difference]) -> None:
        """Remember the request that came nearest."""
        if self.nearest is None or len(differences) < self.nearest[0]:
            self.nearest = len(differences), f"{request}: {'; '.join(map(str, differences))}"

    def told(self) -> dict[str, object]:
        """The rule as JSON values."""
        counter = self.counter
        return {
            "name": self.name,
            "matched": counter.matched,
            "fired": counter.fired,
            "nearest": self.nearest[1] if self.nearest else "",
        }

    def report(self) -> str:
        """What came of the rule, in one sentence."""
        counter = self.counter
        if counter.fired:
            return f"rule {self.name} fired {_times(counter.fired)}, on {counter.matched} matching requests"
        if counter.matched:
            return f"rule {self.name} never fired: {counter.matched} requests matched, and it fires {counter.said()}"
        if self.nearest:
            return f"rule {self.name} never matched; the nearest was {self.nearest[1]}"
        return f"rule {self.name} never matched: no request came"


@dataclass(slots=True)
class Verdict:
    """What a scenario says of a request: the rule that has its way, if one does, and what to tell of the others."""

    fires: RuleRun | None = None
    remarks: list[str] = field(default_factory=list)


class Run:
    """One scenario and one tenant."""

    def __init__(self, scenario: Scenario, tenant: Tenant, naming: Naming, file: ScenarioFile | None = None) -> None:
        self.scenario = scenario
        self.tenant = tenant
        self.file = file
        self.state = scenario.start or START
        self.rules = [RuleRun(rule, place, self, naming) for place, rule in enumerate(scenario.rules)]
        self._began = tenant.clock.now()
        self._frozen = tenant.clock.frozen
        self._snapshot = snapshot_hash(tenant)
        self.oldest = max(
            (int(rule.fault.stale) for rule in scenario.rules if rule.fault is not None and rule.fault.stale is not None),
            default=0,
        )
        """How many changes back somebody may have to look."""

    async def verdict(self, facts: Facts) -> Verdict:
        """Count a request and say what comes of it; the first rule with a fault that fires has its way."""
        said = Verdict()
        state, then = self.state, None
        for each in self.rules:
            differences = await each.matcher.differences(facts, state)
            if not differences and not each.counter.open():
                differences = [Difference("window", "an open one", "a closed one")]
            if differences:
                each.note(f"{facts.method} {facts.path[:200]}", differences)
                if len(differences) == 1 and each.matcher.conditions > 1:
                    said.remarks.append(f"{self._called(each)} nearly matched: {differences[0]}")
            elif each.counter.fires():
                then = then or each.rule.then
                if said.fires is None and each.rule.fault is not None:
                    said.fires = each
            else:
                said.remarks.append(
                    f"{self._called(each)} matched for the {each.counter.matched}. time; it fires {each.counter.said()}"
                )
        if then is not None:
            self.state = then
        return said

    def _called(self, rule: RuleRun) -> str:
        return f"scenario {self.scenario.name}, rule {rule.name}"

    def happened(self, rule: RuleRun) -> str:
        """What is told of a rule that fired."""
        assert rule.rule.fault is not None
        said = told(rule.rule.fault)
        assert isinstance(said, dict)
        what = ", ".join(f"{name}: {orjson.dumps(each).decode()}" for name, each in said.items())
        return f"{self._called(rule)} fired on match {rule.counter.matched}: {what}; {rule.rule.happens} the effect"

    @property
    def silent(self) -> list[RuleRun]:
        """The rules that never fired, though nothing was left to chance."""
        return [each for each in self.rules if not each.counter.fired and each.rule.chance is None]

    def report(self) -> list[str]:
        """What came of the scenario, line by line."""
        trouble = [self.file.trouble] if self.file is not None and self.file.trouble else []
        return [*trouble, *(f"scenario {self.scenario.name}: {each.report()}" for each in self.rules), self.reproduce()]

    def reproduce(self) -> str:
        """One line that says everything a repetition needs."""
        said = orjson.dumps(told(self.scenario), option=orjson.OPT_SORT_KEYS)
        clock = f"{self._began:%Y-%m-%dT%H:%M:%SZ} ({'frozen' if self._frozen else 'running'})"
        return (
            f"reproduce: scenario {self.scenario.name} ({sha256(said).hexdigest()[:12]}), seed {self.scenario.seed or 0}, "
            f"tenant {self.tenant.name} ({self._snapshot}), clock {clock}"
        )

    def told(self) -> dict[str, object]:
        """The scenario and how it stands, as JSON values."""
        return {
            "definition": told(self.scenario),
            "state": self.state,
            "rules": [each.told() for each in self.rules],
            "report": self.report(),
        }


def snapshot_hash(tenant: Tenant) -> str:
    """A short name for what a tenant holds: equal for equal rows and counters."""
    snapshot = tenant.store.snapshot()
    digest = sha256(orjson.dumps(snapshot.counters, option=orjson.OPT_SORT_KEYS))
    for entity, table in sorted(snapshot.tables.items()):
        for key, row in sorted(table.items()):
            digest.update(f"{entity} {key} {len(row)} ".encode())
            digest.update(row)
    return digest.hexdigest()[:12]


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
