"""aiohttp in: an aiohttp request becomes ours, and our response is handed to the pen that writes it.

Must not know what is asked or answered.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from aiohttp import StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_parser import RawRequestMessage

from mockserver.delivering import Pen
from mockserver.errors import StartError, TooLarge
from mockserver.messages import AT_ONCE, Body, Request
from mockserver.responders import Respond
from mockserver.settings import Settings

if TYPE_CHECKING:
    import ssl

_TAIL = "/{tail}"
_SHUTDOWN = 0.1
# Tokens and filters make long lines; beyond these aiohttp answers 400 by itself.
_LINE = 64 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_INVALID = b'{"Message":"The request is invalid."}'
_UNEXPECTED = b'{"Message":"An error has occurred."}'

# aiohttp logs lines it cannot parse, and with them whatever credentials they hold.
logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)


def application(respond: Respond, body_limit: int) -> web.Application:
    """An aiohttp application with one catch-all handler; mounts below any prefix of another one."""

    async def handle(request: web.Request) -> web.StreamResponse:
        resource = request.match_info.route.resource
        root = resource.canonical[: -len(_TAIL)] if resource is not None else ""
        response = await respond(_received(request, root, body_limit))
        if response.delivery is AT_ONCE and isinstance(response.body, bytes):
            return web.Response(status=response.status, headers=response.headers, body=response.body)
        return await pen.write(response, request)

    pen = Pen()
    app = web.Application(client_max_size=body_limit)
    app.router.add_route("*", "/{tail:.*}", handle)
    return app


def _server(respond: Respond, body_limit: int) -> web.Server:
    """The same without aiohttp's router, which our own listeners do not need: routing is the emulator's."""
    loop = asyncio.get_running_loop()

    def made(
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: web.RequestHandler,
        writer: AbstractStreamWriter,
        task: asyncio.Task[None],
    ) -> web.BaseRequest:
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=body_limit)

    pen = Pen()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        return await pen.write(await respond(_received(request, "", body_limit, own=True)), request)

    return _Server(handle, request_factory=made, access_log=None, max_line_size=_LINE, max_field_size=_LINE)


class _Server(web.Server):
    """aiohttp's server with our own answer to what is no HTTP."""

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    """One connection; what could not be parsed is neither logged nor repeated, since it may hold credentials."""

    __slots__ = ()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Say that there was a mistake and nothing of what was sent."""
        del exc, message
        if request.writer.output_size > 0:
            raise ConnectionError("an answer has begun, and another would be read as part of it")
        body = _UNEXPECTED if status >= 500 else _INVALID
        answer = web.Response(status=status, body=body, content_type="application/json", charset="utf-8")
        answer.force_close()
        return answer


def _received(request: web.BaseRequest, root: str, body_limit: int, *, own: bool = False) -> Request:
    """Our request; on `own` listeners nobody but us tells a waiting client to send its body."""
    path, _, query = request.raw_path.partition("?")
    if not path.startswith("/"):  # a proxy's absolute form
        path = request.rel_url.raw_path

    async def read() -> bytes:
        if own and request.transport is not None and request.headers.get("Expect", "").lower() == "100-continue":
            request.transport.write(_CONTINUE)
        if (request.content_length or 0) <= body_limit:
            try:
                return await request.read()
            except web.HTTPRequestEntityTooLarge:
                pass
        raise TooLarge("Maximum request length exceeded.", explanation=f"the body is above {body_limit} bytes (body_limit)")

    async def chunks() -> AsyncIterator[bytes]:
        if own and request.transport is not None and request.headers.get("Expect", "").lower() == "100-continue":
            request.transport.write(_CONTINUE)
        async for chunk in request.content.iter_any():
            yield chunk

    return Request(request.method, path[len(root) :], query, request.headers, Body(read, chunks), request.scheme, root)


class Listener:
    """A running site: made, used and closed inside one event loop."""

    def __init__(self, runner: web.ServerRunner, host: str, port: int) -> None:
        self._runner = runner
        self.host = host
        self.port = port

    @classmethod
    async def open(
        cls, respond: Respond, settings: Settings, host: str, port: int, tls: ssl.SSLContext | None = None
    ) -> Listener:
        """Listen on an address, port 0 picks one, for HTTPS where there is a context; raises `StartError` in one sentence."""
        runner = web.ServerRunner(_server(respond, settings.body_limit), shutdown_timeout=_SHUTDOWN)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port, backlog=512, ssl_context=tls).start()
        except OSError as error:
            await runner.cleanup()
            raise StartError(f"cannot listen on {host}:{port}: {_reason(error)}; choose another with --listen") from error
        return cls(runner, host, runner.addresses[0][1])

    async def close(self) -> None:
        """Stop listening and end what is under way."""
        for _ in range(3):  # what was just accepted must be known to the server before it closes (CPython 3.11)
            await asyncio.sleep(0)
        await self._runner.cleanup()

    async def until_stopped(self, stop: asyncio.Event) -> None:
        """Serve until somebody sets the event."""
        await stop.wait()
        await self.close()


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
