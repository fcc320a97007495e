"""`/_mock/expire`: a tenant's tokens, tickets and cookies, expired at once. Must not know who holds them."""

from __future__ import annotations

from mockserver.errors import NotFound
from mockserver.responders.control.asking import Answer, Asked


def _expire(asked: Asked) -> Answer:
    """The one that is named, or all; passwords stay. No answer repeats a credential."""
    asked.only("tenant", "credential")
    tenant = asked.tenant()
    secret = asked.text("credential")
    expired = tenant.sessions.expire() if secret is None else tenant.sessions.expire_secret(secret)
    if secret is not None and not expired:
        raise NotFound(f"the credential is no token, ticket or cookie of tenant {tenant.name}")
    return 200, {"tenant": tenant.name, "expired": expired}


EXPIRE = {"POST": _expire}
