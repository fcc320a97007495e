"""The exchange of a signed system token for a token that holds a ticket, as REST and as SOAP (protocol 3.3).

A refusal is an answer, with 200 and the reason; only what cannot be read is refused by HTTP. Must not know how tickets are
checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from time import time
from typing import NamedTuple

from mockserver import catalogue
from mockserver.errors import ApiError, BadRequest, Forbidden, TooLarge, Unsupported
from mockserver.key_pair import KeyPair
from mockserver.messages import Account, Headers, Request, Response
from mockserver.records.sessions import same
from mockserver.records.tenants import Tenant, Tenants
from mockserver.responders import Respond
from mockserver.settings import Settings
from mockserver.wire import json, soap, system_tokens
from mockserver.wire.dialects import refused
from mockserver.wire.heading import EXPLANATION_HEADER, Heading, header_text
from mockserver.wire.negotiation import parsed
from mockserver.wire.tokens import Keys, serial

_LOGIN = "/login/"
_REST = "/login/api/partnersystemuser/authenticate"
_SOAP = "/login/services/partnersystemuserservice.svc"
_SERVICE = "/login/services/PartnerSystemUserService.svc"
_NAMESPACE = "http://www.superoffice.com/superid/partnersystemuser/0.1"
_ACTION = f"{_NAMESPACE}/IPartnerSystemUserService/Authenticate"
_WSDL = Path(catalogue.__file__).parent / "partner_system_user.wsdl"
_IDENTITY = "http://schemes.superoffice.net/identity/"
_ISSUER = "SuperOffice AS"
_JSON = "application/json; charset=utf-8"
_HTML = "text/html; charset=utf-8"

# A token's time has whole minutes, so one that was just signed may be almost a minute old.
_OLDEST = 6 * 60
_NEWEST = 5 * 60
# As in the documented sample of an id token: a little before now, and six minutes from there.
_BEFORE = 60
_LIFE = 360


class _Asked(NamedTuple):
    """What either form of the exchange says."""

    application_token: str
    context: str
    signed_token: str
    returned: str


class _Outcome(NamedTuple):
    """What came of an exchange: a token, or why there is none; `tenant` is "" where none was named."""

    token: str | None
    error: str | None
    tenant: str
    user: str = ""


class SystemUsers:
    """The responder that plays the login service's part for system users."""

    def __init__(
        self, settings: Settings, tenants: Tenants, keys: Keys, key_pair: KeyPair, machine: Callable[[], float] = time
    ) -> None:
        self._settings = settings
        self._tenants = tenants
        self._keys = keys
        self._key_pair = key_pair
        self._machine = machine
        self._heading = Heading(settings)

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Answer the exchange, forward everything else."""
        if request.path[: len(_LOGIN)].lower() != _LOGIN:
            return await forward(request)
        path = request.path.rstrip("/").lower()
        if path == _REST:
            return await self._rest(request)
        if path == _SOAP:
            return self._described(request) if request.method == "GET" else await self._soap(request)
        return await forward(request)

    # --- REST

    async def _rest(self, request: Request) -> Response:
        if request.method != "POST":
            return self._wrong_verb(request, "POST")
        try:
            if parsed(request.headers.get("Content-Type", ""))[0] not in json.MEDIA_TYPES:
                raise Unsupported("The request entity's media type is not supported for this resource.")
            outcome = self._exchanged(_asked(json.decode(await request.body.read())), request)
        except ApiError as error:
            return self._unreadable(error)
        value = {"IsSuccessful": outcome.token is not None, "Token": outcome.token, "ErrorMessage": outcome.error}
        return self._said(200, json.encode(value), _JSON, outcome)

    def _unreadable(self, error: ApiError) -> Response:
        said = refused(error, None)
        account = Account("systemusers", explanation=error.explanation)
        return Response(said.status, self._explained(error, _JSON), json.encode(said.value), account=account)

    def _wrong_verb(self, request: Request, allowed: str) -> Response:
        value = {"Message": f"The requested resource does not support http method '{request.method[:20]}'."}
        headers = self._heading.extended((("Allow", allowed),), _JSON)
        return Response(405, headers, json.encode(value), account=Account("systemusers"))

    # --- SOAP

    async def _soap(self, request: Request) -> Response:
        if request.method != "POST":
            return self._wrong_verb(request, "GET, POST")
        try:
            if parsed(request.headers.get("Content-Type", ""))[0] != soap.MEDIA_TYPE:
                raise Unsupported(f"The content type is not the expected type '{soap.CONTENT_TYPE}'.")
            message = soap.read(await request.body.read(), _NAMESPACE)
        except ApiError as error:
            return self._fault(_unread(error), error)
        if request.headers.get("SOAPAction", "").strip().strip('"') != _ACTION or message.name != "AuthenticationRequest":
            # A message that was read and cannot be carried out is a 500 in SOAP (SOAP 1.1, section 6.2).
            return self._fault(500, BadRequest(f"The message has no action that is known; it must be '{_ACTION}'."))
        asked = _Asked(
            message.headers.get("ApplicationToken", ""),
            message.headers.get("ContextIdentifier", ""),
            message.members.get("SignedSystemToken", ""),
            message.members.get("ReturnTokenType", ""),
        )
        outcome = self._exchanged(asked, request)
        members = {
            "IsSuccessful": "false" if outcome.token is None else "true",
            "Token": outcome.token,
            "ErrorMessage": outcome.error,
        }
        return self._said(200, soap.answer("AuthenticationResponse", _NAMESPACE, members), soap.CONTENT_TYPE, outcome)

    def _fault(self, status: int, error: ApiError) -> Response:
        code = "VersionMismatch" if isinstance(error, soap.OtherVersion) else "Client"
        account = Account("systemusers", explanation=error.explanation)
        return Response(status, self._explained(error, soap.CONTENT_TYPE), soap.fault(code, error.message), account=account)

    def _described(self, request: Request) -> Response:
        """The service's description, or a page that says where it is."""
        address = escape(f"{request.origin}{_SERVICE}")
        if request.query.lower() in ("wsdl", "singlewsdl"):
            content = _WSDL.read_text("utf-8").replace("{address}", address)
            return Response(200, self._heading.of(soap.CONTENT_TYPE), content.encode(), account=Account("systemusers"))
        page = f'<!DOCTYPE html><title>PartnerSystemUserService</title><a href="{address}?wsdl">{address}?wsdl</a>'
        return Response(200, self._heading.of(_HTML), page.encode(), account=Account("systemusers"))

    # --- both

    def _said(self, status: int, body: bytes, label: str, outcome: _Outcome) -> Response:
        account = Account("systemusers", outcome.tenant, tier="stateful", user=outcome.user, explanation=outcome.error or "")
        return Response(status, self._heading.of(label), body, account=account)

    def _explained(self, error: ApiError, label: str) -> Headers:
        return self._heading.extended(((EXPLANATION_HEADER, header_text(error.explanation)),), label)

    def _exchanged(self, asked: _Asked, request: Request) -> _Outcome:
        tenant = self._tenants.found(asked.context) if asked.context else None
        if not same(asked.application_token, self._settings.app_token):
            return _Outcome(None, "The application token is not valid.", tenant.name if tenant else "")
        if tenant is None:
            return _Outcome(None, "The context identifier is not known.", "")
        try:
            self._check(asked, tenant)
        except ApiError as error:
            return _Outcome(None, error.message, tenant.name)
        principal = self._tenants.principal
        token = self._keys.signed(tenant.name, self._claims(tenant, request))
        return _Outcome(token, None, tenant.name, principal.user)

    def _check(self, asked: _Asked, tenant: Tenant) -> None:
        """Raise `ApiError` for a signed token that this tenant does not take."""
        if asked.returned.lower() == "saml":
            raise Unsupported("The token type Saml is not supported; ask for Jwt.")
        if asked.returned.lower() not in ("jwt", ""):
            raise BadRequest("The token type is not known; ask for Jwt.")
        signed = system_tokens.parse(asked.signed_token)
        if not same(signed.token, self._settings.system_token.format(tenant=tenant.name)):
            raise Forbidden("The system token is not one of this tenant's.")
        # Tests move the tenant's clock and not the one their client signs with, so that either may have told the time.
        if not any(-_NEWEST <= now - signed.moment.timestamp() < _OLDEST for now in (tenant.clock.time(), self._machine())):
            raise Forbidden("The timestamp of the signed system token is not valid.")
        if not self._key_pair.verifies(signed.text, signed.signature):
            raise Forbidden("The signature of the signed system token is not valid.")

    def _claims(self, tenant: Tenant, request: Request) -> dict[str, object]:
        issued = int(tenant.clock.time())
        number = serial(tenant.name)
        principal = self._tenants.principal
        url = f"{tenant.standing.origin or request.origin}/{tenant.name}"
        identity = {
            "ticket": tenant.sessions.ticket(principal),
            "ctx": tenant.name,
            "serial": number,
            "associateid": str(principal.associate),
            "identityprovider": "central-superid",
            "netserver_url": f"{url}/Remote/Services86/",
            "webapi_url": f"{url}/api/",
        }
        return {
            "iss": _ISSUER,
            "aud": f"spn:{number}",
            "iat": issued,
            "nbf": issued - _BEFORE,
            "exp": issued - _BEFORE + _LIFE,
            **{f"{_IDENTITY}{name}": value for name, value in identity.items()},
        }


def _asked(value: object) -> _Asked:
    """The members of a JSON body, in any letter case; raises `BadRequest`."""
    if not isinstance(value, dict):
        raise BadRequest("The request is invalid.", explanation="the body is no JSON object")
    members: Mapping[str, object] = {str(name).lower(): each for name, each in value.items()}
    texts = [members.get(name) for name in ("applicationtoken", "contextidentifier", "signedsystemtoken", "returntokentype")]
    return _Asked(*(each if isinstance(each, str) else "" for each in texts))


def _unread(error: ApiError) -> int:
    """The status of a fault before anything was understood."""
    return 413 if isinstance(error, TooLarge) else 415 if isinstance(error, Unsupported) else 400
