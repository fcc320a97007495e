"""Tests of who is calling."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from multidict import CIMultiDict

from mockserver.calls import Principal
from mockserver.clock import Clock
from mockserver.errors import Unauthenticated
from mockserver.messages import Headers
from mockserver.records.sessions import Sessions
from mockserver.settings import Settings
from mockserver.wire.authentication import Authenticator

if TYPE_CHECKING:
    from tests.conftest import Ask

DENIED = "Authorization has been denied for this request."
CALLER = Principal("tje0", associate=17, person=7, contact=1, group=1)
SETTINGS = Settings(user="Bjørn", password="Blåbærgrød:§", access_token="8A:{tenant}.Open", ticket="7T:{tenant}.Sesame")


def basic(text: str, charset: str = "utf-8") -> str:
    """The credential of Basic authentication (RFC 7617)."""
    return base64.b64encode(text.encode(charset)).decode()


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
        "an unknown scheme",
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
