"""Whether a tenant's API answers a request: not on a host it does not live on, and not while it does not run (protocol 3.4).

Must not answer anything itself.
"""

from __future__ import annotations

from mockserver.errors import Misdirected, Unavailable
from mockserver.messages import Request
from mockserver.records.tenants import Tenant


def welcomes(tenant: Tenant, request: Request) -> bool:
    """Whether the API of the tenant answers this request."""
    return tenant.standing.running and tenant.standing.lives_at(request.origin)


def check(tenant: Tenant, request: Request) -> None:
    """Raise what the API says where it does not answer: `Misdirected` first, for only the right host knows the state."""
    name, standing = tenant.name, tenant.standing
    if not standing.lives_at(request.origin):
        raise Misdirected(
            "Wrong subdomain used to access tenant",
            explanation=f"tenant {name} lives at {standing.origin}; GET /api/state/{name} tells where",
        )
    if not standing.running:
        raise Unavailable(
            "The service is unavailable.",
            explanation=f"tenant {name} is in state {standing.state}; GET /api/state/{name} tells when it runs again",
        )
