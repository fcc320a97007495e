"""The reference of the recorder: the least that an aiohttp proxy must do. Run as a script: `bare_proxy.py UPSTREAM`."""

from __future__ import annotations

import asyncio
import sys

import aiohttp
from aiohttp import web
from multidict import CIMultiDict


async def _serve(upstream: str) -> None:
    async with aiohttp.ClientSession(auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            headers = {name: value for name, value in request.headers.items() if name != "Host"}
            async with session.request(
                request.method, upstream + request.path_qs, headers=headers, data=await request.read()
            ) as answer:
                kept = [(name, value) for name, value in answer.headers.items() if name not in {"Content-Length", "Date"}]
                return web.Response(status=answer.status, headers=CIMultiDict(kept), body=await answer.read())

        runner = web.ServerRunner(web.Server(handle, access_log=None))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        sys.stdout.write(f"url http://127.0.0.1:{runner.addresses[0][1]}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
