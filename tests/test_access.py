"""Tests of what a client must be told to reach a tenant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockserver.access import Access
from mockserver.settings import Settings

SETTINGS = Settings(
    user="u",
    password="p",
    access_token="8A:{tenant}.a",
    ticket="7T:{tenant}.t",
    app_token="app",
    client_id="id",
    redirect_uri="https://one.example/back http://two.example/back",
    auth_code="code of {tenant}",
    refresh_token="refresh of {tenant}",
    system_token="App-{tenant}",
)


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
        client_id="id",
        client_secret="app",
        redirect_uri="https://one.example/back",
        auth_code="code of Cust5",
        refresh_token="refresh of Cust5",
        system_token="App-Cust5",
    )


def test_two_tenants_have_different_credentials() -> None:
    """By default, what a client proves itself with for one tenant is not good for another."""
    one, two = (Access.to(name, "http://localhost", Settings()) for name in ("Cust1", "Cust2"))
    for name in ("access_token", "ticket", "auth_code", "refresh_token", "system_token"):
        assert getattr(one, name) != getattr(two, name)


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
        "SUPEROFFICE_CLIENT_ID": "id",
        "SUPEROFFICE_CLIENT_SECRET": "app",
        "SUPEROFFICE_REDIRECT_URI": "https://one.example/back",
        "SUPEROFFICE_AUTH_CODE": "code of Cust5",
        "SUPEROFFICE_REFRESH_TOKEN": "refresh of Cust5",
        "SUPEROFFICE_SYSTEM_TOKEN": "App-Cust5",
    }


def test_files_are_told_where_there_are_any() -> None:
    """The key and the authority of HTTPS are variables and members where they are known, and neither where they are not."""
    bare = Access.to("Cust5", "http://localhost", SETTINGS)
    whole = replace(Access.to("Cust5", "http://localhost", SETTINGS, "/ca.pem"), private_key_file="/key.pem")
    assert whole.env() == bare.env() | {"SUPEROFFICE_CA_FILE": "/ca.pem", "SUPEROFFICE_PRIVATE_KEY_FILE": "/key.pem"}
    assert whole.told() == bare.told() | {"ca_file": "/ca.pem", "private_key_file": "/key.pem"}


def test_an_empty_credential_is_told() -> None:
    """A password that is empty is one all the same."""
    assert Access.to("Cust5", "http://localhost", Settings(password="")).env()["SUPEROFFICE_PASSWORD"] == ""


def test_the_same_facts_are_told_as_members() -> None:
    """Variables and members tell the same."""
    access = Access.to("Cust5", "http://localhost", SETTINGS)
    assert {f"SUPEROFFICE_{name.upper()}": value for name, value in access.told().items()} == access.env()
