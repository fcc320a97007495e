"""Faults: what the client gets, how it travels, and what is left in the store."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Any
from xml.parsers import expat

import pytest

from mockserver.messages import AT_ONCE, Body, Delivery, Request
from mockserver.records.store import Snapshot
from tests.responders.stage import GET, NAME, SAVE, Stage, value

REST = "/api/v1/Contact"
BEARER = {"Authorization": f"Bearer 8A:{NAME}.AccessTokenOfTheDouble"}


@pytest.fixture
def stage() -> Stage:
    """A server in memory, its clock frozen."""
    return Stage()


def rows(stage: Stage) -> Snapshot:
    """What the tenant holds."""
    return stage.tenant.store.snapshot()


# --- before and after the effect

FAILURES: list[dict[str, object]] = [
    {"status": 503},
    {"error": "SoSentryException"},
    {"body": "gone"},
    {"retry_after": 5},
    {"how": "reset"},
    {"how": "empty"},
    {"how": "hang"},
    {"how": "drop"},
    {"cut": 0.5},
    {"malformed": "body"},
    {"malformed": "chunk"},
    {"content_type": "text/html"},
    {"charset": "utf-16"},
    {"length": 5},
    {"delay": 3},
    {"dribble": {"piece": 1, "pause": 1}},
]


@pytest.mark.parametrize("fault", FAILURES, ids=json.dumps)
def test_before_leaves_no_effect(stage: Stage, fault: dict[str, object]) -> None:
    """Rows, counters and all are as they were, whatever the client sees."""
    stage.suffer(fault, when="before")
    before = rows(stage)
    stage.save(Name="A")
    after = rows(stage)
    assert (after.tables, after.counters) == (before.tables, before.counters)


@pytest.mark.parametrize("fault", [each for each in FAILURES if each != {"how": "drop"}], ids=json.dumps)
def test_after_leaves_the_effect(stage: Stage, fault: dict[str, object]) -> None:
    """The company is saved once, whatever the client sees."""
    stage.suffer(fault, when="after")
    stage.save(Name="A")
    assert stage.kept() == 1


@pytest.mark.parametrize("fault", [{"how": "drop"}, {"how": "reset"}, {"status": 500}])
def test_before_an_answer_of_its_own_the_body_is_not_read(stage: Stage, fault: dict[str, object]) -> None:
    """A request may be dropped while its body is still on the way."""
    stage.suffer(fault)

    async def never() -> bytes:
        raise AssertionError("the body was read")

    async def ask() -> None:
        await stage.parts.respond(Request("POST", SAVE, body=Body(never)))

    asyncio.run(ask())


def test_a_lost_reply_stays_in_the_journal(stage: Stage) -> None:
    """What the client never saw is told as it would have been."""
    stage.suffer({"how": "reset"}, when="after")
    answer = stage.save(Name="A")
    assert answer.delivery == Delivery(ending="reset", silent=True)
    assert value(answer)["Name"] == "A"
    (told,) = stage.explanations()
    assert "scenario test, rule rules[0] fired on match 1" in told
    assert "after the effect" in told
    assert (answer.account.by, answer.account.user) == ("faults", "tje0")


# --- answers


def test_an_exception_is_told_in_the_services_own_object(stage: Stage) -> None:
    """The error object of protocol 4.1, with the status that goes with the exception."""
    stage.suffer({"error": "SoSentryException", "message": "Not you."})
    answer = stage.save(Name="A")
    assert answer.status == 403
    assert value(answer) == {
        "Error": True,
        "ErrorType": "SoSentryException",
        "ErrorMessage": "Not you.",
        "ErrorSource": "SuperOffice.Services.Implementation",
    }


def test_it_is_told_in_the_format_asked_for(stage: Stage) -> None:
    """A client that asks for XML gets the error in XML."""
    stage.suffer({"error": "SoNotFoundException", "message": "Gone."})
    answer = stage.ask("POST", SAVE, {"Name": "A"}, {"Accept": "application/xml"})
    assert answer.status == 404
    assert answer.headers["Content-Type"].startswith("application/xml")
    assert isinstance(answer.body, bytes)
    assert b"<ErrorType>SoNotFoundException</ErrorType>" in answer.body


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        ({"status": 401}, 401, {"Message": "Authorization has been denied for this request."}),
        ({"error": "Unauthenticated"}, 401, {"Message": "Authorization has been denied for this request."}),
        ({"status": 421}, 421, {"Message": "Wrong subdomain used to access tenant"}),
        ({"status": 503}, 503, {"Message": "Service Unavailable"}),
        ({"status": 500}, 500, {"Message": "An error has occurred."}),
        ({"status": 200, "body": {"a": [1]}}, 200, {"a": [1]}),
        ({"error": "SoSessionException", "status": 401, "message": "x"}, 401, None),
    ],
)
def test_a_status_has_the_frameworks_words(stage: Stage, fault: dict[str, object], status: int, body: object) -> None:
    """Message objects as protocol 4.1 has them; a status that is said wins over that of the exception."""
    stage.suffer(fault)
    answer = stage.save(Name="A")
    assert answer.status == status
    if body is not None:
        assert value(answer) == body
    challenged = fault == {"status": 401} or fault.get("error") == "Unauthenticated"
    assert ("WWW-Authenticate" in answer.headers) is challenged


@pytest.mark.parametrize("fault", [{"status": 412}, {"error": "Changed"}, {"status": 204}, {"status": 304}])
def test_some_answers_have_no_body(stage: Stage, fault: dict[str, object]) -> None:
    """A failed condition is 412 without a body (protocol 4.1); 204 and 304 never have one (RFC 9110, 15.3.5 and 15.4.5)."""
    stage.suffer(fault)
    assert stage.save(Name="A").body == b""


def test_text_goes_as_it_is(stage: Stage) -> None:
    """An error page of something in between, under the label that is said, and with headers of one's own."""
    stage.suffer({"status": 502, "body": "<html>", "content_type": "text/html", "headers": {"Via": "1.1 proxy"}})
    answer = stage.save(Name="A")
    assert (answer.status, answer.body) == (502, b"<html>")
    assert (answer.headers["Content-Type"], answer.headers["Via"]) == ("text/html", "1.1 proxy")


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        (5, ["5"]),
        (0, ["0"]),
        (-1, ["-1"]),
        (1.5, ["1.5"]),
        ("soon", ["soon"]),
        ("", [""]),
        ([1, 30], ["1", "30"]),
        # Noon on 1 March 2026 was a Sunday; the three forms are those of RFC 9110, 5.6.7.
        ({"date": 90}, ["Sun, 01 Mar 2026 12:01:30 GMT"]),
        ({"date": -60}, ["Sun, 01 Mar 2026 11:59:00 GMT"]),
        ({"date": 90, "form": "rfc850"}, ["Sunday, 01-Mar-26 12:01:30 GMT"]),
        ({"date": 90, "form": "asctime"}, ["Sun Mar  1 12:01:30 2026"]),
    ],
    ids=str,
)
def test_retry_after_in_every_shape(stage: Stage, said: object, sent: list[str]) -> None:
    """Dates go by the tenant's clock; alone it comes with 429."""
    stage.suffer({"retry_after": said})
    answer = stage.save(Name="A")
    assert answer.status == 429
    assert answer.headers.getall("Retry-After") == sent


# --- the way


@pytest.mark.parametrize(
    ("fault", "delivery"),
    [
        ({"delay": 2}, Delivery(delay=2)),
        ({"dribble": {"piece": 16, "pause": 0.5}}, Delivery(piece=16, pause=0.5)),
        ({"cut": 20}, Delivery(cut=20, ending="close")),
        ({"cut": 0}, Delivery(cut=0, ending="close")),
        ({"cut": 20, "how": "reset"}, Delivery(cut=20, ending="reset")),
        ({"cut": 20, "how": "hang"}, Delivery(cut=20, ending="hang")),
        ({"how": "reset"}, Delivery(ending="reset", silent=True)),
        ({"how": "drop"}, Delivery(ending="reset", silent=True)),
        ({"how": "empty"}, Delivery(ending="close", silent=True)),
        ({"how": "hang"}, Delivery(ending="hang", silent=True)),
        ({"how": "reset", "delay": 1}, Delivery(delay=1, ending="reset", silent=True)),
        ({"malformed": "chunk"}, Delivery(length=-1, ending="close")),
        ({"content_type": "text/html"}, AT_ONCE),
        ({"status": 503}, AT_ONCE),
    ],
    ids=str,
)
def test_how_an_answer_travels_is_data_on_it(stage: Stage, fault: dict[str, object], delivery: Delivery) -> None:
    """The transport carries it out."""
    stage.suffer(fault)
    assert stage.save(Name="A").delivery == delivery


@pytest.mark.parametrize("delta", [10, -10])
def test_a_wrong_length_is_told_beside_the_whole_body(stage: Stage, delta: int) -> None:
    """Content-Length is wrong by so many bytes, and the body is whole."""
    stage.suffer({"length": delta})
    answer = stage.save(Name="A")
    assert isinstance(answer.body, bytes)
    assert value(answer)["Name"] == "A"
    assert (answer.delivery.length, answer.delivery.ending) == (len(answer.body) + delta, "close")


def test_half_of_an_answer(stage: Stage) -> None:
    """A fraction of the bytes that would have gone out."""
    stage.suffer({"cut": 0.5, "body": "0123456789"})
    assert stage.save(Name="A").delivery.cut == 5


@pytest.mark.parametrize("fault", [{"cut": 0.5}, {"length": 10}])
def test_bytes_that_are_counted_are_not_compressed(stage: Stage, fault: dict[str, object]) -> None:
    """The fraction is one of the bytes that are sent."""
    stage.suffer(fault)
    answer = stage.ask("POST", SAVE, {"Name": "A"}, {"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("accept", ["application/json", "application/xml"])
@pytest.mark.parametrize("how", ["body", "json", "xml"])
@pytest.mark.parametrize("target", [f"{GET}1", f"{GET}999999"], ids=["an entity", "null"])
def test_no_parser_takes_a_malformed_body(stage: Stage, accept: str, how: str, target: str) -> None:
    """JSON and XML, under a label that says which."""
    stage.suffer({"malformed": how})
    answer = stage.ask("POST", target, headers={"Accept": accept})
    assert isinstance(answer.body, bytes)
    label = answer.headers["Content-Type"]
    assert how == "body" or how in label
    if "json" in label:
        with pytest.raises(json.JSONDecodeError):
            json.loads(answer.body)
    else:
        with pytest.raises(expat.ExpatError):
            expat.ParserCreate().Parse(answer.body, True)


def test_a_wrong_charset_is_in_the_bytes_and_not_on_the_label(stage: Stage) -> None:
    """The label says UTF-8 and the bytes are Latin-1."""
    stage.suffer({"charset": "iso-8859-1"})
    answer = stage.save(Name="Blåbær")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert isinstance(answer.body, bytes)
    assert "Blåbær".encode("latin-1") in answer.body


@pytest.mark.parametrize(
    ("delay", "least", "most"),
    [
        ({"uniform": [1, 2]}, 1.0, 2.0),
        ({"lognormal": {"median": 1, "sigma": 0.5}}, 0.05, 20.0),
        ({"lognormal": {"median": 2, "sigma": 0}}, 2.0, 2.0),
    ],
    ids=str,
)
def test_delays_are_drawn_from_the_seed(delay: object, least: float, most: float) -> None:
    """Two runs with one seed wait the same times, and another seed other ones."""

    def waits(seed: int) -> list[float]:
        stage = Stage()
        stage.load({"fault": {"delay": delay}}, seed=seed)
        return [stage.ask("POST", f"{GET}1").delivery.delay for _ in range(20)]

    assert waits(1) == waits(1)
    assert all(least <= each <= most for each in waits(1))
    assert (waits(1) == waits(2)) is (least == most)


def test_a_slow_start_gets_faster(stage: Stage) -> None:
    """The delay falls in equal steps, until nothing is left of it."""
    stage.suffer({"slow_start": {"delay": 4, "calls": 4}})
    assert [stage.ask("POST", f"{GET}1").delivery.delay for _ in range(6)] == [4, 3, 2, 1, 0, 0]


# --- the tenant


def test_a_token_expires_before_or_after(stage: Stage) -> None:
    """Before: this request is refused; after: the next one is; another credential is as good as ever."""
    stage.suffer({"token": "expired"}, on=1)
    assert stage.ask("GET", f"{REST}/1", headers=BEARER).status == 401
    other = Stage()
    other.suffer({"token": "expired"}, on=1, when="after")
    assert [other.ask("GET", f"{REST}/1", headers=BEARER).status for _ in range(2)] == [200, 401]
    assert other.ask("GET", f"{REST}/1").status == 200


def test_a_password_does_not_expire_and_the_journal_says_so(stage: Stage) -> None:
    """Nothing happens, and somebody who wonders why finds the reason."""
    stage.suffer({"token": "expired"})
    assert stage.ask("GET", f"{REST}/1").status == 200
    assert "a password does not expire" in stage.explanations()[0]


@pytest.mark.parametrize("when", ["before", "after"])
def test_somebody_else_saves_the_record(stage: Stage, when: str) -> None:
    """The next conditional write of what was read gets 412."""
    read = stage.ask("GET", f"{REST}/1")
    condition = {"If-Unmodified-Since": read.headers["Last-Modified"]}
    body = value(read)
    if when == "before":
        stage.suffer(
            {"bump": {"Department": "Sales"}}, match={"operation": "v1ContactEntity_PutContactEntity", "entity": "Contact"}
        )
    else:
        stage.suffer({"bump": {"Department": "Sales"}}, match={"method": "GET", "entity": "Contact"}, when="after")
        assert value(stage.ask("GET", f"{REST}/1"))["Department"] == ""
    assert stage.ask("PUT", f"{REST}/1", body, condition).status == 412
    row = stage.tenant.store.row("Contact", 1)
    assert row is not None
    assert row["Department"] == "Sales"


def test_an_effect_is_doubled(stage: Stage) -> None:
    """Two companies are made, and the client hears of one."""
    stage.suffer({"duplicate": True}, on=1)
    answer = stage.save(Name="A")
    assert answer.status == 200
    assert stage.kept() == 2


def test_a_doubled_effect_may_be_lost_too(stage: Stage) -> None:
    """The effect comes twice and the answer not at all."""
    stage.suffer({"duplicate": True, "how": "reset"}, when="after")
    stage.save(Name="A")
    assert stage.kept() == 2


def test_a_tenant_is_suspended_and_moved(stage: Stage) -> None:
    """The tenant stands as the fault says, before or after."""
    stage.suffer({"tenant": "Suspended", "move": "http://elsewhere.example"}, when="after")
    stage.ask("GET", f"{REST}/1")
    assert (stage.tenant.standing.state, stage.tenant.standing.origin) == ("Suspended", "http://elsewhere.example")


def test_old_data_is_read_and_nothing_is_lost(stage: Stage) -> None:
    """A read sees the rows as they were some changes ago; what was written since is still there."""
    stage.suffer({"stale": 2}, match={"method": "GET"}, on=[2])
    key = value(stage.save(Name="one"))["ContactId"]
    for name in ("two", "three"):
        stage.save(ContactId=key, Name=name)
    names = [value(stage.ask("GET", f"{REST}/{key}"))["Name"] for _ in range(3)]
    assert names == ["three", "one", "three"]


def test_old_data_is_not_written_to(stage: Stage) -> None:
    """A save that a stale rule is about takes effect on what there is."""
    stage.suffer({"stale": True})
    assert value(stage.save(Name="A"))["Name"] == "A"
    assert stage.kept() == 1


def test_data_from_before_it_was_there(stage: Stage) -> None:
    """Read after write: what was just saved is not found yet."""
    stage.suffer({"stale": True}, match={"method": "GET"})
    key = value(stage.save(Name="A"))["ContactId"]
    assert stage.ask("GET", f"{REST}/{key}").status == 404


# --- who suffers


def test_without_a_scenario_nothing_is_looked_at(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What carries scenarios out is made with the first one, and not asked when there is none any more."""
    assert stage.save(Name="A").status == 200
    assert stage.parts.faults._engine is None
    run = stage.load({"fault": {"status": 503}})
    assert stage.save(Name="A").status == 503
    stage.parts.faults.unload(stage.tenant, run)

    def looked(*_: Any) -> None:
        raise AssertionError("somebody looked")

    monkeypatch.setattr(stage.parts.faults._engine, "answer", looked)
    assert stage.save(Name="A").status == 200


def test_a_server_that_nobody_lets_fail_does_not_load_what_it_takes() -> None:
    """A start costs no more for scenarios that nobody asked for."""
    code = "import sys, mockserver.server; print([each for each in sys.modules if '.scenarios' in each or 'jmespath' in each])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_a_tenant_suffers_alone(stage: Stage) -> None:
    """Another tenant of the same server is left in peace."""
    stage.suffer({"status": 503})
    stage.parts.tenants.declare("Cust2")
    assert stage.ask("GET", f"/Cust2{REST}/1").status == 200
    assert stage.ask("GET", f"/{NAME.lower()}{REST}/1").status == 503


def test_a_servers_scenario_counts_for_each_tenant() -> None:
    """Counters and states are a tenant's own, and a fresh tenant begins anew."""
    stage = Stage(scenario="lost-reply")
    other = stage.parts.tenants.declare("Cust2")
    for path in (SAVE, f"/Cust2{SAVE}"):
        endings = [stage.ask("POST", path, {"Name": "A"}).delivery.ending for _ in range(2)]
        assert endings == ["reset", "keep"]
    assert other.store.has("Contact", 3)
    stage.parts.tenants.declare(NAME)
    assert stage.save(Name="A").delivery.ending == "reset"


def test_a_scenario_goes_with_its_tenant(stage: Stage) -> None:
    """A tenant that is made fresh suffers no more, and a dropped one is not kept in memory."""
    stage.suffer({"status": 503})
    stage.parts.tenants.declare(NAME)
    assert stage.save(Name="A").status == 200
    for number in range(50):
        stage.parts.faults.load(stage.parts.tenants.declare(f"Cust{number + 2}"), {"rules": [{"fault": {"status": 503}}]})
        stage.parts.tenants.drop(f"Cust{number + 2}")
    assert stage.parts.faults._engine is not None
    assert len(stage.parts.faults._engine._loaded) <= 2


def test_the_first_rule_that_fires_has_its_way_and_all_count(stage: Stage) -> None:
    """A rule counts the requests it is about whether or not an earlier one was quicker."""
    stage.load(
        {"match": {"method": "POST"}, "on": 1, "fault": {"status": 503}},
        {"on": [1, 2], "fault": {"status": 502}},
    )
    assert [stage.save(Name="A").status for _ in range(3)] == [503, 502, 200]


def test_the_control_surface_is_never_faulted(stage: Stage) -> None:
    """A test can always reach it."""
    stage.suffer({"how": "hang"})
    assert stage.ask("GET", "/_mock/journal").status == 200
