"""What the journal tells of credentials: nothing, whatever they came in."""

from __future__ import annotations

import json

import pytest

from mockserver.responders.discretion import without_values

from .house import House
from .sign_in import AUTHORIZE, CALLBACK, CHALLENGE, CLIENT, SECRET, TOKENS, VERIFIER, authorize, brought, exchange, post, refresh


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("", ""),
        ("client_id=a&code=S&scope=openid", "client_id=a&code=***&scope=openid"),
        ("Secret", "***"),
        ("Secret=Secret&&grant_type=x", "***&grant_type=x"),
        ('{"client_secret": "Secret"}', "***"),
        ("client_id", "client_id="),
        ("redirect_uri=http://x/y?code=S&a", "redirect_uri=http://x/y&***"),
        ("redirect_uri=http%3A%2F%2Fx%2Fy%3fcode%3dS", "redirect_uri=http%3A%2F%2Fx%2Fy"),
    ],
)
def test_of_a_private_exchange_only_harmless_values_are_told(sent: str, told: str) -> None:
    """Names that nobody knows may be credentials themselves."""
    assert without_values(sent) == told


def test_no_credential_of_a_sign_in_is_told(house: House) -> None:
    """Canaries in every place a client may put them, and everything that was issued: neither journal nor refusals hold one."""
    secrets = [SECRET, VERIFIER, CHALLENGE, "Cust12345-CodeOfTheDouble", "Cust12345-RefreshTokenOfTheDouble"]
    refusals = [
        authorize(house, redirect_uri="http://evil.example/?Canary", state="Canary", nonce="Canary", login_hint="Canary"),
        authorize(house, "/login/common/oauth/wrong", code_challenge="Canary"),
        authorize(house, client_id="x", response_type="code", id_token_hint="Canary"),
        post(house, TOKENS, Canary="x", client_secret="Canary", grant_type="x"),
        house.ask("POST", TOKENS, {"client_secret": "Canary", "code": "Canary"}, login=None),
        house.ask("POST", f"{TOKENS}?client_secret=Canary&code=Canary", login=None),
        house.ask("GET", f"{TOKENS}?client_secret=Canary&code=Canary", login=None),
        exchange(house, code="Canary", code_verifier="Canary", client_secret="Canary"),
        exchange(house, code="Canary", login="Basic Q2FuYXJ5OkNhbmFyeQ==", client_secret=None),
        post(house, "/login/common/oauth/revoke", token="Canary", client_secret="Canary"),
        house.ask("GET", "/login/logout?id_token_hint=Canary&state=Canary", login=None),
        house.ask("GET", "/login/logout?post_logout_redirect_uri=http://evil.example/&state=Canary", login=None),
    ]
    for refusal in refusals:
        assert 400 <= refusal.status < 500
        assert "Canary" not in refusal.body.decode() + repr(refusal.headers)
    hybrid = authorize(house, response_type="code id_token", nonce="n", code_challenge=CHALLENGE, code_challenge_method="S256")
    implicit = authorize(house, response_type="token id_token", nonce="n", response_mode="form_post")
    secrets += [value for name, value in brought(hybrid, "fragment").items() if name != "state"]
    tokens = exchange(house, code=secrets[-2], code_verifier=VERIFIER).value
    secrets += [tokens["access_token"], tokens["refresh_token"], tokens["id_token"], tokens["access_token"].split(".")[1]]
    secrets.append(refresh(house, tokens["refresh_token"]).value["access_token"])
    assert exchange(house, code="Cust12345-CodeOfTheDouble", redirect_uri=None).status == 200
    assert refresh(house, "Cust12345-RefreshTokenOfTheDouble").status == 200
    assert post(house, AUTHORIZE, client_id=CLIENT, redirect_uri=CALLBACK, state="Canary", nonce="Canary").status == 302
    assert house.ask("GET", f"/callback?code={secrets[5]}&state=s").status == 404
    entries = [*house.told(), *house.told("")]
    assert len(entries) == len(refusals) + 8
    told = json.dumps(entries, ensure_ascii=False)
    for secret in [*secrets, "Canary"]:
        assert secret not in told
    assert implicit.status == 200
