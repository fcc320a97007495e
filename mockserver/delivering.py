"""Responses → bytes on a connection, as their `Delivery` says: whole, late, cut, in drops, with a wrong length, or not at all.

The transport's pen. It writes around aiohttp's own response objects, which cost as much as the rest of a call and would put right
what a fault puts wrong. Must not know what is answered, nor why it travels as it does.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from email.utils import formatdate
from http import HTTPStatus
from time import time

from aiohttp import HttpVersion11, web

from mockserver.messages import AT_ONCE, Delivery, Headers, Response

_LOTS = 64 * 1024
_HEADS = 256
_BODILESS = (204, 304)
_ENDS_A_LINE = frozenset("\r\n\0")
_NO_CHUNK = b"not-a-size\r\n"
_LOOK = 0.05
_RESET_AT_ONCE = struct.pack("ii", 1, 0)


class Written(web.StreamResponse):
    """What aiohttp is told once an answer has been written: whether the connection stays open."""

    def __init__(self, *, keep_alive: bool) -> None:
        super().__init__()
        self._stays = keep_alive

    @property
    def keep_alive(self) -> bool:
        """Whether the connection stays open."""
        return self._stays

    async def prepare(self, request: web.BaseRequest) -> None:
        """Nothing is left to do."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing is left to do."""


_KEPT_OPEN, _CLOSED = Written(keep_alive=True), Written(keep_alive=False)


class Pen:
    """Writes answers to connections; one for each server."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Headers, bytes]] = {}
        self._second = 0
        self._date = b""

    async def write(self, response: Response, request: web.BaseRequest) -> web.StreamResponse:
        """Write an answer; raises ConnectionError when the client has left."""
        body, delivery = response.body, response.delivery
        if delivery is not AT_ONCE or not isinstance(body, bytes):
            return await self._carry_out(response, request)
        transport = _open(request)
        keep = request.keep_alive
        bare = response.status in _BODILESS
        length = b"" if bare else b"Content-Length: %d\r\n" % len(body)
        sent = b"" if bare or request.method == "HEAD" else body
        transport.write(b"".join((self._head(response), self._now(), _connection(request, keep=keep), length, b"\r\n", sent)))
        if len(sent) > _LOTS:
            await request.writer.drain()
        return _KEPT_OPEN if keep else _CLOSED

    async def _carry_out(self, response: Response, request: web.BaseRequest) -> web.StreamResponse:
        """The same, slowly: whatever a delivery asks for."""
        delivery = response.delivery
        if delivery.delay:
            await asyncio.sleep(delivery.delay)
        transport = _open(request)
        keep = request.keep_alive and delivery.ending == "keep"
        if not delivery.silent:
            chunked = await self._begin(response, request, keep=keep)
            sent = 0
            async for piece in _pieces(response, request):
                rest = len(piece) if delivery.cut is None else max(0, min(len(piece), delivery.cut - sent))
                sent += rest
                transport.write(_chunk(piece[:rest]) if chunked and rest else piece[:rest])
                await request.writer.drain()
                if delivery.cut is not None and sent >= delivery.cut:
                    break
            else:
                transport.write(b"0\r\n\r\n" if chunked else b"")
        return await _ended(delivery, transport, keep=keep)

    async def _begin(self, response: Response, request: web.BaseRequest, *, keep: bool) -> bool:
        """Status line and headers; whether the body goes in chunks, because nobody knows its length."""
        body, length = response.body, response.delivery.length
        chunked = False
        if response.status in _BODILESS:
            says = b""
        elif length == -1:
            says = b"Transfer-Encoding: chunked\r\n"
        elif length is not None or isinstance(body, bytes):
            says = b"Content-Length: %d\r\n" % (length if length is not None else len(body))  # type: ignore[arg-type]
        elif "Content-Length" in response.headers:
            says = b""
        else:
            chunked = True
            says = b"Transfer-Encoding: chunked\r\n"
        spoilt = _NO_CHUNK if length == -1 else b""
        head = (self._head(response), self._now(), _connection(request, keep=keep), says, b"\r\n", spoilt)
        _open(request).write(b"".join(head))
        await request.writer.drain()
        return chunked

    def _head(self, response: Response) -> bytes:
        """All up to the headers that only the connection knows: most answers share theirs, so they are written once."""
        key = (response.status, id(response.headers))
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _HEADS:
                self._known.clear()
            # The headers are kept beside their bytes, so that their id stays their own.
            known = self._known[key] = (response.headers, _lines(response))
        return known[1]

    def _now(self) -> bytes:
        """The Date header of this second."""
        now = int(time())
        if now != self._second:
            self._second, self._date = now, b"Date: %s\r\n" % formatdate(now, usegmt=True).encode()
        return self._date


def _lines(response: Response) -> bytes:
    """Status line and headers; raises ValueError for what would end a line early."""
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {response.status} {phrase}", *(f"{name}: {value}" for name, value in response.headers.items())]
    if any(_ENDS_A_LINE.intersection(line) for line in lines):
        raise ValueError("a header value holds a line break or a NUL")
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")


def _open(request: web.BaseRequest) -> asyncio.Transport:
    if request.transport is None or request.transport.is_closing():
        raise ConnectionResetError
    return request.transport


def _connection(request: web.BaseRequest, *, keep: bool) -> bytes:
    if not keep:
        return b"Connection: close\r\n"
    return b"Connection: keep-alive\r\n" if request.version < HttpVersion11 else b""


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece)


async def _pieces(response: Response, request: web.BaseRequest) -> AsyncIterator[bytes]:
    """The body as it goes out: whole, as it comes in from an upstream, or a few bytes at a time."""
    if request.method == "HEAD" or response.status in _BODILESS:
        return
    body, delivery = response.body, response.delivery
    if not isinstance(body, bytes):
        async for piece in body:
            yield piece
        return
    for number, piece in enumerate(_cut(body, delivery.piece)):
        if number and delivery.pause:
            await asyncio.sleep(delivery.pause)
        yield piece


def _cut(body: bytes, size: int) -> Iterator[bytes]:
    step = size or max(len(body), 1)
    return (body[start : start + step] for start in range(0, len(body), step))


async def _ended(delivery: Delivery, transport: asyncio.Transport, *, keep: bool) -> web.StreamResponse:
    """Bring the exchange to the end its delivery asks for."""
    if delivery.ending == "hang":
        while not transport.is_closing():  # noqa: ASYNC110 - aiohttp has no event for a client that leaves
            await asyncio.sleep(_LOOK)
    elif delivery.ending == "reset":
        if not delivery.silent:
            await asyncio.sleep(_LOOK)  # what was written must be under way: a reset overtakes it
        connection: socket.socket | None = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_ONCE)
        transport.abort()
    elif delivery.ending == "close":
        transport.close()
    return _KEPT_OPEN if keep else _CLOSED
