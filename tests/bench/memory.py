"""What a stored contact weighs, and an idle server.

Contacts like the seed are put through the create verb in this process, twice: once under `tracemalloc`, which counts what
Python asked for (rows, table, keys, numbers), and once without it, looking at the resident memory of the process, which
counts what the allocator keeps besides.
"""

from __future__ import annotations

import gc
import os
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator

import orjson

from mockserver.calls import Call
from mockserver.records.tenants import Tenant, Tenants
from mockserver.records.verbs import verbs
from mockserver.server import Parts
from mockserver.settings import Settings
from tests.bench.figures import Cell, Column, Table
from tests.bench.plan import Plan
from tests.bench.servers import OURS, REFERENCE, Server, resident_mib
from tests.bench.wire import seed

_COLUMNS = (Column("what", "what"), Column("value", "figure", ".1f"), Column("unit", "unit"))
_WARM_UP = 50
_MIB = 2**20


def measure(plan: Plan) -> Iterator[Table]:
    """One table."""
    table = Table("memory", f"{plan.contacts} contacts like the seed, created in process; idle servers", _COLUMNS)
    tenants = Parts(Settings()).tenants
    table.rows += _contacts(tenants, plan.contacts)
    sys.stderr.write("memory: contacts are weighed\n")
    for name in (OURS, REFERENCE):
        table.rows += _idle(name, plan.idle)
    table.notes = [
        f"the seed request has {len(seed())} bytes as posted, {len(orjson.dumps(orjson.loads(seed())))} compact.",
        "tracemalloc: what Python asked for; resident: what the process grew by, allocator's spare room included.",
        "- is a figure this system does not tell (no /proc).",
    ]
    return iter((table,))


def _contacts(tenants: Tenants, count: int) -> list[dict[str, Cell]]:
    create = _creator(tenants)
    _create(create, tenants.declare_next(), _WARM_UP)  # what is made once is nobody's weight

    gc.collect()
    collected_before = _collected()
    tenant, before = tenants.declare_next(), resident_mib(os.getpid())
    began = time.perf_counter()
    _create(create, tenant, count)
    took = time.perf_counter() - began
    gc.collect()
    after = resident_mib(os.getpid())
    collected = _collected()
    rows = tenant.store.snapshot().tables["Contact"]
    lengths = [len(row) for key, row in rows.items() if ("Contact", key) not in tenant.stock]

    weighed = tenants.declare_next()
    tracemalloc.start(1)
    try:
        _create(create, weighed, _WARM_UP)
        gc.collect()
        empty = tracemalloc.get_traced_memory()[0]
        _create(create, weighed, count)
        gc.collect()
        traced = (tracemalloc.get_traced_memory()[0] - empty) / count
    finally:
        tracemalloc.stop()
    resident = None if before is None or after is None else (after - before) * _MIB / count
    return [
        {"what": "stored contact, tracemalloc", "value": traced, "unit": "bytes"},
        {"what": "stored contact, row alone", "value": sum(lengths) / count, "unit": "bytes"},
        {"what": "stored contact, resident", "value": resident, "unit": "bytes"},
        {"what": "decode, coerce and create, one contact", "value": took / count * 1e6, "unit": "us"},
        {"what": "full gc.collect, no contacts", "value": collected_before * 1000, "unit": "ms"},
        {"what": f"full gc.collect, {count} contacts", "value": collected * 1000, "unit": "ms"},
    ]


def _collected() -> float:
    """Seconds that one full collection of this process takes."""
    began = time.perf_counter()
    gc.collect()
    return time.perf_counter() - began


def _creator(tenants: Tenants) -> Callable[[Tenant, int], None]:
    """The create verb of the contact, bound as `POST Contact` binds it."""
    entity = tenants.catalogue.entities["Contact"]
    binding = next(each for each in entity.bindings if each.verb == "create" and each.entity == entity.name)
    operation, blueprint = tenants.catalogue.operation(binding.operation), tenants.blueprint(entity.name)
    create = verbs()["create"](operation, binding, blueprint)

    def created(tenant: Tenant, number: int) -> None:
        body = orjson.loads(seed())
        body |= {"ContactId": 0, "Name": f"{body['Name']} {number:08d}", "OrgNr": f"{number:07d}"}
        create(Call(operation, {}, blueprint.coerce(body), tenants.principal), tenant.store)

    return created


def _create(create: Callable[[Tenant, int], None], tenant: Tenant, count: int) -> None:
    for number in range(count):
        create(tenant, number)


def _idle(name: str, seconds: float) -> list[dict[str, Cell]]:
    with Server(name) as server:
        server.first_answer(server.door.save(0))
        time.sleep(seconds)
        return [
            {"what": f"{name}, idle, resident", "value": server.resident_mib(), "unit": "MiB"},
            {"what": f"{name}, idle, proportional", "value": server.proportional_mib(), "unit": "MiB"},
        ]
