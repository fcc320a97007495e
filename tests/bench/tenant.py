"""What a fresh tenant costs: through the server as a fixture asks for it, among the tenants, and in the store alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from mockserver.clock import Clock
from mockserver.records.store import Store
from mockserver.server import MockServer, Parts
from mockserver.settings import Settings
from tests.bench.figures import Column, Spread, Table
from tests.bench.plan import Plan

_COLUMNS = (
    Column("what", "what"),
    Column("us", "us each", ".1f"),
    Column("slowest_us", "slowest us", ".0f"),
)
_WARM_UP = 20
T = TypeVar("T")


def measure(plan: Plan) -> Iterator[Table]:
    """One table; everything that was made is dropped again."""
    table = Table("tenant", f"making a fresh tenant, {plan.tenants} times", _COLUMNS)
    settings = Settings()
    with MockServer(settings) as server:
        _timed(table, "MockServer.new_sandbox", plan.tenants, server.new_sandbox, lambda made: server.drop(made.tenant))
    tenants = Parts(settings).tenants
    _timed(table, "Tenants.declare_next", plan.tenants, tenants.declare_next, lambda made: tenants.drop(made.name))
    stock = tenants.declare_next().store.snapshot()

    def store() -> Store:
        made = Store(tenants.lists, Clock(), settings)
        made.restore(stock)
        return made

    _timed(table, "Store and Store.restore", plan.tenants, store, lambda made: made.keys("Contact"))
    table.notes = [
        "median [10th..90th percentile]; new_sandbox includes the way into the server's loop and back.",
        "no reference stands beside these: compare them on one machine only.",
    ]
    return iter((table,))


def _timed(table: Table, what: str, count: int, make: Callable[[], T], drop: Callable[[T], object]) -> None:
    for _ in range(_WARM_UP):
        drop(make())
    took: list[float] = []
    for _ in range(count):
        began = time.perf_counter_ns()
        made = make()
        took.append((time.perf_counter_ns() - began) / 1000)
        drop(made)
    took.sort()
    middle = Spread(Spread.of(took).median, took[count // 10], took[count * 9 // 10])
    table.rows.append({"what": what, "us": middle, "slowest_us": took[-1]})
