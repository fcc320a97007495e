"""The shipped scenarios, run; and scenarios that nobody wrote: the server answers what it was told to, and never wedges."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from mockserver.errors import ScenarioError
from mockserver.messages import Response
from mockserver.responders.scenarios.files import located, names
from mockserver.responders.scenarios.fitting import schema
from mockserver.responders.scenarios.placing import placed

from .responders.stage import GET, NAME, SAVE, Stage, value

REST = "/api/v1/Contact"
PERSON = "/api/v1/Agents/Person/SavePersonEntity"
BEARER = {"Authorization": f"Bearer 8A:{NAME}.AccessTokenOfTheDouble"}


def journey() -> Iterator[tuple[str, str, object, dict[str, str]]]:
    """What a client does one after the other: saves, reads, conditional writes, XML, deletes."""
    for number in range(6):
        yield "POST", SAVE, {"Name": f"Firma {number} Åse"}, BEARER
        yield "POST", f"{GET}1", None, {"Accept": "application/xml"} if number == 1 else {}
        yield "GET", f"{REST}/1", None, {"SO-Language": "no"}
        yield "PUT", f"{REST}/1", {"ContactId": 1, "Name": "Mine"}, {"If-Unmodified-Since": "Sun, 01 Mar 2026 12:00:00 GMT"}
        yield "POST", PERSON, {"Firstname": "Kari", "Lastname": str(number)}, {}
        yield "GET", "/api/v1/Person/1", None, {}
        yield "POST", "/api/v1/Agents/Contact/GetMyContact", None, {}
        yield "GET", f"{REST}/1?$select=*:*", None, {}
    yield "POST", SAVE, {"Name": "Forbidden AS"}, {}
    yield "POST", "/api/v1/Agents/Contact/DeleteContactEntity?contactEntityId=2", None, {}


def played(name: str) -> tuple[bytes, list[str]]:
    """The journal of a whole run of a scenario with a clock that only we move, and its report."""
    stage = Stage(scenario=name)
    deliveries = []
    for hour in (12, 0, 2):
        stage.tenant.clock.set(stage.tenant.clock.now().replace(hour=hour, minute=1))
        deliveries += [repr(stage.ask(*asked).delivery) for asked in journey()]
    entries = [each.told() for each in stage.parts.journal.entries(NAME)]
    for each in entries:
        del each["milliseconds"]
    return json.dumps([entries, deliveries]).encode(), stage.parts.faults.report(NAME)


@pytest.mark.parametrize("name", names())
def test_two_runs_are_byte_equal(name: str) -> None:
    """One scenario, one clock, one client after the other: the journals are the same to the byte, durations left out."""
    first, second = played(name), played(name)
    assert first == second
    assert any(b'"by": "faults"' in each for each in (first[0],)), "nothing went wrong at all"


@pytest.mark.parametrize("name", names())
def test_a_scenario_says_what_it_is_about(name: str) -> None:
    """Somebody who looks for a failure reads one sentence."""
    said = placed(located(name).read_text("utf-8"), name).value
    assert isinstance(said, dict)
    assert len(said["about"]) > 40


def test_together_they_use_every_kind_of_rule_and_fault() -> None:
    """No word of the schema is without an example."""
    used: dict[str, set[str]] = {
        kind: set() for kind in ("rule", "match", "fault", "window", "delay", "how", "malformed", "when")
    }
    top: set[str] = set()
    for name in names():
        said: Any = placed(located(name).read_text("utf-8"), name).value
        top |= set(said)
        for rule in said["rules"]:
            fault = rule.get("fault", {})
            used["rule"] |= set(rule)
            used["match"] |= set(rule.get("match", {}))
            used["window"] |= set(rule.get("window", {}))
            used["fault"] |= set(fault)
            used["delay"] |= (
                {next(iter(fault["delay"])) if isinstance(fault["delay"], dict) else "fixed"} if "delay" in fault else set()
            )
            for word in ("how", "malformed"):
                used[word] |= {fault[word]} if word in fault else set()
            used["when"] |= {rule["when"]} if "when" in rule else set()
    definitions = schema()["$defs"]
    for kind in ("rule", "match", "fault", "window"):
        assert used[kind] == set(definitions[kind]["properties"]), kind
    for word in ("how", "malformed"):
        assert used[word] == set(definitions["fault"]["properties"][word]["enum"])
    assert used["delay"] == {"fixed", "uniform", "lognormal"}
    assert used["when"] == {"before", "after"}
    assert top == set(schema()["properties"]) - {"scenario"}


def test_lost_reply() -> None:
    """The first save takes effect and its answer is lost by a reset; the retry makes the company twice (issue 6)."""
    stage = Stage(scenario="lost-reply")
    first, retry = stage.save(Name="A"), stage.save(Name="A")
    assert (first.delivery.silent, first.delivery.ending) == (True, "reset")
    assert (retry.status, retry.delivery.ending) == (200, "keep")
    assert stage.kept() == 2


# --- scenarios that nobody wrote


def some(
    words: dict[str, st.SearchStrategy[Any]], most: int, **always: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    """Mappings with few of many words: with many of them nearly all contradict each other."""
    named = st.lists(st.sampled_from(sorted(words)), unique=True, max_size=most)
    return named.flatmap(lambda chosen: st.fixed_dictionaries({name: words[name] for name in chosen} | always))


TEXT = st.sampled_from(["A", "B", "no", ""])
STATES = st.sampled_from(["start", "a", "b"])
MATCH = some(
    {
        "method": st.sampled_from(["GET", "POST", ["GET", "PUT"]]),
        "operation": st.sampled_from(["SaveContactEntity", "GetContactEntity", "v1ContactEntity_GetContactEntity"]),
        "entity": st.sampled_from(["Contact", "Person"]),
        "path": st.sampled_from(["/api/**", "/api/v1/Contact/*"]),
        "query": st.just({"contactEntityId": "*"}),
        "headers": st.just({"SO-Language": None}),
        "body": st.fixed_dictionaries({"Name": TEXT}),
        "principal": st.sampled_from(["tje0", "ola"]),
        "state": STATES,
    },
    2,
)
FAULT = some(
    {
        "status": st.sampled_from([200, 204, 304, 401, 404, 412, 429, 500, 503, 599]),
        "error": st.sampled_from(["SoNotFoundException", "Changed", "NoSuchException", "NotFound", "WrongVerb", "MockError"]),
        "body": st.sampled_from(["text", {"a": None}, [1, "x"], []]),
        "headers": st.just({"X-Mine": "1"}),
        "retry_after": st.sampled_from([1, "x", {"date": -1}, [1, 2]]),
        "delay": st.sampled_from([0, 1.5, {"uniform": [0, 1]}, {"lognormal": {"median": 1, "sigma": 5}}]),
        "slow_start": st.just({"delay": 1, "calls": 2}),
        "dribble": st.just({"piece": 3, "pause": 0.1}),
        "cut": st.sampled_from([0, 5, 0.3]),
        "malformed": st.sampled_from(["body", "json", "xml", "chunk"]),
        "content_type": st.sampled_from(["text/html", ""]),
        "charset": st.sampled_from(["utf-16", "us-ascii", "utf-32"]),
        "length": st.sampled_from([-100, 7]),
        "how": st.sampled_from(["reset", "empty", "hang", "drop"]),
        "token": st.just("expired"),
        "bump": st.just(True),
        "duplicate": st.just(True),
        "stale": st.sampled_from([True, 3]),
        "tenant": st.just("Running"),
    },
    3,
)
RULE = some(
    {
        "match": MATCH,
        "on": st.sampled_from([1, [2, 3]]),
        "first": st.integers(1, 3),
        "every": st.integers(1, 3),
        "after": st.integers(1, 3),
        "chance": st.sampled_from([0.5, 1]),
        "window": st.sampled_from([{"after": 0}, {"daily": ["11:00", "13:00"]}]),
        "when": st.sampled_from(["before", "after"]),
        "then": STATES,
    },
    3,
    fault=FAULT,
)
REQUESTS = list(journey())[:8]
TOLD = ("status", "error", "body", "retry_after", "token", "bump", "stale", "how")


@settings(max_examples=150)
@given(st.lists(RULE, min_size=1, max_size=3), st.integers(0, 3))
def test_the_server_answers_only_what_it_was_told_to(rules: list[dict[str, Any]], seed: int) -> None:
    """A scenario is refused in one sentence, or each answer is the real one or what a rule says; the server goes on after it."""
    stage, honest = Stage(), Stage()
    try:
        run = stage.load(*rules, seed=seed, repeats=True)
    except ScenarioError as refused:
        event("refused")
        reason = str(refused)
    else:
        event("taken")
        reason = ""
    if reason:
        assert reason.startswith("scenario: rules[")
        assert "\n" not in reason
        return

    async def all_of(where: Stage) -> list[Response]:
        return [await where.answer(*each) for each in REQUESTS]

    suffered = asyncio.run(asyncio.wait_for(all_of(stage), 20))
    peaceful = asyncio.run(all_of(honest))
    touched = False
    for got, real in zip(suffered, peaceful, strict=True):
        assert not got.account.traceback
        if got.account.by == "faults":
            touched = True
            words = {word for each in run.rules if f"rule {each.name} fired" in got.account.explanation for word in said(each)}
            if got.status != real.status and not touched_state(rules):
                assert words & set(TOLD), got
        elif not touched_state(rules) and not touched:
            assert (got.status, got.body, got.delivery) == (real.status, real.body, real.delivery)
    stage.parts.faults.unload(stage.tenant)
    assert value(stage.ask("POST", SAVE, {"Name": "After all"}))["Name"] == "After all"


def said(rule: Any) -> set[str]:
    """The words of a rule's fault."""
    fault = rule.rule.fault
    return {name for name in type(fault).__dataclass_fields__ if getattr(fault, name) is not None}


def touched_state(rules: list[dict[str, Any]]) -> bool:
    """Whether a rule leaves the tenant other than a peaceful run would: later answers may differ for that reason."""
    return any({"token", "bump", "duplicate", "tenant"} & set(each["fault"]) for each in rules)


def test_answers_do_not_wait_for_each_other() -> None:
    """A hundred requests at once, of which every other one goes wrong, all come back."""
    stage = Stage()
    stage.load({"match": {"body": {"Name": "A"}}, "every": 2, "fault": {"how": "hang"}})

    async def all_at_once() -> list[Response]:
        return await asyncio.wait_for(asyncio.gather(*(stage.answer("POST", SAVE, {"Name": "A"}) for _ in range(100))), 30)

    answers = asyncio.run(all_at_once())
    assert sum(each.delivery.ending == "hang" for each in answers) == 50
    assert stage.kept() == 50
