"""Tests of how REST and the agents put a result or an error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mockserver.calls import Constant
from mockserver.catalogue.loading import Catalogue
from mockserver.errors import (
    ApiError,
    BadRequest,
    Changed,
    Conflict,
    Forbidden,
    InvalidArgument,
    NoSuchOperation,
    NotFound,
    NotKnown,
    TooLarge,
    Unauthenticated,
    UnknownRow,
    Unsupported,
    WrongVerb,
)
from mockserver.wire.dialects import UNEXPECTED, VOID, Links, refused, with_links

if TYPE_CHECKING:
    from tests.conftest import Ask

REST = "v1ContactEntity_GetContactEntity"
AGENT = "v1ContactAgent_GetContactEntity"
VOID_AGENT = "v1ContactAgent_DeleteContactEntity"
SOURCE = "SuperOffice.Services.Implementation"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadRequest("x"), 400),
        (InvalidArgument("x"), 400),
        (Unauthenticated("x"), 401),
        (Forbidden("x"), 403),
        (NotFound("x"), 404),
        (UnknownRow("x"), 404),
        (NoSuchOperation("x"), 404),
        (WrongVerb("x", ("GET",)), 405),
        (Conflict("x"), 409),
        (Changed("x"), 412),
        (TooLarge("x"), 413),
        (Unsupported("x"), 415),
        (NotKnown("x"), 501),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, ApiError) else str(each),
)
def test_an_error_has_a_status(catalogue: Catalogue, error: ApiError, status: int) -> None:
    """Each error has the status that HTTP has for it (RFC 9110, 15.5), for REST and before an operation is known."""
    assert refused(error, catalogue.operation(REST)).status == status
    assert refused(error, None).status == status


def test_every_error_has_a_status() -> None:
    """No error of the API is left to the 500 that is for bugs of ours."""
    kinds = ApiError.__subclasses__()
    for kind in kinds:
        error = WrongVerb("x", ()) if kind is WrongVerb else kind("x")
        assert refused(error, None).status != 500, kind


@pytest.mark.parametrize("error", [BadRequest, Forbidden, NotFound])
def test_an_error_of_the_service_is_its_own_object(error: type[ApiError]) -> None:
    """What the service says is its error object, in its order (protocol 4.1)."""
    value = refused(error("It is so"), None).value
    assert isinstance(value, dict)
    assert list(value) == ["Error", "ErrorType", "ErrorMessage", "ErrorSource"]
    assert value["Error"] is True
    assert value["ErrorMessage"] == "It is so"
    assert value["ErrorSource"] == SOURCE
    assert value["ErrorType"] in ("ArgumentException", "SoSentryException", "SoNotFoundException")


def test_an_error_of_the_framework_is_a_message() -> None:
    """What never reached the service is the framework's object, with a detail if there is one (protocol 4.1)."""
    assert refused(Unsupported("no"), None).value == {"Message": "no"}
    assert refused(InvalidArgument("no", detail="why"), None).value == {"Message": "no", "MessageDetail": "why"}


def test_a_wrong_verb_lists_the_right_ones() -> None:
    """405 says in `Allow` what is allowed (RFC 9110, 15.5.6)."""
    assert ("Allow", "GET, POST") in refused(WrongVerb("no", ("GET", "POST")), None).headers


def test_a_missing_credential_is_challenged() -> None:
    """401 says how to authenticate (RFC 9110, 15.5.2)."""
    said = refused(Unauthenticated("no"), None, challenges=("Negotiate", "Basic x"))
    assert said.headers == (("WWW-Authenticate", "Negotiate"), ("WWW-Authenticate", "Basic x"))


def test_a_changed_row_has_no_body() -> None:
    """412 is empty in the recorded fixtures (protocol 4.1)."""
    said = refused(Changed("no"), None)
    assert (said.status, said.empty) == (412, True)


def test_an_agent_says_null_for_a_missing_row(catalogue: Catalogue) -> None:
    """A missing row is 200 and null for agents, 204 for their void methods, 404 for REST (protocol 4.3)."""
    missing = NotFound("Contact id 99999 not found")
    said = refused(missing, catalogue.operation(AGENT))
    assert (said.status, said.value, said.empty, str(said.kind)) == (200, None, False, "ContactEntity")
    assert refused(missing, catalogue.operation(VOID_AGENT)) == VOID
    assert refused(missing, catalogue.operation(REST)).status == 404
    assert (VOID.status, VOID.empty) == (204, True)


def test_an_agent_reports_a_write_to_a_missing_row(catalogue: Catalogue) -> None:
    """A write that had nothing to write to is an error for agents too."""
    assert refused(UnknownRow("no"), catalogue.operation(AGENT)).status == 404


def test_a_bug_of_ours_says_nothing_of_itself() -> None:
    """500 carries the framework's sentence and no detail (protocol 4.1)."""
    assert (UNEXPECTED.status, UNEXPECTED.value) == (500, {"Message": "An error has occurred."})


async def test_a_missing_contact_in_both_dialects(ask: Ask) -> None:
    """REST answers the documented 404 object, the agent 200 and null (protocol 4.1, 4.3)."""
    rest = await ask("GET", "/api/v1/Contact/99999")
    assert isinstance(rest.body, bytes)
    assert (rest.status, json.loads(rest.body)) == (
        404,
        {
            "Error": True,
            "ErrorType": "SoNotFoundException",
            "ErrorMessage": "Contact id 99999 not found",
            "ErrorSource": "SuperOffice.Services.Implementation",
        },
    )
    agent = await ask("POST", "/api/v1/Agents/Contact/GetContactEntity", query="contactEntityId=99999")
    assert (agent.status, agent.body) == (200, b"null")


async def test_a_bad_id_in_both_dialects(ask: Ask) -> None:
    """An id that is no number is 400 with the framework's two members, in both halves of the API (protocol 4.1)."""
    rest = await ask("GET", "/api/v1/Contact/glops")
    agent = await ask("POST", "/api/v1/Agents/Contact/GetContactEntity", query="contactEntityId=glops")
    for answer, name in ((rest, "id"), (agent, "contactEntityId")):
        assert isinstance(answer.body, bytes)
        value = json.loads(answer.body)
        assert answer.status == 400
        assert list(value) == ["Message", "MessageDetail"]
        assert f"parameter '{name}' of non-nullable type 'System.Int32'" in value["MessageDetail"]


async def test_a_void_method_answers_204_and_nothing(ask: Ask) -> None:
    """A method without a result answers 204 with an empty body and no type (protocol 4.3)."""
    answer = await ask("POST", "/api/v1/Agents/Contact/DeleteContactEntity", query="contactEntityId=1")
    assert (answer.status, answer.body) == (204, b"")
    assert "Content-Type" not in answer.headers


async def test_a_deep_body_is_no_error_of_ours(ask: Ask) -> None:
    """A body as deep as the decoder lets through is answered or refused, never a 500."""
    for depth in (200, 500):
        body = b'{"Name":"x","Interests":[' + b'{"ChildItems":[' * depth + b"]}" * depth + b"]}"
        answer = await ask("POST", "/api/v1/Agents/Contact/SaveContactEntity", body)
        assert answer.status in (200, 400), answer.account.traceback[-500:]


BASE = "http://localhost/Cust12345/api/v1/"


@pytest.fixture(scope="module")
def links(catalogue: Catalogue) -> Links:
    """The links of a contact."""
    return Links(catalogue.carrier("ContactEntityWithLinks"), "Contact", {})


def test_links_are_absolute(links: Links) -> None:
    """Links lead to the row, its simple view, its fields' layout, its lists and its archives (protocol 1.2)."""
    known = links.of(BASE, 5, {})
    expected = {
        "Self": f"{BASE}Contact/5",
        "Self.Simple": f"{BASE}Contact/5/Simple",
        "UdefLayout": f"{BASE}Contact/UdefLayout/Published",
        "Business.List": f"{BASE}MDOList/business",
        "Interests.List": f"{BASE}MDOList/contint",
        "Archive.Activities": f"{BASE}Contact/5/Activities",
        "Archive.Tickets": f"{BASE}Contact/5/Tickets",
    }
    assert {name: known.get(name) for name in expected} == expected
    assert {f"Archive.{each}" for each in ("Appointments", "Documents", "Sales", "Relations")} <= set(known)
    assert all(each.startswith(BASE) for each in known.values())


# In the recorded order (client fixture Person210).
PERSON_LINKS = """
Self Self.Simple UdefLayout Mrmrs.List Position.List Contact Contact.List Country.List Interests.List Category.List
Business.List Associate.List Salutation.List SupportAssociate.List TicketPriority.List CustomerLanguage.List Archive
Archive.Activities Archive.Appointments Archive.Documents Archive.Sales Archive.Relations Archive.Tickets
"""


def test_the_links_of_the_recorded_person(catalogue: Catalogue) -> None:
    """A person links to its company, just before the list that companies are drawn from; without a company it does not."""
    links = Links(catalogue.carrier("PersonEntityWithLinks"), "Person", {"Contact": "ContactId", "Person": "PersonId"})
    known = links.of(BASE, 210, {"Contact": {"ContactId": 124}})
    assert list(known) == PERSON_LINKS.split()
    assert known["Contact"] == f"{BASE}Contact/124"
    for nobody in ({"Contact": None}, {"Contact": {"ContactId": 0}}, {}):
        assert list(links.of(BASE, 210, nobody)) == [name for name in PERSON_LINKS.split() if name != "Contact"]


def test_links_come_last(links: Links) -> None:
    """`_Links` is the last member of a REST entity (protocol 1.2)."""
    value = with_links({"ContactId": 5, "FieldProperties": {}}, 5, links, BASE, {})
    assert isinstance(value, dict)
    assert list(value) == ["ContactId", "FieldProperties", "_Links"]


@pytest.mark.parametrize(
    ("value", "key"),
    [(None, None), ([1], 5), (Constant({"a": 1}), 5), ({"ContactId": 0}, None)],
    ids=["null", "a list", "a constant", "a row without a key"],
)
def test_what_is_no_row_gets_no_links(links: Links, value: object, key: int | None) -> None:
    """Only one row with a key has links; everything else stays as it is."""
    assert with_links(value, key, links, BASE, value) is value
    assert not isinstance(value, dict) or "_Links" not in value
