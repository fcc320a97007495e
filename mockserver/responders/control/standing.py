"""`/_mock/state`: a tenant's state and where it lives, told and changed. Must not know who is turned away by it."""

from __future__ import annotations

from mockserver.errors import BadRequest
from mockserver.records.standing import STATES, Standing
from mockserver.records.tenants import Tenant
from mockserver.responders.control.asking import Answer, Asked


def _tell(asked: Asked) -> Answer:
    asked.only("tenant")
    return _told(asked.tenant())


def _change(asked: Asked) -> Answer:
    """Both, or nothing where one of them is not possible."""
    asked.only("tenant", "state", "origin")
    tenant = asked.tenant()
    state, origin = asked.text("state"), asked.text("origin")
    if state is None and origin is None:
        raise BadRequest(f"say what to change: state, one of {', '.join(STATES)}, or origin, such as http://localhost:8080")
    for standing in (Standing(), tenant.standing):  # tried on one that nobody asks, first
        try:
            if state is not None:
                standing.state = state
            if origin is not None:
                standing.origin = origin
        except ValueError as error:
            raise BadRequest(str(error)) from None
    return _told(tenant)


def _told(tenant: Tenant) -> Answer:
    standing = tenant.standing
    return 200, {"tenant": tenant.name, "state": standing.state, "running": standing.running, "origin": standing.origin}


STATE = {"GET": _tell, "POST": _change}
