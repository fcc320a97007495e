"""A fresh server as a test suite meets it: how soon the first answer comes, and how long the first requests take.

Both clocks are wall time in this process. The first runs from the spawn to the first 2xx answer to a SaveContactEntity, the
second over the requests that follow, one after another on one kept connection, each of them the save of a new contact.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tests.bench.figures import Cell, Column, Spread, Table
from tests.bench.plan import Plan
from tests.bench.servers import OURS, REFERENCE, Server
from tests.bench.wire import Connection, numbered


@dataclass(frozen=True, slots=True)
class Start:
    """One start of one server; `bad` are answers that were not 2xx."""

    first_ms: float
    next_ms: float
    bad: int


def measure(plan: Plan) -> Iterator[Table]:
    """One table; the servers are started in turn, each alone, the first time of each not counted."""
    starts: dict[str, list[Start]] = {REFERENCE: [], OURS: []}
    for name in starts:
        _start(name, 1)
    for turn in range(plan.starts):
        for name in random.Random(turn).sample(sorted(starts), len(starts)):
            starts[name].append(_start(name, plan.first))
        sys.stderr.write(f"cold: start {turn + 1} of {plan.starts}\n")
    columns = (
        Column("target", "target"),
        Column("first_ms", "start to first answer, ms", ".0f"),
        Column("first_ratio", "ratio", ".2f"),
        Column("next_ms", f"first {plan.first} requests, ms", ".0f"),
        Column("next_ratio", "ratio", ".2f"),
        Column("bad", "not 2xx", ".0f"),
    )
    table = Table("cold", f"a fresh server, {plan.starts} starts of each in turn", columns)
    for name, of_name in starts.items():
        table.rows.append(_row(name, of_name, starts[REFERENCE]))
        bad = sum(each.bad for each in of_name)
        if bad:
            table.complaints.append(f"{bad} answers of {name} were not 2xx")
        for number, each in enumerate(of_name):
            table.runs.append({"round": number + 1, "target": name, "first_ms": each.first_ms, "next_ms": each.next_ms})
    table.notes = [
        "median [min..max] over starts; ratios are of medians, lower is better.",
        "spawn to first 2xx answer; then saves of new contacts, one after another on one connection.",
    ]
    return iter((table,))


def _start(name: str, count: int) -> Start:
    with Server(name) as server:
        request = server.door.save(0)
        first = server.first_answer(request)
        requests = [numbered(request, number + 1) for number in range(count)]
        bad = 0
        with Connection(server.door) as connection:
            began = time.perf_counter()
            for each in requests:
                bad += not 200 <= connection.ask(each)[0] < 300
            took = time.perf_counter() - began
    return Start(first * 1000, took * 1000, bad)


def _row(name: str, starts: list[Start], reference: list[Start]) -> dict[str, Cell]:
    first, following = Spread.of([each.first_ms for each in starts]), Spread.of([each.next_ms for each in starts])
    return {
        "target": name,
        "first_ms": first,
        "first_ratio": first.median / Spread.of([each.first_ms for each in reference]).median,
        "next_ms": following,
        "next_ratio": following.median / Spread.of([each.next_ms for each in reference]).median,
        "bad": sum(each.bad for each in starts),
    }
