"""Signed tokens: RS256 JWTs under a key of the tenant, and the set of public keys that verifies them (protocol 3.2, 3.3).

Keys are made when a tenant first signs. Must not know what the claims mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

_BITS = 2048


def serial(tenant: str) -> str:
    """The serial number of a tenant's database, which tokens name: ten digits, always the same."""
    return f"{1_000_000_000 + int(sha256(tenant.encode()).hexdigest(), 16) % 1_000_000_000}"


class Keys:
    """The signing keys of all tenants of a server, by tenant; imports what it needs when a key is made."""

    def __init__(self) -> None:
        self._keys: dict[str, RSAKey] = {}

    def of(self, tenant: str) -> RSAKey:
        """The tenant's key, made at first use."""
        known = self._keys.get(tenant)
        if known is None:
            from joserfc.jwk import RSAKey

            known = RSAKey.generate_key(_BITS, {"use": "sig", "alg": "RS256"}, private=True, auto_kid=True)
            self._keys[tenant] = known
        return known

    def signed(self, tenant: str, claims: Mapping[str, object]) -> str:
        """A JWT with these claims."""
        from joserfc import jwt

        key = self.of(tenant)
        header = {"typ": "JWT", "alg": "RS256", "kid": key.kid, "x5t": key.kid}
        return jwt.encode(header, dict(claims), key, algorithms=["RS256"])

    def claims(self, token: str) -> Mapping[str, object] | None:
        """What a token says that one of these keys signed, expired or not; None for any other, whatever its header claims."""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        if not self._keys:
            return None
        try:
            return jwt.decode(token, KeySet(list(self._keys.values())), algorithms=["RS256"]).claims
        except (JoseError, ValueError, TypeError, LookupError, AttributeError, RecursionError):  # headers that are no headers
            return None

    def published(self) -> dict[str, object]:
        """The public halves as a JSON Web Key Set (RFC 7517)."""
        return {"keys": [key.as_dict(private=False) for key in self._keys.values()]}

    def forget(self, tenant: str) -> None:
        """Drop a tenant's key."""
        self._keys.pop(tenant, None)
