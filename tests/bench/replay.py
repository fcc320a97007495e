"""Replay: how long a cassette takes to be read, and how quickly requests find their recordings in small and large ones.

Whole contacts are played from 1,000 recordings, to compare with the reference; small ones from cassettes of every size, to see
that the size makes no difference.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

from mockserver.responders.cassettes import Interaction, load, save
from tests.bench.figures import Column, Spread, Table
from tests.bench.load import Target
from tests.bench.plan import Plan
from tests.bench.servers import OURS, REFERENCE, Server
from tests.bench.throughput import interleaved
from tests.bench.wire import JSON, SAVE, Connection, numbered, seed_body

_WHOLE = 1000
_MOST_ASKED = 10_000
_UPSTREAM = "https://tenant.example/Cust54321/api"
_LOADING = (
    Column("what", "cassette"),
    Column("mib", "MiB", ".1f"),
    Column("ms", "load ms", ".0f"),
    Column("us", "us/recording", ".0f"),
)


def measure(plan: Plan) -> Iterator[Table]:
    """A table of load times, and one of throughput."""
    whole = min(_WHOLE, plan.ids)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mockserver-bench-replay-")))
        cassettes = {f"{whole} whole": _made(folder / "whole.yaml", map(_whole, range(1, whole + 1)))}
        sizes = {f"{count} small": count for count in plan.recordings}
        for name, count in sizes.items():
            cassettes[name] = _made(folder / f"small-{count}.yaml", map(_small, range(1, count + 1)))
        yield _loading(plan, {name: (path, sizes.get(name, whole)) for name, path in cassettes.items()})

        reference = stack.enter_context(Server(REFERENCE))
        base = stack.enter_context(Target(REFERENCE, reference, map(reference.door.save, range(1, plan.ids + 1))))
        targets, answered = [], {REFERENCE: 0}
        for name, path in cassettes.items():
            server = stack.enter_context(Server(OURS, path))
            count, sent = (sizes[name], _line) if name in sizes else (whole, _sent)
            keys = range(1, count + 1, max(1, count // _MOST_ASKED))
            requests = [server.door.request("POST", SAVE, (sent(key),)) for key in keys]
            answered[name] = _answered(server, requests[-1])
            targets.append(stack.enter_context(Target(name, server, requests)))
        answered[REFERENCE] = _answered(reference, reference.door.save(1))
        for connections in plan.connections:
            table = interleaved("replay", plan, connections, base, targets, answered)
            table.notes.append("whole: contacts as they are saved; small: a line of JSON, from cassettes of each size")
            yield table


def _loading(plan: Plan, cassettes: dict[str, tuple[Path, int]]) -> Table:
    table = Table("replay", f"reading cassettes with the C loader, {plan.rounds} times, processor time", _LOADING)
    for name, (path, count) in cassettes.items():
        seconds = []
        for _ in range(plan.rounds if count <= _MOST_ASKED else 1):
            started = time.process_time()
            loaded = load(path)
            seconds.append(time.process_time() - started)
            if len(loaded) != count:
                table.complaints.append(f"{name} has {len(loaded)} recordings")
        taken = Spread.of([each * 1000 for each in seconds])
        table.rows.append({"what": name, "mib": path.stat().st_size / 2**20, "ms": taken, "us": taken.median * 1000 / count})
    return table


def _answered(server: Server, request: tuple[bytes, ...]) -> int:
    with Connection(server.door) as connection:
        status, body = connection.ask(numbered(request, 0))
    if status != 200:
        raise server.failed(f"answered {status}: {body[:300]!r}")
    return len(body)


def _made(path: Path, interactions: Iterable[Interaction]) -> Path:
    save(path, interactions)
    return path


def _sent(key: int) -> bytes:
    return numbered(seed_body(key), 0)


def _line(key: int) -> bytes:
    return b'{"ContactId": %d, "Name": "Contact %d"}' % (key, key)


def _whole(key: int) -> Interaction:
    return _recorded(_sent(key), _sent(key))


def _small(key: int) -> Interaction:
    return _recorded(_line(key), b'{"ContactId":%d,"Name":"Contact %d","Department":""}' % (key, key))


def _recorded(sent: bytes, answered: bytes) -> Interaction:
    label = (("Content-Type", JSON),)
    return Interaction("POST", _UPSTREAM + SAVE, label, sent, 200, "OK", label, answered)
