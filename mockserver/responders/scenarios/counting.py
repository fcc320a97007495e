"""How often a rule fires: on which of its matches, in which window of the tenant's time, with which chance.

All chance comes from the scenario's seed and the rule's place, so every run draws the same. Must not know requests.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

from mockserver.clock import Clock
from mockserver.responders.scenarios.model import Rule


class Counter:
    """One rule's matches, counted for one tenant."""

    def __init__(self, rule: Rule, seed: int, place: int, clock: Clock) -> None:
        self._rule = rule
        self._clock = clock
        self._began = clock.time()
        self._chance = Random(f"{seed} {place} chance")  # noqa: S311 - repeatable on purpose
        self.matched = 0
        self.fired = 0

    def open(self) -> bool:
        """Whether the rule's window is open now."""
        window = self._rule.window
        if window is None:
            return True
        now = self._clock.time()
        if "daily" in window:
            daily = window["daily"]
            assert isinstance(daily, Sequence)
            return _within(f"{datetime.fromtimestamp(now, UTC):%H:%M}", daily[0], daily[1])
        if "from" in window or "until" in window:
            begin, end = (_moment(window.get(each)) for each in ("from", "until"))
            return (begin is None or begin <= now) and (end is None or now < end)
        since = now - self._began
        wait = _seconds(window.get("after", 0))
        return wait <= since and ("for" not in window or since < wait + _seconds(window["for"]))

    def fires(self) -> bool:
        """Count a match; whether the rule fires on it."""
        self.matched += 1
        rule = self._rule
        if rule.on is not None:
            fires = self.matched in ((rule.on,) if isinstance(rule.on, int) else rule.on)
        else:
            number = self.matched - (rule.after or 0)
            fires = number > 0 and number % (rule.every or 1) == 0
            if rule.first is not None:
                fires = fires and number <= rule.first * (rule.every or 1)
        if fires and rule.chance is not None:
            fires = self._chance.random() < rule.chance
        self.fired += fires
        return fires

    def said(self) -> str:
        """On which matches it fires, in words."""
        rule = self._rule
        if rule.on is not None:
            numbers = [rule.on] if isinstance(rule.on, int) else sorted(rule.on)
            return f"on match {', '.join(map(str, numbers))}"
        words = []
        if rule.first is not None:
            words.append(f"on the first {rule.first}")
        if rule.every is not None:
            words.append(f"on every {rule.every}.")
        if rule.after is not None:
            words.append(f"after {rule.after} matches")
        if rule.chance is not None:
            words.append(f"with a chance of {rule.chance}")
        return " ".join(words) or "on every match"


def _within(now: str, begin: str, end: str) -> bool:
    return begin <= now < end if begin < end else now >= begin or now < end


def _moment(said: object) -> float | None:
    return None if said is None else datetime.fromisoformat(str(said)).timestamp()


def _seconds(said: object) -> float:
    assert isinstance(said, (int, float))
    return said
