"""Credentials, tenants and hosts: what was seen is remembered, and stands nowhere in what is kept.

What a credential looks like is a handful of prefixes (protocol 3.1, 3.2); which members and headers hold one is data of the
catalogue, and the caller says so with `learn`. Must not know formats or disks.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from urllib.parse import quote

MARK = "REDACTED"
TENANT = re.compile(r"(?<![A-Za-z0-9])(Cust[0-9]{2,})(?![0-9])", re.IGNORECASE)
# A ticket, a token, a JSON Web Token: wherever they stand.
TOKEN = re.compile(r"(?<![A-Za-z0-9])(?:7T|8A)(?::|%3[aA])[A-Za-z0-9][A-Za-z0-9+/=_.~%-]{5,}")
JWT = re.compile(r"eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,2}")
HOST = re.compile(r"(?<![A-Za-z0-9.-])(?:[A-Za-z0-9-]+\.)+superoffice\.com(?::[0-9]+)?(?![A-Za-z0-9.-])", re.IGNORECASE)
_SHORTEST = 6
_NO_TENANT = "Cust00000"
_ALONE = 4
_JWT_HEAD = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()

Digest = Callable[[str, str], bytes]


class Secrets:
    """What must not be kept, and what stands in its place; `digest` is keyed, so that a stand-in tells nothing."""

    def __init__(self, digest: Digest) -> None:
        self._digest = digest
        self._stand_ins: dict[str, str] = {}
        self._hosts: dict[str, str] = {}
        self._made: set[str] = {_NO_TENANT}
        self._pattern: re.Pattern[str] | None = None
        self._fresh: set[str] = set()

    # --- what is known

    def learn(self, secret: str) -> str:
        """Remember a credential and answer its stand-in; short ones are replaced only where they stand alone."""
        if not secret or secret in self._made:
            return secret
        known = self._stand_ins.get(secret)
        if known is None:
            known = self._stand_in(secret)
            self._made.add(known)
            if len(secret) >= _ALONE:
                self._stand_ins[secret] = known
            if len(secret) >= _SHORTEST:
                self._fresh.add(secret)
                self._pattern = None
        return known

    def learn_host(self, host: str) -> str:
        """Remember a host, with its port where it has one, and answer its stand-in."""
        host = host.lower()
        if host in self._made:
            return host
        known = self._hosts.get(host)
        if known is None:
            name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
            known = self._hosts[host] = f"tenant-{self._digest('host', name).hex()[:6]}.example"
            self._made.add(known)
            self._hosts.setdefault(name, known)
            self._pattern = None
        return known

    def learnt_since(self) -> tuple[str, ...]:
        """The credentials that were learnt since this was asked last: what is kept already must be looked at again."""
        fresh, self._fresh = tuple(self._fresh), set()
        return fresh

    @property
    def learnt_anything(self) -> bool:
        """Whether there is something that `learnt_since` would answer."""
        return bool(self._fresh)

    def tenant(self, name: str) -> str:
        """The stand-in of a tenant."""
        if name in self._made:
            return name
        number = int.from_bytes(self._digest("tenant", name.lower())[:8], "big")
        made = f"{name[:4]}{str(number)[: max(5, len(name) - 4)]}"
        self._made.add(made)
        return made

    def is_host(self, host: str) -> bool:
        """Whether a host is the tenant's or the vendor's."""
        return host.lower() in self._hosts or HOST.fullmatch(host) is not None

    # --- put to use

    def scrub(self, text: str) -> str:
        """A text without credentials, tenants and hosts."""
        if text in self._stand_ins:
            return self._stand_ins[text]
        if self._pattern is None:
            self._pattern = self._compiled()
        text = self._pattern.sub(lambda found: self._of(found[0]), text)
        text = TOKEN.sub(self._token, text)
        text = JWT.sub(self._token, text)
        text = HOST.sub(lambda found: self.learn_host(found[0]), text)
        return TENANT.sub(lambda found: self.tenant(found[0]), text)

    def scrub_known(self, text: str) -> str:
        """A text without the credentials and hosts that were seen; what only looks like one was looked at before."""
        if self._pattern is None:
            self._pattern = self._compiled()
        return self._pattern.sub(lambda found: self._of(found[0]), text)

    def found_in(self, text: str, secrets: Iterable[str] | None = None) -> bool:
        """Whether a text holds a credential, tenant or host that was seen, or something with the prefix of one."""
        if secrets is not None:
            return any(form in text for each in secrets for form in forms(each))
        if self._pattern is None:
            self._pattern = self._compiled()
        if self._pattern.search(text):
            return True
        patterns = (TOKEN, JWT, HOST, TENANT)
        return any(MARK not in each[0] and each[0] not in self._made for one in patterns for each in one.finditer(text))

    def _token(self, found: re.Match[str]) -> str:
        text = found[0]
        return text if MARK in text else self.learn(text)

    def _of(self, text: str) -> str:
        if text in self._stand_ins:
            return self._stand_ins[text]
        if text.lower() in self._hosts:
            return self._hosts[text.lower()]
        return next((made for secret, made in self._stand_ins.items() if text in forms(secret)), MARK)

    def _compiled(self) -> re.Pattern[str]:
        wanted = {form for each in self._stand_ins if len(each) >= _SHORTEST for form in forms(each)}
        literal = "|".join(re.escape(each) for each in sorted(wanted, key=len, reverse=True))
        hosts = "|".join(re.escape(each) for each in sorted(self._hosts, key=len, reverse=True))
        parts = [f"(?:{literal})"] if literal else []
        if hosts:
            parts.append(f"(?<![A-Za-z0-9.-])(?i:{hosts})(?![A-Za-z0-9-])")
        return re.compile("|".join(parts) or r"(?!)")

    def _stand_in(self, secret: str) -> str:
        tag = self._digest("secret", secret).hex()[:12]
        tenant = TENANT.search(secret)
        if secret[:3] in {"7T:", "8A:"}:
            return f"{secret[:3]}{self.tenant(tenant[0]) if tenant else _NO_TENANT}.{MARK}-{tag}"
        if JWT.match(secret):
            told = base64.urlsafe_b64encode(f'{{"redacted":"{tag}"}}'.encode()).rstrip(b"=").decode()
            return f"{_JWT_HEAD}.{told}.{MARK}"
        if tenant and tenant[0] == secret:
            return self.tenant(secret)
        return f"{MARK}-{tag}"


def forms(secret: str) -> set[str]:
    """A secret as it stands in texts, URLs and JSON."""
    encoded = quote(secret, safe="")
    return {secret, encoded, encoded.lower(), secret.replace("/", "\\/"), secret.replace("&", "&amp;")}
