"""The emulator as a live tenant: a process of its own, over HTTPS, with an authority of its own. Run as a module.

    python -m tests.live FOLDER

prints its address once it answers; FOLDER gets `ca.pem`.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TENANT = "Cust54321"


@contextmanager
def live_tenant(folder: Path) -> Iterator[str]:
    """A running live tenant; its address, and `ca.pem` in the folder."""
    command = [sys.executable, "-m", "tests.live", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


async def _serve(folder: Path) -> None:
    import ssl

    import trustme
    from aiohttp import web

    from mockserver.server import create_app
    from mockserver.settings import Settings

    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    runner = web.AppRunner(create_app(Settings(tenant=TENANT)), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "localhost", 0, ssl_context=tls).start()
    sys.stdout.write(f"https://localhost:{runner.addresses[0][1]}/{TENANT}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
