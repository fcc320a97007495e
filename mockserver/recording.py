"""What `mockserver record` does: stand before a live tenant, keep what passes, end cleanly on a signal.

Must not know options or their spelling, nor how an exchange is redacted or written.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from mockserver.access import origin_at
from mockserver.catalogue.loading import Catalogue, load_catalogue
from mockserver.errors import MockServerError, SettingsError, StartError
from mockserver.messages import Request, Response
from mockserver.responders import chain
from mockserver.responders.cassettes import Interaction
from mockserver.responders.links import Links
from mockserver.responders.player import Player
from mockserver.responders.recorder import Counts, Paths, Recorder
from mockserver.responders.redaction import Redactor
from mockserver.responders.tape import Mode, Tape
from mockserver.settings import Settings
from mockserver.transport import Listener
from mockserver.upstream import Upstream, Where, failed

_KEY_BYTES = 32
_SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a recording run is told."""

    upstream: str
    cassette: Path
    mode: Mode = Mode.ONCE
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    key: Path | None = None
    upstream_ca: Path | None = None
    env_file: Path | None = None
    in_ci: bool = False


class Live:
    """A live tenant that is asked and not recorded; its links lead to the double. Opened and closed inside one event loop."""

    def __init__(self, address: str, ca_file: Path | None = None) -> None:
        where = Where(address)
        limit = Settings.read().body_limit
        self._upstream = Upstream(where, ca_file=ca_file)
        recorder = Recorder(where.url, Links(where.origins), None, failed=failed, limit=limit)
        self._respond = chain([recorder], self._upstream)

    async def __call__(self, request: Request) -> Response:
        """What the tenant answers; 502 where it does not."""
        return await self._respond(request)

    async def __aenter__(self) -> Self:
        await self._upstream.__aenter__()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._upstream.__aexit__(kind, error, trace)


def record(host: str, port: int, wanted: Wanted) -> int:
    """Record until SIGINT or SIGTERM; 1 where an exchange was not kept; raises `MockServerError`."""
    settings = Settings.read()
    if os.environ.get("CI", "").lower() not in {"", "0", "false"} and wanted.mode is not Mode.NONE and not wanted.in_ci:
        raise StartError("CI is set, and a recording must be looked at by somebody; --record-in-ci records all the same")
    where = Where(wanted.upstream)
    key = redaction_key(wanted.key or (Path(settings.redaction_key_file) if settings.redaction_key_file else None))
    with Tape(wanted.cassette, wanted.mode) as tape:
        code = asyncio.run(_record(settings, host, port, wanted, where, tape, key))
        count = tape.finish()
        sys.stdout.write(f"{wanted.cassette} has {count} exchanges\n")
        return code


def _player(tape: Tape, catalogue: Catalogue, tenant: str) -> Player:
    """Who answers from what the cassette held at the start; there is one tenant, and it is never made fresh."""
    return Player({str(tape.path): tape.old}, catalogue, tenant=tenant, known=lambda _: tape)


async def _record(settings: Settings, host: str, port: int, wanted: Wanted, where: Where, tape: Tape, key: bytes) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    hosts = [each.partition("://")[2] for each in where.origins]
    catalogue = load_catalogue()
    redactor = Redactor(catalogue, key, hosts, wanted.allow)
    player = _player(tape, catalogue, settings.tenant) if tape.plays else None

    def keep(exchange: Interaction) -> None:
        made = redactor.redacted(exchange)
        if redactor.secrets.learnt_since():
            # A credential may have passed before it was known to be one.
            tape.replace(redactor.scrubbed)
        tape.append(made)

    progress = _Progress(tape)
    recorder = Recorder(
        where.url,
        Links(where.origins),
        keep if tape.records else None,
        play=player.played if player else None,
        paths=Paths(wanted.only, wanted.never),
        failed=failed,
        limit=settings.body_limit,
        tell=progress.tell,
    )
    async with Upstream(where, ca_file=wanted.upstream_ca) as upstream:
        last = upstream if tape.records or player is None else player.refuse
        listener = await Listener.open(chain([recorder], last), settings, host, port)
        try:
            url = origin_at(host, listener.port)
            if wanted.env_file is not None:
                _write_env_file(wanted.env_file, url, where.prefix)
            sys.stdout.write(_greeting(url, where.prefix, wanted, tape))
            sys.stdout.flush()
        except BaseException:
            await listener.close()
            raise
        await listener.until_stopped(stop)
    progress.end()
    return 1 if recorder.counts.refused else 0


class _Progress:
    """A line that counts, on a terminal in place, else not at all; what was not kept is always said."""

    def __init__(self, tape: Tape) -> None:
        self._before = tape.kept
        self._in_place = sys.stderr.isatty()
        self._last = ""

    def tell(self, counts: Counts, why: str) -> None:
        text = f"{self._before + counts.kept} exchanges kept, {counts.refused} refused, {counts.passed + counts.played} others"
        if why:
            sys.stderr.write(f"\r{why}\n" if self._in_place else f"{why}\n")
        if self._in_place:
            sys.stderr.write(f"\r{text}")
        sys.stderr.flush()
        self._last = text

    def end(self) -> None:
        """The last count, on a line of its own."""
        if self._last:
            sys.stderr.write(f"\r{self._last}\n" if self._in_place else f"{self._last}\n")


def _greeting(url: str, prefix: str, wanted: Wanted, tape: Tape) -> str:
    lines = [
        f"Recording {wanted.upstream} to {wanted.cassette} (mode {wanted.mode})",
        "",
        f"  url     {url}{prefix}   (API below {url}{prefix}/api)",
    ]
    if wanted.env_file is not None:
        lines.append(f"  env     {wanted.env_file}")
    if tape.kept:
        lines.append(f"  left    {tape.kept} exchanges of a run that was killed; they are kept, too")
    lines += ["", "Point your client there, with its own credentials; none of them is kept.", "Ctrl-C ends it."]
    return "".join(f"{line}\n" for line in lines)


def _write_env_file(path: Path, url: str, prefix: str) -> None:
    """Where the recorder is, in the variables that `serve` writes; the credentials are the client's own."""
    from mockserver.serving import write_text

    tenant = prefix.rpartition("/")[2]
    told = {"URL": f"{url}{prefix}", "API_URL": f"{url}{prefix}/api", "LOGIN_URL": url, "TENANT": tenant}
    write_text(path, "".join(f"SUPEROFFICE_{name}={value}\n" for name, value in told.items()))


def redaction_key(path: Path | None) -> bytes:
    """The key of all stand-ins, made at first use and readable by its owner only; raises `MockServerError`."""
    made_up = path is None
    path = path or Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "superoffice-mockserver" / "redaction.key"
    try:
        if made_up:
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = path.read_bytes().strip()
        else:
            key = secrets.token_hex(_KEY_BYTES).encode()
            with os.fdopen(handle, "wb") as file:
                file.write(key + b"\n")
    except OSError as error:
        raise MockServerError(f"the key of the stand-ins {path}: {(error.strerror or str(error)).lower()}") from None
    if len(key) < _SHORTEST_KEY:
        raise SettingsError(f"{path} is no key: it must hold {_SHORTEST_KEY} characters or more that nobody can guess")
    return key
