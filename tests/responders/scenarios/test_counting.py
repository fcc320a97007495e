"""On which matches a rule fires: counts, windows on the tenant's clock, chance from the seed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mockserver.clock import Clock
from mockserver.responders.scenarios.counting import Counter
from mockserver.responders.scenarios.model import Rule

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def fired(requests: int, seed: int = 0, place: int = 0, **rule: Any) -> list[int]:
    """The matches that a rule fires on, counted from 1."""
    counter = Counter(Rule(**rule), seed, place, Clock(NOON))
    return [number for number in range(1, requests + 1) if counter.fires()]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ({"on": 2}, [2]),
        ({"on": [3, 1]}, [1, 3]),
        ({"first": 2}, [1, 2]),
        ({"every": 3}, [3, 6, 9]),
        ({"after": 5}, [6, 7, 8, 9]),
        ({"after": 5, "first": 2}, [6, 7]),
        ({"after": 1, "every": 3}, [4, 7]),
        ({"every": 3, "first": 2}, [3, 6]),
    ],
    ids=str,
)
def test_counts(rule: dict[str, Any], expected: list[int]) -> None:
    """Matches are counted from 1; `first` and `every` begin after `after`."""
    assert fired(9, **rule) == expected


def test_chance_is_the_same_in_every_run_and_another_for_each_seed_and_rule() -> None:
    """A tenth of a thousand is somewhere near a hundred, and always the same ones."""
    drawn = fired(1000, 1, chance=0.1)
    assert drawn == fired(1000, 1, chance=0.1)
    assert 60 < len(drawn) < 140
    assert drawn != fired(1000, 2, chance=0.1)
    assert drawn != fired(1000, 1, 1, chance=0.1)
    assert fired(5, chance=1) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("window", "open_after"),
    [
        ({"after": 60}, [60, 120, 3600]),
        ({"for": 60}, [0, 59]),
        ({"after": 60, "for": 60}, [60]),
        ({"from": "2026-03-01T12:01:00Z"}, [60, 120, 3600]),
        ({"until": "2026-03-01T12:01:00Z"}, [0, 59]),
        ({"from": "2026-03-01T13:01:00+01:00", "until": "2026-03-01T12:02:00Z"}, [60]),
        ({"daily": ["12:01", "12:02"]}, [60]),
        ({"daily": ["13:00", "12:01"]}, [0, 59, 3600]),
    ],
    ids=str,
)
def test_windows_go_by_the_tenants_clock(window: dict[str, object], open_after: list[int]) -> None:
    """Since the scenario was loaded, between two times, or every day, over midnight too; the end is outside."""
    clock = Clock(NOON)
    counter = Counter(Rule(window=window), 0, 0, clock)
    open_at = []
    for seconds in (0, 59, 60, 120, 3600):
        clock.set(NOON + timedelta(seconds=seconds))
        if counter.open():
            open_at.append(seconds)
    assert open_at == open_after
