"""What the login service says of itself: the OpenID configuration, the keys, and the pages it does not have (protocol 3.2)."""

from __future__ import annotations

import pytest

from .house import House
from .sign_in import authorize, brought, unpacked

CONFIGURATION = "/login/.well-known/openid-configuration"


def test_the_configuration_has_the_documented_values(house: House) -> None:
    """Every address is on the origin that was asked, and the lists are those of the vendor's pages."""
    told = house.ask("GET", CONFIGURATION, login=None)
    assert (told.status, told.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert told.value["issuer"] == "http://mock.test"
    assert told.value["authorization_endpoint"] == "http://mock.test/login/common/oauth/authorize"
    assert told.value["token_endpoint"] == "http://mock.test/login/common/oauth/tokens"
    assert told.value["jwks_uri"] == "http://mock.test/login/.well-known/jwks"
    assert told.value["response_types_supported"] == ["code", "id_token", "code id_token", "token id_token", "token"]
    assert told.value["response_modes_supported"] == ["form_post", "fragment", "query"]
    assert told.value["scopes_supported"] == ["openid"]
    assert told.value["id_token_signing_alg_values_supported"] == ["RS256"]
    assert told.value["token_endpoint_auth_methods_supported"] == ["client_secret_post", "client_secret_basic"]
    assert told.value["grant_types_supported"] == ["implicit", "authorization_code", "refresh_token"]
    assert "userinfo_endpoint" not in told.value


def test_every_address_it_names_is_there(house: House) -> None:
    """No page that the configuration names is 404."""
    told = house.ask("GET", CONFIGURATION).value
    named = {name: value for name, value in told.items() if name.endswith(("_endpoint", "_uri"))}
    assert set(named) == {
        "authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint", "revocation_endpoint",
    }  # fmt: skip
    for address in named.values():
        path = address.removeprefix("http://mock.test")
        assert {house.ask(method, path).status for method in ("GET", "POST")} & {200, 400}
        assert 404 not in {house.ask(method, path).status for method in ("GET", "POST")}


def test_a_tenant_may_stand_in_place_of_common(house: House) -> None:
    """Asked at a tenant's path, the addresses are that tenant's, and the issuer stays."""
    told = house.ask("GET", "/Login/cust12345/.well-known/openid-configuration").value
    assert told["issuer"] == "http://mock.test"
    assert told["token_endpoint"] == "http://mock.test/login/Cust12345/oauth/tokens"
    assert house.ask("GET", told["jwks_uri"].removeprefix("http://mock.test")).status == 200
    assert house.ask("GET", "/login/Cust404/.well-known/openid-configuration").status == 404


def test_the_keys_are_public_halves_and_hold_every_key_made(house: House) -> None:
    """The default tenant's key is there from the start, another's once it has signed; nothing private is told."""
    (first,) = house.ask("GET", "/login/.well-known/jwks").value["keys"]
    assert (first["kty"], first["use"], first["alg"]) == ("RSA", "sig", "RS256")
    other = house.tenants.declare_next().name
    signed = brought(authorize(house, acr_values=f"tenant:{other}", response_type="id_token", nonce="n"), "fragment")["id_token"]
    keys = house.ask("GET", "/login/.well-known/jwks").value["keys"]
    assert len({each["kid"] for each in keys}) == 2
    assert first in keys
    assert unpacked(signed)[0]["kid"] in {each["kid"] for each in keys} - {first["kid"]}
    for key in keys:
        assert set(key).isdisjoint({"d", "p", "q", "dp", "dq", "qi"})


def test_a_token_says_how_it_is_signed(house: House) -> None:
    """The header is the documented one, with the id of the key beside it."""
    token = brought(authorize(house, response_type="id_token", nonce="n"), "fragment")["id_token"]
    header, _ = unpacked(token)
    assert (header["typ"], header["alg"]) == ("JWT", "RS256")
    assert header["x5t"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/login/common/oauth/userinfo", 404),
        ("GET", "/login/oauth/tokens", 404),
        ("GET", "/login/common/oauth/tokens", 405),
        ("PUT", "/login/common/oauth/authorize", 405),
        ("POST", "/login/.well-known/jwks", 405),
        ("GET", "/login/common/oauth/authorize/", 400),
    ],
)
def test_pages_and_methods_it_does_not_have(house: House, method: str, path: str, status: int) -> None:
    """Unknown pages are 404 and other methods 405 with those there are, without repeating what was sent along."""
    answer = house.ask(method, f"{path}?client_secret=Canary")
    assert answer.status == status
    assert ("Allow" in answer.headers) == (status == 405)
    assert answer.account.by == "superid"
    assert b"Canary" not in answer.body


def test_what_else_is_below_login_is_left_to_others(house: House) -> None:
    """Services that are no pages of the login service are not answered by it."""
    assert house.ask("POST", "/Login/services/Something.svc").account.by == "emulator"
    assert house.ask("GET", "/loginx").account.by == "emulator"
