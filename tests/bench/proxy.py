"""What a recorder in between costs per exchange, beside a bare aiohttp proxy: one connection, one request after the other."""

from __future__ import annotations

import base64
import http.client
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.figures import BenchError, Column, Spread, Table
from tests.bench.plan import Plan
from tests.bench.servers import OURS, ROOT, Server

_COLUMNS = (Column("what", "through"), Column("us", "us each", ".0f"), Column("added", "added us", ".0f"))
_WARM_UP = 50
_PATH = "/Cust12345/api/v1/Contact/1"


def measure(plan: Plan) -> Iterator[Table]:
    """One table: the same GET straight, through the bare proxy, and through the recorder with and without keeping it."""
    count = 1000 if plan.tenants > 500 else 100
    table = Table("proxy", f"GET of a contact (13 KB of JSON), {count} times", _COLUMNS)
    with Server(OURS) as server, tempfile.TemporaryDirectory() as folder:
        origin = server.door.origin
        record = [sys.executable, "-m", "mockserver", "record", "--upstream", f"{origin}/Cust12345", "--listen", "127.0.0.1:0"]
        record += ["--key", f"{folder}/key", "--record-in-ci"]
        bare = [sys.executable, str(ROOT / "tests" / "bench" / "bare_proxy.py"), origin]
        straight = _timed(origin, count)
        table.rows.append({"what": "nothing", "us": straight, "added": 0.0})
        for what, command in (
            ("bare aiohttp proxy", bare),
            ("recorder, keeping nothing", [*record, "--cassette", f"{folder}/a.yaml", "--ignore", "*"]),
            ("recorder", [*record, "--cassette", f"{folder}/b.yaml"]),
        ):
            with _running(command) as url:
                spread = _timed(url, count)
            table.rows.append({"what": what, "us": spread, "added": spread.median - straight.median})
    table.notes = [
        "median [10th..90th percentile]; added is beside no proxy at all. Redaction is most of what the recorder adds."
    ]
    yield table


@contextmanager
def _running(command: list[str]) -> Iterator[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if found := re.search(r"url +(http://[0-9.:]+)", line):
                    yield found[1]
                    return
            raise BenchError(f"{Path(command[1]).name} did not start")
        finally:
            process.terminate()


def _timed(url: str, count: int) -> Spread:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)
    headers = {"Authorization": "Basic " + base64.b64encode(b"tje0:Tje0").decode(), "Accept": "application/json"}
    took = []
    try:
        for number in range(_WARM_UP + count):
            began = time.perf_counter_ns()
            connection.request("GET", _PATH, headers=headers)
            reply = connection.getresponse()
            reply.read()
            if reply.status != 200:
                raise BenchError(f"{url} answered {reply.status}")
            if number >= _WARM_UP:
                took.append((time.perf_counter_ns() - began) / 1000)
    finally:
        connection.close()
    took.sort()
    return Spread(Spread.of(took).median, took[count // 10], took[count * 9 // 10])
