"""Where the API of a tenant does not answer: on the wrong host (421), and where it does not run (protocol 3.4, 4.1, 8)."""

from __future__ import annotations

import pytest

from mockserver.records.standing import STATES, Standing

from .house import House

CALLS = [
    ("GET", "/Cust12345/api/v1/Contact/1"),
    ("POST", "/Cust12345/api/v1/Agents/Contact/GetContactEntity?contactEntityId=1"),
    ("GET", "/Cust12345/api"),
    ("GET", "/Cust12345/api/v1"),
    ("GET", "/api/v1/Contact/1"),
    ("GET", "/Cust12345/api/v1/nonsense"),
]
APART = [name for name in STATES if name not in ("Running", "OnlineMaintenance")]


def standing(house: House) -> Standing:
    """How the default tenant stands."""
    tenant = house.tenants.find("Cust12345")
    assert tenant is not None
    return tenant.standing


@pytest.mark.parametrize(("method", "target"), CALLS)
def test_the_wrong_host_is_misdirected(house: House, method: str, target: str) -> None:
    """421 with the documented text (its shape is guessed), whoever asks; the header says where to look."""
    standing(house).origin = "http://online2.example"
    for login in (None, "Basic dGplMDpUamUw"):
        answer = house.ask(method, target, login=login)
        assert answer.status == 421
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert answer.value == {"Message": "Wrong subdomain used to access tenant"}
        assert "/api/state/Cust12345" in answer.headers["X-Mock-Explanation"]
        assert "online2.example" in answer.headers["X-Mock-Explanation"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "online2.example"},
        {"Host": "online2.example:80"},
        {"X-Forwarded-Host": "ONLINE2.example", "X-Forwarded-Proto": "https"},
    ],
)
def test_the_right_host_answers(house: House, headers: dict[str, str]) -> None:
    """Where the tenant was moved to, everything is as it was, and links lead there."""
    standing(house).origin = "http://online2.example"
    for method, target in CALLS[:-1]:
        assert house.ask(method, target, headers={"Accept": "application/json"} | headers).status == 200
    link = house.ask("GET", CALLS[0][1], headers=headers).value["_Links"]["Self"]
    assert "//online2.example" in link.lower()


def test_only_the_tenant_that_moved_is_gone(house: House) -> None:
    """Other tenants, the tenant-state service and the control surface answer as before."""
    standing(house).origin = "http://online2.example"
    house.ask("POST", "/_mock/tenants", {"tenant": "Cust2"})
    assert house.ask("GET", "/Cust2/api/v1/Contact/1").status == 200
    assert house.ask("GET", "/api/state/Cust12345", login=None).status == 200
    assert house.ask("GET", "/_mock/tenants", login=None).status == 200


def test_a_tenant_that_moved_back_answers_again(house: House) -> None:
    """Without an origin of its own it is at home wherever it is asked for."""
    standing(house).origin = "http://online2.example"
    assert house.ask(*CALLS[0]).status == 421
    standing(house).origin = ""
    assert house.ask(*CALLS[0]).status == 200


@pytest.mark.parametrize("state", APART)
def test_a_tenant_that_does_not_run_is_unavailable(house: House, state: str) -> None:
    """APIs are off in every state but two (status and body are guessed); the header says which state it is."""
    standing(house).state = state
    for method, target in CALLS:
        answer = house.ask(method, target, login=None)
        assert answer.status == 503
        assert list(answer.value) == ["Message"]
        assert state in answer.headers["X-Mock-Explanation"]
        assert "/api/state/Cust12345" in answer.headers["X-Mock-Explanation"]


def test_online_maintenance_is_no_hindrance(house: House) -> None:
    """The API is available while background tasks run."""
    standing(house).state = "OnlineMaintenance"
    for method, target in CALLS[:-1]:
        assert house.ask(method, target, headers={"Accept": "application/json"}).status == 200


def test_a_call_that_is_refused_does_nothing(house: House) -> None:
    """Nothing is stored while the tenant is away, and what is stored is there when it comes back."""
    saved = house.save(Name="Before")
    standing(house).state = "OfflineMaintenance"
    assert house.ask("DELETE", f"/api/v1/Contact/{saved['ContactId']}").status == 503
    standing(house).state = "Running"
    assert house.ask("GET", f"/api/v1/Contact/{saved['ContactId']}").value["Name"] == "Before"


def test_the_wrong_host_does_not_know_the_state(house: House) -> None:
    """A tenant that moved and is suspended is misdirected on the wrong host and unavailable on its own."""
    standing(house).origin = "http://online2.example"
    standing(house).state = "Suspended"
    assert house.ask(*CALLS[0]).status == 421
    assert house.ask(*CALLS[0], headers={"Host": "online2.example"}).status == 503


def test_a_refusal_speaks_the_caller_s_language(house: House) -> None:
    """Who asks for XML gets the framework's error in XML (protocol 4.1)."""
    standing(house).state = "Suspended"
    answer = house.ask("GET", "/api/v1/Contact/1", headers={"Accept": "application/xml"})
    assert (answer.status, answer.headers["Content-Type"]) == (503, "application/xml; charset=utf-8")
    assert b"<Error><Message>" in answer.body


def test_the_journal_says_why(house: House) -> None:
    """A test reads there what its client was told."""
    standing(house).state = "Suspended"
    house.ask("GET", "/api/v1/Contact/1")
    (entry,) = house.told()
    assert (entry["status"], entry["by"]) == (503, "emulator")
    assert "Suspended" in entry["explanation"]
