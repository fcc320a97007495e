"""Responses → bytes on a connection, as their `Delivery` says: whole, late, cut, in drops, with a wrong length, or not at all.

The transport's pen. It writes around aiohttp's own response objects, which cost as much as the rest of a call and would put right
what a fault puts wrong. Must not know what is answered, nor why it travels as it does.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from dataclasses import replace
from email.utils import formatdate
from http import HTTPStatus
from time import time

from aiohttp import HttpVersion11, web
from multidict import CIMultiDict

from mockserver.errors import MockServerError
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
        if not isinstance(body, bytes):
            return await _streamed(response, body, request)
        if delivery is not AT_ONCE:
            return await self._carry_out(response, body, request)
        transport = _open(request)
        keep = request.keep_alive
        bare = response.status in _BODILESS
        length = b"" if bare else b"Content-Length: %d\r\n" % len(body)
        sent = b"" if bare or request.method == "HEAD" else body
        transport.write(b"".join((self._head(response), self._now(), _connection(request, keep=keep), length, b"\r\n", sent)))
        if len(sent) > _LOTS:
            await request.writer.drain()
        return _KEPT_OPEN if keep else _CLOSED

    async def _carry_out(self, response: Response, body: bytes, request: web.BaseRequest) -> web.StreamResponse:
        """The same, slowly: whatever a delivery asks for."""
        delivery = response.delivery
        if delivery.delay:
            await asyncio.sleep(delivery.delay)
        transport = _open(request)
        keep = request.keep_alive and delivery.ending == "keep"
        if not delivery.silent:
            transport.write(
                b"".join((self._head(response), self._now(), _connection(request, keep=keep), _length(response, body)))
            )
            sent = body[: delivery.cut] if _has_body(response, request) else b""
            for number, piece in enumerate(_cut(sent, delivery.piece)):
                if number and delivery.pause:
                    await asyncio.sleep(delivery.pause)
                _open(request).write(piece)
                await request.writer.drain()
        return await _ended(delivery, transport, keep=keep)

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
        phrase = response.reason or HTTPStatus(response.status).phrase
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


def _has_body(response: Response, request: web.BaseRequest) -> bool:
    return request.method != "HEAD" and response.status not in _BODILESS


def _length(response: Response, body: bytes) -> bytes:
    """What the head says of the body's length, true or not, and the end of the head."""
    length = response.delivery.length
    if response.status in _BODILESS:
        return b"\r\n"
    if length == -1:
        return b"Transfer-Encoding: chunked\r\n\r\n" + _NO_CHUNK
    return b"Content-Length: %d\r\n\r\n" % (len(body) if length is None else length)


def _cut(body: bytes, size: int) -> Iterator[bytes]:
    step = size or max(len(body), 1)
    return (body[start : start + step] for start in range(0, len(body), step))


async def _streamed(response: Response, body: AsyncIterator[bytes], request: web.BaseRequest) -> web.StreamResponse:
    """Write an answer as it comes, framed as its headers say; one that breaks off leaves the client with a closed connection."""
    transport, writer = _open(request), request.writer
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
        transport.write(_lines(replace(response, headers=headers)) + b"\r\n")
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
