"""aiohttp in: the only file that knows it. An aiohttp request becomes ours, our response becomes aiohttp's.

Must not know what is asked or answered; carries out deliveries.
"""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from mockserver.errors import StartError, TooLarge
from mockserver.messages import Body, Request, Response
from mockserver.responders import Respond
from mockserver.settings import Settings

_TAIL = "/{tail}"
_SHUTDOWN = 0.1

# aiohttp logs lines it cannot parse, and with them whatever credentials they hold.
logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)


def application(respond: Respond, body_limit: int) -> web.Application:
    """An aiohttp application with one catch-all handler; mounts below any prefix of another one."""

    async def handle(request: web.Request) -> web.StreamResponse:
        resource = request.match_info.route.resource
        root = resource.canonical[: -len(_TAIL)] if resource is not None else ""
        return _sent(await respond(_received(request, root, body_limit)))

    app = web.Application(client_max_size=body_limit)
    app.router.add_route("*", "/{tail:.*}", handle)
    return app


def _received(request: web.BaseRequest, root: str, body_limit: int) -> Request:
    path, _, query = request.raw_path.partition("?")
    if not path.startswith("/"):  # a proxy's absolute form
        path = request.rel_url.raw_path

    async def read() -> bytes:
        too_large = TooLarge("Maximum request length exceeded.", explanation=f"the body is above {body_limit} bytes (body_limit)")
        if (request.content_length or 0) > body_limit:
            raise too_large
        try:
            return await request.read()
        except web.HTTPRequestEntityTooLarge:
            raise too_large from None

    return Request(request.method, path[len(root) :], query, request.headers, Body(read), request.scheme, root)


def _sent(response: Response) -> web.Response:
    assert isinstance(response.body, bytes)
    return web.Response(status=response.status, headers=response.headers, body=response.body)


class Listener:
    """A running site: made, used and closed inside one event loop."""

    def __init__(self, runner: web.AppRunner, host: str, port: int) -> None:
        self._runner = runner
        self.host = host
        self.port = port

    @classmethod
    async def open(cls, respond: Respond, settings: Settings, host: str, port: int) -> Listener:
        """Listen on an address, port 0 picks one; raises `StartError` in one sentence."""
        app = application(respond, settings.body_limit)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN, handler_cancellation=False)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port, backlog=512).start()
        except OSError as error:
            await runner.cleanup()
            raise StartError(f"cannot listen on {host}:{port}: {_reason(error)}; choose another with --listen") from error
        return cls(runner, host, runner.addresses[0][1])

    async def close(self) -> None:
        """Stop listening and end what is under way."""
        await self._runner.cleanup()

    async def until_stopped(self, stop: asyncio.Event) -> None:
        """Serve until somebody sets the event."""
        await stop.wait()
        await self.close()


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
