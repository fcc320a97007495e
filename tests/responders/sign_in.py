"""What the tests of the login service share: asking for a sign-in, reading where it ends, exchanging what it brought."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from .house import Answer, House

CLIENT = "ClientOfTheDouble"
SECRET = "AppTokenOfTheDouble"
CALLBACK = "http://127.0.0.1:49152/callback"
AUTHORIZE = "/login/common/oauth/authorize"
TOKENS = "/login/common/oauth/tokens"
IDENTITY = "http://schemes.superoffice.net/identity/"
# The pair of RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def present(given: dict[str, str | None]) -> str:
    """The parameters that are not None, as a query."""
    return urlencode({name: value for name, value in given.items() if value is not None})


def authorize(house: House, path: str = AUTHORIZE, /, **given: str | None) -> Answer:
    """Ask for a sign-in by code; what is given replaces or, as None, takes away."""
    usual: dict[str, str | None] = {"client_id": CLIENT, "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid"}
    return house.ask("GET", f"{path}?{present(usual | given)}", login=None)


def post(house: House, path: str, /, login: str | None = None, **given: str | None) -> Answer:
    """Send a form."""
    return house.ask("POST", path, present(given).encode(), {"Content-Type": "application/x-www-form-urlencoded"}, login=login)


def exchange(house: House, path: str = TOKENS, /, login: str | None = None, **given: str | None) -> Answer:
    """Exchange a code as the application; what is given replaces or, as None, takes away."""
    usual: dict[str, str | None] = {
        "client_id": CLIENT,
        "client_secret": SECRET,
        "grant_type": "authorization_code",
        "redirect_uri": CALLBACK,
    }
    return post(house, path, login=login, **(usual | given))


def refresh(house: House, token: str, **given: str | None) -> Answer:
    """Refresh as the application."""
    return exchange(house, grant_type="refresh_token", refresh_token=token, redirect_uri=None, **given)


def brought(answer: Answer, part: str = "query") -> dict[str, str]:
    """What a browser takes back to the application, in the query or the fragment of its address."""
    assert answer.status == 302, answer
    address = urlsplit(answer.headers["Location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == CALLBACK
    other = address.query if part == "fragment" else address.fragment
    assert other == ""
    return dict(parse_qsl(getattr(address, part), keep_blank_values=True, strict_parsing=True))


def code(house: House, path: str = AUTHORIZE, /, **given: str | None) -> str:
    """A fresh code."""
    return brought(authorize(house, path, **given))["code"]


def unpacked(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a JWT, unverified."""
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
    return header, claims
