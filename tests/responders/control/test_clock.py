"""`/_mock/clock`: the time of a tenant, told and moved; and what goes by it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.responders.house import House

CLOCK = "/_mock/clock"
NOON = {"set": "2026-03-01T12:00:00Z", "freeze": True}


def move(house: House, **words: object) -> Any:
    """Turn the default tenant's clock; what it says then."""
    answer = house.ask("POST", CLOCK, words, login=None)
    assert answer.status == 200, answer
    return answer.value


def test_it_tells_the_time_and_whether_it_stands_still(house: House) -> None:
    """A fresh tenant is on the machine's time."""
    before = datetime.now(UTC)
    told = house.ask("GET", CLOCK, login=None).value
    assert list(told) == ["tenant", "now", "frozen"]
    assert (told["tenant"], told["frozen"]) == ("Cust12345", False)
    assert told["now"].endswith("Z")
    assert before <= datetime.fromisoformat(told["now"]) <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("step", "now"),
    [
        ("2h", "2026-03-01T14:00:00Z"),
        ("90s", "2026-03-01T12:01:30Z"),
        ("15m", "2026-03-01T12:15:00Z"),
        ("7d", "2026-03-08T12:00:00Z"),
        ("1h30m", "2026-03-01T13:30:00Z"),
        ("1d1h1m1s", "2026-03-02T13:01:01Z"),
        ("-2h", "2026-03-01T10:00:00Z"),
        ("-1h30m", "2026-03-01T10:30:00Z"),
        ("+1H", "2026-03-01T13:00:00Z"),
        (" 1.5h ", "2026-03-01T13:30:00Z"),
        ("90", "2026-03-01T12:01:30Z"),
        ("-0.5", "2026-03-01T11:59:59.500000Z"),
        (90, "2026-03-01T12:01:30Z"),
        (-3600, "2026-03-01T11:00:00Z"),
        (0.25, "2026-03-01T12:00:00.250000Z"),
        (0, "2026-03-01T12:00:00Z"),
    ],
)
def test_it_is_advanced_by_a_step(house: House, step: object, now: str) -> None:
    """Days, hours, minutes and seconds, a number of seconds, and backwards."""
    move(house, **NOON)
    assert move(house, advance=step) == {"tenant": "Cust12345", "now": now, "frozen": True}


@pytest.mark.parametrize(
    ("at", "now"),
    [
        ("2026-03-29T01:30:00Z", "2026-03-29T01:30:00Z"),
        ("2026-03-29T01:30:00+02:00", "2026-03-28T23:30:00Z"),
        ("2026-03-29 01:30:00.5Z", "2026-03-29T01:30:00.500000Z"),
    ],
)
def test_it_is_set_to_a_time(house: House, at: str, now: str) -> None:
    """A time with its zone, told in UTC."""
    assert move(house, set=at, freeze=True)["now"] == now


def test_it_stands_still_and_goes_on(house: House) -> None:
    """Frozen it tells the same time; let go, it goes on from there."""
    first = move(house, freeze=True)
    assert first["frozen"] is True
    assert house.ask("GET", CLOCK).value == first
    again = move(house, freeze=False)
    assert again["frozen"] is False
    assert again["now"] >= first["now"]


def test_words_are_combined(house: House) -> None:
    """Set first, then advanced, then frozen or let go."""
    told = move(house, set="2026-03-29T01:30:00Z", advance="1h", freeze=True)
    assert told == {"tenant": "Cust12345", "now": "2026-03-29T02:30:00Z", "frozen": True}
    told = move(house, set="2030-01-01T00:00:00Z", freeze=False)
    assert told["now"].startswith("2030-01-01T00:00:")
    assert told["frozen"] is False


def test_it_is_turned_without_a_body(house: House) -> None:
    """`curl -X POST '…/_mock/clock?set=…&freeze=true'` needs no JSON."""
    answer = house.ask("POST", f"{CLOCK}?tenant=cust12345&set=2026-03-29T01:30:00Z&advance=-30m&freeze=TRUE")
    assert answer.value == {"tenant": "Cust12345", "now": "2026-03-29T01:00:00Z", "frozen": True}


def test_each_tenant_has_its_own(house: House) -> None:
    """One clock is turned, the other goes on; a fresh tenant is on the machine's time again."""
    house.ask("POST", "/_mock/tenants", {"tenant": "Cust2"})
    move(house, tenant="Cust2", **NOON)
    assert house.ask("GET", f"{CLOCK}?tenant=Cust2").value["now"] == "2026-03-01T12:00:00Z"
    assert house.ask("GET", CLOCK).value["frozen"] is False
    house.ask("POST", "/_mock/reset", {"tenant": "Cust2"})
    assert house.ask("GET", f"{CLOCK}?tenant=Cust2").value["frozen"] is False
    assert house.ask("POST", CLOCK, {"tenant": "Cust404", "advance": "2h"}).status == 404


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({}, "advance, set or freeze"),
        ({"advance": None}, "advance, set or freeze"),
        ({"advance": "soon"}, "1h30m"),
        ({"advance": ""}, "1h30m"),
        ({"advance": "-"}, "1h30m"),
        ({"advance": "1h30"}, "1h30m"),
        ({"advance": "30m1h"}, "1h30m"),
        ({"advance": "1h -30m"}, "1h30m"),
        ({"advance": "2 hours"}, "1h30m"),
        ({"advance": "٢h"}, "1h30m"),
        ({"advance": "9" * 5000}, "1h30m"),
        ({"advance": True}, "1h30m"),
        ({"advance": ["2h"]}, "1h30m"),
        ({"advance": "999999999999d"}, "year"),
        ({"advance": 1e300}, "year"),
        ({"advance": 2**63}, "year"),
        ({"advance": "-3000000d"}, "year"),
        ({"set": "2026-03-29T01:30:00"}, "2026-03-29T01:30:00Z"),
        ({"set": "2026-03-29"}, "2026-03-29T01:30:00Z"),
        ({"set": "tomorrow"}, "2026-03-29T01:30:00Z"),
        ({"set": 1772366400}, "2026-03-29T01:30:00Z"),
        ({"set": "9999-12-31T00:00:00Z"}, "year"),
        ({"set": "0001-01-01T00:00:00+14:00"}, "year"),
        ({"set": "2026-03-29T01:30:00Z", "advance": "999999999d"}, "year"),
        ({"freeze": "maybe"}, "true or false"),
        ({"freeze": 1}, "true or false"),
        ({"freeze": {}}, "true or false"),
        ({"advence": "2h"}, "advance"),
        ({"advance": "2h", "now": "2026-03-29T01:30:00Z"}, "advance"),
    ],
)
def test_what_is_not_understood_is_400_and_moves_nothing(house: House, words: dict[str, object], says: str) -> None:
    """One sentence says what is understood, and the clock is as it was."""
    move(house, **NOON)
    answer = house.ask("POST", CLOCK, words)
    assert answer.status == 400
    assert says in answer.value["error"]
    assert "\n" not in answer.value["error"]
    assert house.ask("GET", CLOCK).value == {"tenant": "Cust12345", "now": "2026-03-01T12:00:00Z", "frozen": True}


@pytest.mark.parametrize("words", [{"freeze": True, "set": "9999-12-31T00:00:00Z"}, {"advance": "2h", "set": "soon"}])
def test_half_of_what_is_asked_is_not_done(house: House, words: dict[str, object]) -> None:
    """Where a part is not possible nothing happens."""
    assert house.ask("POST", CLOCK, words).status == 400
    told = house.ask("GET", CLOCK).value
    assert told["frozen"] is False
    assert datetime.fromisoformat(told["now"]) <= datetime.now(UTC)


@given(
    st.dictionaries(
        st.sampled_from(["advance", "set", "freeze"]), st.none() | st.booleans() | st.floats() | st.integers() | st.text()
    )
)
def test_it_never_breaks(words: dict[str, object]) -> None:
    """Any word is done or refused, and the clock can be read afterwards."""
    assert SHARED.ask("POST", CLOCK, words).status in (200, 400)
    assert SHARED.ask("GET", CLOCK).status == 200


SHARED = House()


# --- what goes by it


def test_stamps_follow(house: House) -> None:
    """A saved row carries the tenant's time, and a condition looks at it."""
    move(house, **NOON)
    saved = house.save(Name="At noon")
    assert saved["CreatedDate"] == saved["UpdatedDate"] == "2026-03-01T12:00:00"
    move(house, advance="1h30m")
    again = house.save(ContactId=saved["ContactId"], Name="Later")
    assert (again["CreatedDate"], again["UpdatedDate"]) == ("2026-03-01T12:00:00", "2026-03-01T13:30:00")
    answer = house.ask("GET", f"/api/v1/Contact/{saved['ContactId']}")
    assert answer.headers["Last-Modified"] == "Sun, 01 Mar 2026 13:30:00 GMT"


def test_a_token_expires_in_an_hour(house: House) -> None:
    """An access token lives 3,600 seconds (protocol 3.2), and use does not lengthen that."""
    token = issued(house, "access_token")
    for step, status in (("30m", 200), ("29m59s", 200), ("1s", 401)):
        move(house, advance=step)
        assert house.ask("GET", "/api/v1/Contact/1", login=f"Bearer {token}").status == status, step


def test_a_ticket_slides(house: House) -> None:
    """A ticket lives six hours from its last use (protocol 3.3)."""
    ticket = issued(house, "ticket")
    for step, status in (("5h59m", 200), ("5h59m", 200), ("5h59m59s", 200), ("6h", 401)):
        move(house, advance=step)
        assert house.ask("GET", "/api/v1/Contact/1", login=f"SOTicket {ticket}").status == status, step


def issued(house: House, kind: str) -> str:
    """A fresh credential of the default tenant, whose clock stands still."""
    move(house, freeze=True)
    tenant = house.tenants.find("Cust12345")
    assert tenant is not None
    credential = getattr(tenant.sessions, kind)(house.tenants.principal)
    assert isinstance(credential, str)
    return credential
