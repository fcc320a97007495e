"""A client that follows its tenant: moved in the middle of a run, away for maintenance, throttled, its token expired."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from mockserver import MockServer, Sandbox, Settings

MISDIRECTED, UNAVAILABLE, TOO_MANY = 421, 503, 429


class Follower:
    """What the vendor asks of integrations: never keep an address, ask the tenant-state service where the tenant is."""

    def __init__(self, http: httpx.Client, login_url: str, tenant: str, token: str) -> None:
        self.http = http
        self.token = token
        self.statuses: list[int] = []
        self._state_url = f"{login_url}/api/state/{tenant}"
        self.api = self.state()["Api"]

    def state(self) -> Any:
        """Where the tenant is and how it is; needs no login."""
        return self.http.get(self._state_url).raise_for_status().json()

    def contact(self, key: int) -> httpx.Response:
        """Read a company, once more at the new address where the old one is wrong."""
        answer = self._read(key)
        if answer.status_code == MISDIRECTED:
            self.api = self.state()["Api"]
            answer = self._read(key)
        return answer

    def _read(self, key: int) -> httpx.Response:
        answer = self.http.get(f"{self.api}/v1/Contact/{key}", headers={"Authorization": f"Bearer {self.token}"})
        self.statuses.append(answer.status_code)
        return answer


@pytest.fixture
def follower(superoffice: Sandbox) -> Iterator[Follower]:
    """A client that has just started."""
    with httpx.Client(trust_env=False, timeout=10) as http:
        yield Follower(http, superoffice.login_url, superoffice.tenant, superoffice.token)


def elsewhere(sandbox: Sandbox) -> str:
    """The same server under its other name."""
    parts = urlsplit(sandbox.login_url)
    assert parts.hostname == "127.0.0.1"
    return f"http://localhost:{parts.port}"


def test_a_client_follows_its_tenant_across_a_move(superoffice: Sandbox, follower: Follower) -> None:
    """421 at the old address, the new one from the tenant-state service at the old one, and on it goes with the same token."""
    key = superoffice.contacts.add(Name="Moves along")["ContactId"]
    assert isinstance(key, int)
    assert follower.contact(key).json()["_Links"]["Self"].startswith(superoffice.url)

    superoffice.move_to(elsewhere(superoffice))
    moved = follower.contact(key)
    assert follower.statuses == [200, MISDIRECTED, 200]
    assert follower.api == f"{elsewhere(superoffice)}/{superoffice.tenant}/api"
    assert moved.json()["Name"] == "Moves along"
    assert moved.json()["_Links"]["Self"].startswith(follower.api)

    follower.contact(key)
    superoffice.move_to(superoffice.login_url)
    follower.contact(key)
    assert follower.statuses[3:] == [200, MISDIRECTED, 200]
    assert follower.api == superoffice.api_url


def test_a_client_waits_for_maintenance_to_end(superoffice: Sandbox, follower: Follower) -> None:
    """The API is off, the service says why, and afterwards everything is there."""
    superoffice.state = "OfflineMaintenance"
    assert follower.contact(1).status_code == UNAVAILABLE
    told = follower.state()
    assert (told["State"], told["IsRunning"], told["Api"]) == ("OfflineMaintenance", False, superoffice.api_url)
    superoffice.state = "OnlineMaintenance"
    assert follower.state()["IsRunning"]
    assert follower.contact(1).status_code == 200


def test_a_client_meets_a_token_that_expired(superoffice: Sandbox, follower: Follower) -> None:
    """Expired on demand, in the middle of a run."""
    assert follower.contact(1).status_code == 200
    superoffice.expire(follower.token)
    assert follower.contact(1).status_code == 401


def test_a_client_that_is_too_fast_comes_back_when_it_is_told() -> None:
    """Retry-After is taken at its word, on the tenant's clock: nobody sleeps."""
    with MockServer(Settings(calls_per_second=10)) as server, httpx.Client(trust_env=False, timeout=10) as http:
        superoffice = server.sandbox()
        superoffice.clock.freeze()
        follower = Follower(http, superoffice.login_url, superoffice.tenant, superoffice.token)
        for _ in range(11):
            last = follower.contact(1)
        assert follower.statuses == [200] * 10 + [TOO_MANY]
        superoffice.clock.advance(timedelta(seconds=int(last.headers["Retry-After"])))
        assert follower.contact(1).status_code == 200
