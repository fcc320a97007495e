"""The journal: what was asked, what was answered, by whom; bounded, per tenant, without credentials."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from .house import LOGIN, House

READ = "/api/v1/Agents/Contact/GetContactEntity?contactEntityId="


def test_an_entry_tells_what_was_asked_and_answered_and_by_whom(house: House) -> None:
    """One exchange is one entry with both halves of it, the responder, its tier, the operation and the caller."""
    answer = house.ask("POST", "/Cust12345/api/v1/Agents/Contact/SaveContactEntity?x=1", {"Name": "Noted"}, {"User-Agent": "me"})
    (entry,) = house.told()
    assert (entry["number"], entry["method"], entry["query"], entry["status"]) == (1, "POST", "x=1", 200)
    assert entry["path"] == "/Cust12345/api/v1/Agents/Contact/SaveContactEntity"
    assert json.loads(entry["body"]) == {"Name": "Noted"}
    assert json.loads(entry["answer"]) == answer.value
    assert (entry["by"], entry["tier"], entry["user"]) == ("emulator", "stateful", "tje0")
    assert entry["operation"] == "v1ContactAgent_SaveContactEntity"
    assert entry["headers"]["User-Agent"] == "me"
    assert entry["traceback"] == ""
    assert 0 <= entry["milliseconds"] < 60_000


def test_entries_are_numbered_from_one_in_the_order_of_the_requests(house: House) -> None:
    """Numbers count the exchanges of a tenant."""
    for key in (5, 6, 7):
        house.ask("POST", f"{READ}{key}")
    assert [(entry["number"], entry["query"][-1]) for entry in house.told()] == [(1, "5"), (2, "6"), (3, "7")]


def test_the_journal_is_bounded_and_goes_on_counting() -> None:
    """Only the last entries are kept, under the numbers they always had."""
    house = House(journal_limit=3)
    for key in range(10):
        house.ask("POST", f"{READ}{key}")
    assert [entry["number"] for entry in house.told()] == [8, 9, 10]
    assert len(list(house.journal.entries("Cust12345"))) == 3


def test_a_refusal_is_noted_with_its_explanation(house: House) -> None:
    """What was refused is in the journal too, with more than the client was told."""
    house.ask("POST", f"{READ}glops")
    house.ask("GET", "/api/v1/Contcat/1")
    house.ask("GET", "/api/v1/Contact/1", login=None)
    bad_id, unknown, unknown_caller = house.told()
    assert (bad_id["status"], bad_id["operation"]) == (400, "v1ContactAgent_GetContactEntity")
    assert "contactEntityId" in bad_id["explanation"]
    assert unknown["status"] == 404
    assert "/api/v1/Contact/{id}" in unknown["explanation"]
    assert (unknown_caller["status"], unknown_caller["user"]) == (401, "")
    assert "Authorization" in unknown_caller["explanation"]


def test_tenants_have_journals_of_their_own(house: House) -> None:
    """A request is in the journal of the tenant it named, in whatever letter case, and in no other."""
    other = house.tenants.declare_next().name
    house.ask("GET", f"/{other}/api/v1/Contact/1")
    house.ask("GET", f"/{other.lower()}/api/v1/Contact/1")
    house.ask("GET", "/api/v1/Contact/1")
    assert [entry["path"] for entry in house.told(other)] == [f"/{other}/api/v1/Contact/1", f"/{other.lower()}/api/v1/Contact/1"]
    assert [entry["path"] for entry in house.told("Cust12345")] == ["/api/v1/Contact/1"]


def test_requests_to_nobody_are_found_under_no_name(house: House) -> None:
    """A request that named no known tenant is kept apart."""
    house.ask("GET", "/Cust404/api/v1/Contact/1")
    house.ask("GET", "/favicon.ico")
    assert "/Cust404/api/v1/Contact/1" in [entry["path"] for entry in house.told("")]
    assert all(entry["path"] != "/Cust404/api/v1/Contact/1" for entry in house.told())


@pytest.mark.parametrize(
    ("login", "secrets"),
    [
        (LOGIN, [LOGIN, LOGIN.removeprefix("Basic "), "Tje0"]),
        ("Basic " + b64encode(b"tje0:Wr0ngPassw0rd").decode(), [b64encode(b"tje0:Wr0ngPassw0rd").decode(), "Wr0ngPassw0rd"]),
        ("Bearer 8A:Cust12345.AccessTokenOfTheDouble", ["AccessTokenOfTheDouble"]),
        ("Bearer 8A:Cust12345.SomeRealSecret", ["SomeRealSecret"]),
        ("SOTicket 7T:Cust12345.TicketOfTheDouble", ["TicketOfTheDouble"]),
        ("SOTicket 7T:SomeRealSecret", ["SomeRealSecret"]),
        ("SomeRealSecret", ["SomeRealSecret"]),
        ("somerealscheme SomeRealSecret", ["SomeRealSecret"]),
    ],
)
def test_no_credential_is_in_the_journal_or_in_a_refusal(house: House, login: str, secrets: list[str]) -> None:
    """Nothing of an Authorization header, accepted or not, is told by the journal, the answer or its explanation."""
    headers = {"SO-AppToken": "TheAppToken", "X-XSRF-TOKEN": "TheXsrfToken", "Cookie": "session=TheCookie"}
    answer = house.ask("GET", "/api/v1/Contact/1", headers=headers, login=login)
    (entry,) = house.told()
    told = json.dumps(entry) + repr(answer.headers) + answer.body.decode()
    for secret in [*secrets, "TheAppToken", "TheXsrfToken", "TheCookie"]:
        assert secret not in told


def test_a_long_body_is_kept_in_part_with_its_length(house: House) -> None:
    """The journal of a test that saves much stays readable."""
    body = json.dumps({"Name": "x", "Description": "y" * 200_000}).encode()
    house.ask("POST", "/api/v1/Agents/Contact/SaveContactEntity", body)
    (entry,) = house.told()
    assert len(entry["body"]) < 100_000
    assert str(len(body)) in entry["body"]


def test_control_requests_are_not_in_the_journal(house: House) -> None:
    """Asking for the journal leaves no trace in it."""
    assert house.told() == []
    house.ask("GET", "/_mock/tenants")
    assert house.told() == []
    assert house.told("") == []


def test_a_body_that_was_never_read_is_told_as_none(house: House) -> None:
    """An exchange that was refused before anybody read the body says so, and does not fail."""
    house.ask("POST", "/api/v1/Nonsense", {"Name": "Unread"})
    (entry,) = house.told()
    assert entry["body"] in (None, '{"Name": "Unread"}')


def test_forgetting_starts_the_count_again(house: House) -> None:
    """A forgotten journal is an empty one whose next entry is number 1."""
    house.ask("POST", f"{READ}1")
    house.journal.forget("Cust12345")
    assert house.told() == []
    house.ask("POST", f"{READ}1")
    assert [entry["number"] for entry in house.told()] == [1]
