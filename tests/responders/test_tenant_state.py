"""The tenant-state service (protocol 3.4): `GET /api/state/{tenant}`, without login."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from mockserver.records.standing import STATES, Standing

from .house import Answer, House

MEMBERS = ["ContextIdentifier", "Endpoint", "State", "IsRunning", "ValidUntil", "Api", "Version"]


def standing(house: House) -> Standing:
    """How the default tenant stands."""
    tenant = house.tenants.find("Cust12345")
    assert tenant is not None
    return tenant.standing


def state(house: House, name: str = "Cust12345", headers: dict[str, str] | None = None) -> Any:
    """What the service says of a tenant to somebody without credentials."""
    answer: Answer = house.ask("GET", f"/api/state/{name}", headers=headers, login=None)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    return answer.value


def test_it_says_where_a_tenant_is_and_that_it_runs(house: House) -> None:
    """The members of the sheet in their order; Api is Endpoint and `/api`, Version the label of the release."""
    told = state(house)
    assert list(told) == MEMBERS
    assert told["ContextIdentifier"] == "Cust12345"
    assert told["Endpoint"] == "http://mock.test/Cust12345"
    assert told["Api"] == "http://mock.test/Cust12345/api"
    assert (told["State"], told["IsRunning"]) == ("Running", True)
    assert told["Version"] == house.ask("GET", "/api", headers={"Accept": "application/json"}).value["NetServerLabel"]


def test_a_client_finds_the_api_where_it_says(house: House) -> None:
    """What Api points at answers."""
    path = state(house)["Api"].removeprefix("http://mock.test")
    assert house.ask("GET", f"{path}/v1/Contact/1").status == 200


@pytest.mark.parametrize("name", ["cust12345", "CUST12345", "Cust12345/"])
def test_a_tenant_is_known_in_any_letter_case(house: House, name: str) -> None:
    """Path and name are matched as the API matches them."""
    assert state(house, name)["ContextIdentifier"] == "Cust12345"
    answer = house.ask("GET", f"/API/State/{name}", login=None)
    assert answer.value["State"] == "Running"


def test_it_is_valid_for_a_while_on_the_tenant_s_clock(house: House) -> None:
    """ValidUntil is later than now on the tenant's clock, in UTC with seven digits behind the seconds."""
    house.ask("POST", "/_mock/clock", {"set": "2040-05-06T07:08:09.1234Z", "freeze": True})
    told = state(house)["ValidUntil"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", told)
    until = datetime.fromisoformat(told[:26]).replace(tzinfo=UTC)
    assert datetime(2040, 5, 6, 7, 8, 9, tzinfo=UTC) < until < datetime(2040, 5, 7, tzinfo=UTC)
    assert told.endswith(".1234000Z")


def test_it_is_valid_until_the_last_date_at_most(house: House) -> None:
    """A clock at the end of all dates is no trouble."""
    house.ask("POST", "/_mock/clock", {"set": "9998-12-31T23:59:59Z", "freeze": True})
    assert state(house)["ValidUntil"].startswith("9999-01-01T")


@pytest.mark.parametrize("name", STATES)
def test_all_states_are_told(house: House, name: str) -> None:
    """IsRunning is true for Running and OnlineMaintenance only."""
    standing(house).state = name
    told = state(house)
    assert told["State"] == name
    assert told["IsRunning"] is (name in ("Running", "OnlineMaintenance"))


@pytest.mark.parametrize("name", ["Cust404", "nobody", "Cust", "%3Cscript%3E", "a" * 5000])
def test_a_tenant_that_nobody_knows_is_unknown(house: House, name: str) -> None:
    """200 with the state Unknown and no address (guessed: the sheet leaves it open)."""
    told = state(house, name)
    assert list(told) == MEMBERS
    assert name.startswith(told["ContextIdentifier"])
    assert (told["State"], told["IsRunning"], told["Endpoint"], told["Api"]) == ("Unknown", False, None, None)
    assert len(list(house.tenants)) == 1


def test_a_moved_tenant_is_at_its_own_origin(house: House) -> None:
    """Asked on any host, the service names the one the tenant lives on."""
    standing(house).origin = "https://online2.example"
    for host in ("mock.test", "online2.example", "elsewhere.example"):
        told = state(house, headers={"Host": host})
        assert told["Endpoint"] == "https://online2.example/Cust12345"
        assert told["Api"] == "https://online2.example/Cust12345/api"


def test_a_proxy_is_respected(house: House) -> None:
    """Links begin as the client's own address did."""
    told = state(house, headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "crm.example", "X-Forwarded-Prefix": "/so"})
    assert told["Api"] == "https://crm.example/so/Cust12345/api"


def test_it_is_asked_with_get(house: House) -> None:
    """Another verb is 405 in the framework's words, with what is allowed."""
    answer = house.ask("POST", "/api/state/Cust12345", {})
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")
    assert answer.value == {"Message": "The requested resource does not support http method 'POST'."}
    assert state(house)["State"] == "Running"


@pytest.mark.parametrize("path", ["/api/state", "/api/state/", "/api/state/Cust12345/more", "/Cust12345/api/state/Cust12345"])
def test_what_is_not_the_page_is_left_to_the_api(house: House, path: str) -> None:
    """Only one name directly below `/api/state/` is meant."""
    assert house.ask("GET", path).status == 404


def test_the_journal_knows_who_asked_for_the_state(house: House) -> None:
    """The page is noted with its tenant, and nobody's with an explanation."""
    state(house)
    state(house, "Cust404")
    (known,) = house.told()
    assert (known["path"], known["by"], known["status"]) == ("/api/state/Cust12345", "state", 200)
    (unknown,) = house.told("")
    assert "Cust404" in unknown["explanation"]


def test_tenants_are_made_on_first_use_where_that_is_set() -> None:
    """With `tenants = first_use` any well-formed name is a tenant that runs; a malformed one still is none."""
    house = House(tenants="first_use")
    assert state(house, "cust777")["ContextIdentifier"] == "Cust777"
    assert house.ask("GET", "/Cust778/api/v1/Contact/1").status == 200
    assert house.ask("GET", "/Cust779/api", login=None).status == 200
    assert house.ask("GET", "/_mock/clock?tenant=Cust780").status == 200
    assert [each.name for each in house.tenants] == ["Cust12345", "Cust777", "Cust778", "Cust779", "Cust780"]
    assert state(house, "nobody")["State"] == "Unknown"
    assert house.ask("GET", "/nobody/api/v1/Contact/1").status == 404
