"""What goes back for a recording: headers that are true of the body, and links that lead to the double."""

from __future__ import annotations

import gzip
import zlib

import pytest
from multidict import CIMultiDict

from mockserver.messages import NO_ACCOUNT, Request, Response
from mockserver.responders.answers import Answers
from mockserver.responders.cassettes import Interaction

HOST = "https://sod2.superoffice.example/Cust777"
PLAIN = b'{"a":"plain"}'


def recorded(body: bytes, *headers: tuple[str, str], duration: object = None) -> Interaction:
    """A recorded answer."""
    return Interaction("GET", f"{HOST}/api/v1/Contact/1", (), b"", 200, "OK", headers, body, {"duration": duration})


def given(interaction: Interaction, *, path: str = "/Cust12345/api/v1/Contact/1", scheme: str = "http") -> Response:
    """The answer as it is given to a client of the double."""
    request = Request("GET", path, headers=CIMultiDict({"Host": "127.0.0.1:8080"}), scheme=scheme)
    return Answers([interaction], latency=True).of(interaction).given(request, NO_ACCOUNT)


def raw_deflate(body: bytes) -> bytes:
    """Deflate as some servers mean it: without zlib's container (RFC 9110, 8.4.1.2)."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(PLAIN)),
        ("gzip", PLAIN),
        ("deflate", zlib.compress(PLAIN)),
        ("deflate", raw_deflate(PLAIN)),
        ("deflate", PLAIN),
        ("br", PLAIN),
        ("identity", PLAIN),
    ],
    ids=["gzip", "gzip, falsely", "zlib", "raw deflate", "deflate, falsely", "br, falsely", "identity"],
)
def test_compression_is_undone_whether_it_is_there_or_not(coding: str, body: bytes) -> None:
    """The bytes decide; the header that is no longer true goes (peers C4)."""
    response = given(recorded(body, ("Content-Encoding", coding), ("Content-Length", "999"), ("X-Kept", "yes")))
    assert response.body == PLAIN
    assert dict(response.headers) == {"X-Kept": "yes"}


def test_a_compression_nobody_here_can_undo_stays() -> None:
    """What is no text under an unknown coding is left to the client, which asked for it."""
    body = b"\x8b\x03\x80\xff\x00"
    response = given(recorded(body, ("Content-Encoding", "br")))
    assert (response.body, response.headers["Content-Encoding"]) == (body, "br")


def test_headers_of_the_old_connection_are_dropped() -> None:
    """Hop-by-hop headers and those they name (RFC 9110, 7.6.1), dates and lengths go; repeated ones stay repeated."""
    headers = [("Connection", "close, X-Hop"), ("X-Hop", "1"), ("Transfer-Encoding", "chunked"), ("Keep-Alive", "timeout=5"),
               ("Date", "x"), ("Content-Length", "3"), ("X-Powered-By", "a"), ("X-Powered-By", "b"), ("bad name", "x"),
               ("Access-Control-Allow-Origin", "https://recorded.example"), ("X-Split", "a\r\nb")]  # fmt: skip
    response = given(recorded(PLAIN, *headers))
    assert list(response.headers.items()) == [("X-Powered-By", "a"), ("X-Powered-By", "b"), ("X-Split", "a b")]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (f"{HOST}/api/v1/Contact/1", "http://127.0.0.1:8080/Cust12345/api/v1/Contact/1"),
        ("https://sod2.superoffice.example:443/Cust777", "http://127.0.0.1:8080/Cust12345"),
        ("https:\\/\\/SOD2.superoffice.example\\/Cust777\\/api", "http:\\/\\/127.0.0.1:8080\\/Cust12345\\/api"),
        ("u=https%3A%2F%2Fsod2.superoffice.example%2FCust777%2Fx", "u=http%3A%2F%2F127.0.0.1%3A8080%2FCust12345%2Fx"),
        ("https://sod2.superoffice.example/login", "http://127.0.0.1:8080/login"),
        ("https://sod2.superoffice.example.evil/Cust777", "https://sod2.superoffice.example.evil/Cust777"),
        ("https://www.superoffice.example/Cust777", "https://www.superoffice.example/Cust777"),
        ("the tenant Cust777", "the tenant Cust777"),
    ],
)
def test_links_to_the_recorded_host_lead_to_the_double(said: str, expected: str) -> None:
    """In bodies and headers, in each spelling, with the tenant that asks; other hosts and bare names stay."""
    response = given(recorded(said.encode(), ("Location", said)))
    assert response.body == expected.encode()
    assert response.headers["Location"] == expected


def test_links_have_no_tenant_where_the_path_has_none() -> None:
    """A client of an onsite installation asks below the root."""
    assert given(recorded(f"{HOST}/api".encode()), path="/api/v1/Contact/1").body == b"http://127.0.0.1:8080/api"


@pytest.mark.parametrize(("scheme", "secure"), [("http", ""), ("https", "; Secure")])
def test_cookies_are_for_the_double(scheme: str, secure: str) -> None:
    """A cookie loses the recorded host, and `Secure` where there is no TLS, or the client would keep it to itself."""
    cookies = (("Set-Cookie", "a=1; Domain=sod2.superoffice.example; Path=/; Secure"), ("Set-Cookie", "b=2"))
    assert given(recorded(b"", *cookies), scheme=scheme).headers.getall("Set-Cookie") == [f"a=1; Path=/{secure}", "b=2"]


@pytest.mark.parametrize(("duration", "delay"), [(0.25, 0.25), (2, 2.0), (None, 0), ("x", 0), (-1, 0), (1e9, 0)])
def test_an_answer_takes_as_long_as_it_did(duration: object, delay: float) -> None:
    """The recorded duration is the delay of the delivery; what is no duration is none."""
    assert given(recorded(PLAIN, duration=duration)).delivery.delay == delay
