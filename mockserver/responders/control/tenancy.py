"""`/_mock/tenants` and `/_mock/reset`: which tenants there are, each with its addresses and credentials.

Must not know what a tenant holds.
"""

from __future__ import annotations

from mockserver.access import Access
from mockserver.errors import BadRequest, Conflict
from mockserver.records.tenants import Tenant
from mockserver.responders.control.asking import Answer, Asked


def _described(asked: Asked, tenant: Tenant) -> dict[str, str]:
    return Access.to(tenant.name, asked.origin, asked.steered.settings).told()


def _list(asked: Asked) -> Answer:
    return 200, {"tenants": [_described(asked, tenant) for tenant in asked.steered.tenants]}


def _declare(asked: Asked) -> Answer:
    tenants = asked.steered.tenants
    if "tenant" not in asked.words:
        return 201, _described(asked, tenants.declare_next())
    name = asked.name()
    if tenants.find(name):
        raise Conflict(f"{name} exists; POST /_mock/reset makes it fresh")
    return 201, _described(asked, tenants.declare(name))


def _drop(asked: Asked) -> Answer:
    if "tenant" not in asked.words:
        raise BadRequest("name the tenant to drop")
    tenant = asked.tenant()
    asked.steered.tenants.drop(tenant.name)
    asked.steered.journal.forget(tenant.name)
    return 200, {"dropped": tenant.name}


def _reset(asked: Asked) -> Answer:
    tenant = asked.tenant()
    asked.steered.journal.forget(tenant.name)
    return 200, _described(asked, asked.steered.tenants.declare(tenant.name))


TENANTS = {"GET": _list, "POST": _declare, "DELETE": _drop}
RESET = {"POST": _reset}
