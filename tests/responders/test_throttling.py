"""Throttling, an option: 429 above so many calls in a window of the tenant's clock; not the vendor's wire form (protocol 8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest

from .house import Answer, House

CALL = "/Cust12345/api/v1/Contact/1"


def throttled(**settings: object) -> House:
    """A house whose default tenant stands at noon and takes two calls a second."""
    house = House(**{"calls_per_second": 2, **settings})
    house.ask("POST", "/_mock/clock", {"set": "2026-03-01T12:00:00Z", "freeze": True})
    return house


def statuses(house: House, number: int, target: str = CALL) -> Iterator[int]:
    """Ask so many times."""
    return (house.ask("GET", target).status for _ in range(number))


def refused(house: House) -> Answer:
    """The first call above the limit."""
    assert list(statuses(house, 2)) == [200, 200]
    answer = house.ask("GET", CALL)
    assert answer.status == 429
    return answer


def test_nobody_is_throttled_unless_it_is_asked_for(house: House) -> None:
    """The sheet knows of no limit that is enforced, so none is the default."""
    house.ask("POST", "/_mock/clock", {"freeze": True})
    assert set(statuses(house, 60)) == {200}


def test_a_call_too_many_says_so_and_that_the_form_is_not_the_vendor_s() -> None:
    """A framework's Message in JSON, and a header that says that this form is ours."""
    answer = refused(throttled())
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert list(answer.value) == ["Message"]
    assert "vendor" in answer.headers["X-Mock-Explanation"]


@pytest.mark.parametrize(("window", "after"), [(1, "1"), (30, "30")])
def test_it_says_in_seconds_when_to_come_back(window: int, after: str) -> None:
    """`retry_after = seconds`: whole seconds (RFC 9110, 10.2.3) until the oldest call leaves the window."""
    house = throttled(throttle_window=window)
    for _ in range(2 * window):
        assert house.ask("GET", CALL).status == 200
    assert house.ask("GET", CALL).headers["Retry-After"] == after
    house.ask("POST", "/_mock/clock", {"advance": after})
    assert house.ask("GET", CALL).status == 200


def test_it_says_the_date_to_come_back_at() -> None:
    """`retry_after = date`: a date of HTTP on the tenant's clock, at which there is room."""
    house = throttled(retry_after="date")
    at = parsedate_to_datetime(refused(house).headers["Retry-After"])
    assert at == datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC)
    house.ask("POST", "/_mock/clock", {"set": at.isoformat()})
    assert house.ask("GET", CALL).status == 200


def test_a_date_is_rounded_up() -> None:
    """HTTP dates have whole seconds, and before that second there is no room."""
    house = throttled(retry_after="date")
    house.ask("POST", "/_mock/clock", {"advance": 0.25})
    assert parsedate_to_datetime(refused(house).headers["Retry-After"]) == datetime(2026, 3, 1, 12, 0, 2, tzinfo=UTC)


def test_a_window_longer_than_all_dates_is_no_trouble() -> None:
    """The last date there is, is late enough."""
    house = throttled(retry_after="date", calls_per_second=1, throttle_window=10**12)
    tenant = house.tenants.find("Cust12345")
    assert tenant is not None
    tenant.window._most = 2
    assert refused(house).headers["Retry-After"] == "Fri, 31 Dec 9999 23:59:59 GMT"


def test_it_says_nothing_of_when_to_come_back() -> None:
    """`retry_after = none`: clients must have a delay of their own."""
    assert "Retry-After" not in refused(throttled(retry_after="none")).headers


def test_the_window_moves_with_the_clock() -> None:
    """A second of the tenant's clock later there is room again, without any waiting."""
    house = throttled()
    assert list(statuses(house, 4)) == [200, 200, 429, 429]
    house.ask("POST", "/_mock/clock", {"advance": "1s"})
    assert list(statuses(house, 3)) == [200, 200, 429]


def test_each_tenant_is_counted_by_itself() -> None:
    """Another tenant has a window of its own; so has a tenant that was reset."""
    house = throttled()
    house.ask("POST", "/_mock/tenants", {"tenant": "Cust2"})
    assert list(statuses(house, 3)) == [200, 200, 429]
    assert house.ask("GET", "/Cust2/api/v1/Contact/1").status == 200
    house.ask("POST", "/_mock/reset")
    assert house.ask("GET", CALL).status == 200


def test_a_call_counts_whatever_it_is_and_however_the_tenant_is_named() -> None:
    """Refused and unknown calls count, with and without the tenant in the path, in any letter case."""
    house = throttled(calls_per_second=4)
    assert house.ask("GET", CALL, login=None).status == 401
    assert list(statuses(house, 1, "/api/v1/nonsense")) == [404]
    assert list(statuses(house, 1, "/CUST12345/API/v1/Contact/1")) == [200]
    assert list(statuses(house, 1, "/Cust12345/api")) == [200]
    assert house.ask("GET", CALL).status == 429


def test_what_is_not_the_api_is_never_throttled() -> None:
    """The control surface, tenant state and the login service answer however often they are asked."""
    house = throttled()
    for _ in range(10):
        assert house.ask("GET", "/_mock/clock").status == 200
        assert house.ask("GET", "/api/state/Cust12345").status == 200
        assert house.ask("GET", "/login/.well-known/openid-configuration").status != 429
        assert house.ask("GET", "/Cust404/api/v1/Contact/1").status == 404
    assert list(statuses(house, 3)) == [200, 200, 429]


def test_the_journal_sees_it() -> None:
    """A test that counts what was refused finds it in the tenant's journal."""
    house = throttled()
    refused(house)
    entry = house.told()[-1]
    assert (entry["status"], entry["by"], entry["path"]) == (429, "throttling", CALL)
    assert "2 calls in 1 second" in entry["explanation"]


def test_a_call_that_is_refused_does_nothing() -> None:
    """What came too early was not carried out."""
    house = throttled()
    refused(house)
    assert house.ask("DELETE", CALL).status == 429
    house.ask("POST", "/_mock/clock", {"advance": "1s"})
    assert house.ask("GET", CALL).status == 200
