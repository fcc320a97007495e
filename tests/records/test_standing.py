"""How a tenant stands: its state and the host it lives on (protocol 3.4)."""

from __future__ import annotations

import pytest

from mockserver.records.standing import STATES, Standing

RUNNING = {"Running", "OnlineMaintenance"}


def test_the_states_are_those_of_the_service() -> None:
    """All states with the numbers the service gives them; 7 and 9 are not given."""
    assert STATES == {
        "Unknown": 0,
        "Provisioning": 1,
        "Running": 2,
        "Deleted": 3,
        "Suspended": 4,
        "OnlineMaintenance": 5,
        "OfflineMaintenance": 6,
        "ProvisioningFailed": 8,
        "Deleting": 10,
        "DeleteFailed": 11,
        "MigrationPending": 12,
    }


def test_a_tenant_runs_and_is_at_home_everywhere_at_first() -> None:
    """Nothing stands in the way of a fresh tenant."""
    standing = Standing()
    assert (standing.state, standing.origin, standing.running, standing.ordinary) == ("Running", "", True, True)
    assert standing.lives_at("https://anywhere.example")


@pytest.mark.parametrize("state", STATES)
def test_it_runs_in_two_states_only(state: str) -> None:
    """`IsRunning` is true for Running and OnlineMaintenance; the state is set in any letter case."""
    standing = Standing()
    standing.state = state.upper()
    assert standing.state == state
    assert standing.running is standing.ordinary is (state in RUNNING)


@pytest.mark.parametrize("state", ["", "Sleeping", "2", "Running "])
def test_another_state_is_refused(state: str) -> None:
    """The sentence names the states there are, and the one it is in stays."""
    standing = Standing()
    standing.state = "Suspended"
    with pytest.raises(ValueError, match="OfflineMaintenance, ProvisioningFailed"):
        standing.state = state
    assert standing.state == "Suspended"


@pytest.mark.parametrize(
    ("origin", "asked", "at_home"),
    [
        ("http://localhost:8080", "http://localhost:8080", True),
        ("http://localhost:8080", "http://LOCALHOST:8080", True),
        ("http://localhost:8080", "http://localhost:8080/mounted", True),
        ("http://localhost:8080", "http://localhost:8081", False),
        ("http://localhost:8080", "http://127.0.0.1:8080", False),
        ("http://localhost:8080", "http://localhost", False),
        ("https://online2.example", "https://online2.example:443", True),
        ("https://online2.example:443", "https://online2.example", True),
        ("https://online2.example", "http://online2.example", True),
        ("https://online2.example", "https://online3.example", False),
        ("HTTP://[::1]:8080/", "http://[::1]:8080", True),
    ],
)
def test_a_moved_tenant_lives_at_one_host(origin: str, asked: str, *, at_home: bool) -> None:
    """Host and port count, in any letter case; older links carry `:443`, and a proxy may speak another scheme."""
    standing = Standing()
    standing.origin = origin
    assert standing.lives_at(asked) is at_home
    assert not standing.ordinary


def test_a_tenant_moves_back() -> None:
    """Without an origin it is at home everywhere again."""
    standing = Standing()
    standing.origin = "http://localhost:8080"
    standing.origin = ""
    assert standing.ordinary
    assert standing.lives_at("http://127.0.0.1:1")


@pytest.mark.parametrize(
    "origin",
    [
        "localhost:8080",
        "ftp://a",
        "http://",
        "http://a b",
        "http://a/b",
        "http://a?b",
        "http://a:b",
        "http://u@a",
        "http://a\r\nb",
        " ",
    ],
)
def test_what_is_no_origin_is_refused(origin: str) -> None:
    """An origin is scheme and host, and a port perhaps; where the tenant lives stays."""
    standing = Standing()
    standing.origin = "http://home.example"
    with pytest.raises(ValueError, match="http://localhost:8080"):
        standing.origin = origin
    assert standing.origin == "http://home.example"
