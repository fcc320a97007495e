"""The way out: what an upstream says goes through as it is, and what it does wrong is one sentence."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from multidict import CIMultiDict

from mockserver.errors import SettingsError
from mockserver.messages import Body, Request, Response
from mockserver.upstream import Upstream, UpstreamBroken, Where

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def says(answer: bytes, *, hang: bool = False, reset: bool = False) -> Talk:
    """An upstream that reads a head and says these bytes, whatever was asked."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        if hang:
            await reader.read()
        if reset:
            writer.transport.abort()
        writer.close()

    return talk


@asynccontextmanager
async def upstream(talk: Talk, silent: float = 5.0) -> AsyncIterator[Upstream]:
    """The way to it."""
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Upstream(Where(f"http://127.0.0.1:{port}/Cust54321"), silent=silent) as made:
        try:
            yield made
        finally:
            server.close()
            await asyncio.sleep(0.01)  # lets the upstream's own tasks end


async def whole(response: Response) -> bytes:
    """All of a body."""
    if isinstance(response.body, bytes):
        return response.body
    return b"".join([chunk async for chunk in response.body])


@pytest.mark.parametrize(
    ("answer", "says_so", "more"),
    [
        (b"", "closed the connection without an answer", {}),
        (b"", "closed the connection without an answer", {"reset": True}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello", "(two lengths|not HTTP)", {}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello", "(no number|not HTTP)", {}),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "not HTTP", {}),
        (b"", r"said nothing for 0\.2 s", {"hang": True}),
    ],
    ids=["hang-up", "reset", "two lengths", "odd length", "no HTTP", "stall"],
)
async def test_what_is_no_answer_is_a_502_with_one_sentence(answer: bytes, says_so: str, more: dict[str, bool]) -> None:
    """The status is 502 and the sentence says what the upstream did."""
    async with upstream(says(answer, **more), silent=0.2) as ask:
        response = await ask(Request("GET", "/Cust54321/api"))
    assert response.status == 502
    assert response.account.explanation

    assert re.search(says_so, response.account.explanation), response.account.explanation


@pytest.mark.parametrize(
    ("answer", "hang", "says_so"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", False, "ended before it was complete"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", False, "ended before it was complete"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", True, "said nothing"),
    ],
    ids=["length too large", "no last chunk", "stall"],
)
async def test_an_answer_that_breaks_off_says_so(answer: bytes, hang: bool, says_so: str) -> None:  # noqa: FBT001
    """What came before goes through; the end is an error and no end."""
    async with upstream(says(answer, hang=hang), silent=0.3) as ask:
        response = await ask(Request("GET", "/Cust54321/api"))
        with pytest.raises(UpstreamBroken, match=says_so):
            await whole(response)


async def test_headers_come_through_as_they_are() -> None:
    """Order, spelling, repetition and packing are the upstream's; nothing is unpacked or followed."""
    answer = (
        b"HTTP/1.1 302 Moved Over There\r\nX-powered-BY: a\r\nSet-Cookie: a=1\r\nX-Powered-By: b\r\nSet-Cookie: b=2\r\n"
        b"Location: /elsewhere\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"
    )
    async with upstream(says(answer)) as ask:
        response = await ask(Request("GET", "/Cust54321/api"))
        assert await whole(response) == b"nope"
    assert (response.status, response.reason) == (302, "Moved Over There")
    assert list(response.headers.items()) == [
        ("X-powered-BY", "a"),
        ("Set-Cookie", "a=1"),
        ("X-Powered-By", "b"),
        ("Set-Cookie", "b=2"),
        ("Location", "/elsewhere"),
        ("Content-Encoding", "gzip"),
        ("Content-Length", "4"),
    ]


async def test_the_request_goes_out_as_it_came() -> None:
    """Nothing is added but Host; repeated names stay so; what belongs to one connection is left out."""
    heard = asyncio.get_running_loop().create_future()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.set_result(await reader.readuntil(b"hello"))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    headers = CIMultiDict([("Host", "double"), ("X-a", "1"), ("X-A", "2"), ("Connection", "keep-alive, X-Hop"), ("X-Hop", "1")])
    async with upstream(talk) as ask:
        await ask(Request("POST", "/Cust54321/api/v1/A%2fB", "$filter=a%20b", headers, Body(b"hello")))
    head = (await heard).split(b"\r\n")
    assert head[0] == b"POST /Cust54321/api/v1/A%2fB?$filter=a%20b HTTP/1.1"
    assert head[1].startswith(b"Host: 127.0.0.1:")
    assert sorted(head[2:-2]) == [b"Content-Length: 5", b"X-a: 1", b"X-a: 2"]


@pytest.mark.parametrize(
    ("base", "path", "goes_to"),
    [
        ("https://sod2.superoffice.com/Cust1", "/Cust1/api/v1", "https://sod2.superoffice.com/Cust1/api/v1"),
        (
            "https://sod2.superoffice.com/Cust1",
            "/login/common/oauth/tokens",
            "https://sod.superoffice.com/login/common/oauth/tokens",
        ),
        ("https://sod2.superoffice.com/Cust1", "/api/state/Cust1", "https://sod.superoffice.com/api/state/Cust1"),
        ("https://crm.firma.example/SuperOffice/", "/api/v1", "https://crm.firma.example/SuperOffice/api/v1"),
        ("https://crm.firma.example", "/api/v1", "https://crm.firma.example/api/v1"),
    ],
)
def test_a_path_of_the_double_is_an_address_of_the_upstream(base: str, path: str, goes_to: str) -> None:
    """Online the login service has a host of its own (protocol 3.2, 3.4); onsite callers may leave out the prefix."""
    assert Where(base).url(path, "") == goes_to


@pytest.mark.parametrize(
    "base", ["sod2.superoffice.com/Cust1", "ftp://a/Cust1", "https://", "https://u:p@a/Cust1", "https://a/?x"]
)
def test_an_address_that_is_none_is_refused(base: str) -> None:
    """In one sentence with an example."""
    with pytest.raises(SettingsError, match="--upstream takes the address of a tenant"):
        Where(base)


async def test_a_file_without_certificates_is_refused(tmp_path: Path) -> None:
    """It is named."""
    path = tmp_path / "ca.pem"
    path.write_text("nothing", "utf-8")
    with pytest.raises(SettingsError, match=r"ca\.pem holds no certificates"):
        Upstream(Where("https://a/Cust1"), ca_file=path)
