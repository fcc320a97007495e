"""aiohttp in: an aiohttp request becomes ours, our response becomes aiohttp's. The way out is `upstream`.

Must not know what is asked or answered; carries out deliveries.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from email.utils import formatdate
from http import HTTPStatus
from time import time

from aiohttp import HttpVersion11, StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_parser import RawRequestMessage
from multidict import CIMultiDict

from mockserver.errors import MockServerError, StartError, TooLarge
from mockserver.messages import Body, Headers, Request, Response
from mockserver.responders import Respond
from mockserver.settings import Settings

_TAIL = "/{tail}"
_SHUTDOWN = 0.1
# Tokens and filters make long lines; beyond these aiohttp answers 400 by itself.
_LINE = 64 * 1024
_LOTS = 64 * 1024
_HEADS = 256
_BODILESS = (204, 304)
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_ENDS_A_LINE = frozenset("\r\n\0")

# aiohttp logs lines it cannot parse, and with them whatever credentials they hold.
logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)


def application(respond: Respond, body_limit: int) -> web.Application:
    """An aiohttp application with one catch-all handler; mounts below any prefix of another one."""

    async def handle(request: web.Request) -> web.StreamResponse:
        resource = request.match_info.route.resource
        root = resource.canonical[: -len(_TAIL)] if resource is not None else ""
        return await _sent(await respond(_received(request, root, body_limit)), request)

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

    heads = _Heads()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        return await _written(await respond(_received(request, "", body_limit, own=True)), request, heads)

    return web.Server(handle, request_factory=made, access_log=None, max_line_size=_LINE, max_field_size=_LINE)


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


async def _sent(response: Response, request: web.BaseRequest) -> web.StreamResponse:
    if isinstance(response.body, bytes):
        return web.Response(status=response.status, headers=response.headers, body=response.body)
    streamed = web.StreamResponse(status=response.status, reason=response.reason or None, headers=response.headers)
    if streamed.headers.pop("Transfer-Encoding", None):
        streamed.enable_chunked_encoding()
    await streamed.prepare(request)
    if _has_body(response, request):
        async for chunk in response.body:
            await streamed.write(chunk)
    return streamed


async def _written(response: Response, request: web.BaseRequest, heads: _Heads) -> web.StreamResponse:
    """Write a whole answer in one piece, around aiohttp's response objects: they cost as much as the rest of a call."""
    body, transport = response.body, request.transport
    if not isinstance(body, bytes):
        return await _streamed(response, body, request)
    if transport is None or transport.is_closing():
        raise ConnectionResetError
    keep = request.keep_alive
    connection = b""
    if not keep:
        connection = b"Connection: close\r\n"
    elif request.version < HttpVersion11:
        connection = b"Connection: keep-alive\r\n"
    length = b"" if response.status in _BODILESS else b"Content-Length: %d\r\n" % len(body)
    sent = b"" if request.method == "HEAD" or response.status in _BODILESS else body
    transport.write(b"".join((heads.of(response), heads.date(), connection, length, b"\r\n", sent)))
    if len(sent) > _LOTS:
        await request.writer.drain()
    return _KEPT_OPEN if keep else _CLOSED


def _has_body(response: Response, request: web.BaseRequest) -> bool:
    return request.method != "HEAD" and response.status not in _BODILESS


async def _streamed(response: Response, body: AsyncIterator[bytes], request: web.BaseRequest) -> web.StreamResponse:
    """Write an answer as it comes, framed as its headers say; one that breaks off leaves the client with a closed connection."""
    transport, writer = request.transport, request.writer
    if transport is None or transport.is_closing():
        raise ConnectionResetError
    headers = CIMultiDict(response.headers)
    has_body = _has_body(response, request)
    old = request.version < HttpVersion11
    chunked = has_body and "Content-Length" not in headers and not old
    keep = request.keep_alive and (chunked or not has_body or "Content-Length" in headers)
    if old or chunked:
        headers.popall("Transfer-Encoding", None)
    if chunked:
        headers["Transfer-Encoding"] = "chunked"
    if "Date" not in headers:
        headers["Date"] = formatdate(usegmt=True)
    if not keep or old:
        headers["Connection"] = "keep-alive" if keep else "close"
    try:
        transport.write(_head(replace(response, headers=headers)) + b"\r\n")
        if has_body:
            async for chunk in body:
                if chunk:
                    transport.write(b"%x\r\n%b\r\n" % (len(chunk), chunk) if chunked else chunk)
                    await writer.drain()
            if chunked:
                transport.write(b"0\r\n\r\n")
    except (MockServerError, OSError):
        transport.close()
        return _CLOSED
    finally:
        if isinstance(body, AsyncGenerator):
            await body.aclose()
    return _KEPT_OPEN if keep else _CLOSED


class _Written(web.StreamResponse):
    """What aiohttp is told once an answer has been written: whether the connection stays open."""

    def __init__(self, *, keep_alive: bool) -> None:
        super().__init__()
        self._stays = keep_alive

    @property
    def keep_alive(self) -> bool:
        return self._stays

    async def prepare(self, request: web.BaseRequest) -> None:
        """Nothing is left to do."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing is left to do."""


_KEPT_OPEN, _CLOSED = _Written(keep_alive=True), _Written(keep_alive=False)


class _Heads:
    """Status lines and headers as bytes: most answers share theirs, so they are written once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Headers, bytes]] = {}
        self._second = 0
        self._date = b""

    def of(self, response: Response) -> bytes:
        """All up to the headers that only the connection knows; raises ValueError for what would end a line early."""
        key = (response.status, id(response.headers))
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _HEADS:
                self._known.clear()
            # The headers are kept beside their bytes, so that their id stays their own.
            known = self._known[key] = (response.headers, _head(response))
        return known[1]

    def date(self) -> bytes:
        """The Date header of this second."""
        now = int(time())
        if now != self._second:
            self._second, self._date = now, b"Date: %s\r\n" % formatdate(now, usegmt=True).encode()
        return self._date


def _head(response: Response) -> bytes:
    try:
        phrase = response.reason or HTTPStatus(response.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {response.status} {phrase}", *(f"{name}: {value}" for name, value in response.headers.items())]
    if any(_ENDS_A_LINE.intersection(line) for line in lines):
        raise ValueError("a header value holds a line break or a NUL")
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")


class Listener:
    """A running site: made, used and closed inside one event loop."""

    def __init__(self, runner: web.ServerRunner, host: str, port: int) -> None:
        self._runner = runner
        self.host = host
        self.port = port

    @classmethod
    async def open(cls, respond: Respond, settings: Settings, host: str, port: int) -> Listener:
        """Listen on an address, port 0 picks one; raises `StartError` in one sentence."""
        runner = web.ServerRunner(_server(respond, settings.body_limit), shutdown_timeout=_SHUTDOWN)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port, backlog=512).start()
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
