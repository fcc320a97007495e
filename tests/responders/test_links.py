"""Links of a tenant lead to the double, however they are written; everything else stays byte for byte."""

from __future__ import annotations

import gzip

import pytest
from multidict import CIMultiDict

from mockserver.messages import Request, Response
from mockserver.responders.links import Links

LINKS = Links(["https://sod2.superoffice.com", "https://sod.superoffice.com"])
OURS = "http://127.0.0.1:8080"


def rewritten(text: str, label: str = "application/json") -> str:
    """A body as the client sees it."""
    return LINKS.body(Response(200, CIMultiDict({"Content-Type": label})), text.encode(), OURS).decode()


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("https://sod2.superoffice.com/Cust1/api", "http://127.0.0.1:8080/Cust1/api"),
        ("https://sod2.superoffice.com:443/Cust1", "http://127.0.0.1:8080/Cust1"),
        ("HTTPS://SOD2.superoffice.com", "http://127.0.0.1:8080"),
        (r"https:\/\/sod2.superoffice.com\/Cust1", r"http:\/\/127.0.0.1:8080\/Cust1"),
        ("u=https%3A%2F%2Fsod.superoffice.com%2Flogin", "u=http%3A%2F%2F127.0.0.1%3A8080%2Flogin"),
        ("see https://sod2.superoffice.com.", "see http://127.0.0.1:8080."),
    ],
    ids=["plain", "with its port", "in capitals", "escaped", "encoded", "end of a sentence"],
)
def test_a_link_leads_to_the_double(sent: str, seen: str) -> None:
    """In the spelling it was written in."""
    assert rewritten(f'{{"a": "{sent}"}}') == f'{{"a": "{seen}"}}'


@pytest.mark.parametrize(
    "text",
    [
        "https://sod2.superoffice.com.evil.example/",
        "https://sod2.superoffice.community",
        "https://sod2.superoffice.com:8443/",
        "http://docs/",
    ],
)
def test_another_host_stays(text: str) -> None:
    """A longer name, and another port, are somebody else's."""
    assert rewritten(text) == text


def test_a_packed_body_without_links_stays_byte_for_byte() -> None:
    """It is not packed again."""
    body = gzip.compress(b"nothing", 1)
    response = Response(200, CIMultiDict({"Content-Type": "text/plain", "Content-Encoding": "gzip"}))
    assert LINKS.body(response, body, OURS) is body
    linked = LINKS.body(response, gzip.compress(b"https://sod2.superoffice.com/"), OURS)
    assert gzip.decompress(linked) == b"http://127.0.0.1:8080/"


def test_cookies_and_locations_work_on_the_double() -> None:
    """A cookie of the tenant's host, or for TLS only, would be dropped by a client."""
    headers = CIMultiDict([
        ("Set-Cookie", "a=1; Domain=.superoffice.com; path=/; Secure; HttpOnly"),
        ("Set-Cookie", "b=2; Domain=other.example"),
        ("Location", "https://sod2.superoffice.com/Cust1"),
    ])  # fmt: skip
    seen = LINKS.headers(Response(302, headers), OURS).headers
    assert seen.getall("Set-Cookie") == ["a=1; path=/; HttpOnly", "b=2; Domain=other.example"]
    assert seen["Location"] == "http://127.0.0.1:8080/Cust1"


def test_the_upstream_is_told_its_own_origin() -> None:
    """A browser's Origin and Referer name the double."""
    headers = CIMultiDict({"Host": "127.0.0.1:8080", "Origin": OURS, "Referer": f"{OURS}/Cust1/"})
    sent = LINKS.upstream(Request("GET", "/", headers=headers)).headers
    assert (sent["Origin"], sent["Referer"]) == ("https://sod2.superoffice.com", "https://sod2.superoffice.com/Cust1/")
