"""States, reports, and the line that a repetition needs."""

from __future__ import annotations

import re

from tests.responders.stage import GET, Stage


def test_states_make_a_sequence() -> None:
    """A rule is in force in its states only, and leads to another one."""
    stage = Stage()
    run = stage.load(
        {"match": {"state": "well"}, "on": 2, "fault": {"status": 503}, "then": "ill"},
        {"match": {"state": "ill"}, "first": 2, "fault": {"status": 500}},
        {"match": {"state": "ill"}, "on": 3, "then": "dead"},
        {"match": {"state": ["dead", "buried"]}, "fault": {"status": 410}},
        start="well",
    )
    assert [stage.save(Name="A").status for _ in range(7)] == [200, 503, 500, 500, 200, 410, 410]
    assert run.state == "dead"


def test_a_rule_that_never_fired_says_why() -> None:
    """It was never asked, it was asked too seldom, or something was different."""
    stage = Stage()
    run = stage.load(
        {"name": "never", "match": {"operation": "DeleteContactEntity", "method": "POST"}, "fault": {"status": 500}},
        {"name": "seldom", "on": 5, "fault": {"status": 500}},
        {"name": "closed", "window": {"after": 60}, "fault": {"status": 500}},
        scenario="mine",
    )
    assert run.report()[0] == "scenario mine: rule never never matched: no request came"
    for _ in range(3):
        stage.ask("POST", f"{GET}1")
    nearest = f"never matched; the nearest was POST {GET.partition('?')[0]}"
    assert run.report()[:3] == [
        f"scenario mine: rule never {nearest}: operation: expected DeleteContactEntity, got v1ContactAgent_GetContactEntity",
        "scenario mine: rule seldom never fired: 3 requests matched, and it fires on match 5",
        f"scenario mine: rule closed {nearest}: window: expected an open one, got a closed one",
    ]
    assert [each.name for each in run.silent] == ["never", "seldom", "closed"]


def test_the_reproduce_line_says_all_that_a_repetition_needs() -> None:
    """Scenario, seed, what the tenant held, and its clock: equal for equal runs, another for another seed or tenant."""

    def line(seed: int, rows: int) -> str:
        stage = Stage()
        for _ in range(rows):
            stage.save(Name="A")
        return stage.load({"fault": {"status": 503}}, seed=seed).reproduce()

    pattern = (
        r"reproduce: scenario test \([0-9a-f]{12}\), seed 3, tenant Cust12345 \([0-9a-f]{12}\), "
        r"clock 2026-03-01T12:00:00Z \(frozen\)"
    )
    assert re.fullmatch(pattern, line(3, 1))
    assert line(3, 1) == line(3, 1)
    assert len({line(3, 1), line(4, 1), line(3, 2)}) == 3
