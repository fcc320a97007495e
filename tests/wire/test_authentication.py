"""Tests of who is calling."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from multidict import CIMultiDict

from mockserver.calls import Credential, Principal
from mockserver.clock import Clock
from mockserver.errors import Unauthenticated
from mockserver.messages import Headers
from mockserver.records.sessions import Sessions
from mockserver.settings import Settings
from mockserver.wire import authentication
from mockserver.wire.authentication import Authenticator, session_of
from tests.responders.house import LOGIN, House

if TYPE_CHECKING:
    from tests.conftest import Ask

DENIED = "Authorization has been denied for this request."
CALLER = Principal("tje0", associate=17, person=7, contact=1, group=1)
SETTINGS = Settings(user="Bjørn", password="Blåbærgrød:§", access_token="8A:{tenant}.Open", ticket="7T:{tenant}.Sesame")


def basic(text: str, charset: str = "utf-8") -> str:
    """The credential of Basic authentication (RFC 7617)."""
    return base64.b64encode(text.encode(charset)).decode()


def shown(*headers: tuple[str, str], installation: str = "any") -> Credential:
    """What a fresh authenticator reads off these headers."""
    return Authenticator(Settings(installation=installation)).credential(CIMultiDict(headers))


def principal(authorization: str | None, tenant: str = "Cust12345") -> Principal:
    """Who a fresh authenticator says is calling."""
    headers = CIMultiDict({} if authorization is None else {"Authorization": authorization})
    return caller(Authenticator(SETTINGS), headers, tenant)


def caller(authenticator: Authenticator, headers: Headers, tenant: str) -> Principal:
    """Whom a tenant takes the sender of these headers for."""
    return Sessions(tenant, Clock(), SETTINGS, CALLER).principal(authenticator.credential(headers))


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_user_and_password_are_accepted(scheme: str, charset: str) -> None:
    """Basic is accepted in any letter case, in UTF-8 and in Latin-1, which the vendor's sample sends (protocol 3.1)."""
    assert principal(f"{scheme} {basic('Bjørn:Blåbærgrød:§', charset)}") is CALLER


def test_the_user_has_any_letter_case() -> None:
    """A login is the same in any letter case, a password is not."""
    assert principal(f"Basic {basic('BJØRN:Blåbærgrød:§')}") is CALLER
    with pytest.raises(Unauthenticated):
        principal(f"Basic {basic('Bjørn:blåbærgrød:§')}")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_token_is_accepted(scheme: str) -> None:
    """The tenant's token is accepted in any letter case of the scheme (RFC 9110, 11.1)."""
    assert principal(f"{scheme} 8A:Cust12345.Open") is CALLER


@pytest.mark.parametrize("scheme", ["SOTicket", "SoTicket", "SOTICKET", "soticket"])
def test_a_ticket_is_accepted(scheme: str) -> None:
    """The tenant's ticket is accepted raw, in the cases of the scheme that clients use (protocol 3.1)."""
    assert principal(f"{scheme} 7T:Cust12345.Sesame") is CALLER


@pytest.mark.parametrize("spaces", ["Bearer  8A:Cust12345.Open", " Bearer 8A:Cust12345.Open ", "Bearer 8A:Cust12345.Open "])
def test_spaces_around_a_credential_do_not_matter(spaces: str) -> None:
    """White space around scheme and credential is not part of them."""
    assert principal(spaces) is CALLER


SECRETS = ("Blåbærgrød", "Open", "Sesame", "s3cret", basic("Bjørn:s3cret"), basic("s3cret"))


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic ",
        f"Basic {basic('Bjørn:s3cret')}",
        f"Basic {basic('s3cret')}",
        f"Basic {basic('Bjørn:s3cret')[:-2]}",
        "Basic s3cret!*",
        "Basic s3crét",
        "Basic s3cr\udce9t",
        f"Basic {basic('other:Blåbærgrød:§')}",
        f"Basic {basic('Bjørn:Blåbærgrød')}",
        f"Basic {basic(':')}",
        "Bearer",
        "Bearer s3cret",
        "Bearer s3cr\udce9t",
        "Bearer 8A:Cust54321.Open",
        "Bearer 7T:Cust12345.Sesame",
        "SOTicket s3cret",
        "SOTicket 8A:Cust12345.Open",
        "SOTicket 7T:Cust54321.Sesame",
        "Negotiate s3cret",
        "NTLM s3cret",
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJzM2NyZXQifQ.",
        "Bearer " + 50_000 * "s3cret",
        "Bearer 8A:Cust12345.Open 8A:Cust12345.Open",
        "Bearer 8A:Cust12345.Open, Bearer 8A:Cust12345.Open",
        "s3cret",
        "8A:Cust12345.Open",
    ],
    ids=[
        "no header",
        "an empty header",
        "Basic alone",
        "Basic and a space",
        "a wrong password",
        "no colon",
        "base64 cut short",
        "not base64",
        "not even ASCII",
        "a byte that is not ASCII",
        "a wrong user",
        "half the password",
        "no user and no password",
        "Bearer alone",
        "a wrong token",
        "a token with a byte that is not ASCII",
        "the token of another tenant",
        "a ticket as a token",
        "a wrong ticket",
        "a token as a ticket",
        "the ticket of another tenant",
        "a ticket of a domain",
        "a challenge of a domain",
        "a token that is signed by nobody",
        "a token of 300 kB",
        "a token twice",
        "two credentials in one header",
        "a credential without a scheme",
        "a right credential without a scheme",
    ],
)
def test_another_credential_is_refused_without_being_repeated(authorization: str | None) -> None:
    """What is not the tenant's credential is refused in the framework's words; nothing that is said repeats it."""
    with pytest.raises(Unauthenticated) as caught:
        principal(authorization)
    assert caught.value.message == DENIED
    told = f"{caught.value.message} {caught.value.explanation} {caught.value.detail} {caught.value}"
    assert not any(secret in told for secret in SECRETS)
    assert authorization is None or len(authorization.strip()) < 8 or authorization not in told


# Bytes of a header that are not UTF-8 arrive as low surrogates (PEP 383), as aiohttp reads them.
BYTES = st.binary(max_size=40).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
SCHEMES = st.sampled_from(["Basic", "Bearer", "SOTicket"])


@given(
    BYTES
    | st.builds("{} {}".format, SCHEMES, BYTES)
    | st.builds(lambda raw: "Basic " + base64.b64encode(raw).decode(), st.binary(max_size=20))
)
@example("Basic \udc80")
def test_any_header_is_refused(value: str) -> None:
    """Whatever bytes the header holds, a stranger is refused, and nothing else happens."""
    with pytest.raises(Unauthenticated):
        principal(value)


def test_a_credential_is_remembered_for_its_tenant_only() -> None:
    """What one tenant accepted is not accepted by another, even after it was checked."""
    authenticator = Authenticator(SETTINGS)
    headers = CIMultiDict({"Authorization": "Bearer 8A:Cust12345.Open"})
    for _ in range(2):
        assert caller(authenticator, headers, "Cust12345") is CALLER
        with pytest.raises(Unauthenticated):
            caller(authenticator, headers, "Cust54321")


def test_the_header_is_found_in_any_letter_case() -> None:
    """Header names have no letter case (RFC 9110, 5.1)."""
    headers = CIMultiDict({"AUTHORIZATION": "Bearer 8A:Cust12345.Open"})
    assert caller(Authenticator(SETTINGS), headers, "Cust12345") is CALLER


# --- what comes along with a credential


@pytest.mark.parametrize("scheme", ["SOTicket", "SoTicket", "SOTICKET"])
def test_a_ticket_is_read_with_the_application_token(scheme: str) -> None:
    """`SO-AppToken` accompanies a ticket (protocol 3.1); its name has no letter case."""
    expected = Credential("ticket", "7T:abc", proof="s3cret")
    assert shown(("Authorization", f"{scheme} 7T:abc"), ("so-apptoken", " s3cret ")) == expected
    assert shown(("Authorization", f"{scheme} 7T:abc")) == Credential("ticket", "7T:abc")


def test_an_application_token_is_read_at_each_request() -> None:
    """A credential that is known already does not bring the token of an earlier request along."""
    authenticator = Authenticator(SETTINGS)
    for token in ("first", "", "second"):
        headers = CIMultiDict({"Authorization": "SOTicket 7T:abc", "SO-AppToken": token})
        assert authenticator.credential(headers).proof == token


def test_two_application_tokens_are_none() -> None:
    """A repeated header is the list of its values (RFC 9110, 5.3), which is no token."""
    twice = shown(("Authorization", "SOTicket 7T:abc"), ("SO-AppToken", "one"), ("SO-AppToken", "one"))
    assert twice.proof == "one, one"


@pytest.mark.parametrize(
    "cookies",
    [
        ["ASP.NET_SessionId=abc"],
        ["a=b; ASP.NET_SessionId=abc; c=d"],
        ["a=b", "ASP.NET_SessionId=abc"],
        ['ASP.NET_SessionId="abc"'],
        [" ASP.NET_SessionId = abc ;"],
        ["=; ;;a; ASP.NET_SessionId=abc; ASP.NET_SessionId=of-a-shorter-path"],
    ],
)
def test_without_an_authorization_the_session_cookie_counts(cookies: list[str]) -> None:
    """The cookie is found among others and the XSRF token is read with it (protocol 3.1)."""
    headers = [("Cookie", each) for each in cookies]
    assert shown(*headers, ("x-xsrf-token", "s3cret")) == Credential("cookie", "abc", proof="s3cret")
    assert shown(*headers) == Credential("cookie", "abc")


def test_an_authorization_wins_over_a_cookie() -> None:
    """The cookie is for callers without an Authorization header (protocol 3.1), be it a good one or not."""
    cookie = ("Cookie", "ASP.NET_SessionId=abc")
    assert shown(cookie, ("Authorization", "Bearer 8A:abc")) == Credential("token", "8A:abc")
    with pytest.raises(Unauthenticated):
        shown(cookie, ("Authorization", "Riddle"))


@pytest.mark.parametrize("first", ["Bearer 8A:Cust12345.Open", "Bearer s3cret"])
def test_two_authorizations_are_none(first: str) -> None:
    """Nobody says which of them would count, so neither does, known or not."""
    authenticator = Authenticator(SETTINGS)
    good = "Bearer 8A:Cust12345.Open"
    for _ in range(2):
        assert authenticator.credential(CIMultiDict({"Authorization": good})).secret == "8A:Cust12345.Open"
        with pytest.raises(Unauthenticated) as caught:
            authenticator.credential(CIMultiDict([("Authorization", first), ("authorization", good)]))
        assert caught.value.message == DENIED
        assert "s3cret" not in caught.value.explanation


COOKIES = st.text(st.sampled_from('aé=;" \t,\udcff\0') | st.characters(), max_size=30)


@given(
    COOKIES | st.builds("ASP.NET_SessionId={}".format, COOKIES) | st.builds("{}; ASP.NET_SessionId={}".format, COOKIES, COOKIES)
)
def test_any_cookie_is_read_or_passed_over(line: str) -> None:
    """Garbage in a Cookie header is nobody's session and harms nobody."""
    headers = CIMultiDict({"Cookie": line, "X-XSRF-TOKEN": line})
    assert isinstance(session_of(headers), str)
    with pytest.raises(Unauthenticated) as caught:
        caller(Authenticator(SETTINGS), headers, "Cust12345")
    assert len(line) < 8 or line not in caught.value.explanation


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither many credentials nor long ones fill the memory; they are read all the same."""
    monkeypatch.setattr(authentication, "_CACHE_LIMIT", 3)
    authenticator = Authenticator(SETTINGS)
    for secret in [*map(str, range(10)), "x" * 60_000]:
        headers = CIMultiDict({"Authorization": f"Bearer {secret}"})
        assert authenticator.credential(headers) == Credential("token", secret)
        assert sum(map(len, authenticator._known)) < 5_000
        assert len(authenticator._known) <= 3


# --- on the wire


def installed(installation: str) -> House:
    """A server of this kind."""
    return House(installation=installation)


@pytest.mark.parametrize(
    ("installation", "challenges"),
    [
        ("any", ['Basic realm="SuperOffice"']),
        ("online", ["Bearer"]),
        ("onsite", ["Negotiate", 'Basic realm="SuperOffice"']),
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "application/xml"])
def test_a_401_names_the_ways_in(installation: str, challenges: list[str], accept: str) -> None:
    """Basic where there are user names, Negotiate beside it onsite, Bearer online (protocol 3.1; 11 no. 3, guessed)."""
    house = installed(installation)
    for path in ("/api/v1/Contact/1", "/Cust12345/api/v1/Contact/1"):
        for login in (None, "Negotiate TlRMTVNTUAAB", "Bearer 8A:Cust12345.guess"):
            answer = house.ask("GET", path, headers={"Accept": accept}, login=login)
            assert (answer.status, answer.headers.getall("WWW-Authenticate")) == (401, challenges)
            assert answer.headers["Content-Type"] == f"{accept}; charset=utf-8"
            assert b"<Message>" + DENIED.encode() in answer.body or answer.body == b'{"Message":"%s"}' % DENIED.encode()


TOKEN = "Bearer 8A:Cust12345.AccessTokenOfTheDouble"
TICKET = "SOTicket 7T:Cust12345.TicketOfTheDouble"


@pytest.mark.parametrize(
    ("installation", "login", "app_token", "status"),
    [
        ("online", LOGIN, None, 401),
        ("online", TOKEN, None, 200),
        ("online", TICKET, None, 401),
        ("online", TICKET, "wrong", 401),
        ("online", TICKET, "AppTokenOfTheDouble", 200),
        ("onsite", LOGIN, None, 200),
        ("onsite", TOKEN, None, 401),
        ("onsite", TICKET, "wrong", 200),
        ("any", LOGIN, "wrong", 200),
        ("any", TOKEN, "wrong", 200),
        ("any", TICKET, "wrong", 200),
    ],
)
def test_an_installation_takes_what_its_kind_does(installation: str, login: str, app_token: str | None, status: int) -> None:
    """The setting `installation` is in force on the wire, on both halves of the API."""
    house = installed(installation)
    headers = {"SO-AppToken": app_token} if app_token is not None else {}
    assert house.ask("GET", "/api/v1/Contact/1", headers=headers, login=login).status == status
    assert house.ask("POST", "/api/v1/Agents/Contact/GetMyContact", headers=headers, login=login).status == status


@pytest.mark.parametrize(
    "authorization",
    [None, "Bearer 8A:Cust99999.AccessTokenOfTheDouble", "Basic é", "Basic \udce9"],
    ids=["no header", "the token of another tenant", "not ASCII", "a byte that is not ASCII"],
)
async def test_a_stranger_gets_401_and_a_challenge(ask: Ask, authorization: str | None) -> None:
    """A refusal is 401 with a challenge, as RFC 9110 (15.5.2) demands, and the framework's `Message`."""
    answer = await ask("GET", "/api/v1/Contact/1", headers={"Authorization": authorization})
    assert answer.status == 401
    assert answer.body == b'{"Message":"Authorization has been denied for this request."}'
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert "AccessToken" not in str(answer.account)


@pytest.mark.parametrize(
    "authorization",
    ["Bearer 8A:Cust12345.AccessTokenOfTheDouble", "SOTicket 7T:Cust12345.TicketOfTheDouble"],
    ids=["token", "ticket"],
)
async def test_the_default_credentials_open_the_default_tenant(ask: Ask, authorization: str) -> None:
    """Token and ticket of the settings work with and without the tenant in the path."""
    for path in ("/api/v1/Contact/1", "/Cust12345/api/v1/Contact/1"):
        assert (await ask("GET", path, headers={"Authorization": authorization})).status == 200
