"""Tests of which codec reads a body."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from mockserver.errors import Unsupported
from mockserver.wire import json
from mockserver.wire.negotiation import decoder

if TYPE_CHECKING:
    from tests.conftest import Ask

NO_TYPE = (
    "The request contains an entity body but no Content-Type header. The inferred media type 'application/octet-stream' is "
    "not supported for this resource."
)
PLAIN = "The request entity's media type 'text/plain' is not supported for this resource."


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
def test_json_is_read_as_json(content_type: str) -> None:
    """Both media types of JSON are read, in any letter case and with any parameters (RFC 9110, 8.3.1)."""
    assert decoder(content_type) is json.decode


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
def test_another_type_is_refused_in_the_frameworks_words(content_type: str | None, sentence: str) -> None:
    """An unknown type, or none, is refused with the sentences of the framework (protocol 1.1)."""
    with pytest.raises(Unsupported) as caught:
        decoder(content_type)
    assert caught.value.message == sentence
    assert caught.value.error_type is None


def test_a_long_type_is_not_repeated() -> None:
    """A type of any length makes a short sentence."""
    with pytest.raises(Unsupported) as caught:
        decoder("x/" + "y" * 10_000)
    assert len(caught.value.message) < 250


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
