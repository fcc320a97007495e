"""Who may call a tenant: the fixed credentials it was born with, and those that were issued, on the tenant's clock.

Access tokens live an hour, tickets and cookies six hours from their last use, codes ten minutes and one use, refresh tokens until
they are revoked (protocol 3.2, 3.3). What is issued is the same in every run that asks in the same order. Must not know
headers, signatures or addresses.
"""

from __future__ import annotations

from base64 import b32encode
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import TypeVar

from mockserver.calls import Credential, CredentialKind, Principal
from mockserver.clock import Clock
from mockserver.errors import DENIED, Unauthenticated, Unproven
from mockserver.settings import Settings

ACCESS_TOKEN_LIFE = 3600
TICKET_LIFE = 6 * 3600
CODE_LIFE = 600
_KINDS: tuple[CredentialKind, ...] = ("token", "ticket", "cookie")
MOST = 10_000
"""How many issued credentials of a sort a tenant remembers; then the one that was not used for longest is forgotten."""

_TAKEN: dict[str, frozenset[CredentialKind]] = {
    "any": frozenset(("password", "token", "ticket", "cookie")),
    "online": frozenset(("token", "ticket", "cookie")),
    "onsite": frozenset(("password", "ticket", "cookie")),
}

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody consented to: which application may act as whom, and what the sign-in must be finished with."""

    client_id: str
    principal: Principal
    redirect_uri: str = ""
    challenge: str = ""
    challenge_method: str = ""
    nonce: str = ""


@dataclass(slots=True)
class _Session:
    """One issued credential; a sliding one lives `life` seconds from its last use, all from when they were issued."""

    principal: Principal
    until: float
    life: int
    sliding: bool
    over: bool = False


class Sessions:
    """The credentials of one tenant."""

    def __init__(self, tenant: str, clock: Clock, settings: Settings, principal: Principal) -> None:
        self._tenant = tenant
        self._clock = clock
        self._settings = settings
        self._principal = principal
        self._taken = _TAKEN[settings.installation]
        self._issued = 0
        self._sessions: OrderedDict[tuple[CredentialKind, str], _Session] = OrderedDict()
        self._expired: set[tuple[CredentialKind, str]] = set()
        self._codes: OrderedDict[str, tuple[float, Grant]] = OrderedDict()
        self._refreshing: OrderedDict[str, Grant] = OrderedDict()
        self._fixed: dict[tuple[CredentialKind, str], Principal] = {
            ("token", settings.access_token.format(tenant=tenant)): principal,
            ("ticket", settings.ticket.format(tenant=tenant)): principal,
        }
        fixed = Grant(settings.client_id, principal)
        self._fixed_codes = {settings.auth_code.format(tenant=tenant): fixed}
        self._fixed_refreshing = {settings.refresh_token.format(tenant=tenant): fixed}

    # --- checking

    def principal(self, credential: Credential) -> Principal:
        """Who is calling; raises `Unauthenticated`, with an explanation that never repeats a credential."""
        kind = credential.kind
        if kind not in self._taken:
            raise _denied(f"an {self._settings.installation} installation takes no {kind} (setting installation)")
        if kind == "password":
            return self._logged_in(credential)
        if kind == "ticket":
            self._check_application(credential.proof)
        key = (kind, credential.secret)
        fixed = self._fixed.get(key)
        if fixed is None:
            return self._alive(key, credential.proof).principal
        if key in self._expired:
            raise _denied(f"the {kind} has expired")
        return fixed

    def _logged_in(self, credential: Credential) -> Principal:
        user, password = self._settings.user, self._settings.password
        if credential.user.lower() == user.lower() and same(credential.secret, password):
            return self._principal
        raise _denied(f"user and password are not those of tenant {self._tenant}")

    def _check_application(self, token: str) -> None:
        """Online, a ticket is good only together with the token of the application (protocol 3.1)."""
        if self._settings.installation != "online" or same(token, self._settings.app_token):
            return
        wrong = "is not the application's" if token else "is missing, which an online installation wants with a ticket"
        raise _denied(f"SO-AppToken {wrong}")

    def _alive(self, key: tuple[CredentialKind, str], proof: str) -> _Session:
        kind, secret = key
        session = self._sessions.get(key)
        if session is None:
            raise _denied(f"the {kind} is none of tenant {self._tenant}'s")
        now = self._clock.time()
        if session.over or now >= session.until:
            session.over = True  # for good: a clock that is set back revives nothing
            late = max(0, int(now - session.until))
            raise _denied(f"the {kind} expired {late} seconds ago on the tenant's clock")
        if kind == "cookie" and not same(proof, self.xsrf_token(secret)):
            wrong = "is not the session's" if proof else "is missing"
            raise Unproven("The XSRF token could not be validated.", explanation=f"X-XSRF-TOKEN {wrong}")
        # Seen from a clock that was set back, nothing has longer to live than when it was new.
        session.until = now + session.life if session.sliding else min(session.until, now + session.life)
        self._sessions.move_to_end(key)
        return session

    def browses(self, cookie: str) -> bool:
        """Whether a cookie is that of a living session."""
        session = self._sessions.get(("cookie", cookie))
        return session is not None and not session.over and self._clock.time() < session.until

    def expire(self, credential: Credential | None = None) -> int:
        """Let a credential expire now and for good, a fixed one too; all but passwords if none is named. How many there were."""
        named = [(credential.kind, credential.secret)] if credential else [*self._sessions, *self._fixed]
        known = [key for key in named if key in self._sessions or key in self._fixed]
        for key in known:
            session = self._sessions.get(key)
            if session is not None:
                session.over = True
                session.until = min(session.until, self._clock.time())
            else:
                self._expired.add(key)
        return len(known)

    def expire_secret(self, secret: str) -> int:
        """The same for a credential of which only the secret is told, whatever kind it is."""
        return sum(self.expire(Credential(kind, secret)) for kind in _KINDS)

    # --- issuing

    def access_token(self, principal: Principal) -> str:
        """A bearer token, good for an hour."""
        return self._issue("token", f"8A:{self._tenant}.", principal, ACCESS_TOKEN_LIFE, sliding=False)

    def ticket(self, principal: Principal) -> str:
        """A ticket, good for six hours from its last use."""
        return self._issue("ticket", "7T:", principal, TICKET_LIFE, sliding=True)

    def cookie(self, principal: Principal) -> str:
        """The id of a browser's session, good for six hours from its last use."""
        return self._issue("cookie", "", principal, TICKET_LIFE, sliding=True)

    def xsrf_token(self, cookie: str) -> str:
        """What every call of a browser's session must bring along."""
        return _digest(f"{self._tenant} xsrf {cookie}")

    def code(self, grant: Grant) -> str:
        """An authorization code: good for one use within ten minutes."""
        code = self._secret("code")
        _bounded(self._codes)[code] = (self._clock.time() + CODE_LIFE, grant)
        return code

    def refresh_token(self, grant: Grant) -> str:
        """A refresh token, good until it is revoked."""
        token = self._secret("refresh")
        _bounded(self._refreshing)[token] = grant
        return token

    def _issue(self, kind: CredentialKind, prefix: str, principal: Principal, life: int, *, sliding: bool) -> str:
        secret = prefix + self._secret(kind)
        _bounded(self._sessions)[kind, secret] = _Session(principal, self._clock.time() + life, life, sliding)
        return secret

    def _secret(self, kind: str) -> str:
        self._issued += 1
        return _digest(f"{self._tenant} {kind} {self._issued}")

    # --- redeeming

    def redeemed(self, code: str) -> Grant | None:
        """The grant behind a code, which is spent by this; None for a code that is unknown, spent or too old."""
        if code in self._fixed_codes:
            return self._fixed_codes.pop(code)
        until, grant = self._codes.pop(code, (0.0, None))
        return grant if self._clock.time() < until else None

    def refreshed(self, token: str) -> Grant | None:
        """The grant behind a refresh token; None for one that is unknown or revoked."""
        if token in self._refreshing:
            self._refreshing.move_to_end(token)
        return self._refreshing.get(token) or self._fixed_refreshing.get(token)

    def revoke(self, secret: str) -> None:
        """Forget a refresh token, an access token, a ticket or a cookie; what is unknown is revoked already."""
        self._refreshing.pop(secret, None)
        self._fixed_refreshing.pop(secret, None)
        self.expire_secret(secret)


def same(sent: str, expected: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return compare_digest(sent.encode("utf-8", "surrogatepass"), expected.encode("utf-8", "surrogatepass"))


def _denied(explanation: str) -> Unauthenticated:
    return Unauthenticated(DENIED, explanation=explanation)


def _digest(text: str) -> str:
    return b32encode(sha256(text.encode()).digest()).decode().rstrip("=")


def _bounded(known: OrderedDict[K, V]) -> OrderedDict[K, V]:
    """The same, with room for one more: what was not used for longest goes when there are too many."""
    if len(known) >= MOST:
        known.popitem(last=False)
    return known
