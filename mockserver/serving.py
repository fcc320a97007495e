"""What `mockserver serve` and `replay` do: listen, say what a person pastes, write the env file, end cleanly on a signal.

Must not know options or their spelling.
"""

from __future__ import annotations

import asyncio
import gc
import os
import shlex
import signal
import sys
import tempfile
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mockserver.access import Access, origin_at
from mockserver.certificates import Certificates, own, throw_away
from mockserver.errors import MockServerError
from mockserver.scratch import Scratch
from mockserver.server import Parts
from mockserver.settings import Settings
from mockserver.transport import Listener

if TYPE_CHECKING:
    from mockserver.replay import Replay


@dataclass(frozen=True, slots=True)
class Tls:
    """HTTPS is wanted, under the user's own certificate and key or, without them, a throw-away one."""

    certificate: Path | None = None
    key: Path | None = None

    def certificates(self, host: str, scratch: Scratch) -> Certificates:
        """What to serve with; raises `MockServerError`."""
        if self.certificate is None and self.key is None:
            return throw_away(host, scratch)
        if self.certificate is None or self.key is None:
            raise MockServerError("a certificate needs its key: give --tls-cert and --tls-key together")
        return own(self.certificate, self.key)


def serve(
    host: str,
    port: int,
    *,
    env_file: Path | None = None,
    tenant: str | None = None,
    scenario: str | None = None,
    tls: Tls | None = None,
    replay: Replay | None = None,
) -> int:
    """Serve until SIGINT or SIGTERM; raises `MockServerError`."""
    parts = Parts(Settings.read(tenant=tenant, scenario=scenario), replay=replay)
    live: object = replay.live if replay else None

    async def run() -> int:
        async with live if isinstance(live, AbstractAsyncContextManager) else nullcontext():
            return await _serve(parts, host, port, env_file, tls)

    return asyncio.run(run())


async def _serve(parts: Parts, host: str, port: int, env_file: Path | None, tls: Tls | None) -> int:
    settings = parts.settings
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    certificates = tls.certificates(host, parts.scratch) if tls else None
    listener = await Listener.open(parts.respond, settings, host, port, certificates.context if certificates else None)
    # The catalogue lives as long as the process, and rows are bytes: there is little for the collector to find.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    try:
        address = origin_at(host, listener.port, tls=certificates is not None)
        access = Access.to(settings.tenant, address, settings, certificates.ca_file if certificates else "")
        if env_file is not None:
            write_env_file(env_file, replace(access, private_key_file=str(parts.key_pair.file())))
        sys.stdout.write(_greeting(access, env_file, parts))
        sys.stdout.flush()
    except BaseException:
        await listener.close()
        raise
    await listener.until_stopped(stop)
    sys.stdout.write("".join(f"{line}\n" for line in parts.faults.report()))
    return 0


def _greeting(access: Access, env_file: Path | None, parts: Parts) -> str:
    does = "Serving" if parts.player is None else f"Replaying {parts.player.count} recordings as"
    lines = [
        f"{does} tenant {access.tenant} at {access.url}",
        "",
        f"  url     {access.url}   (API below {access.api_url})",
        f"  user    {access.user}",
        f"  password {access.password}",
        f"  token   {access.access_token}",
        f"  journal {access.login_url}/_mock/journal",
    ]
    if access.ca_file:
        lines.append(f"  CA      {access.ca_file}")
    if env_file is not None:
        lines.append(f"  env     {env_file}")
    # Of a replay nobody knows what it would say to a line that was not recorded.
    lines += ["", *([_curl(access), ""] if parts.player is None else []), "Ctrl-C ends it."]
    return "".join(f"{line}\n" for line in lines)


def _curl(access: Access) -> str:
    trust = f"--cacert {shlex.quote(access.ca_file)} " if access.ca_file else ""
    return (
        f"curl {trust}-u {access.user}:{access.password} -H 'Content-Type: application/json' -d '{{\"Name\": \"First AS\"}}' "
        f"{access.api_url}/v1/Agents/Contact/SaveContactEntity"
    )


def write_env_file(path: Path, access: Access) -> None:
    """The variables as dotenv lines."""
    write_text(path, "".join(f"{name}={_quoted(value)}\n" for name, value in access.env().items()))


def write_text(path: Path, text: str) -> None:
    """A file that its owner only can read; it appears whole, by rename."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise MockServerError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error


def _quoted(value: str) -> str:
    """As a shell and every dotenv reader take it: bare where that is safe, else in single quotes."""
    safe = value.isascii() and all(each.isalnum() or each in "_-./:@%+," for each in value)
    if safe:
        return value
    if "'" in value or "\n" in value:
        raise MockServerError("a value of the env file holds a quote or a line break; choose credentials without them")
    return f"'{value}'"
