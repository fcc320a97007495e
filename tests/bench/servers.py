"""Servers as processes of their own: started, waited for, looked at through /proc, and always stopped again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bench.figures import BenchError
from tests.bench.wire import Connection, Door, numbered

ROOT = Path(__file__).resolve().parents[2]
OURS = "mockserver"
REFERENCE = "reference"

_PATIENCE = 120.0  # a large cassette takes long to be read
_POLL = 0.001
_GRACE = 5.0


def command(name: str, env_file: Path | str, cassette: Path | None = None) -> list[str]:
    """How a server is started; with a cassette ours replays it, again and again."""
    if name == REFERENCE:
        return [sys.executable, str(ROOT / "tests" / "bench" / "reference.py"), str(env_file)]
    mode = ["serve"] if cassette is None else ["replay", "--cassette", str(cassette), "--allow-playback-repeats"]
    return [sys.executable, "-m", "mockserver", *mode, "--listen", "127.0.0.1:0", "--env-file", str(env_file)]


@cache
def _byte_code() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="mockserver-bench-code-")


def _environment() -> dict[str, str]:
    """This checkout, the default settings, and byte code that is kept: without it every start would compile anew."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MOCKSERVER_", "SUPEROFFICE_"))}
    environment["PYTHONPATH"] = str(ROOT)
    if environment.pop("PYTHONDONTWRITEBYTECODE", None):
        environment["PYTHONPYCACHEPREFIX"] = _byte_code().name
    return environment


class Server:
    """A server process; inside its with block it runs, after it no trace is left."""

    def __init__(self, name: str, cassette: Path | None = None) -> None:
        self.name = name
        self._cassette = cassette
        self._folder = tempfile.TemporaryDirectory(prefix="mockserver-bench-")
        self._env_file = Path(self._folder.name) / "double.env"
        self._log = Path(self._folder.name) / "log.txt"
        self._process: subprocess.Popen[bytes] | None = None
        self.door = Door("http://127.0.0.1:1/", "", "")
        self.spawned = 0.0

    def __enter__(self) -> Self:
        try:
            with self._log.open("wb") as log:
                self.spawned = time.perf_counter()
                self._process = subprocess.Popen(
                    command(self.name, self._env_file, self._cassette),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=self._folder.name,
                    env=_environment(),
                    start_new_session=True,  # Ctrl-C is for the bench, which then stops its servers itself
                )
            self.door = self._found()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop()

    def _found(self) -> Door:
        while not self._env_file.exists():
            self.check()
            if time.perf_counter() - self.spawned > _PATIENCE:
                raise self.failed(f"does not answer within {_PATIENCE:.0f} s")
            time.sleep(_POLL)
        lines = self._env_file.read_text("utf-8").splitlines()
        values = {name: value.strip("'") for name, _, value in (line.partition("=") for line in lines)}
        return Door(values["SUPEROFFICE_API_URL"], values["SUPEROFFICE_USER"], values["SUPEROFFICE_PASSWORD"])

    def _stop(self) -> None:
        process, self._process = self._process, None
        try:
            if process is not None:
                process.terminate()
                try:
                    process.wait(_GRACE)
                except BaseException:  # it hangs, or Ctrl-C came a second time
                    process.kill()
                    process.wait()
                    raise
        except subprocess.TimeoutExpired:
            pass
        finally:
            self._folder.cleanup()

    def failed(self, why: str) -> BenchError:
        """An error with the end of what the server said."""
        said = self._log.read_text("utf-8", "replace")[-2000:] if self._log.exists() else ""
        return BenchError(f"{self.name} {why}\n{said}")

    def check(self) -> None:
        """Raise `BenchError` unless the process still runs."""
        if self._process is None or self._process.poll() is not None:
            raise self.failed("ended by itself")

    def first_answer(self, request: tuple[bytes, ...]) -> float:
        """Seconds from the spawn until the first 2xx answer to this request."""
        with Connection(self.door) as connection:
            status, body = connection.ask(numbered(request, 0))
        seconds = time.perf_counter() - self.spawned
        if not 200 <= status < 300:
            raise self.failed(f"answered {status}: {body[:300]!r}")
        return seconds

    # --- what the system knows about it, None where there is no /proc

    def cpu_seconds(self) -> float | None:
        """Processor time used so far, in the program and in the kernel on its behalf."""
        text = _proc(self._pid, "stat")
        if text is None:
            return None
        fields = text.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mib(self) -> float | None:
        """Resident memory, shared pages included."""
        return resident_mib(self._pid)

    def proportional_mib(self) -> float | None:
        """Resident memory, shared pages by share."""
        return _mib(_proc(self._pid, "smaps_rollup"), "Pss")

    @property
    def _pid(self) -> int:
        assert self._process is not None
        return self._process.pid


def resident_mib(pid: int) -> float | None:
    """Resident memory of a process, None where there is no /proc."""
    return _mib(_proc(pid, "status"), "VmRSS")


def _proc(pid: int, name: str) -> str | None:
    try:
        return Path(f"/proc/{pid}/{name}").read_text("utf-8")
    except OSError:
        return None


def _mib(text: str | None, member: str) -> float | None:
    found = re.search(rf"^{member}:\s+(\d+) kB", text or "", re.MULTILINE)
    return int(found[1]) / 1024 if found else None


def stop_on_signals() -> None:
    """Let SIGTERM and a closed terminal end the bench as Ctrl-C does: by way of the with blocks."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, _leave)


def _leave(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
