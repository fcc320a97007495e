"""Tests of JSON in and out."""

from __future__ import annotations

import json as standard
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.calls import Constant, plain
from mockserver.errors import BadRequest
from mockserver.wire import json

# What JSON can hold and .NET's types can: whole numbers of 64 bits, finite doubles, text without lone surrogates.
TEXTS = st.text(st.characters(codec="utf-8"), max_size=9)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"Name":"x","Source":5}', {"Name": "x", "Source": 5}),
        (b" [ 1 , 2.0 , true , null ] ", [1, 2.0, True, None]),
        (b"null", None),
        (b'"x"', "x"),
        (b"5", 5),
        ('"Bjørn 𝄞"'.encode(), "Bjørn 𝄞"),
        (rb'"\u00f8\n\ud834\udd1e"', "ø\n𝄞"),
        (b"", None),
        (b" \r\n\t", None),
        (b'{"a":1,"a":2}', {"a": 2}),
    ],
    ids=[
        "an object",
        "an array with spaces",
        "null",
        "a text",
        "a number",
        "UTF-8",
        "escapes",
        "an empty body is null",
        "white space is null",
        "the last of two members counts",
    ],
)
def test_a_document_has_a_value(body: bytes, value: object) -> None:
    """A JSON document is read as RFC 8259 has it; nothing at all is null."""
    assert json.decode(body) == value


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"Name":}',
        b"nul",
        b"{} {}",
        b'{"Name":"\xff"}',
        b'{"Name":"\xc3"}',
        b"\xff\xfe{\x00}\x00",
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        rb'"\ud800"',
        rb'"\udc00x"',
        b'"\xed\xa0\x80"',
        b"NaN",
        b"01",
        b'"a\nb"',
        b"\x00",
    ],
    ids=[
        "cut short",
        "a missing value",
        "half a word",
        "two documents",
        "a byte that is not UTF-8",
        "half a letter in UTF-8",
        "UTF-16",
        "10,000 nested arrays",
        "10,000 nested objects",
        "half a surrogate pair",
        "the other half",
        "a surrogate in UTF-8",
        "NaN",
        "a leading zero",
        "a raw line break in a text",
        "a null byte",
    ],
)
def test_a_malformed_document_is_a_bad_request(body: bytes) -> None:
    """What is no JSON is refused, however it is broken, without repeating much of it."""
    with pytest.raises(BadRequest) as caught:
        json.decode(body)
    assert len(caught.value.message) < 200
    assert len(caught.value.explanation) < 300


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"{ Name: 'x' }", {"Name": "x"}),
        (b'{"Name": "x", "Phones": [{"Value": "02",},],}', {"Name": "x", "Phones": [{"Value": "02"}]}),
        (b'// new\n{"Name": /* short */ "x"}', {"Name": "x"}),
        ("\ufeff{Name: 'Blåbær'}".encode(), {"Name": "Blåbær"}),
    ],
    ids=["bare names and single quotes", "trailing commas", "comments", "a byte order mark"],
)
def test_json_as_people_write_it_is_read(body: bytes, value: object) -> None:
    """What the service's own reader forgives is forgiven (protocol 1.3)."""
    assert json.decode(body) == value


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Whatever the bytes are, they are a value or a bad request, nothing else."""
    with suppress(BadRequest):
        json.decode(body)


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ({"b": 1, "a": None}, b'{"b":1,"a":null}'),
        ([150.0, 0.0, 1.5], b"[150.0,0.0,1.5]"),
        ([True, 5, "x", {}, []], b'[true,5,"x",{},[]]'),
        ("Bjørn/æ", '"Bjørn/æ"'.encode()),
        (None, b"null"),
        (5, b"5"),
        ('a"b\\c\n', rb'"a\"b\\c\n"'),
    ],
    ids=["order and nulls are kept", "doubles keep their .0", "compact", "UTF-8 unescaped", "null", "a number", "escapes"],
)
def test_a_value_has_a_document(value: object, body: bytes) -> None:
    """Documents are compact, in the value's own order, with nulls written and doubles as doubles (protocol 1.2)."""
    assert json.encode(value) == body


@given(VALUES)
def test_reading_what_was_written_gives_the_value(value: object) -> None:
    """Decoding undoes encoding, and other readers of JSON agree."""
    body = json.encode(value)
    assert json.decode(body) == value
    assert standard.loads(body) == value


@given(VALUES, VALUES)
def test_a_constant_is_written_as_what_it_stands_for(value: object, other: object) -> None:
    """A constant anywhere in a value leaves no trace in the document."""
    mixed = {"a": [Constant(value), other, Constant({"deep": Constant(other)})], "b": Constant([Constant(value)])}
    assert json.encode(mixed) == json.encode(plain(mixed))


def test_a_constant_is_encoded_once() -> None:
    """The encoding of a constant is kept with it: a later change of what it stands for is not looked at."""
    inside: list[object] = [1]
    constant = Constant(inside)
    assert json.encode([constant, constant]) == b"[[1],[1]]"
    assert constant.encodings
    kept = dict(constant.encodings)
    inside.append(2)
    assert json.encode({"x": constant}) == b'{"x":[1]}'
    assert constant.encodings == kept


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x"], ids=["an object of ours", "a set", "bytes"])
def test_what_is_no_value_is_not_encoded(value: object) -> None:
    """A value that JSON does not know is a bug of ours and raises."""
    with pytest.raises(TypeError):
        json.encode(value)
