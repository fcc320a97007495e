"""`oauth/tokens`: a code or a refresh token becomes an access token, in the recorded bodies (protocol 3.2).

Must not know how a code came about.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from hashlib import sha256

from mockserver.messages import Response
from mockserver.records.sessions import ACCESS_TOKEN_LIFE, Grant, Sessions, same
from mockserver.records.tenants import Tenant
from mockserver.responders.superid.desk import JSON, Client, Desk, Visit, answered
from mockserver.responders.superid.id_tokens import id_token

# Strings and no encoder: the recorded bodies have blanks and line breaks that no serialiser writes.
_GRANTED = '{{"token_type": "Bearer", "access_token": "{access}",\n "expires_in": {life},\n {refresh}"id_token": "{signed}" }}'
_REFRESH = '"refresh_token":"{token}", '
_BAD_CODE = '{ "error": "access_denied", "error_description": "Invalid client_id/client_secret/authorization_code"}'
_BAD_REFRESH = '{ "error": "access_denied"}'
_BAD_GRANT = '{ "error": "unsupported_grant_type"}'
_HEADERS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET"),
    ("Set-Cookie", "SOOnline=SessionOfTheDouble; path=/; HttpOnly"),
    ("Set-Cookie", "ARRAffinity=AffinityOfTheDouble; path=/; HttpOnly"),
    ("Request-Context", "appId=cid-v1:00000000-0000-0000-0000-000000000000"),
)


class TokenExchange:
    """The page that hands out access tokens, refresh tokens and id tokens."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __call__(self, visit: Visit) -> Response:
        """The tokens, or a refusal that does not say too much; the explanation says more, and repeats nothing."""
        match visit.sent.get("grant_type"):
            case "authorization_code":
                return self._redeemed(visit)
            case "refresh_token":
                return self._refreshed(visit)
            case _:
                return self._refused(visit, _BAD_GRANT, visit.unfit or "grant_type is none of authorization_code, refresh_token")

    def _redeemed(self, visit: Visit) -> Response:
        client, verifier = self._desk.client(visit), visit.sent.get("code_verifier", "")
        if client is Client.STRANGER:
            return self._refused(visit, _BAD_CODE, "client_id and client_secret are not the application's")
        if client is Client.PUBLIC and not verifier:
            return self._refused(visit, _BAD_CODE, "neither client_secret nor code_verifier was sent")
        code = visit.sent.get("code", "")
        tenant, grant = self._granted(visit, lambda sessions: sessions.redeemed(code))
        if tenant is None or grant is None:
            return self._refused(visit, _BAD_CODE, "the code is unknown, spent or older than ten minutes")
        problem = self._mismatch(visit, grant, client, verifier)
        if problem:
            return self._refused(visit, _BAD_CODE, problem, tenant)
        refresh = _REFRESH.format(token=tenant.sessions.refresh_token(grant))
        return self._issued(visit, tenant, grant, refresh, grant.nonce)

    def _mismatch(self, visit: Visit, grant: Grant, client: Client, verifier: str) -> str:
        """Why a code that is good is not good for this visitor, "" if it is."""
        if not same(grant.client_id, self._desk.settings.client_id):
            return "the code was given to another application"
        address = visit.sent.get("redirect_uri")
        if grant.redirect_uri:
            if address != grant.redirect_uri:
                return "redirect_uri is not the one that was authorized"
        elif address is not None and not self._desk.registered.ends(address):
            return "redirect_uri is not registered (setting redirect_uri)"
        if grant.challenge and not _verified(grant, verifier):
            return "code_verifier does not answer the code_challenge"
        if client is Client.PUBLIC and not grant.challenge:
            return "without client_secret a code needs a code_challenge"
        return ""

    def _refreshed(self, visit: Visit) -> Response:
        client, token = self._desk.client(visit), visit.sent.get("refresh_token", "")
        if client is Client.STRANGER:
            return self._refused(visit, _BAD_REFRESH, "client_id and client_secret are not the application's")
        tenant, grant = self._granted(visit, lambda sessions: sessions.refreshed(token))
        if tenant is None or grant is None:
            return self._refused(visit, _BAD_REFRESH, "the refresh token is unknown or revoked")
        if client is Client.PUBLIC and not grant.challenge:
            return self._refused(visit, _BAD_REFRESH, "client_secret was not sent", tenant)
        return self._issued(visit, tenant, grant, "", "")

    def _granted(self, visit: Visit, look: Callable[[Sessions], Grant | None]) -> tuple[Tenant | None, Grant | None]:
        for tenant in self._desk.holders(visit):
            grant = look(tenant.sessions)
            if grant is not None:
                return tenant, grant
        return None, None

    def _issued(self, visit: Visit, tenant: Tenant, grant: Grant, refresh: str, nonce: str) -> Response:
        access = tenant.sessions.access_token(grant.principal)
        signed = id_token(self._desk, tenant, visit.request, grant.principal, nonce=nonce)
        body = _GRANTED.format(access=access, life=ACCESS_TOKEN_LIFE, refresh=refresh, signed=signed)
        account = self._desk.account(visit, tenant.name)._replace(user=grant.principal.user)
        return answered(200, body.encode(), JSON, account, headers=_HEADERS)

    def _refused(self, visit: Visit, body: str, explanation: str, tenant: Tenant | None = None) -> Response:
        account = self._desk.account(visit, tenant.name if tenant else "", explanation)
        return answered(400, body.encode(), JSON, account, headers=_HEADERS)


def _verified(grant: Grant, verifier: str) -> bool:
    """Whether a verifier answers the challenge (RFC 7636, 4.6)."""
    if grant.challenge_method == "S256":
        digest = sha256(verifier.encode("utf-8", "surrogateescape")).digest()
        verifier = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return same(verifier, grant.challenge)
