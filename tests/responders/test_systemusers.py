"""The exchange of a signed system token: who gets a ticket, who does not, and what each form of it says (protocol 3.3)."""

from __future__ import annotations

import asyncio
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from joserfc import jwt
from joserfc.jwk import KeySet, KeySetSerialization
from multidict import CIMultiDict

from mockserver.calls import Credential
from mockserver.clock import Clock
from mockserver.errors import TooLarge, Unauthenticated
from mockserver.key_pair import KeyPair
from mockserver.messages import Body, Request, Response
from mockserver.records.tenants import Tenant, Tenants
from mockserver.responders.systemusers import SystemUsers
from mockserver.scratch import Scratch
from mockserver.settings import Settings
from mockserver.wire.tokens import Keys

from .house import House

NAMESPACE = "http://www.superoffice.com/superid/partnersystemuser/0.1"
ACTION = f"{NAMESPACE}/IPartnerSystemUserService/Authenticate"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
REST = "/login/api/PartnerSystemUser/Authenticate"
SERVICE = "/login/services/PartnerSystemUserService.svc"
TICKET = "http://schemes.superoffice.net/identity/ticket"
# The settings' defaults, as the README tells them.
APP_TOKEN = "AppTokenOfTheDouble"
SYSTEM_TOKEN = "Double-Cust12345"
KEY = rsa.generate_private_key(65537, 2048)


def sign(token: str = SYSTEM_TOKEN, moment: str = "202603011200", key: rsa.RSAPrivateKey = KEY) -> str:
    """A signed token as the documentation makes one; the tenant's clock stands at noon on the first of March 2026."""
    text = f"{token}.{moment}"
    return f"{text}.{b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()}"


class Desk:
    """The responder alone, with one tenant on a frozen clock, on a machine whose clock is far away."""

    def __init__(self, tenants: Tenants, folder: Path, clock: Clock) -> None:
        path = folder / "key.pem"
        path.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        settings = Settings()
        self.clock = clock
        self.machine = 0.0
        self.keys = Keys()
        self.tenants = tenants
        self.tenants.declare("Cust12345")
        self._users = SystemUsers(settings, tenants, self.keys, KeyPair(str(path), Scratch()), lambda: self.machine)

    @property
    def tenant(self) -> Tenant:
        """The default tenant."""
        found = self.tenants.find("Cust12345")
        assert found is not None
        return found

    def ask(self, method: str, target: str, body: bytes | Body = b"", **headers: str) -> Response:
        """Send a request; what is not the exchange's is answered with 299."""
        path, _, query = target.partition("?")
        sent = CIMultiDict({"Host": "mock.test"}, **{name.replace("_", "-"): value for name, value in headers.items()})

        async def elsewhere(request: Request) -> Response:
            return Response(299)

        content = body if isinstance(body, Body) else Body(body)
        return asyncio.run(self._users(Request(method, path, query, sent, content), elsewhere))

    def rest(self, members: Mapping[str, object] = MappingProxyType({}), path: str = REST) -> dict[str, Any]:
        """The exchange by REST, as a client that does everything right but for these members."""
        asked = {
            "SignedSystemToken": sign(),
            "ApplicationToken": APP_TOKEN,
            "ContextIdentifier": "Cust12345",
            "ReturnTokenType": "JWT",
            **members,
        }
        answer = self.ask("POST", path, json.dumps(asked).encode(), Content_Type="application/json")
        assert answer.status == 200, answer
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert isinstance(answer.body, bytes)
        value: dict[str, Any] = json.loads(answer.body)
        assert list(value) == ["IsSuccessful", "Token", "ErrorMessage"]
        return value

    def soap(self, content: bytes | None = None, action: str = f'"{ACTION}"') -> Response:
        """The exchange by SOAP, done right unless there is other content."""
        sent = content if content is not None else envelope()
        return self.ask("POST", SERVICE, sent, Content_Type="text/xml; charset=utf-8", SOAPAction=action)

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token, verified by the keys that are published."""
        published: KeySetSerialization = self.keys.published()  # type: ignore[assignment]
        return jwt.decode(token, KeySet.import_key_set(published), algorithms=["RS256"]).claims


def envelope(signed: str | None = None, app_token: str = APP_TOKEN, context: str = "Cust12345", returned: str = "Jwt") -> bytes:
    """The documented envelope."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP11}" xmlns:tns="{NAMESPACE}">
  <SOAP-ENV:Header>
    <tns:ApplicationToken>{app_token}</tns:ApplicationToken>
    <tns:ContextIdentifier>{context}</tns:ContextIdentifier>
  </SOAP-ENV:Header>
  <SOAP-ENV:Body>
    <tns:AuthenticationRequest>
      <tns:SignedSystemToken>{sign() if signed is None else signed}</tns:SignedSystemToken>
      <tns:ReturnTokenType>{returned}</tns:ReturnTokenType>
    </tns:AuthenticationRequest>
  </SOAP-ENV:Body>
</SOAP-ENV:Envelope>""".encode()


def said(answer: Response) -> dict[str, str | None]:
    """The members of a SOAP answer, in their order."""
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert isinstance(answer.body, bytes)
    root = ET.fromstring(answer.body)  # noqa: S314 - our own document
    response = root.find(f"{{{SOAP11}}}Body/{{{NAMESPACE}}}AuthenticationResponse")
    assert response is not None, answer.body
    return {each.tag.removeprefix(f"{{{NAMESPACE}}}"): each.text for each in response}


def fault(answer: Response) -> tuple[str | None, str | None]:
    """Code and text of a SOAP fault."""
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert isinstance(answer.body, bytes)
    found = ET.fromstring(answer.body).find(f"{{{SOAP11}}}Body/{{{SOAP11}}}Fault")  # noqa: S314 - our own document
    assert found is not None, answer.body
    return found.findtext("faultcode"), found.findtext("faultstring")


@pytest.fixture
def desk(tenants: Tenants, tmp_path: Path, frozen: Clock) -> Desk:
    """A desk of its own for each test."""
    return Desk(tenants, tmp_path, frozen)


# --- those who get a ticket


def test_rest_answers_a_token_with_a_ticket(desk: Desk) -> None:
    """The documented answer, and in its token the documented claims."""
    value = desk.rest()
    assert (value["IsSuccessful"], value["ErrorMessage"]) == (True, None)
    claims = desk.claims(value["Token"])
    assert re.fullmatch(r"[0-9]+", claims["http://schemes.superoffice.net/identity/serial"])
    assert (claims["iss"], claims["aud"]) == ("SuperOffice AS", f"spn:{claims['http://schemes.superoffice.net/identity/serial']}")
    assert claims[TICKET].startswith("7T:")
    assert claims["http://schemes.superoffice.net/identity/ctx"] == "Cust12345"
    assert claims["http://schemes.superoffice.net/identity/webapi_url"] == "http://mock.test/Cust12345/api/"
    assert claims["http://schemes.superoffice.net/identity/netserver_url"] == "http://mock.test/Cust12345/Remote/Services86/"
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
    assert claims["nbf"] < claims["iat"] == noon < claims["exp"]


def test_soap_answers_the_same(desk: Desk) -> None:
    """The same token in the documented envelope."""
    answer = desk.soap()
    assert answer.status == 200
    members = said(answer)
    assert list(members) == ["IsSuccessful", "Token", "ErrorMessage"]
    assert (members["IsSuccessful"], members["ErrorMessage"]) == ("true", None)
    assert desk.claims(members["Token"] or "")[TICKET].startswith("7T:")


@pytest.mark.parametrize(
    "path", [REST, "/Login/api/PartnerSystemUser/Authenticate", REST.lower(), REST.upper(), f"{REST}/"], ids=str
)
def test_a_path_may_have_any_letter_case(desk: Desk, path: str) -> None:
    """The documentation spells it in two ways."""
    assert desk.rest(path=path)["IsSuccessful"] is True


@pytest.mark.parametrize("returned", ["JWT", "Jwt", "jwt", None])
def test_a_jwt_is_asked_for_in_any_letter_case_or_not_at_all(desk: Desk, returned: str | None) -> None:
    """REST documents `JWT`, SOAP `Jwt`."""
    assert desk.rest({"ReturnTokenType": returned})["IsSuccessful"] is True


def test_members_may_have_any_letter_case(desk: Desk) -> None:
    """JSON members are found as everywhere in the API."""
    asked = {"signedSystemToken": sign(), "applicationtoken": APP_TOKEN, "CONTEXTIDENTIFIER": "cust12345"}
    answer = desk.ask("POST", REST, json.dumps(asked).encode(), Content_Type="application/json; charset=utf-8")
    assert isinstance(answer.body, bytes)
    assert json.loads(answer.body)["IsSuccessful"] is True
    assert answer.account.tenant == "Cust12345"


def test_the_ticket_lives_six_hours_from_its_last_use(desk: Desk) -> None:
    """The ticket in the token is one of the tenant's, and slides."""
    credential = Credential("ticket", desk.claims(desk.rest()["Token"])[TICKET])
    for _ in range(3):
        desk.clock.advance(hours=5, minutes=59)
        assert desk.tenant.sessions.principal(credential).user == "tje0"
    desk.clock.advance(hours=6)
    with pytest.raises(Unauthenticated):
        desk.tenant.sessions.principal(credential)


def test_addresses_in_the_token_are_where_the_tenant_is(desk: Desk) -> None:
    """A tenant that was moved is found at its new host."""
    desk.tenant.standing.origin = "https://online9.example"
    claims = desk.claims(desk.rest()["Token"])
    assert claims["http://schemes.superoffice.net/identity/webapi_url"] == "https://online9.example/Cust12345/api/"


@pytest.mark.parametrize("moment", ["202603011155", "202603011159", "202603011200", "202603011205"])
def test_a_time_near_the_tenant_s_is_taken(desk: Desk, moment: str) -> None:
    """Five minutes either way (guessed)."""
    assert desk.rest({"SignedSystemToken": sign(moment=moment)})["IsSuccessful"] is True


def test_a_client_on_the_machine_s_time_is_taken_wherever_the_tenant_s_clock_was_moved(desk: Desk) -> None:
    """A test moves the clock by hours to see tickets expire; its client signs with the machine's time all the same."""
    desk.machine = datetime(2031, 7, 1, 8, 30, tzinfo=UTC).timestamp()
    assert desk.rest({"SignedSystemToken": sign(moment="203107010828")})["IsSuccessful"] is True
    assert desk.rest({"SignedSystemToken": sign(moment="203107010800")})["IsSuccessful"] is False


# --- those who do not

OTHER = rsa.generate_private_key(65537, 2048)
REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "another application": ({"app_token": "another"}, "application token"),
    "no application": ({"app_token": ""}, "application token"),
    "a tenant nobody knows": ({"context": "Cust99999"}, "context identifier"),
    "no tenant": ({"context": ""}, "context identifier"),
    "no tenant's name": ({"context": "../Cust12345"}, "context identifier"),
    "another tenant's token": ({"signed": sign("Double-Cust20001")}, "system token"),
    "a token in another letter case": ({"signed": sign("double-cust12345")}, "system token"),
    "another key": ({"signed": sign(key=OTHER)}, "signature"),
    "the signature of another time": ({"signed": f"{SYSTEM_TOKEN}.202603011201.{sign().rpartition('.')[2]}"}, "signature"),
    "a short signature": ({"signed": f"{SYSTEM_TOKEN}.202603011200.AAAA"}, "signature"),
    "no base64": ({"signed": f"{SYSTEM_TOKEN}.202603011200.!!!"}, "base64"),
    "no signature": ({"signed": SYSTEM_TOKEN}, "form"),
    "nothing": ({"signed": ""}, "form"),
    "an old time": ({"signed": sign(moment="202603011153")}, "timestamp"),
    "a time to come": ({"signed": sign(moment="202603011206")}, "timestamp"),
    "a local time": ({"signed": sign(moment="202603011300")}, "timestamp"),
    "no time": ({"signed": sign(moment="202602301200")}, "timestamp"),
    "a token without end": ({"signed": sign() + "A" * 100_000}, "longer"),
    "SAML": ({"returned": "Saml"}, "Saml"),
    "another type": ({"returned": "Cookie"}, "token type"),
}
MEMBERS = {
    "app_token": "ApplicationToken",
    "context": "ContextIdentifier",
    "signed": "SignedSystemToken",
    "returned": "ReturnTokenType",
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_refusal_is_an_answer(desk: Desk, what: str) -> None:
    """Both forms say 200, no success, no token and why; neither repeats a token, and no ticket is made."""
    members, words = REFUSED[what]
    value = desk.rest({MEMBERS[name]: text for name, text in members.items()})
    assert (value["IsSuccessful"], value["Token"]) == (False, None)
    assert words in value["ErrorMessage"]
    answer = desk.soap(envelope(**members))
    assert answer.status == 200
    assert said(answer) == {"IsSuccessful": "false", "Token": None, "ErrorMessage": value["ErrorMessage"]}
    for secret in (sign(), SYSTEM_TOKEN, APP_TOKEN):
        assert secret not in value["ErrorMessage"]
        assert secret not in answer.account.explanation
    assert desk.keys.published() == {"keys": []}


def test_a_token_is_good_for_its_own_tenant_only(desk: Desk) -> None:
    """What is signed for one tenant opens no other, and neither does its ticket."""
    other = desk.tenants.declare("Cust20001")
    assert desk.rest({"ContextIdentifier": "Cust20001"})["IsSuccessful"] is False
    ticket = desk.claims(desk.rest()["Token"])[TICKET]
    with pytest.raises(Unauthenticated):
        other.sessions.principal(Credential("ticket", ticket))


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"{", b"\xff", b"[" * 10_000])
def test_a_rest_body_that_is_no_object_is_400(desk: Desk, body: bytes) -> None:
    """Nothing was asked, and nothing breaks."""
    answer = desk.ask("POST", REST, body, Content_Type="application/json")
    assert answer.status == 400
    assert isinstance(answer.body, bytes)
    assert set(json.loads(answer.body)) & {"Message", "ErrorMessage"}


@pytest.mark.parametrize("value", [1, True, None, ["x"], {"a": 1}])
def test_a_member_that_is_no_text_is_a_refusal(desk: Desk, value: object) -> None:
    """A number for a token is a wrong token."""
    for name in ("SignedSystemToken", "ApplicationToken", "ContextIdentifier"):
        assert desk.rest({name: value})["IsSuccessful"] is False


def test_rest_reads_json_only(desk: Desk) -> None:
    """Another media type is 415, another method 405."""
    assert desk.ask("POST", REST, b"a=b", Content_Type="application/x-www-form-urlencoded").status == 415
    assert desk.ask("POST", REST, b"{}").status == 415
    answer = desk.ask("GET", REST)
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


DTD = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
UNREAD = {
    "no XML": (b"SignedSystemToken=x", 400, "s:Client"),
    "nothing": (b"", 400, "s:Client"),
    "half an envelope": (envelope()[:500], 400, "s:Client"),
    "a document type": (envelope().replace(b"?>", b"?>" + DTD.encode()), 400, "s:Client"),
    "entities": (envelope(context="&b;").replace(b"?>", b"?>" + DTD.encode()), 400, "s:Client"),
    "bytes that are no text": (envelope().replace(b"Cust12345", b"\xff\xfe"), 400, "s:Client"),
    "SOAP 1.2": (envelope().replace(SOAP11.encode(), b"http://www.w3.org/2003/05/soap-envelope"), 400, "s:VersionMismatch"),
    "no body": (f'<Envelope xmlns="{SOAP11}"/>'.encode(), 400, "s:Client"),
    "another operation": (envelope().replace(b"AuthenticationRequest", b"Other"), 500, "s:Client"),
    "another namespace": (envelope().replace(NAMESPACE.encode(), b"urn:other"), 500, "s:Client"),
}


@pytest.mark.parametrize("what", UNREAD)
def test_what_is_no_message_is_a_fault(desk: Desk, what: str) -> None:
    """What cannot be read is 400; what can, and asks for nothing there is, has the status of SOAP's own binding to HTTP."""
    content, status, code = UNREAD[what]
    answer = desk.soap(content)
    assert (answer.status, fault(answer)[0]) == (status, code)


@pytest.mark.parametrize("action", ["", '""', f"{ACTION}s", "Authenticate"])
def test_another_action_is_a_fault(desk: Desk, action: str) -> None:
    """The documented SOAPAction is asked for, quoted or not."""
    answer = desk.soap(action=action)
    assert (answer.status, fault(answer)[0]) == (500, "s:Client")
    assert said(desk.soap(action=ACTION))["IsSuccessful"] == "true"


def test_soap_reads_its_own_media_type(desk: Desk) -> None:
    """An envelope under another label is 415, another method 405."""
    answer = desk.ask("POST", SERVICE, envelope(), Content_Type="application/soap+xml", SOAPAction=ACTION)
    assert (answer.status, fault(answer)[0]) == (415, "s:Client")
    refused = desk.ask("PUT", SERVICE, envelope())
    assert (refused.status, refused.headers["Allow"]) == (405, "GET, POST")


# --- the description, and the rest of the world


@pytest.mark.parametrize("query", ["wsdl", "WSDL", "singleWsdl"])
def test_the_service_describes_itself(desk: Desk, query: str) -> None:
    """The WSDL names the documented namespace and action, and the address it was asked at."""
    answer = desk.ask("GET", f"/Login/Services/PartnerSystemUserService.svc?{query}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert isinstance(answer.body, bytes)
    root = ET.fromstring(answer.body)  # noqa: S314 - our own document
    assert root.get("targetNamespace") == NAMESPACE
    (address,) = root.iter("{http://schemas.xmlsoap.org/wsdl/soap/}address")
    assert address.get("location") == f"http://mock.test{SERVICE}"
    (operation,) = (each for each in root.iter("{http://schemas.xmlsoap.org/wsdl/soap/}operation") if each.get("soapAction"))
    assert operation.get("soapAction") == ACTION


def test_a_host_cannot_write_into_the_description(desk: Desk) -> None:
    """Whatever stands in the Host header is text."""
    answer = desk.ask("GET", f"{SERVICE}?wsdl", Host='x"/><evil a="')
    assert isinstance(answer.body, bytes)
    assert not list(ET.fromstring(answer.body).iter("evil"))  # noqa: S314 - our own document


def test_a_browser_is_told_where_the_description_is(desk: Desk) -> None:
    """Without a query the service has a page."""
    answer = desk.ask("GET", SERVICE)
    assert isinstance(answer.body, bytes)
    assert f'href="http://mock.test{SERVICE}?wsdl"'.encode() in answer.body


@pytest.mark.parametrize(
    "target", ["/", "/login", "/login/", "/login/common/oauth/tokens", "/api/v1/Contact/1", f"{REST}/x", f"/Cust12345{REST}"]
)
def test_what_is_not_the_exchange_is_forwarded(desk: Desk, target: str) -> None:
    """The responder answers its own paths and no others."""
    for method in ("GET", "POST"):
        assert desk.ask(method, target).status == 299


# --- in its place


def test_the_ticket_opens_the_api(house: House) -> None:
    """In the whole chain: the exchange needs no login, its ticket is one, and the journal says who answered."""
    signed = _signed_for(house)
    asked = {
        "SignedSystemToken": signed,
        "ApplicationToken": APP_TOKEN,
        "ContextIdentifier": "Cust12345",
        "ReturnTokenType": "JWT",
    }
    answer = house.ask("POST", REST, asked, login=None)
    payload = answer.value["Token"].split(".")[1]
    ticket = json.loads(b64decode(payload.replace("-", "+").replace("_", "/") + "=="))[TICKET]
    headers = {"SO-AppToken": APP_TOKEN}
    assert house.ask("GET", "/Cust12345/api/v1/Contact/1", headers=headers, login=f"SOTicket {ticket}").status == 200
    assert house.ask("GET", "/Cust12345/api/v1/Contact/1", headers=headers, login=f"SOTicket {ticket}x").status == 401
    first = house.told()[0]
    assert (first["by"], first["status"], first["user"]) == ("systemusers", 200, "tje0")


def test_a_refusal_is_explained_in_the_journal(house: House) -> None:
    """The tenant's journal says why; a tenant that nobody knows is in the journal of none."""
    asked = {"SignedSystemToken": "x", "ApplicationToken": APP_TOKEN, "ContextIdentifier": "Cust12345"}
    house.ask("POST", REST, asked, login=None)
    assert "form" in house.told()[0]["explanation"]
    house.ask("POST", REST, asked | {"ContextIdentifier": "Cust99999"}, login=None)
    assert "context identifier" in house.told("")[0]["explanation"]


def test_a_body_above_the_limit_is_413() -> None:
    """Both forms stop reading where the API does."""

    async def read() -> bytes:
        raise TooLarge("Maximum request length exceeded.")

    house = House()
    for path, label in ((REST, "application/json"), (SERVICE, "text/xml")):
        request = Request("POST", path, "", CIMultiDict({"Content-Type": label, "Host": "mock.test"}), Body(read))
        assert asyncio.run(_answered(house, request)).status == 413


async def _answered(house: House, request: Request) -> Response:
    return await house.parts.respond(request)


def _signed_for(house: House) -> str:
    """A token signed with the key that the house made, at the machine's time."""
    key = load_pem_private_key(house.parts.key_pair.file().read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return sign(moment=f"{datetime.now(UTC):%Y%m%d%H%M}", key=key)
