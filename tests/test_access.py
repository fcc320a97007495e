"""Tests of what a client must be told to reach a tenant."""

from __future__ import annotations

import pytest

from mockserver.access import Access
from mockserver.settings import Settings

SETTINGS = Settings(user="u", password="p", access_token="8A:{tenant}.a", ticket="7T:{tenant}.t", app_token="app")


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8080", "https://[::1]:8443"])
def test_a_tenant_has_addresses_and_credentials(origin: str) -> None:
    """The addresses are built on the origin, and credentials that name the tenant name this one."""
    assert Access.to("Cust5", origin, SETTINGS) == Access(
        tenant="Cust5",
        url=f"{origin}/Cust5",
        api_url=f"{origin}/Cust5/api",
        login_url=origin,
        user="u",
        password="p",
        access_token="8A:Cust5.a",
        ticket="7T:Cust5.t",
        app_token="app",
    )


def test_two_tenants_have_different_credentials() -> None:
    """The default token and ticket of one tenant are not those of another."""
    one, two = (Access.to(name, "http://localhost", Settings()) for name in ("Cust1", "Cust2"))
    assert one.access_token != two.access_token
    assert one.ticket != two.ticket


def test_a_client_process_is_told_by_variables() -> None:
    """Every fact is a `SUPEROFFICE_*` variable, as text."""
    access = Access.to("Cust5", "http://localhost", SETTINGS)
    assert access.env() == {
        "SUPEROFFICE_TENANT": "Cust5",
        "SUPEROFFICE_URL": "http://localhost/Cust5",
        "SUPEROFFICE_API_URL": "http://localhost/Cust5/api",
        "SUPEROFFICE_LOGIN_URL": "http://localhost",
        "SUPEROFFICE_USER": "u",
        "SUPEROFFICE_PASSWORD": "p",
        "SUPEROFFICE_ACCESS_TOKEN": "8A:Cust5.a",
        "SUPEROFFICE_TICKET": "7T:Cust5.t",
        "SUPEROFFICE_APP_TOKEN": "app",
    }


def test_the_same_facts_are_told_as_members() -> None:
    """Variables and members tell the same."""
    access = Access.to("Cust5", "http://localhost", SETTINGS)
    assert {f"SUPEROFFICE_{name.upper()}": value for name, value in access.told().items()} == access.env()
