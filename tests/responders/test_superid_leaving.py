"""Revocation and sign-out (protocol 3.2; RFC 7009)."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlencode

import pytest

from .house import Answer, House
from .sign_in import CLIENT, SECRET, authorize, brought, code, exchange, post, refresh

REVOKE = "/login/common/oauth/revoke"
LOGOUT = "/login/logout"


def revoke(house: House, token: str | None, **given: str | None) -> Answer:
    """Revoke a token as the application."""
    usual: dict[str, str | None] = {"client_id": CLIENT, "client_secret": SECRET}
    return post(house, REVOKE, **(usual | given | {"token": token}))


def sign_out(house: House, **given: str) -> Answer:
    """Sign out."""
    return house.ask("GET", f"{LOGOUT}?{urlencode(given)}", login=None)


def id_token(house: House) -> str:
    """A token of the login service."""
    return brought(authorize(house, response_type="id_token", nonce="n"), "fragment")["id_token"]


@pytest.mark.parametrize("tenant", ["Cust12345", "another"])
def test_a_revoked_token_is_good_for_nothing(house: House, tenant: str) -> None:
    """Refresh tokens and access tokens, of any tenant, as often as one likes."""
    name = house.tenants.declare_next().name if tenant == "another" else tenant
    tokens = exchange(house, code=code(house, acr_values=f"tenant:{name}")).value
    for kind in ("refresh_token", "access_token"):
        for _ in range(2):
            answer = revoke(house, tokens[kind])
            assert (answer.status, answer.body) == (200, b"")
    assert refresh(house, tokens["refresh_token"]).status == 400
    assert house.ask("GET", f"/{name}/api/v1/Contact/1", login=f"Bearer {tokens['access_token']}").status == 401


def test_the_fixed_refresh_token_can_be_revoked(house: House) -> None:
    """Revoked consent is what a test wants to see."""
    assert refresh(house, "Cust12345-RefreshTokenOfTheDouble").status == 200
    assert revoke(house, "Cust12345-RefreshTokenOfTheDouble").status == 200
    assert refresh(house, "Cust12345-RefreshTokenOfTheDouble").status == 400


def test_what_is_unknown_is_revoked_already(house: House) -> None:
    """RFC 7009, 2.2; but not for strangers, and not for those who name nothing."""
    assert revoke(house, "nonsense").status == 200
    assert revoke(house, "nonsense", client_secret=None).status == 200
    token = exchange(house, code=code(house)).value["refresh_token"]
    for stranger in ({"client_id": "Somebody"}, {"client_secret": "wrong"}, {"client_id": None}):
        assert revoke(house, token, **stranger).status == 400
    assert revoke(house, None).status == 400
    assert revoke(house, "x" * 9000).status == 400
    assert refresh(house, token).status == 200


def test_a_sign_out_is_a_page_or_a_way_back(house: House) -> None:
    """Back to any page of a registered host, with the state."""
    page = sign_out(house)
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    for name in ("post_logout_redirect_uri", "redirect_uri"):
        back = sign_out(house, **{name: "http://127.0.0.1:5000/bye?x=1", "state": "a b", "id_token_hint": id_token(house)})
        assert (back.status, back.headers["Location"]) == (302, "http://127.0.0.1:5000/bye?x=1&state=a+b")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://evil.example/",
        "http://127.0.0.1.evil.example/",
        "http://127.0.0.1@evil.example/",
        "http://127.0.0.1:80@evil.example/",
        "http://127.0.0.1\\@evil.example/",
        "http://127.0.0.1/\r\nSet-Cookie: a=b",
        "http://127.0.0.1/\u00f8",
        "http://127.0.0.1/#x",
        "//127.0.0.1/",
    ],
)
def test_a_sign_out_ends_on_no_other_host(house: House, address: str) -> None:
    """No open redirect here either."""
    answer = sign_out(house, post_logout_redirect_uri=address)
    assert answer.status == 400
    assert "Location" not in answer.headers


def part(value: object) -> str:
    """A part of a JWT."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_hint_that_nobody_signed_is_refused(house: House) -> None:
    """Tampered, unsigned, signed by a shared secret, of no shape, too long or too deep: 400 and never a 500."""
    good = id_token(house)
    header, claims, signature = good.split(".")
    (key,) = house.ask("GET", "/login/.well-known/jwks").value["keys"]
    bad = [
        "",
        "x",
        "a.b.c",
        "...",
        f"{header}.{part({'aud': CLIENT})}.{signature}",
        f"{part({'alg': 'none', 'typ': 'JWT'})}.{claims}.",
        f"{part({'alg': 'none', 'kid': key['kid']})}.{claims}.{signature}",
        f"{part({'alg': 'HS256', 'kid': key['kid']})}.{claims}.{signature}",
        f"{part({'alg': 'RS256', 'kid': 'x'})}.{claims}.{signature}",
        f"{part({'alg': 'RS256', 'kid': [1]})}.{claims}.{signature}",
        f"{part(['RS256'])}.{claims}.{signature}",
        f"{part(None)}.{claims}.{signature}",
        f"{base64.urlsafe_b64encode(b'[' * 5000).decode()}.{claims}.{signature}",
        good + "x" * 9000,
    ]
    assert sign_out(house, id_token_hint=good).status == 200
    for token in bad:
        answer = sign_out(house, id_token_hint=token, post_logout_redirect_uri="http://127.0.0.1/bye")
        assert answer.status == 400, token
        assert "Location" not in answer.headers
        assert len(token) < 6 or token not in answer.body.decode()


def test_a_hint_outlives_its_token(house: House) -> None:
    """Signing out after lunch works, as OpenID Connect wants it."""
    token = id_token(house)
    tenant = house.tenants.find("Cust12345")
    assert tenant is not None
    tenant.clock.advance(hours=5)
    assert sign_out(house, id_token_hint=token).status == 200
