"""Requests per second of the hot operations, as ratios to the reference in one interleaved run.

Every round runs reference, x, reference, y, reference, z, reference, with x, y, z in an order of its own; a ratio is a run's
rate over the mean of the reference runs before and after it. What slows the machine down for a while slows down both.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack

import orjson

from tests.bench.figures import Cell, Column, Spread, Table
from tests.bench.load import Run, Target
from tests.bench.plan import Plan
from tests.bench.servers import OURS, REFERENCE, Server
from tests.bench.wire import SAVE, Connection, numbered, seed_body

_PAUSE = 0.2
_COLUMNS = (
    Column("target", "target"),
    Column("rate", "req/s", ".0f"),
    Column("ratio", "ratio to reference", ".3f"),
    Column("p50_ms", "p50 ms", ".2f"),
    Column("p50_ratio", "p50 ratio", ".2f"),
    Column("p99_ms", "p99 ms", ".2f"),
    Column("cpu_us", "cpu us/req", ".0f"),
    Column("cpu_ratio", "cpu ratio", ".2f"),
    Column("bad", "not 2xx", ".0f"),
    Column("bytes", "answer bytes", ".0f"),
)


def measure(plan: Plan) -> Iterator[Table]:
    """A table for each number of connections."""
    with ExitStack() as stack:
        ours, reference = stack.enter_context(Server(OURS)), stack.enter_context(Server(REFERENCE))
        keys = _stored(ours, plan.ids)
        base = stack.enter_context(Target(REFERENCE, reference, map(reference.door.save, keys)))
        asked = {
            "SaveContactEntity": ours.door.save,
            "SaveContactEntity XML": ours.door.save_xml,
            "SaveContactEntity json-patch": ours.door.save_patch,
            "SaveContactEntity merge-patch": ours.door.save_merge,
            "GetContactEntity": ours.door.read,
            "REST GET Contact/{id}": ours.door.get,
        }
        others = [stack.enter_context(Target(name, ours, map(ask, keys))) for name, ask in asked.items()]
        sizes = {REFERENCE: _size(reference, reference.door.save(keys[-1]), keys[-1])}
        sizes |= {name: _size(ours, ask(keys[-1]), keys[-1]) for name, ask in asked.items()}
        for connections in plan.connections:
            table = interleaved("throughput", plan, connections, base, others, sizes)
            if not _changed(ours, keys[0]):
                table.complaints.append(f"contact {keys[0]} still has its first name: the saves did not reach it")
            yield table


def _stored(server: Server, count: int) -> list[int]:
    """Make contacts through the API; answer their ids."""
    keys: list[int] = []
    with Connection(server.door) as connection:
        for number in range(count):
            status, body = connection.ask(numbered(server.door.save(0), number))
            key = orjson.loads(body).get("ContactId") if status == 200 else None
            if not isinstance(key, int) or key in keys[-1:]:
                raise server.failed(f"did not make contact {number + 1}: {status} {body[:300]!r}")
            keys.append(key)
    return keys


def _size(server: Server, request: tuple[bytes, ...], key: int) -> int:
    """Ask once, see that the answer is the contact that was meant, and answer its size."""
    with Connection(server.door) as connection:
        status, body = connection.ask(numbered(request, 0))
    said = (b'{"ContactId":%d,' % key, b"<ContactId>%d</ContactId>" % key)
    if status != 200 or not any(each in body for each in said):
        raise server.failed(f"answered {status} and not contact {key}: {body[:300]!r}")
    return len(body)


def _changed(server: Server, key: int) -> bool:
    """Whether a contact has another name than the one it was made with."""
    with Connection(server.door) as connection:
        name = orjson.loads(connection.ask(numbered(server.door.read(key), 0))[1])["Name"]
    return bool(name != orjson.loads(numbered(seed_body(key), 0))["Name"])


def interleaved(part: str, plan: Plan, connections: int, base: Target, others: list[Target], sizes: Mapping[str, int]) -> Table:
    """The figures of all targets beside the base, which runs between any two of them."""
    runs: dict[str, list[Run]] = {target.name: [] for target in (base, *others)}
    ratios: dict[str, list[tuple[float, float]]] = {target.name: [] for target in others}
    singles: list[dict[str, Cell]] = []

    def run(target: Target, turn: int, seconds: int) -> Run:
        time.sleep(_PAUSE)  # what the one before still had to do is not this one's
        return target.run(plan.generator, connections, seconds, turn * 10_000_000)

    for target in (base, *others):
        run(target, 1, plan.warm_up)
    for turn in range(plan.rounds):
        sequence = random.Random(turn).sample(others, len(others))
        before = run(base, turn + 2, plan.seconds)
        runs[base.name].append(before)
        for target in sequence:
            here, after = run(target, turn + 2, plan.seconds), run(base, turn + 2, plan.seconds)
            runs[target.name].append(here)
            runs[base.name].append(after)
            ratio = here.rate / ((before.rate + after.rate) / 2)
            ratios[target.name].append((ratio, here.p50_ms / max((before.p50_ms + after.p50_ms) / 2, 1e-6)))
            singles.append({"round": turn + 1, "target": target.name, "rate": here.rate, "ratio": ratio})
            before = after
        sys.stderr.write(f"{part}, {connections} connections: round {turn + 1} of {plan.rounds}\n")

    table = Table(part, _title(plan, connections), _COLUMNS, runs=singles)
    for target in (base, *others):
        table.rows.append(_row(target.name, runs[target.name], ratios.get(target.name, []), sizes[target.name]))
        # Processor time is what a busy machine disturbs least, so its ratio is a check on the other one.
        cpu, cpu_of_base = table.rows[-1]["cpu_us"], table.rows[0]["cpu_us"]
        if isinstance(cpu, float) and isinstance(cpu_of_base, float) and cpu_of_base:
            table.rows[-1]["cpu_ratio"] = cpu / cpu_of_base
        bad = sum(each.refused + each.broken for each in runs[target.name])
        if bad:
            table.complaints.append(f"{bad} requests to {target.name} got no answer or one that was not 2xx")
    table.notes = [
        f"reference: bare aiohttp, POST {SAVE}, decode + keep + enrich + encode; all ratios are to this one.",
        "median [min..max] over rounds; a ratio is taken to the mean of the reference runs just before and after it.",
    ]
    return table


def _title(plan: Plan, connections: int) -> str:
    made = "wrk" if plan.generator == "wrk" else "the bench's own asyncio generator"
    return f"{connections} connections, {plan.rounds} rounds x {plan.seconds} s, {plan.ids} ids in turn, load made by {made}"


def _row(name: str, runs: list[Run], ratios: list[tuple[float, float]], size: int) -> dict[str, Cell]:
    cpu = [each.cpu_us for each in runs if each.cpu_us is not None]
    return {
        "target": name,
        "rate": Spread.of([each.rate for each in runs]),
        "ratio": Spread.of([ratio for ratio, _ in ratios]) if ratios else 1.0,
        "p50_ms": Spread.of([each.p50_ms for each in runs]).median,
        "p50_ratio": Spread.of([ratio for _, ratio in ratios]).median if ratios else 1.0,
        "p99_ms": Spread.of([each.p99_ms for each in runs]).median,
        "cpu_us": Spread.of(cpu).median if cpu else None,
        "bad": sum(each.refused + each.broken for each in runs),
        "bytes": size,
    }
