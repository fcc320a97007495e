"""What `mockserver serve` does: listen, say what a person pastes, write the env file, end cleanly on a signal.

Must not know options or their spelling.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
import tempfile
from pathlib import Path

from mockserver.access import Access
from mockserver.errors import MockServerError
from mockserver.server import Parts
from mockserver.settings import Settings
from mockserver.transport import Listener


def serve(host: str, port: int, *, env_file: Path | None = None, tenant: str | None = None) -> int:
    """Serve until SIGINT or SIGTERM; raises `MockServerError`."""
    settings = Settings.read(tenant=tenant)
    return asyncio.run(_serve(settings, host, port, env_file))


async def _serve(settings: Settings, host: str, port: int, env_file: Path | None) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop.set)
    listener = await Listener.open(Parts(settings).respond, settings, host, port)
    # The catalogue lives as long as the process, and rows are bytes: there is little for the collector to find.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    try:
        named = f"[{host}]" if ":" in host else host
        access = Access.to(settings.tenant, f"http://{named}:{listener.port}", settings)
        if env_file is not None:
            write_env_file(env_file, access)
        sys.stdout.write(_greeting(access, env_file))
        sys.stdout.flush()
    except BaseException:
        await listener.close()
        raise
    await listener.until_stopped(stop)
    return 0


def _greeting(access: Access, env_file: Path | None) -> str:
    lines = [
        f"Serving tenant {access.tenant} at {access.url}",
        "",
        f"  url     {access.url}   (API below {access.api_url})",
        f"  user    {access.user}",
        f"  password {access.password}",
        f"  token   {access.access_token}",
        f"  journal {access.login_url}/_mock/journal",
    ]
    if env_file is not None:
        lines.append(f"  env     {env_file}")
    lines += [
        "",
        _curl(access),
        "",
        "Ctrl-C ends it.",
    ]
    return "".join(f"{line}\n" for line in lines)


def _curl(access: Access) -> str:
    return (
        f"curl -u {access.user}:{access.password} -H 'Content-Type: application/json' -d '{{\"Name\": \"First AS\"}}' "
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
