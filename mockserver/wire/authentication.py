"""Headers → the credential a caller shows: an Authorization of any scheme in any letter case, or a browser's cookie.

Basic, Bearer and SOTicket are read, the last with the SO-AppToken beside it, the cookie with its X-XSRF-TOKEN (protocol 3.1).
Must not know whose credential it is or whether it is taken here: sessions say that.
"""

from __future__ import annotations

import base64

from mockserver.calls import Credential
from mockserver.errors import DENIED, Unauthenticated
from mockserver.messages import Headers
from mockserver.settings import Settings

SESSION_COOKIE = "ASP.NET_SessionId"
XSRF_COOKIE = "XSRF-TOKEN"
_BASIC = 'Basic realm="SuperOffice"'
_CHALLENGES = {"any": (_BASIC,), "online": ("Bearer",), "onsite": ("Negotiate", _BASIC)}
_CACHE_LIMIT = 10_000
_LONGEST_CACHED = 2_000


class Authenticator:
    """Reads the Authorization header, each distinct one once; without one, the cookie of a browser's session."""

    def __init__(self, settings: Settings) -> None:
        self.challenges = _CHALLENGES[settings.installation]
        self._known: dict[str, Credential] = {}

    def credential(self, headers: Headers) -> Credential:
        """What the caller shows; raises `Unauthenticated`, with an explanation that never repeats a credential."""
        values = headers.getall("Authorization", ())
        if len(values) != 1:
            if values:
                raise Unauthenticated(DENIED, explanation=f"the request has {len(values)} Authorization headers")
            return _browser(headers)
        value = values[0]
        known = self._known.get(value)
        if known is None:
            known = _read(value)
            if len(value) <= _LONGEST_CACHED:
                if len(self._known) >= _CACHE_LIMIT:
                    self._known.clear()
                self._known[value] = known
        if known.kind == "ticket":
            return known._replace(proof=_only(headers, "SO-AppToken"))
        return known


def session_of(headers: Headers) -> str:
    """The id of the browser's session that the cookies name, "" if they name none."""
    for line in headers.getall("Cookie", ()):
        for pair in line.split(";"):
            name, _, value = pair.partition("=")
            if name.strip() == SESSION_COOKIE:
                return value.strip().strip('"')
    return ""


def _browser(headers: Headers) -> Credential:
    session = session_of(headers)
    if not session:
        raise Unauthenticated(DENIED, explanation="the request has no Authorization header and no session cookie")
    return Credential("cookie", session, proof=_only(headers, "X-XSRF-TOKEN"))


def _only(headers: Headers, name: str) -> str:
    """The header's value; repeated, it is their list, which equals no token (RFC 9110, 5.3)."""
    return ", ".join(headers.getall(name, ())).strip()


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
        case "negotiate" | "ntlm":
            raise Unauthenticated(DENIED, explanation="the double has no domain to check Negotiate with; use Basic or SOTicket")
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
