"""Headers → the credential a caller shows: Basic, Bearer, SOTicket, schemes in any letter case (protocol 3.1).

Must not know whose credential it is: sessions say that.
"""

from __future__ import annotations

import base64

from mockserver.calls import Credential
from mockserver.errors import DENIED, Unauthenticated
from mockserver.messages import Headers
from mockserver.settings import Settings

_CACHE_LIMIT = 10_000


class Authenticator:
    """Reads the Authorization header, each distinct one once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[str, Credential] = {}

    def credential(self, headers: Headers) -> Credential:
        """What the caller shows; raises `Unauthenticated`, with an explanation that never repeats a credential."""
        value = headers.get("Authorization")
        if value is None:
            raise Unauthenticated(DENIED, explanation="the request has no Authorization header")
        known = self._known.get(value)
        if known is None:
            known = _read(value)
            if len(self._known) >= _CACHE_LIMIT:
                self._known.clear()
            self._known[value] = known
        return known


def _read(value: str) -> Credential:
    scheme, _, secret = value.strip().partition(" ")
    secret = secret.strip()
    match scheme.lower():
        case "basic":
            return _basic(secret)
        case "bearer":
            return Credential("token", secret)
        case "soticket":
            return Credential("ticket", secret)
        case _:
            raise Unauthenticated(DENIED, explanation="the Authorization scheme is none of Basic, Bearer, SOTicket")


def _basic(secret: str) -> Credential:
    """User and password in UTF-8 or, as the vendor's sample has them, in Latin-1."""
    try:
        sent = base64.b64decode(secret, validate=True)
    except ValueError:  # of which binascii.Error is one: not ASCII, or not base64
        raise Unauthenticated(DENIED, explanation="the Basic credential is not base64") from None
    try:
        text = sent.decode()
    except UnicodeDecodeError:
        text = sent.decode("latin-1")
    user, _, password = text.partition(":")
    return Credential("password", password, user)
