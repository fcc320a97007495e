"""What a recording run leaves on disk: a journal line for each exchange as it comes, and at the end one cassette by rename.

A run that was killed leaves its journal; the next one on the same cassette goes on with it. Whatever comes here has been
redacted. Must not know HTTP or redaction's rules.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from mockserver.errors import CassetteUnreadable, MockServerError
from mockserver.responders.cassettes import Interaction, load, save

Save = Callable[[Path, list[Interaction]], None]


class Mode(StrEnum):
    """vcrpy's record modes, and pytest-recording's `rewrite`."""

    ONCE = "once"
    NEW_EPISODES = "new_episodes"
    NONE = "none"
    ALL = "all"
    REWRITE = "rewrite"


class Tape:
    """One cassette while it is recorded; nobody else may record on it meanwhile."""

    def __init__(self, path: Path, mode: Mode = Mode.ONCE) -> None:
        self.path = path
        self.mode = mode
        self._journal = path.with_name(f"{path.name}.journal")
        self._lock = path.with_name(f"{path.name}.lock")
        self._lock_handle = -1
        self._handle = -1
        self._size = 0
        self.old: list[Interaction] = []
        self.existed = False
        self.kept = 0

    # --- from start to end

    def __enter__(self) -> Self:
        """Lock the cassette, read what it holds, find what a killed run left; raises `MockServerError`."""
        self._take_lock()
        try:
            self.existed = self.path.exists()
            if self.existed and self.mode is not Mode.REWRITE:
                self.old = load(self.path)
            self._open_journal()
        except BaseException:
            self._let_go()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._let_go()

    @property
    def records(self) -> bool:
        """Whether new exchanges are kept: `none` keeps none, `once` only where there was no cassette."""
        return not (self.mode is Mode.NONE or (self.mode is Mode.ONCE and self.existed))

    @property
    def plays(self) -> bool:
        """Whether what the cassette holds is answered from it."""
        return self.mode in {Mode.ONCE, Mode.NEW_EPISODES, Mode.NONE}

    def append(self, exchange: Interaction) -> None:
        """Write an exchange down, whole or not at all; raises `MockServerError`."""
        line = _line(exchange)
        try:
            self._write(line)
        except OSError as error:
            os.ftruncate(self._handle, self._size)
            raise MockServerError(f"cannot write {self._journal}: {_why(error)}; the exchange was not kept") from None
        self._size += len(line)
        self.kept += 1

    def _write(self, line: bytes) -> None:
        left = memoryview(line)
        while left:
            left = left[os.write(self._handle, left) :]

    def exchanges(self) -> Iterator[Interaction]:
        """What this run has kept so far, and what a killed one left."""
        with self._journal.open("rb") as file:
            for number, line in enumerate(file, 1):
                yield _read(line, f"{self._journal}: line {number}")

    def replace(self, changed: Callable[[Interaction], Interaction]) -> None:
        """Write all exchanges anew, the old cassette's included; by rename, and only where something changes."""
        self.old = [changed(each) for each in self.old]
        kept = list(self.exchanges())
        new = [changed(each) for each in kept]
        if new == kept:
            return
        temporary = self._journal.with_name(f".{self._journal.name}.{os.getpid()}.part")
        try:
            with temporary.open("xb") as file:
                file.writelines(map(_line, new))
            temporary.replace(self._journal)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise MockServerError(f"cannot write {self._journal}: {_why(error)}") from None
        os.close(self._handle)
        self._open_journal()

    def finish(self, write: Save = save) -> int:
        """Make the cassette of all that was kept, and answer how many exchanges it has; raises `MockServerError`.

        Where that fails the old cassette stays as it was, and the journal keeps the exchanges for the next run.
        """
        new = list(self.exchanges())
        if not new:
            self._journal.unlink(missing_ok=True)
            return len(self.old)
        old = self.old
        if self.mode is Mode.ALL:
            again = {_asked(each) for each in new}
            old = [each for each in old if _asked(each) not in again]
        try:
            write(self.path, [*old, *new])
        except MockServerError as error:
            raise MockServerError(f"{error}; {self._journal} keeps the exchanges, and the next run finishes it") from None
        self._journal.unlink()
        return len(old) + len(new)

    # --- the files

    def _take_lock(self) -> None:
        try:
            self._lock_handle = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
            _lock(self._lock_handle)
        except BlockingIOError:
            os.close(self._lock_handle)
            self._lock_handle = -1
            raise MockServerError(
                f"another recorder writes {self.path} ({self._lock} is locked); end it, or name another file"
            ) from None
        except OSError as error:
            raise MockServerError(f"cannot record to {self.path}: {_why(error)}") from None

    def _open_journal(self) -> None:
        try:
            self._handle = os.open(self._journal, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            content = self._journal.read_bytes()
            # A killed run may have left half a line.
            self._size = content.rfind(b"\n") + 1
            os.ftruncate(self._handle, self._size)
            self.kept = sum(1 for _ in self.exchanges())
        except OSError as error:
            raise MockServerError(f"cannot write {self._journal}: {_why(error)}") from None

    def _let_go(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
        if self._lock_handle >= 0:
            if self._size == 0:
                self._journal.unlink(missing_ok=True)
            self._lock.unlink(missing_ok=True)
            os.close(self._lock_handle)
            self._lock_handle = -1


def _lock(handle: int) -> None:
    """Lock a file for this process, until it ends in whatever way; raises BlockingIOError."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            raise BlockingIOError from None
    else:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _line(exchange: Interaction) -> bytes:
    told = asdict(exchange)
    for name in ("request_body", "response_body"):
        told[name] = base64.b64encode(told[name]).decode()
    return json.dumps(told).encode() + b"\n"


def _read(line: bytes, place: str) -> Interaction:
    try:
        told = json.loads(line)
        for name in ("request_body", "response_body"):
            told[name] = base64.b64decode(told[name], validate=True)
        for name in ("request_headers", "response_headers"):
            told[name] = tuple((str(key), str(value)) for key, value in told[name])
        return Interaction(**told)
    except (ValueError, TypeError, LookupError):
        raise CassetteUnreadable(f"{place} is no exchange; move the file away to record without it") from None


def _asked(exchange: Interaction) -> tuple[str, str, bytes]:
    return exchange.method, exchange.uri, exchange.request_body


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
