"""Tests of which codec reads a body."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from mockserver.catalogue.loading import load_catalogue
from mockserver.catalogue.model import Type
from mockserver.settings import Settings
from mockserver.wire import json
from mockserver.wire.negotiation import ANSWER_TYPES, Manner, Negotiator, http_date, moment, unsupported

if TYPE_CHECKING:
    from tests.conftest import Ask

NO_TYPE = (
    "The request contains an entity body but no Content-Type header. The inferred media type 'application/octet-stream' is "
    "not supported for this resource."
)
ENTITY = Type.parse("ContactEntity")
PLAIN = "The request entity's media type 'text/plain' is not supported for this resource."


@pytest.fixture(scope="module")
def negotiator() -> Negotiator:
    """A negotiator with the default settings."""
    return Negotiator(load_catalogue(), Settings())


def manner(negotiator: Negotiator, headers: dict[str, str]) -> Manner:
    """How a request with these headers speaks."""
    return negotiator.manner(CIMultiDict(headers))


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "text/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=utf-8",
        " application/json ;q=1",
        'application/json; odata=verbose; charset="UTF-8"',
    ],
)
def test_json_is_read_as_json(negotiator: Negotiator, content_type: str) -> None:
    """Both media types of JSON are read, in any letter case and with any parameters (RFC 9110, 8.3.1)."""
    decode = manner(negotiator, {"Content-Type": content_type}).decode
    assert decode is not None
    assert decode(b'{"Name": "x"}', ENTITY) == {"Name": "x"}


@pytest.mark.parametrize(
    ("content_type", "sentence"),
    [
        (None, NO_TYPE),
        ("", NO_TYPE),
        ("text/plain", PLAIN),
        ("text/plain; charset=utf-8", PLAIN),
        ("application/pdf", PLAIN.replace("text/plain", "application/pdf")),
    ],
    ids=["no type", "an empty type", "plain text", "plain text with a parameter", "a PDF"],
)
def test_another_type_is_refused_in_the_frameworks_words(negotiator: Negotiator, content_type: str | None, sentence: str) -> None:
    """An unknown type, or none, is refused with the sentences of the framework (protocol 1.1)."""
    found = manner(negotiator, {} if content_type is None else {"Content-Type": content_type})
    assert found.decode is None
    error = unsupported(found)
    assert error.message == sentence
    assert error.error_type is None


def test_a_long_type_is_not_repeated(negotiator: Negotiator) -> None:
    """A type of any length makes a short sentence."""
    assert len(unsupported(manner(negotiator, {"Content-Type": "x/" + "y" * 10_000})).message) < 250


@pytest.mark.parametrize(
    ("headers", "content_type"),
    [
        ({}, "application/json; charset=utf-8"),
        ({"Content-Type": "text/xml"}, "text/xml; charset=utf-8"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "application/json; charset=utf-8"),
        ({"Content-Type": "application/merge-patch+json"}, "application/json; charset=utf-8"),
        ({"Accept": "application/merge-patch+json"}, "application/merge-patch+json; charset=utf-8"),
        ({"Accept": "application/pdf"}, "application/json; charset=utf-8"),
        ({"Accept": "*/*", "Content-Type": "application/xml"}, "application/json; charset=utf-8"),
        ({"Accept": "text/*"}, "text/json; charset=utf-8"),
        ({"Accept": "application/xml;q=0.9,*/*;q=0.8"}, "application/xml; charset=utf-8"),
        ({"Accept": "*/*,application/xml"}, "application/xml; charset=utf-8"),
        ({"Accept": "application/xml,application/json"}, "application/json; charset=utf-8"),
        ({"Accept": "application/json;q=0,text/xml;q=0.1"}, "text/xml; charset=utf-8"),
        ({"Accept": "application/json;q=high"}, "application/json; charset=utf-8"),
        ({"Accept": "application/json", "Accept-Charset": "utf-16"}, "application/json; charset=utf-16"),
        ({"Accept": "application/json; charset=utf-16"}, "application/json; charset=utf-16"),
        ({"Accept": "application/json", "Accept-Charset": "klingon"}, "application/json; charset=utf-8"),
    ],
    ids=[
        "nothing asked for",
        "the request's own format",
        "a form is only read",
        "a patch is answered only to who asks",
        "a patch type asked for",
        "a type nobody writes",
        "anything is JSON",
        "any text is text/json",
        "the better quality wins",
        "a literal type beats any type",
        "the earlier formatter wins among equals",
        "a quality of 0 refuses",
        "a quality that is no number counts as 1",
        "UTF-16 by Accept-Charset",
        "UTF-16 by Accept",
        "a charset that does not exist",
    ],
)
def test_the_label_of_the_answer(negotiator: Negotiator, headers: dict[str, str], content_type: str) -> None:
    """The framework's order of negotiation (protocol 1.1)."""
    assert manner(negotiator, headers).content_type == content_type


@given(accept=st.text(max_size=60), content_type=st.text(max_size=30))
def test_no_header_is_a_surprise(accept: str, content_type: str) -> None:
    """Whatever the headers say, there is a manner, and its label is one of the six (protocol 1.1)."""
    found = manner(Negotiator(load_catalogue(), Settings()), {"Accept": accept, "Content-Type": content_type})
    assert found.content_type.partition(";")[0] in ANSWER_TYPES


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        ("Sun, 01 Mar 2026 12:00:00 GMT", "2026-03-01T12:00:00"),
        ("Sun, 01 Mar 2026 13:00:00 +0100", "2026-03-01T12:00:00"),
        ("yesterday", None),
        ("", None),
        (None, None),
        ("Mon, 99 Foo 2026 12:00:00 GMT", None),
    ],
    ids=["as HTTP writes it", "with an offset", "a word", "nothing", "no header", "no date"],
)
def test_conditions_are_times_or_none(header: str | None, kept: str | None) -> None:
    """A condition that cannot be read is none (RFC 9110, 13.1.3)."""
    assert moment(header) == kept


def test_the_time_of_a_row_in_a_header() -> None:
    """`Last-Modified` is in the form of RFC 9110, 5.6.7."""
    assert http_date("2026-03-01T12:00:00") == "Sun, 01 Mar 2026 12:00:00 GMT"


async def test_a_type_that_is_no_text_answers_415(ask: Ask) -> None:
    """A type whose bytes are not UTF-8 is refused like any other, although the sentence repeats it."""
    asked = ask("POST", "/api/v1/Agents/Contact/SaveContactEntity", b"{}", {"Content-Type": "text/\udce9"})
    # An error is taken as a result: pytest-xdist cannot carry one whose text is not UTF-8.
    answers = await asyncio.gather(asked, return_exceptions=True)
    assert [getattr(each, "status", 0) for each in answers] == [415]


@pytest.mark.parametrize(
    ("content_type", "sentence"), [(None, NO_TYPE), ("text/plain", PLAIN)], ids=["without a type", "as plain text"]
)
async def test_a_body_of_another_type_answers_415(ask: Ask, content_type: str | None, sentence: str) -> None:
    """The refusal travels as 415 with the framework's `Message`."""
    answer = await ask("POST", "/api/v1/Agents/Contact/SaveContactEntity", b'{"Name":"x"}', {"Content-Type": content_type})
    assert (answer.status, answer.body) == (415, json.encode({"Message": sentence}))


@pytest.mark.parametrize(
    ("method", "path", "query", "content_type"),
    [
        ("GET", "/api/v1/Contact/1", "", "application/json"),
        ("GET", "/api/v1/Contact/1", "", "text/plain"),
        ("POST", "/api/v1/Agents/Contact/CreateDefaultContactEntity", "", None),
        ("POST", "/api/v1/Agents/Contact/CreateDefaultContactEntity", "", "text/plain"),
        ("POST", "/api/v1/Agents/Contact/GetContactEntity", "contactEntityId=1", None),
    ],
    ids=["GET with a type", "GET with an odd type", "POST without a type", "POST with an odd type", "POST with a query"],
)
async def test_no_body_needs_no_type(ask: Ask, method: str, path: str, query: str, content_type: str | None) -> None:
    """A request without a body is never refused for its type: the documentation's own samples send such (protocol 7.1)."""
    answer = await ask(method, path, None, {"Content-Type": content_type}, query)
    assert answer.status == 200
