"""Tests of documents that are broken, or that would do harm."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

import pytest

from mockserver.catalogue.model import Type
from mockserver.errors import BadRequest
from mockserver.wire.xml import Xml

LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
BLOW_UP = f'<!DOCTYPE q [<!ENTITY a "{"x" * 50_000}">]>'


@pytest.mark.parametrize(
    "text",
    [
        f"{LAUGHS}<c><Name>&i;</Name></c>",
        '<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]><c><Name>&x;</Name></c>',
        f"{BLOW_UP}<c><Name>{'&a;' * 50_000}</Name></c>",
        "<!DOCTYPE c><c/>",
        '<!DOCTYPE c SYSTEM "http://localhost/x.dtd"><c/>',
        "<!-- x --><!-- y --><!DOCTYPE c><c/>",
        "\ufeff<!DOCTYPE c><c/>",
        "<?xml version='1.0'?>\n<?p <!DOCTYPE ?>\n<!-- <c/> -->\n<!DOCTYPE c><c/>",
        f"<!-- {'x' * 100_000} --><!DOCTYPE c><c/>",
    ],
    ids=[
        "a billion laughs", "an external entity", "a quadratic blow-up", "a plain doctype", "an external doctype",
        "behind comments", "behind a byte order mark", "behind all there may be", "behind a long comment",
    ],
)  # fmt: skip
def test_document_types_are_refused(xml: Xml, text: str) -> None:
    """Any document type declaration is refused before a single entity of it is expanded."""
    with pytest.raises(BadRequest) as caught:
        xml.decode(text, Type.parse("ContactEntity"))
    assert "document type" in caught.value.explanation


@pytest.mark.parametrize(
    "text",
    [
        "x", "<c>", "<c></d>", "<c/><d/>", "<c><Name></c></Name>", "<c>&nbsp;</c>", "<c a='1' a='2'/>", "<c a=1/>",
        "<c>\x00</c>", "<c>\ud800</c>", "<c>&#0;</c>", "<c><a:Name/></c>", "<!doctype c><c/>", "<c><![CDATA[</c>", "<!-- x",
        "<?xml version='1.0'?>", '{"Name":"x"}', f"<c>&{'x' * 100_000};</c>",
    ],
    ids=[
        "no XML", "cut short", "another end", "two roots", "crossed", "an unknown entity", "an attribute twice", "no quotes",
        "a null byte", "half a surrogate pair", "a reference to a null byte", "an undeclared prefix", "a doctype in lower case",
        "an open CDATA", "an open comment", "no root", "JSON", "an enormous entity",
    ],
)  # fmt: skip
def test_a_malformed_document_is_a_bad_request(xml: Xml, text: str) -> None:
    """What is no XML is refused, however it is broken, without repeating much of it."""
    with pytest.raises(BadRequest) as caught:
        xml.decode(text, Type.parse("ContactEntity"))
    assert caught.value.message == "The request body is not valid XML."
    assert len(caught.value.explanation) < 300


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (lambda: "<a>" * 10_000 + "</a>" * 10_000, "ContactEntity"),
        (lambda: "<Rows>" * 100 + "</Rows>" * 100, "any"),
        (lambda: "<c>" + "<Name>" * 10_000 + "</Name>" * 10_000 + "</c>", "ContactEntity"),
        (lambda: "<c>" + "<int>1</int>" * 1_000_000 + "</c>", "int32[]"),
        (lambda: "<c>" + "<x/>" * 7_000_000 + "</c>", "ContactEntity"),
        (lambda: f'<c xmlns="urn:{"x" * 500_000}">{"<Name/>" * 50_000}</c>', "ContactEntity"),
        (lambda: f'<c xmlns:{"p" * 500_000}="urn:{"x" * 500_000}">{"<Name/>" * 50_000}</c>', "ContactEntity"),
    ],
    ids=[
        "10,000 nested elements", "100 nested elements without a type", "10,000 nested elements in a text", "a million items",
        "seven million unknown elements", "an enormous namespace", "an enormous prefix",
    ],
)  # fmt: skip
def test_small_documents_that_are_large_to_read_are_refused(xml: Xml, document: Callable[[], str], kind: str) -> None:
    """Depth, elements and the names of namespaces have limits, so that time and memory have."""
    text = document()
    begun = time.process_time()
    with pytest.raises(BadRequest) as caught:
        xml.decode(text, Type.parse(kind))
    assert time.process_time() - begun < 5
    assert len(caught.value.explanation) < 200


@pytest.mark.parametrize(
    ("document", "value"),
    [
        (lambda: f"<c>{'<!-- comment -->' * 1_250_000}<Name>x</Name></c>", {"Name": "x"}),
        (lambda: f"<!--{'x' * 20_000_000}--><c><Name>x</Name></c>", {"Name": "x"}),
        (lambda: f"{' ' * 20_000_000}<c><Name>x</Name></c>", {"Name": "x"}),
        (lambda: f"<c>{'<?p?>' * 1_000_000}</c>", {}),
        (lambda: f"<c><Description>{'&#65;' * 1_000_000}</Description></c>", {"Description": "A" * 1_000_000}),
        (lambda: "<c " + " ".join(f"a{each}='1'" for each in range(100_000)) + "/>", {}),
    ],
    ids=["20 MB of comments", "one comment of 20 MB", "20 MB of blanks", "a million instructions", "references", "attributes"],
)
def test_large_documents_that_say_little_are_read_quickly(xml: Xml, document: Callable[[], str], value: object) -> None:
    """What carries nothing costs time in proportion to its length and no memory to speak of."""
    text = document()
    begun = time.process_time()
    assert xml.decode(text, Type.parse("ContactEntity")) == value
    assert time.process_time() - begun < 5


def test_memory_stays_in_proportion(xml: Xml) -> None:
    """Reading a large array takes a bounded multiple of its length."""
    text = f"<c>{'<string>x</string>' * 100_000}</c>"
    tracemalloc.start()
    try:
        assert xml.decode(text, Type.parse("string[]")) == ["x"] * 100_000
        assert tracemalloc.get_traced_memory()[1] < 30 * len(text)
    finally:
        tracemalloc.stop()
