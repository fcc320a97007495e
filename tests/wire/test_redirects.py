"""Where a browser may be sent: registered addresses, any port on loopback, nothing that a browser understands otherwise."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.wire.redirects import Registered

KNOWN = Registered("http://127.0.0.1/callback https://app.example/back?x=1 http://[::1]:7/ http://localhost/a.b myapp:/done")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/callback",
        "http://127.0.0.1:1/callback",
        "http://127.0.0.1:65535/callback",
        "https://app.example/back?x=1",
        "http://[::1]:7/",
        "http://[::1]/",
        "http://[::1]:8/",
        "http://localhost:3000/a.b",
        "myapp:/done",
    ],
)
def test_a_sign_in_ends_where_it_is_registered(address: str) -> None:
    """Exactly there, but for the port on loopback."""
    assert KNOWN.ends(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://127.0.0.1",
        "http://127.0.0.1/callback/",
        "http://127.0.0.1/Callback",
        "http://127.0.0.1:/callback",
        "http://127.0.0.1:x/callback",
        "http://127.0.0.1:80 /callback",
        "http://127.0.0.1:٣/callback",
        "http://127.0.0.1/callback\n",
        "http://127.0.0.2/callback",
        "http://127x0x0x1/callback",
        "http://localhost/aXb",
        "http://user@127.0.0.1/callback",
        "https://app.example:444/back?x=1",
        "https://app.example/back?x=12",
        "https://app.example/back",
        "myapp:/done/more",
        "http://127.0.0.1/callback http://[::1]:7/",
    ],
)
def test_a_sign_in_ends_nowhere_else(address: str) -> None:
    """Neither near it nor around it."""
    assert not KNOWN.ends(address)


@given(st.text())
def test_what_ends_a_sign_in_is_on_a_known_host(rest: str) -> None:
    """Whatever is written behind or before a registered address leads nowhere else."""
    for address in (f"http://127.0.0.1{rest}", f"http://127.0.0.1:80{rest}", f"{rest}http://127.0.0.1/callback", rest):
        if KNOWN.ends(address):
            assert urlsplit(address).hostname == "127.0.0.1"
            assert urlsplit(address).path == "/callback"
        if KNOWN.returns(address):
            assert urlsplit(address).hostname in ("127.0.0.1", "app.example", "::1", "localhost")
            assert address.isprintable()
            assert address.isascii()


def test_a_sign_out_ends_anywhere_on_a_registered_host() -> None:
    """The page need not be registered, the host must be."""
    for address in (
        "http://127.0.0.1:5000",
        "http://127.0.0.1/bye?a=b",
        "https://app.example/",
        "http://localhost?x",
        "http://[::1]/x",
    ):
        assert KNOWN.returns(address), address
    for address in (
        "http://127.0.0.1x", "https://app.example.evil/", "https://app.example@evil/", "https://app.example:1@evil/", "myapp:/x",
        "https://app.example\\@evil/", "https://app.example/#x", "https://app.example/ x", "http://127.0.0.1:1:2/", "",
    ):  # fmt: skip
        assert not KNOWN.returns(address), address
    assert not Registered("myapp:/done").returns("myapp:/done")
