"""Authorization header → who is calling: Basic, Bearer, SOTicket, schemes in any letter case (protocol 3.1).

Must not know rows: the principals behind the credentials are given to it.
"""

from __future__ import annotations

import base64
from hmac import compare_digest

from mockserver.calls import Principal
from mockserver.errors import Unauthenticated
from mockserver.messages import Headers
from mockserver.settings import Settings

DENIED = "Authorization has been denied for this request."
_CACHE_LIMIT = 10_000


class Authenticator:
    """Knows the credentials of every tenant: the settings' user, token and ticket."""

    def __init__(self, settings: Settings, principal: Principal) -> None:
        self._settings = settings
        self._principal = principal
        self._known: dict[tuple[str, str], Principal] = {}

    def principal(self, headers: Headers, tenant: str) -> Principal:
        """Who is calling; raises `Unauthenticated`, with an explanation that never repeats a credential."""
        value = headers.get("Authorization")
        if value is None:
            raise Unauthenticated(DENIED, explanation="the request has no Authorization header")
        known = self._known.get((tenant, value))
        if known is None:
            known = self._check(value, tenant)
            if len(self._known) >= _CACHE_LIMIT:
                self._known.clear()
            self._known[tenant, value] = known
        return known

    def forget(self) -> None:
        """Check every header anew: credentials may have changed."""
        self._known.clear()

    def _check(self, value: str, tenant: str) -> Principal:
        scheme, _, credential = value.strip().partition(" ")
        credential = credential.strip()
        match scheme.lower():
            case "basic":
                accepted = self._basic(credential)
            case "bearer":
                accepted = _same(credential, self._settings.access_token.format(tenant=tenant))
            case "soticket":
                accepted = _same(credential, self._settings.ticket.format(tenant=tenant))
            case _:
                raise Unauthenticated(DENIED, explanation="the Authorization scheme is none of Basic, Bearer, SOTicket")
        if not accepted:
            raise Unauthenticated(DENIED, explanation=f"the {scheme.title()} credential is not one of tenant {tenant}'s")
        return self._principal

    def _basic(self, credential: str) -> bool:
        """User and password in UTF-8 or, as the vendor's sample has them, in Latin-1; the user in any letter case."""
        try:
            sent = base64.b64decode(credential, validate=True)
        except ValueError:  # of which binascii.Error is one: not ASCII, or not base64
            return False
        for charset in ("utf-8", "latin-1"):
            try:
                user, _, password = sent.decode(charset).partition(":")
            except UnicodeDecodeError:
                continue
            if user.lower() == self._settings.user.lower() and _same(password, self._settings.password):
                return True
        return False


def _same(sent: str, expected: str) -> bool:
    return compare_digest(sent.encode("utf-8", "surrogateescape"), expected.encode())
