"""What a delivery asks for reaches a client over a socket."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from multidict import CIMultiDict

from mockserver.messages import AT_ONCE, Delivery, Request, Response
from mockserver.settings import Settings
from mockserver.transport import Listener, application

BODY = b"0123456789" * 20
Answer = Callable[[Request], Awaitable[Response]]


def answering(delivery: Delivery, body: bytes | AsyncIterator[bytes] = BODY, status: int = 200) -> Answer:
    """A respond function with one answer."""

    async def respond(request: Request) -> Response:
        del request
        return Response(status, CIMultiDict({"Content-Type": "text/plain"}), body, delivery)

    return respond


@asynccontextmanager
async def listening(respond: Answer, *, mounted: bool) -> AsyncIterator[int]:
    """The port of a server with this answer: our own listener, or the aiohttp application a user mounts."""
    if not mounted:
        listener = await Listener.open(respond, Settings(), "127.0.0.1", 0)
        yield listener.port
        await listener.close()
        return
    runner = web.AppRunner(application(respond, 2**20), shutdown_timeout=0.1)
    await runner.setup()
    port = unused_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield port
    await runner.cleanup()


def exchange(port: int, patience: float = 5.0, method: str = "GET") -> tuple[bytes, str]:
    """All bytes that come back on one connection, and how it ended: `closed`, `reset` or `open`."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
        connection.sendall(f"{method} / HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        got = b""
        try:
            while piece := connection.recv(65536):
                got += piece
        except ConnectionResetError:
            return got, "reset"
        except TimeoutError:
            return got, "open"
        return got, "closed"


async def sent(delivery: Delivery, *, mounted: bool = False, patience: float = 5.0) -> tuple[bytes, bytes, str]:
    """Head, body and ending of an exchange."""
    async with listening(answering(delivery), mounted=mounted) as port:
        got, ending = await asyncio.to_thread(exchange, port, patience)
    head, _, body = got.partition(b"\r\n\r\n")
    return head, body, ending


@pytest.fixture(params=[False, True], ids=["listener", "application"])
def mounted(request: pytest.FixtureRequest) -> bool:
    """Whether the double is served by itself or mounted into somebody's application."""
    return bool(request.param)


async def test_the_whole_answer_and_then_the_end(mounted: bool) -> None:  # noqa: FBT001 - a fixture
    """`close` ends the connection after a whole answer, and says so (RFC 9112, 9.6)."""
    head, body, ending = await sent(Delivery(ending="close"), mounted=mounted)
    assert (body, ending) == (BODY, "closed")
    assert b"Connection: close" in head
    assert b"Content-Length: 200" in head


@pytest.mark.parametrize("cut", [0, 1, 77])
async def test_a_body_is_cut_short(mounted: bool, cut: int) -> None:  # noqa: FBT001 - a fixture
    """The length is promised in full; only the first bytes come."""
    head, body, ending = await sent(Delivery(cut=cut, ending="close"), mounted=mounted)
    assert (body, ending) == (BODY[:cut], "closed")
    assert b"Content-Length: 200" in head


async def test_a_reset_after_half_a_body(mounted: bool) -> None:  # noqa: FBT001 - a fixture
    """What was written arrives; then the connection is reset, not closed."""
    _, body, ending = await sent(Delivery(cut=100, ending="reset"), mounted=mounted)
    assert (body, ending) == (BODY[:100], "reset")


@pytest.mark.parametrize(("ending", "seen"), [("reset", "reset"), ("close", "closed")])
async def test_not_one_byte(mounted: bool, ending: str, seen: str) -> None:  # noqa: FBT001 - a fixture
    """A silent delivery shows its ending only."""
    head, body, ended = await sent(Delivery(silent=True, ending=ending), mounted=mounted)  # type: ignore[arg-type]
    assert (head, body, ended) == (b"", b"", seen)


async def test_hanging_until_the_client_leaves(mounted: bool) -> None:  # noqa: FBT001 - a fixture
    """A client that waits sees nothing and no end; the server still stops at once."""
    began = time.monotonic()
    head, _, ended = await sent(Delivery(silent=True, ending="hang"), mounted=mounted, patience=0.3)
    assert (head, ended) == (b"", "open")
    assert time.monotonic() - began < 5


async def test_a_delay_and_drops(mounted: bool) -> None:  # noqa: FBT001 - a fixture
    """The bytes are the same; they take at least as long as the delay and the pauses."""
    began = time.monotonic()
    _, body, _ = await sent(Delivery(delay=0.1, piece=50, pause=0.05, ending="close"), mounted=mounted)
    assert body == BODY
    assert time.monotonic() - began >= 0.1 + 3 * 0.05


@pytest.mark.parametrize("length", [0, 10, 900])
async def test_a_wrong_length_goes_out_as_it_is(mounted: bool, length: int) -> None:  # noqa: FBT001 - a fixture
    """A library would put it right; ours goes out as the fault has it."""
    head, body, _ = await sent(Delivery(length=length, ending="close"), mounted=mounted)
    assert f"Content-Length: {length}\r\n".encode() in head + b"\r\n"
    assert body == BODY


async def test_a_malformed_chunk(mounted: bool) -> None:  # noqa: FBT001 - a fixture
    """The first chunk has no size (RFC 9112, 7.1)."""
    head, body, _ = await sent(Delivery(length=-1, ending="close"), mounted=mounted)
    assert b"Transfer-Encoding: chunked" in head
    assert b"Content-Length" not in head
    with pytest.raises(ValueError, match="invalid literal"):
        int(body.split(b"\r\n")[0], 16)


async def test_a_stream_goes_out_in_chunks(mounted: bool) -> None:  # noqa: FBT001 - a fixture
    """A body of unknown length is chunked, piece by piece (RFC 9112, 7.1)."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"three"

    async with listening(answering(AT_ONCE, pieces()), mounted=mounted) as port:
        got, _ = await asyncio.to_thread(exchange, port, 0.5)
    assert got.endswith(b"\r\n\r\n3\r\none\r\n5\r\nthree\r\n0\r\n\r\n")


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_without_a_body_has_none_however_it_travels(status: int) -> None:
    """Neither bytes nor a length (RFC 9110, 15.3.5 and 15.4.5)."""
    async with listening(answering(Delivery(delay=0.01, ending="close"), b"", status), mounted=False) as port:
        got, _ = await asyncio.to_thread(exchange, port)
    assert got.endswith(b"\r\n\r\n")
    assert b"Content-Length" not in got


async def test_headers_that_would_end_a_line_are_no_answer() -> None:
    """A line break in a header value must not become a header of its own (response splitting)."""

    async def respond(request: Request) -> Response:
        del request
        return Response(200, CIMultiDict({"X-A": "b\r\nX-C: d"}), b"")

    async with listening(respond, mounted=False) as port:
        got, _ = await asyncio.to_thread(exchange, port, 2.0)
    assert got.startswith(b"HTTP/1.1 500 ")
    assert b"X-C" not in got


async def test_a_waiting_client_is_told_to_go_on_when_its_body_is_read() -> None:
    """`Expect: 100-continue` is answered once somebody reads the body (RFC 9110, 10.1.1)."""

    async def respond(request: Request) -> Response:
        return Response(200, CIMultiDict(), await request.body.read(), Delivery(ending="close"))

    def ask(port: int) -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            first = connection.recv(65536)
            connection.sendall(b"ok")
            return first + b"".join(iter(lambda: connection.recv(65536), b""))

    async with listening(respond, mounted=False) as port:
        got = await asyncio.to_thread(ask, port)
    assert got.startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert got.endswith(b"\r\n\r\nok")
