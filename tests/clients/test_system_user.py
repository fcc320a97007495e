"""A system user's client: signs its token with the key it was told of, and exchanges it by SOAP (zeep) and by REST (httpx)."""

from __future__ import annotations

import ssl
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import zeep
import zeep.exceptions
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mockserver import MockServer, Settings

TICKET = "http://schemes.superoffice.net/identity/ticket"


@pytest.fixture(scope="module", params=["http", "https"])
def server(request: pytest.FixtureRequest) -> Iterator[MockServer]:
    """A server, and one that speaks HTTPS."""
    with MockServer(Settings(), tls=request.param == "https") as server:
        yield server


@pytest.fixture
def told(server: MockServer) -> dict[str, str]:
    """What a client in a process of its own is told of a fresh tenant: all that these tests know."""
    return server.new_sandbox().env()


def sign(told: dict[str, str]) -> str:
    """Sign the system token as the vendor's samples do: token, minute in UTC, RSA with SHA-256, base64."""
    key = load_pem_private_key(Path(told["SUPEROFFICE_PRIVATE_KEY_FILE"]).read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    text = f"{told['SUPEROFFICE_SYSTEM_TOKEN']}.{datetime.now(UTC):%Y%m%d%H%M}"
    return f"{text}.{b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()}"


def soap(told: dict[str, str]) -> Any:
    """A SOAP client made from the description that the service gives of itself."""
    session = requests.Session()
    session.trust_env = False
    session.verify = told.get("SUPEROFFICE_CA_FILE", True)
    address = f"{told['SUPEROFFICE_LOGIN_URL']}/login/services/PartnerSystemUserService.svc?wsdl"
    transport = zeep.Transport(session=session)  # type: ignore[no-untyped-call] # zeep has no types
    return zeep.Client(address, transport=transport)  # type: ignore[no-untyped-call]


def web(told: dict[str, str], **options: Any) -> httpx.Client:
    """A client for everything else."""
    trusted = ssl.create_default_context(cafile=told.get("SUPEROFFICE_CA_FILE"))
    return httpx.Client(verify=trusted, trust_env=False, **options)


def ticket_in(token: str, told: dict[str, str]) -> str:
    """The ticket in a token; that it is signed is proven where keys are published."""
    from joserfc import jws

    claims = httpx.Response(200, content=jws.extract_compact(token.encode()).payload).json()
    assert (claims["iss"], claims["aud"][:4]) == ("SuperOffice AS", "spn:")
    assert claims["http://schemes.superoffice.net/identity/webapi_url"] == told["SUPEROFFICE_API_URL"] + "/"
    found: str = claims[TICKET]
    return found


def opens(ticket: str, told: dict[str, str]) -> int:
    """What the API says to a ticket that comes with the application's token."""
    headers = {"Authorization": f"SOTicket {ticket}", "SO-AppToken": told["SUPEROFFICE_APP_TOKEN"]}
    with web(told, headers=headers) as client:
        return client.get(f"{told['SUPEROFFICE_API_URL']}/v1/User/currentPrincipal").status_code


def test_zeep_gets_a_ticket_that_opens_the_api(told: dict[str, str]) -> None:
    """The description, the exchange by SOAP, the ticket, a call: over a real socket, in the client's own types."""
    client = soap(told)
    token_type = client.get_type("{http://www.superoffice.com/superid/partnersystemuser/0.1}TokenType")
    with client.transport.session:
        answer = client.service.Authenticate(
            SignedSystemToken=sign(told),
            ReturnTokenType=token_type("Jwt"),
            _soapheaders={
                "ApplicationToken": told["SUPEROFFICE_APP_TOKEN"],
                "ContextIdentifier": told["SUPEROFFICE_TENANT"],
            },
        )
    assert answer.IsSuccessful is True
    assert answer.ErrorMessage is None
    ticket = ticket_in(answer.Token, told)
    assert opens(ticket, told) == 200
    assert opens(ticket + "x", told) == 401


def test_zeep_is_told_of_a_refusal_and_of_a_fault(told: dict[str, str]) -> None:
    """A wrong application is an answer without success; an operation that is none is the client library's `Fault`."""
    client = soap(told)
    with client.transport.session:
        answer = client.service.Authenticate(
            SignedSystemToken=sign(told),
            ReturnTokenType="Jwt",
            _soapheaders={"ApplicationToken": "another", "ContextIdentifier": told["SUPEROFFICE_TENANT"]},
        )
        assert (answer.IsSuccessful, answer.Token) == (False, None)
        assert answer.ErrorMessage
        client.settings.extra_http_headers = {"SOAPAction": "urn:other"}
        with pytest.raises(zeep.exceptions.Fault) as caught:
            client.service.Authenticate(SignedSystemToken="x", ReturnTokenType="Jwt")
        assert caught.value.code == "s:Client"


def test_rest_gets_a_ticket_that_opens_the_api(told: dict[str, str]) -> None:
    """The documented request, in the documentation's own spelling of its path."""
    with web(told) as client:
        answer = client.post(
            f"{told['SUPEROFFICE_LOGIN_URL']}/Login/api/PartnerSystemUser/Authenticate",
            json={
                "SignedSystemToken": sign(told),
                "ApplicationToken": told["SUPEROFFICE_CLIENT_SECRET"],
                "ContextIdentifier": told["SUPEROFFICE_TENANT"],
                "ReturnTokenType": "JWT",
            },
            headers={"Accept": "application/json"},
        ).json()
    assert (answer["IsSuccessful"], answer["ErrorMessage"]) == (True, None)
    assert opens(ticket_in(answer["Token"], told), told) == 200


def test_a_client_with_its_own_key_needs_no_other(tmp_path: Path) -> None:
    """A key the user brings is the one that counts, and the one that is told."""
    with MockServer(Settings()) as server:
        path = tmp_path / "own.pem"
        path.write_bytes(Path(server.sandbox().private_key_file).read_bytes())
    with MockServer(Settings(private_key_file=str(path))) as server:
        told = server.sandbox().env()
        assert told["SUPEROFFICE_PRIVATE_KEY_FILE"] == str(path)
        members = {
            "SignedSystemToken": sign(told),
            "ApplicationToken": told["SUPEROFFICE_APP_TOKEN"],
            "ContextIdentifier": told["SUPEROFFICE_TENANT"],
        }
        with web(told) as client:
            url = f"{server.url}/login/api/PartnerSystemUser/Authenticate"
            assert client.post(url, json=members).json()["IsSuccessful"] is True
