"""Parameters of a sign-in: read as forms, written as .NET writes them."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from mockserver.errors import InvalidArgument
from mockserver.wire.parameters import LONGEST, basic, encoded, is_form, read


def test_a_form_is_read() -> None:
    """Blanks as plus or escape, empty values kept, of repeated names the last, bytes that are no text replaced."""
    assert read("a=1+2%203&b=&a=%C3%B8&c=%FF&d") == {"a": "ø", "b": "", "c": "\ufffd", "d": ""}
    assert read("a=\udcff") == {"a": "\ufffd"}
    assert read("") == {}


def test_too_much_is_refused() -> None:
    """Too many parameters, or one that is too long, name or value."""
    assert len(read("&".join(f"p{number}=1" for number in range(100)))) == 100
    assert read("a=" + "x" * LONGEST)["a"] == "x" * LONGEST
    for text in ("&".join(f"p{number}=1" for number in range(101)), "a=" + "x" * (LONGEST + 1), "x" * (LONGEST + 1) + "=a"):
        with pytest.raises(InvalidArgument):
            read(text)


def test_escapes_are_those_of_the_vendor() -> None:
    """Lower-case hexadecimals, as in the recorded fragment: `access_token=8A%3aCust…`."""
    assert encoded([("access_token", "8A:Cust12345.x"), ("state", "")]) == "access_token=8A%3aCust12345.x&state="
    assert encoded([("a", "b c~+/(!)*'")]) == "a=b+c%7e%2b%2f(!)*%27"


@given(st.lists(st.tuples(st.text("abc_", min_size=1), st.text(st.characters(exclude_categories=["Cs"])))))
def test_what_is_written_is_read_back(pairs: list[tuple[str, str]]) -> None:
    """Any text survives, and nothing but ASCII without control characters goes out."""
    text = encoded(pairs)
    assert parse_qsl(text, keep_blank_values=True) == pairs
    assert all("!" <= character <= "~" for character in text)


@pytest.mark.parametrize(
    ("label", "is_one"),
    [
        (None, True),
        ("", True),
        ("application/x-www-form-urlencoded", True),
        ("Application/X-WWW-Form-Urlencoded; charset=utf-8", True),
        ("application/json", False),
        ("multipart/form-data; boundary=x", False),
    ],
)
def test_forms_are_told_by_their_label(label: str | None, is_one: bool) -> None:  # noqa: FBT001 - a table
    """A body without a label is taken for a form."""
    assert is_form(label) is is_one


def credential(text: bytes) -> CIMultiDict[str]:
    """Headers with a Basic credential."""
    return CIMultiDict({"Authorization": "bAsIc " + b64encode(text).decode()})


def test_a_client_shows_itself_in_a_header() -> None:
    """Both halves are encoded like a form (RFC 6749, 2.3.1)."""
    assert basic(credential(b"my%3Aid:a+b%25")) == ("my:id", "a b%")
    assert basic(credential(b"id")) == ("id", "")
    assert basic(credential(b"\xff:x")) == ("", "")
    assert basic(CIMultiDict({"Authorization": "Basic ===="})) == ("", "")
    assert basic(CIMultiDict({"Authorization": "Bearer x"})) is None
    assert basic(CIMultiDict()) is None
