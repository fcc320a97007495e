"""Which requests a rule is about, and what is told of those that it is nearly about."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.responders.scenarios.naming import meets
from tests.responders.stage import GET, SAVE, Stage

NAME = {"Name": "First AS", "Phones": [{"Value": "1"}], "Category": {"Id": 4}}
XML = b"<ContactEntity><Name>First AS</Name><Phones><EntityElement><Value>1</Value></EntityElement></Phones></ContactEntity>"


@pytest.fixture
def stage() -> Stage:
    """A server in memory."""
    return Stage()


@pytest.mark.parametrize(
    ("match", "difference"),
    [
        ({"operation": "SaveContactEntity"}, None),
        ({"operation": "savecontactentity"}, None),
        ({"operation": "v1ContactAgent_SaveContactEntity"}, None),
        ({"operation": ["GetContactEntity", "SaveContactEntity"]}, None),
        ({"operation": "GetContactEntity"}, "operation: expected GetContactEntity, got v1ContactAgent_SaveContactEntity"),
        ({"entity": "Contact"}, None),
        ({"entity": "contact", "verb": "save"}, None),
        ({"verb": ["read", "save"]}, None),
        ({"entity": "Person"}, "operation: expected Person, got v1ContactAgent_SaveContactEntity"),
        ({"entity": "Contact", "verb": "read"}, "operation: expected read Contact, got v1ContactAgent_SaveContactEntity"),
        ({"method": "POST"}, None),
        ({"method": "put"}, "method: expected PUT, got POST"),
        ({"path": "/api/v1/**"}, None),
        ({"path": "/api/v1/agents/*/save*"}, None),
        ({"path": "/api/v1/*"}, "path: expected /api/v1/*, got /api/v1/Agents/Contact/SaveContactEntity"),
        ({"headers": {"SO-Language": "no*"}}, None),
        ({"headers": {"so-language": "de"}}, 'header so-language: expected "de", got "NO"'),
        ({"headers": {"SO-Language": None}}, 'header SO-Language: expected none, got "NO"'),
        ({"headers": {"Authorization": "Bearer *"}}, 'header Authorization: expected "Bearer *", got another value'),
        ({"headers": {"SO-Culture": "en*"}}, 'header SO-Culture: expected "en*", got none'),
        ({"query": {"FK": "true"}}, None),
        ({"query": {"fk": "false"}}, 'query fk: expected "false", got "true"'),
        ({"body": {"Name": "First AS"}}, None),
        ({"body": {"Phones[0].Value": "1", "length(Phones)": 1}}, None),
        ({"body": {"contains(Name, 'AS')": True}}, None),
        ({"body": {"Department": None}}, None),
        ({"body": {"Name": "Second AS"}}, 'body Name: expected "Second AS", got "First AS"'),
        ({"body": {"abs(Name)": 1}}, "body abs(Name): expected 1, got null"),
        ({"principal": "TJE0"}, None),
        ({"principal": "ola"}, "principal: expected ola, got tje0"),
        ({"tenant": "cust*"}, None),
        ({"tenant": "Cust9"}, "tenant: expected Cust9, got Cust12345"),
    ],
    ids=str,
)
@pytest.mark.parametrize("body", [NAME, XML], ids=["JSON", "XML"])
def test_conditions(stage: Stage, match: dict[str, Any], difference: str | None, body: object) -> None:
    """A condition holds, or tells what it wanted and got; bodies are compared by meaning, whatever their format."""
    run = stage.suffer({"status": 503}, match=match)
    headers = {"SO-Language": "NO"} | ({"Content-Type": "application/xml"} if body is XML else {})
    answer = stage.ask("POST", f"{SAVE}?fk=true", body, headers)
    assert answer.status == (503 if difference is None else 200)
    if difference is not None:
        assert run.report()[0].endswith(
            f"rule rules[0] never matched; the nearest was POST /api/v1/Agents/Contact/SaveContactEntity: {difference}"
        )


def test_a_body_is_read_in_any_letter_case(stage: Stage) -> None:
    """Members have their published names, as the service sees them."""
    stage.suffer({"status": 503}, match={"operation": "SaveContactEntity", "body": {"Name": "A"}})
    assert stage.ask("POST", SAVE, b"{name: 'A'}").status == 503


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[1]", b"null", b'"x"'])
def test_a_body_that_nobody_can_read_matches_nothing(stage: Stage, body: bytes) -> None:
    """The request is answered as ever."""
    stage.suffer({"status": 503}, match={"body": {"Name": "A"}})
    assert stage.ask("POST", SAVE, body).status in (200, 400)


def test_nobody_known_is_nobody(stage: Stage) -> None:
    """A request without or with a wrong credential has no principal, and is refused as ever."""
    run = stage.suffer({"status": 503}, match={"principal": "*"})
    assert stage.ask("POST", SAVE, {}, login=None).status == 401
    assert stage.ask("POST", SAVE, {}, {"Authorization": "Bearer wrong"}).status == 401
    assert "principal: expected *, got nobody known" in run.report()[0]


def test_a_near_match_is_told_in_the_journal(stage: Stage) -> None:
    """Where one condition of several is not met, the request's own entry says which."""
    stage.suffer({"status": 503}, name="mine", match={"operation": "SaveContactEntity", "body": {"Name": "A"}})
    stage.save(Name="B")
    stage.ask("POST", f"{GET}1")
    near, far = stage.explanations()
    assert near == 'scenario test, rule mine nearly matched: body Name: expected "A", got "B"'
    assert (
        far
        == "scenario test, rule mine nearly matched: operation: expected SaveContactEntity, got v1ContactAgent_GetContactEntity"
    )


@pytest.mark.parametrize(
    ("pattern", "path", "same"),
    [
        ("/api/v1/Contact/*", "/api/v1/Contact/5", True),
        ("/api/v1/Contact/*", "/api/v1/Contact/5/Persons", False),
        ("/api/v1/Contact/{id}", "/api/v1/contact/5/", True),
        ("/api/v1/Contact/**", "/api/v1/Contact", True),
        ("/api/**/Simple", "/api/v1/Contact/5/Simple", True),
        ("/api/**/Simple", "/api/v1/Contact/5", False),
        ("/api/v1/*/5", "/api/v1/{resource}/{id}", True),
        ("/api/v1/Person/*", "/api/v1/Contact/{id}", False),
        ("/api/v1/Con.act", "/api/v1/Contact", False),
        ("/api/v1/Contact", "/api/v1/%43ontact", True),
        ("/**", "/", True),
    ],
)
def test_paths(pattern: str, path: str, *, same: bool) -> None:
    """`*` is within one part of a path, `**` is any number of parts."""
    assert meets(pattern, path) is same
