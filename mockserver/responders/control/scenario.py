"""`/_mock/scenario`: the scenarios of a tenant, told, replaced and taken away. Must not know what a scenario says."""

from __future__ import annotations

from mockserver.errors import BadRequest, ScenarioError
from mockserver.records.tenants import Tenant
from mockserver.responders.control.asking import Answer, Asked


def _tell(asked: Asked) -> Answer:
    return _told(asked, asked.tenant())


def _replace(asked: Asked) -> Answer:
    """One scenario in place of all the tenant has; raises `BadRequest` for one that makes no sense, and keeps what there was."""
    tenant = asked.tenant()
    try:
        asked.steered.faults.replace(tenant, {name: each for name, each in asked.words.items() if name != "tenant"})
    except ScenarioError as error:
        raise BadRequest(str(error)) from None
    return _told(asked, tenant)


def _forget(asked: Asked) -> Answer:
    tenant = asked.tenant()
    asked.steered.faults.unload(tenant)
    return _told(asked, tenant)


def _told(asked: Asked, tenant: Tenant) -> Answer:
    """The scenarios, their states and counters, and what came of them."""
    faults = asked.steered.faults
    runs = [run.told() for run in faults.runs(tenant)]
    return 200, {"tenant": tenant.name, "scenarios": runs, "report": faults.report(tenant.name)}


SCENARIO = {"GET": _tell, "PUT": _replace, "DELETE": _forget}
