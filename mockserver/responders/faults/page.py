"""`/_mock/scenario`: the scenarios of a tenant, told, replaced and taken away.

Must not know how a control request is read or answered.
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.errors import BadRequest, ScenarioError
from mockserver.records.tenants import Tenant
from mockserver.responders.faults import Faults


def tell(faults: Faults, tenant: Tenant) -> tuple[int, object]:
    """The scenarios of a tenant, their states and counters, and what came of them."""
    runs = [run.told() for run in faults.runs(tenant)]
    return 200, {"tenant": tenant.name, "scenarios": runs, "report": faults.report(tenant.name)}


def replace(faults: Faults, tenant: Tenant, words: Mapping[str, object]) -> tuple[int, object]:
    """One scenario in place of all the tenant has; raises `BadRequest` for one that makes no sense, and keeps what there was."""
    try:
        faults.replace(tenant, {name: each for name, each in words.items() if name != "tenant"})
    except ScenarioError as error:
        raise BadRequest(str(error)) from None
    return tell(faults, tenant)


def forget(faults: Faults, tenant: Tenant) -> tuple[int, object]:
    """No scenario any more."""
    faults.unload(tenant)
    return tell(faults, tenant)
