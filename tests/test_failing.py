"""`superoffice.fail(…)`: a rule for as long as a block lasts, from the test's own thread."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import warnings
from typing import Any

import pytest

from mockserver import Sandbox
from mockserver.errors import ScenarioError
from mockserver.failing import NeverFired, described
from mockserver.responders.scenarios.model import Fault, Match, Rule, Scenario


def saved(superoffice: Sandbox, name: str = "A") -> int:
    """Save a company and tell the status."""
    request = urllib.request.Request(
        f"{superoffice.api_url}/v1/Agents/Contact/SaveContactEntity",
        json.dumps({"Name": name}).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {superoffice.token}"},
    )
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_it_fails_inside_the_block_only(superoffice: Sandbox) -> None:
    """The second save inside is refused, and all is well before and after."""
    assert saved(superoffice) == 200
    with superoffice.fail(operation="SaveContactEntity", on=2, status=503) as failure:
        assert [saved(superoffice) for _ in range(3)] == [200, 503, 200]
        assert (failure.matched, failure.fired, failure.state) == (3, 1, "start")
    assert saved(superoffice) == 200
    assert len(superoffice.contacts) == 4
    assert failure.report()[0] == "scenario fail: rule rules[0] fired once, on 3 matching requests"


def test_after_the_effect(superoffice: Sandbox) -> None:
    """The company is there although the client was refused."""
    with superoffice.fail(operation="SaveContactEntity", when="after", status=500):
        assert saved(superoffice) == 500
    assert len(superoffice.contacts) == 1


def test_a_token_expires(superoffice: Sandbox) -> None:
    """The caller's token is refused from then on, also after the block: it has expired."""
    with superoffice.fail(operation="SaveContactEntity", on=2, token="expired"):
        assert [saved(superoffice) for _ in range(2)] == [200, 401]
    assert saved(superoffice) == 401


@pytest.mark.parametrize("scenario", ["refused", Scenario(rules=[Rule(match=Match(method="POST"), fault=Fault(status=403))])])
def test_a_whole_scenario(superoffice: Sandbox, scenario: Any) -> None:
    """By name or as a value; blocks may be inside each other, and the outer one is asked first."""
    quiet = warnings.catch_warnings(action="ignore", category=NeverFired)
    with quiet, superoffice.fail(scenario), superoffice.fail(status=500):
        assert saved(superoffice, "Forbidden AS") == 403
        assert saved(superoffice, "Allowed AS") == (500 if scenario == "refused" else 403)


def test_what_never_fired_is_a_warning(superoffice: Sandbox) -> None:
    """The test may have proved nothing; it is told what was different, and where the block stands."""
    warned = pytest.warns(NeverFired, match="expected DeleteContactEntity, got v1ContactAgent_SaveContactEntity")
    with warned as told, superoffice.fail(operation="DeleteContactEntity", status=500):
        saved(superoffice)
    assert told[0].filename == __file__
    assert any("never matched" in line for line in superoffice.failures)


def test_a_failing_test_is_not_told_twice(superoffice: Sandbox) -> None:
    """What is raised inside the block comes out, without a warning on top, and the rule is gone."""
    with pytest.raises(KeyError), superoffice.fail(status=500):
        raise KeyError
    assert saved(superoffice) == 200


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({}, "takes either a scenario or the words of a rule"),
        ({"operaton": "SaveContactEntity"}, "fail\\(\\) takes no operaton; did you mean operation"),
        (
            {"operation": "SaveContctEntity", "status": 500},
            "fail\\(\\): rules\\[0\\].match.operation: .*did you mean SaveContactEntity",
        ),
        ({"operation": "SaveContactEntity"}, "does nothing"),
        ({"match": 5, "status": 500}, "match must be a mapping or a Match"),
    ],
)
def test_a_mistake_is_one_sentence(superoffice: Sandbox, words: Any, reason: str) -> None:
    """Before anything is sent."""
    with pytest.raises(ScenarioError, match=reason), superoffice.fail(**words):
        raise AssertionError("the block was entered")


def test_words_have_their_places() -> None:
    """Those of the match, of the count and of the fault stand side by side."""
    words = {"name": "n", "match": {"body": {"Name": "A"}}, "operation": "X", "on": 2, "when": "after", "body": "text", "seed": 4}
    assert described(words) == {
        "seed": 4,
        "scenario": "fail",
        "rules": [
            {"name": "n", "on": 2, "when": "after", "match": {"body": {"Name": "A"}, "operation": "X"}, "fault": {"body": "text"}}
        ],
    }
