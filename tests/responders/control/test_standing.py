"""`/_mock/state`: how a tenant stands, told and changed."""

from __future__ import annotations

import pytest

from mockserver.records.standing import STATES
from tests.responders.house import House

STATE = "/_mock/state"


def test_it_tells_how_a_tenant_stands(house: House) -> None:
    """A fresh tenant runs and lives wherever it is asked for; nobody needs to log in."""
    told = house.ask("GET", STATE, login=None).value
    assert told == {"tenant": "Cust12345", "state": "Running", "running": True, "origin": ""}


@pytest.mark.parametrize("state", STATES)
def test_a_state_is_entered(house: House, state: str) -> None:
    """Every state of the service, in any letter case, and the service says so."""
    told = house.ask("POST", STATE, {"state": state.lower()}, login=None).value
    assert told["state"] == state
    assert house.ask("GET", "/api/state/Cust12345").value["State"] == state
    assert house.ask("GET", STATE).value == told


def test_a_tenant_is_moved_and_comes_back(house: House) -> None:
    """The service names the new address; the API answers there and, once the origin is empty again, everywhere."""
    told = house.ask("POST", STATE, {"tenant": "Cust12345", "origin": "http://online2.example/"}).value
    assert told["origin"] == "http://online2.example"
    assert house.ask("GET", "/api/state/Cust12345").value["Endpoint"] == "http://online2.example/Cust12345"
    assert house.ask("GET", "/api/v1/Contact/1").status == 421
    house.ask("POST", STATE, {"origin": ""})
    assert house.ask("GET", "/api/v1/Contact/1").status == 200


def test_a_fresh_tenant_runs_again(house: House) -> None:
    """Reset makes the standing fresh, too."""
    house.ask("POST", STATE, {"state": "Suspended", "origin": "http://online2.example"})
    house.ask("POST", "/_mock/reset")
    assert house.ask("GET", "/api/v1/Contact/1").status == 200


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({}, "OfflineMaintenance"),
        ({"state": "Sleeping"}, "OfflineMaintenance"),
        ({"state": 4}, "text"),
        ({"origin": "online2.example"}, "http://localhost:8080"),
        ({"origin": ["http://a"]}, "text"),
        ({"status": "Suspended"}, "state"),
        ({"state": "Suspended", "origin": "nowhere"}, "http://localhost:8080"),
        ({"state": "Sleeping", "origin": "http://online2.example"}, "OfflineMaintenance"),
    ],
)
def test_what_is_not_understood_is_400_and_changes_nothing(house: House, words: dict[str, object], says: str) -> None:
    """One sentence says what is understood; of two words none is done where one is wrong."""
    answer = house.ask("POST", STATE, words)
    assert answer.status == 400
    assert says in answer.value["error"]
    assert house.ask("GET", STATE).value == {"tenant": "Cust12345", "state": "Running", "running": True, "origin": ""}


def test_nobody_s_state_is_404(house: House) -> None:
    """A tenant that is not there is not made by asking."""
    assert house.ask("GET", f"{STATE}?tenant=Cust404").status == 404
    assert house.ask("POST", STATE, {"tenant": "Cust404", "state": "Suspended"}).status == 404
