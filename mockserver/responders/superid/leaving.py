"""Leaving: `oauth/revoke` takes tokens back (RFC 7009), `logout` signs out (OpenID Connect RP-Initiated Logout).

Must not know how anybody came in.
"""

from __future__ import annotations

from mockserver.messages import Response
from mockserver.responders.superid.desk import JSON, Client, Desk, Visit, answered
from mockserver.wire import pages, parameters

_STRANGER = b'{ "error": "access_denied"}'
_NO_TOKEN = b'{ "error": "invalid_request"}'


class Leaving:
    """The two pages that end something."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def revoke(self, visit: Visit) -> Response:
        """Forget a token; what is unknown is revoked already."""
        desk, token = self._desk, visit.sent.get("token")
        if desk.client(visit) is Client.STRANGER:
            says = visit.unfit or "client_id and client_secret are not the application's"
            return answered(400, _STRANGER, JSON, desk.account(visit, explanation=says))
        if not token:
            return answered(400, _NO_TOKEN, JSON, desk.account(visit, explanation="no token was sent"))
        for tenant in desk.holders(visit):
            tenant.sessions.revoke(token)
        return answered(200, b"", "", desk.account(visit))

    def sign_out(self, visit: Visit) -> Response:
        """Send the browser on to a registered host, or tell it that it is signed out."""
        desk, sent = self._desk, visit.sent
        if visit.unfit:
            return desk.refusal(visit, visit.unfit)
        if "id_token_hint" in sent and not self._ours(sent["id_token_hint"]):
            return desk.refusal(visit, "id_token_hint is no id token of ours")
        address = sent.get("post_logout_redirect_uri", sent.get("redirect_uri"))
        if address is None:
            page = pages.notice("Signed out", "You are signed out.").encode()
            return answered(200, page, pages.LABEL, desk.account(visit))
        if not desk.registered.returns(address):
            return desk.refusal(visit, "the address to return to is on no registered host (setting redirect_uri)")
        if "state" in sent:
            address += f"{'&' if '?' in address else '?'}{parameters.encoded([('state', sent['state'])])}"
        return answered(302, b"", "", desk.account(visit), headers=(("Location", address),))

    def _ours(self, token: str) -> bool:
        claims = self._desk.keys.claims(token)
        return claims is not None and claims.get("aud") == self._desk.settings.client_id
