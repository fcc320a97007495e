"""Tests of what crosses the wire."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from mockserver.errors import TooLarge
from mockserver.messages import AT_ONCE, NO_ACCOUNT, Body, Delivery, Request, Response


async def test_a_body_is_read_once_and_only_when_asked() -> None:
    """The bytes are fetched when somebody asks, and kept."""
    reads = []

    async def read() -> bytes:
        reads.append(1)
        return b"x"

    body = Body(read)
    assert (body.known, reads) == (None, [])
    assert [await body.read(), await body.read()] == [b"x", b"x"]
    assert (body.known, reads) == (b"x", [1])


async def test_an_empty_body_is_read_once_too() -> None:
    """No bytes are an answer like any other."""
    reads = []

    async def read() -> bytes:
        reads.append(1)
        return b""

    body = Body(read)
    assert [await body.read(), await body.read()] == [b"", b""]
    assert reads == [1]


async def test_a_body_of_bytes_is_known_at_once() -> None:
    """Bytes in hand need no reading."""
    body = Body(b"x")
    assert body.known == b"x"
    assert await body.read() == b"x"


async def test_a_body_that_cannot_be_read_says_so_to_everybody() -> None:
    """An error in reading goes to who asked, and the body stays unread."""

    async def read() -> bytes:
        raise TooLarge("too much")

    body = Body(read)
    for _ in range(2):
        with pytest.raises(TooLarge):
            await body.read()
    assert body.known is None


@pytest.mark.parametrize(
    ("request_", "origin"),
    [
        (Request("GET", "/"), "http://localhost"),
        (Request("GET", "/", headers=CIMultiDict({"host": "example.org:443"})), "http://example.org:443"),
        (Request("GET", "/", headers=CIMultiDict({"Host": "[::1]:80"}), scheme="https", root="/sub"), "https://[::1]:80/sub"),
    ],
    ids=["without a Host", "as the client addressed us", "mounted below a path"],
)
def test_the_origin_is_how_the_client_addressed_us(request_: Request, origin: str) -> None:
    """Links are built on scheme, Host and the path of the mount."""
    assert request_.origin == origin


async def test_a_request_has_nothing_it_was_not_given() -> None:
    """Query, headers and body are empty unless given, and not shared between requests."""
    one, two = Request("GET", "/"), Request("GET", "/")
    assert (one.query, len(one.headers), await one.body.read()) == ("", 0, b"")
    assert one.body is not two.body
    assert one.headers is not two.headers


def test_a_response_is_sent_whole_and_at_once_unless_told() -> None:
    """A plain response has no body, no headers, no fault and nobody's account."""
    one, two = Response(204), Response(204)
    assert (one.body, one.delivery, one.account) == (b"", AT_ONCE, NO_ACCOUNT)
    assert one.delivery == Delivery()
    assert one.headers is not two.headers


def test_headers_have_no_letter_case_and_may_repeat() -> None:
    """Repeated headers survive, whatever case their names have (RFC 9110, 5.1 and 5.3)."""
    response = Response(200, CIMultiDict([("X-Powered-By", "a"), ("x-powered-by", "b")]))
    assert response.headers.getall("X-POWERED-BY") == ["a", "b"]
