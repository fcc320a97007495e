"""The page that starts a sign-in: what browsers are sent back with, where to, and when not at all (protocol 3.2)."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from html import unescape
from urllib.parse import urlsplit

import pytest

from .house import Answer, House
from .sign_in import AUTHORIZE, CALLBACK, CHALLENGE, CLIENT, IDENTITY, authorize, brought, code, exchange, post, present, unpacked


def half(value: str) -> str:
    """The hash of a code or an access token (OpenID Connect Core 3.3.2.11)."""
    return base64.urlsafe_b64encode(sha256(value.encode()).digest()[:16]).decode().rstrip("=")


def fields(page: Answer) -> dict[str, str]:
    """The hidden inputs of a page."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.body.decode())
    return {unescape(name): unescape(value) for name, value in found}


def test_a_code_comes_back_with_the_state(house: House) -> None:
    """By default consent is given at once: 302 to the application, the state exactly as it was sent, then the code."""
    state = "a b&c=d/ø~\n%"
    answer = authorize(house, state=state)
    assert brought(answer) == {"state": state, "code": brought(answer)["code"]}
    assert re.fullmatch(r"[A-Z2-7]{20,}", brought(answer)["code"])
    assert list(brought(authorize(house))) == ["code"]


@pytest.mark.parametrize("kind", ["token", "token id_token", "id_token token"])
def test_an_implicit_sign_in_brings_the_documented_fragment(house: House, kind: str) -> None:
    """The order, the lower-case `bearer` and the lower-case escapes are the vendor's."""
    answer = authorize(house, response_type=kind, state="", nonce="n")
    fragment = urlsplit(answer.headers["Location"]).fragment
    wanted = (
        r"access_token=8A%3aCust12345\.[^&]+&token_type=bearer&state=&expires_in=3600"
        + ("&id_token=[^&]+" if "id_token" in kind else "")
        + r"&ctx=Cust12345&netserver_url=http%3a%2f%2fmock\.test%2fCust12345%2fRemote%2fServices86%2f"
        r"&webapi_url=http%3a%2f%2fmock\.test%2fCust12345%2fapi%2f"
    )
    assert re.fullmatch(wanted, fragment)
    token = brought(answer, "fragment")["access_token"]
    assert house.ask("GET", "/Cust12345/api/v1/Contact/1", login=f"Bearer {token}").status == 200
    if "id_token" in kind:
        assert unpacked(brought(answer, "fragment")["id_token"])[1]["at_hash"] == half(token)


def test_an_id_token_alone_brings_nothing_else(house: House) -> None:
    """It travels in the fragment with the state, and holds the nonce."""
    given = brought(authorize(house, response_type="id_token", state="s", nonce="n-0S6"), "fragment")
    assert set(given) == {"state", "id_token"}
    assert unpacked(given["id_token"])[1]["nonce"] == "n-0S6"


def test_a_hybrid_sign_in_brings_a_code_and_its_hash(house: House) -> None:
    """The id token beside a code says which code it is, and the code can be redeemed."""
    given = brought(authorize(house, response_type="code id_token", nonce="n"), "fragment")
    assert unpacked(given["id_token"])[1]["c_hash"] == half(given["code"])
    assert exchange(house, code=given["code"]).status == 200


def test_a_form_takes_it_back_where_that_is_asked(house: House) -> None:
    """form_post is a page with a form that posts itself, and everything in it is escaped."""
    page = authorize(house, response_mode="form_post", state='"><script>alert(1)</script>')
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert f'action="{CALLBACK}"' in page.body.decode()
    assert "<script>alert" not in page.body.decode()
    given = fields(page)
    assert given["state"] == '"><script>alert(1)</script>'
    assert exchange(house, code=given["code"]).status == 200


def test_a_code_may_travel_in_the_fragment(house: House) -> None:
    """response_mode says so."""
    assert set(brought(authorize(house, response_mode="fragment"), "fragment")) == {"code"}


def test_a_form_may_ask_too(house: House) -> None:
    """The same parameters may be posted."""
    answer = post(house, AUTHORIZE, client_id=CLIENT, redirect_uri=CALLBACK, response_type="code", scope="openid")
    assert set(brought(answer)) == {"code"}


@pytest.mark.parametrize(
    ("path", "chosen"),
    [
        (AUTHORIZE, "tenant:{}"),
        (AUTHORIZE, "urn:x TENANT:{}"),
        ("/login/{}/oauth/authorize", None),
        ("/login/{}/oauth/authorize", "tenant:Cust12345"),
    ],
)
def test_the_tenant_is_chosen_by_name_or_by_path(house: House, path: str, chosen: str | None) -> None:
    """acr_values chooses among tenants, the path before it, in any letter case."""
    other = house.tenants.declare_next().name
    given = authorize(house, path.format(other.lower()), acr_values=chosen and chosen.format(other), response_type="token")
    assert brought(given, "fragment")["ctx"] == other


def test_without_a_choice_the_default_tenant_is_meant(house: House) -> None:
    """Nobody has to choose where there is one tenant."""
    house.tenants.declare_next()
    assert brought(authorize(house, response_type="token"), "fragment")["ctx"] == "Cust12345"


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "https://evil.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://127.0.0.1:80@evil.example/callback",
        "http://evil.example\\@127.0.0.1/callback",
        "http://127.0.0.1:49152/other",
        "http://127.0.0.1:49152/callback/../other",
        "http://127.0.0.1:49152/callback?more=1",
        "http://127.0.0.1:49152/callback#more",
        "http://127.0.0.1:49152/callback\r\nSet-Cookie: a=b",
        "http://127.0.0.1:49152/call\nback",
        "http://127.0.0.1:1234567/callback",
        "http://localhost/callback",
        "https://127.0.0.1/callback",
        "javascript:alert(1)",
        "//127.0.0.1/callback",
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(house: House, address: str | None) -> None:
    """No open redirect: an error page, which does not repeat the address, says what to do."""
    for mode in ("query", "form_post"):
        answer = authorize(house, redirect_uri=address, state="Canary", response_mode=mode)
        assert (answer.status, answer.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
        assert "Location" not in answer.headers
        assert "InvalidRedirectUrl" in answer.body.decode()
        told = answer.body.decode() + repr(answer.headers)
        assert "Canary" not in told
        assert "evil" not in told


def test_an_unknown_application_is_sent_nowhere(house: House) -> None:
    """Not even to a registered address."""
    for name in ("Somebody", None, "clientofthedouble"):
        assert authorize(house, client_id=name).status == 400
        assert "Location" not in authorize(house, client_id=name).headers


@pytest.mark.parametrize(
    ("given", "error", "part"),
    [
        ({"response_type": "password"}, "unsupported_response_type", "query"),
        ({"response_type": None}, "unsupported_response_type", "query"),
        ({"response_type": "code token"}, "unsupported_response_type", "fragment"),
        ({"response_type": "token", "response_mode": "query"}, "invalid_request", "fragment"),
        ({"response_mode": "web_message"}, "invalid_request", "query"),
        ({"response_type": "id_token"}, "invalid_request", "fragment"),
        ({"scope": "profile"}, "invalid_scope", "query"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "S512"}, "invalid_request", "query"),
        ({"acr_values": "tenant:Cust404"}, "access_denied", "query"),
        ({"acr_values": "tenant:../x"}, "access_denied", "query"),
    ],
)
def test_what_is_wrong_is_told_to_the_application(house: House, given: dict[str, str | None], error: str, part: str) -> None:
    """Once application and address are known, errors go there, with the state and without a credential."""
    told = brought(authorize(house, state="s", **given), part)
    assert (told["error"], told["state"]) == (error, "s")
    assert set(told) == {"error", "state", "error_description"}


def test_parameters_that_are_too_long_or_too_many_are_refused(house: House) -> None:
    """An error page, whatever was too much."""
    assert authorize(house, state="x" * 8193).status == 400
    assert authorize(house, **{f"p{number}": "1" for number in range(200)}).status == 400
    assert post(house, AUTHORIZE, state="x" * 100_000).status == 413
    assert len(brought(authorize(house, state="x" * 8192))["state"]) == 8192


def test_consent_on_a_page_waits_for_a_button() -> None:
    """The page has two buttons; what it was asked goes along with either of them, escaped."""
    house = House(consent="page")
    page = authorize(house, state='"s"', login_hint="<somebody>", code_challenge=CHALLENGE, code_challenge_method="S256")
    assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    text = page.body.decode()
    assert re.findall(r'<button type="submit" name="consent" value="(\w+)">(\w+)</button>', text) == [
        ("allow", "Allow"),
        ("deny", "Deny"),
    ]
    assert '<form method="post" action="/login/common/oauth/authorize">' in text
    assert "&lt;somebody&gt;" in text
    assert "<somebody>" not in text
    allowed = post(house, AUTHORIZE, **fields(page), consent="allow")
    assert set(brought(allowed)) == {"state", "code"}
    denied = brought(post(house, AUTHORIZE, **fields(page), consent="deny"))
    assert (denied["error"], denied["state"]) == ("access_denied", '"s"')


def test_consent_cannot_be_given_in_an_address() -> None:
    """A link is no button."""
    house = House(consent="page")
    assert authorize(house, consent="allow").status == 200


def test_an_address_may_have_a_query_of_its_own() -> None:
    """What is brought back is added to it."""
    house = House(redirect_uri="https://app.example/back?x=1 http://127.0.0.1/callback")
    query = present({"client_id": CLIENT, "redirect_uri": "https://app.example/back?x=1", "response_type": "code"})
    location = house.ask("GET", f"{AUTHORIZE}?{query}", login=None).headers["Location"]
    assert re.fullmatch(r"https://app\.example/back\?x=1&code=[^&]+", location)


def test_the_claims_are_the_documented_ones(house: House) -> None:
    """Names, prefixes, texts and times are those of the vendor's pages; the rows are the tenant's."""
    tenant = house.tenants.find("Cust12345")
    assert tenant is not None
    tenant.clock.freeze()
    now = int(tenant.clock.time())
    _, claims = unpacked(exchange(house, code=code(house, nonce="n")).value["id_token"])
    own = {name.removeprefix(IDENTITY): value for name, value in claims.items() if name.startswith(IDENTITY)}
    assert set(own) == {
        "associateid", "identityprovider", "email", "upn", "is_administrator", "ctx", "company_name", "serial", "netserver_url",
        "webapi_url", "system_token", "initials", "so_primary_email_address",
    }  # fmt: skip
    assert (own["associateid"], own["is_administrator"], own["ctx"]) == ("17", "True", "Cust12345")
    assert own["company_name"] == "Own Company AS"
    assert own["initials"] == "TE"
    assert own["netserver_url"] == "http://mock.test/Cust12345/Remote/Services86/"
    assert own["webapi_url"] == "http://mock.test/Cust12345/api/"
    assert own["system_token"] == "Double-Cust12345"
    assert own["serial"].isdecimal()
    rest = {name: value for name, value in claims.items() if not name.startswith(IDENTITY)}
    assert rest == {
        "sub": own["upn"], "iat": now, "nonce": "n", "nbf": now - 60, "exp": now + 300, "iss": "http://mock.test", "aud": CLIENT,
    }  # fmt: skip


def test_iat_is_a_text_where_that_is_set() -> None:
    """As the vendor's pages show it; standard clients want a number."""
    house = House(id_token_iat="text")
    _, claims = unpacked(exchange(house, code=code(house)).value["id_token"])
    assert isinstance(claims["iat"], str)
    assert int(claims["iat"]) == claims["nbf"] + 60


def test_the_claims_follow_the_tenant(house: House) -> None:
    """A tenant that moved is reached where it moved to, and rows that changed are told as they are."""
    tenant = house.tenants.find("Cust12345")
    assert tenant is not None
    tenant.standing.origin = "http://online2.test"
    row = tenant.store.row("Contact", 1)
    assert row is not None
    tenant.store.put("Contact", 1, row | {"Name": "Renamed AS"})
    person = tenant.store.row("Person", 7)
    assert person is not None
    tenant.store.put("Person", 7, person | {"Emails": [{"Value": "terje@own.example"}]})
    _, claims = unpacked(exchange(house, code=code(house)).value["id_token"])
    assert claims[f"{IDENTITY}webapi_url"] == "http://online2.test/Cust12345/api/"
    assert claims[f"{IDENTITY}company_name"] == "Renamed AS"
    assert claims["sub"] == claims[f"{IDENTITY}email"] == "terje@own.example"
    tenant.store.remove("Contact", 1)
    tenant.store.remove("Person", 7)
    assert unpacked(exchange(house, code=code(house)).value["id_token"])[1][f"{IDENTITY}company_name"] == ""
