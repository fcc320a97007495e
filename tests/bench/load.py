"""Bounded load on one server, made by wrk where it is installed and else by `generator.py`, in a process of its own."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bench.figures import BenchError
from tests.bench.servers import Server
from tests.bench.wire import Door

GENERATORS = ("wrk", "asyncio")
_HERE = Path(__file__).resolve().parent
_PATIENCE = 30.0


def chosen(wanted: str) -> str:
    """The generator to use: `auto` is wrk where there is one. Raises `BenchError`."""
    installed = shutil.which("wrk") is not None
    if wanted == "wrk" and not installed:
        raise BenchError("wrk is not installed (Debian: apt-get install wrk); leave --generator away")
    return wanted if wanted in GENERATORS else GENERATORS[0 if installed else 1]


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of load brought. `refused` are answers that were not 2xx, `broken` lost connections and time-outs."""

    rate: float
    p50_ms: float
    p99_ms: float
    cpu_us: float | None
    refused: int
    broken: int


class Target:
    """A server, and the requests it is asked in turn; they are kept in a file until the with block ends."""

    def __init__(self, name: str, server: Server, requests: Iterable[tuple[bytes, ...]]) -> None:
        self.name = name
        self.server = server
        self._folder = tempfile.TemporaryDirectory(prefix="mockserver-bench-load-")
        self._file = Path(self._folder.name) / "requests"
        with self._file.open("wb") as file:
            for pieces in requests:
                head, tail = pieces if len(pieces) > 1 else (pieces[0], b"")
                file.write(b"%d %d\n%b%b" % (len(head), len(tail), head, tail))

    def run(self, generator: str, connections: int, seconds: int, start: int) -> Run:
        """Load it for some seconds; the names that are sent are numbered from `start`. Raises `BenchError`."""
        before = self.server.cpu_seconds()
        told = self._told(self._command(generator, self.server.door, connections, seconds, start), seconds)
        after = self.server.cpu_seconds()
        self.server.check()
        requests = told["requests"]
        if not requests:
            raise self.server.failed(f"answered nothing within {seconds} s of load: {told}")
        return Run(
            rate=requests / told["seconds"],
            p50_ms=told["p50"] / 1000,
            p99_ms=told["p99"] / 1000,
            cpu_us=None if before is None or after is None else (after - before) / requests * 1e6,
            refused=int(told["refused"]),
            broken=int(told["broken"]),
        )

    def _command(self, generator: str, door: Door, connections: int, seconds: int, start: int) -> list[str]:
        if generator == "wrk":
            options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "5s", "-s", str(_HERE / "rotate.lua")]
            return ["wrk", *options, door.origin, "--", str(self._file), str(start)]
        where = [door.host, str(door.port), str(connections), str(seconds)]
        return [sys.executable, str(_HERE / "generator.py"), str(self._file), str(start), *where]

    def _told(self, command: list[str], seconds: int) -> dict[str, float]:
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + _PATIENCE, check=False)
        except subprocess.TimeoutExpired as error:
            raise self.server.failed(f"was loaded by {command[0]}, which did not end") from error
        found = re.search(r"^RESULT (.*)$", done.stdout, re.MULTILINE)
        if done.returncode or not found:
            raise BenchError(f"{' '.join(command)} failed: {done.stdout[-500:]}{done.stderr[-500:]}")
        told: dict[str, float] = json.loads(found[1])
        return told

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._folder.cleanup()
