"""The origin a client asked, through proxies, and whatever they were told to say."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from mockserver.origins import origin

NAMES = ("Host", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "Forwarded")


def told(headers: Mapping[str, str], scheme: str = "http") -> str:
    """The origin of a request with these headers, asked at `mock.test:8080` unless they say otherwise."""
    return origin(scheme, CIMultiDict({"Host": "mock.test:8080"} | dict(headers)))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, "http://mock.test:8080"),
        ({"Host": "[::1]:80"}, "http://[::1]:80"),
        ({"Host": "crm_1.example:443"}, "http://crm_1.example:443"),
        ({"X-Forwarded-Proto": "https"}, "https://mock.test:8080"),
        ({"X-Forwarded-Proto": "HTTPS", "X-Forwarded-Host": "online2.example"}, "https://online2.example"),
        ({"X-Forwarded-Host": "online2.example:8443"}, "http://online2.example:8443"),
        ({"X-Forwarded-Host": "first.example, second.example", "X-Forwarded-Proto": "https,http"}, "https://first.example"),
        ({"X-Forwarded-Host": "online2.example", "X-Forwarded-Port": "8443"}, "http://online2.example:8443"),
        ({"X-Forwarded-Port": "9090"}, "http://mock.test:9090"),
        ({"X-Forwarded-Proto": "https", "X-Forwarded-Port": "443"}, "https://mock.test"),
        ({"X-Forwarded-Port": "443"}, "http://mock.test:443"),
        ({"Host": "[::1]", "X-Forwarded-Port": "81"}, "http://[::1]:81"),
        ({"X-Forwarded-Prefix": "/crm/eu/"}, "http://mock.test:8080/crm/eu"),
        ({"X-Forwarded-Prefix": "/"}, "http://mock.test:8080"),
        ({"Forwarded": "for=192.0.2.60;proto=https;by=203.0.113.43;host=online2.example"}, "https://online2.example"),
        ({"Forwarded": 'Host="[2001:db8::1]:4711";Proto=https, host=second.example'}, "https://[2001:db8::1]:4711"),
        ({"Forwarded": 'for="x;host=evil.example";xhost=evil.example;host=good.example'}, "http://good.example"),
        ({"Forwarded": "host=a.example", "X-Forwarded-Host": "b.example"}, "http://b.example"),
    ],
)
def test_the_origin_is_the_one_that_the_client_used(headers: Mapping[str, str], expected: str) -> None:
    """The first of several proxies stands next to the client (RFC 7239, 4); X-Forwarded is the usual form and goes first."""
    assert told(headers) == expected


@pytest.mark.parametrize(
    "value", ["", " ", "a b", "a.example/evil", "a.example\r\nSet-Cookie: x", "user@a.example", "a?b", "a:b", "é", "[::1"]
)
def test_a_host_that_could_not_stand_in_a_link_is_as_good_as_absent(value: str) -> None:
    """Line breaks, paths, blanks and users are nobody's host."""
    assert told({"X-Forwarded-Host": value}) == "http://mock.test:8080"
    assert told({"Forwarded": f'host="{value}"'}) == "http://mock.test:8080"
    assert told({"Host": value}) == "http://localhost"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Forwarded-Proto", "javascript"),
        ("X-Forwarded-Proto", "https://"),
        ("X-Forwarded-Port", "0"),
        ("X-Forwarded-Port", "80a"),
        ("X-Forwarded-Port", "123456"),
        ("X-Forwarded-Port", "٣"),
        ("X-Forwarded-Prefix", "crm"),
        ("X-Forwarded-Prefix", "//evil.example"),
        ("X-Forwarded-Prefix", "/.."),
        ("X-Forwarded-Prefix", "/crm/../x"),
        ("X-Forwarded-Prefix", "/a b"),
        ("X-Forwarded-Prefix", "/a?b"),
        ("X-Forwarded-Prefix", "/a\r\nb"),
        ("Forwarded", "host"),
        ("Forwarded", 'proto="'),
        ("X-Forwarded-Host", "a" * 1000),
    ],
)
def test_what_makes_no_sense_is_ignored(name: str, value: str) -> None:
    """A proxy that says nonsense is not believed."""
    assert told({name: value}) == "http://mock.test:8080"


def test_nobody_s_host_is_this_machine() -> None:
    """HTTP/1.0 needs no Host."""
    assert origin("https", CIMultiDict()) == "https://localhost"


@given(st.dictionaries(st.sampled_from(NAMES), st.text() | st.text('/:.[]a1,="; \r\n', max_size=12), max_size=6))
def test_no_header_breaks_a_link(headers: dict[str, str]) -> None:
    """Whatever the headers say, the origin is one line of a scheme, a host and perhaps a path, with nothing to break out of."""
    found = origin("http", CIMultiDict(headers))
    scheme, _, rest = found.partition("://")
    assert scheme in ("http", "https")
    assert rest
    assert not rest.startswith(("/", ":"))
    assert "//" not in rest
    assert not set(rest) & set(' \r\n\t?#@\\"<>,;=')
    assert found.isascii()
