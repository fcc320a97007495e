"""The end of the chain: our own bugs are 500 without a trace on the wire, and no input at all is one of them."""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.calls import Call, Result
from mockserver.catalogue.loading import load_catalogue
from mockserver.catalogue.model import Operation, Type
from mockserver.errors import Forbidden
from mockserver.messages import Response
from mockserver.records.store import Store

from .house import LOGIN, Answer, House

SAVE = "/api/v1/Agents/Contact/SaveContactEntity"


# --- our own bugs


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> House:
    """A house whose verb `read` has a bug."""
    from mockserver.records.verbs import read

    def bind(*parts: object) -> Callable[[Call, Store], Result]:
        def verb(call: Call, store: Store) -> Result:
            raise ZeroDivisionError("a secret of the program")

        return verb

    monkeypatch.setattr(read, "bind", bind)
    return House()


def test_a_bug_of_ours_is_500_in_the_framework_s_words(broken: House) -> None:
    """The client gets the framework's sentence (protocol 4.1) and nothing of the program."""
    answer = broken.ask("GET", "/api/v1/Contact/1")
    assert (answer.status, answer.value) == (500, {"Message": "An error has occurred."})
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "secret" not in repr(answer.headers)


def test_the_traceback_is_in_the_journal_only(broken: House) -> None:
    """Who looks for the bug finds it in the journal, with the operation it happened in."""
    broken.ask("GET", "/api/v1/Contact/1")
    (entry,) = broken.told()
    assert (entry["status"], entry["operation"]) == (500, "v1ContactEntity_GetContactEntity")
    assert "ZeroDivisionError: a secret of the program" in entry["traceback"]
    assert "Traceback" not in entry["answer"]
    assert LOGIN.removeprefix("Basic ") not in entry["traceback"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/v1/Contact/1"), ("POST", "/api/v1/Agents/Contact/GetContactEntity?contactEntityId=1")]
)
def test_a_refusal_for_lack_of_rights_is_403_with_the_error_object(
    monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    """Somebody we know who may not is 403, not 401, and is not asked to sign in (protocol 3.1, 4.1; 11 no. 4)."""
    from mockserver.records.verbs import read

    def bind(*parts: object) -> Callable[[Call, Store], Result]:
        def verb(call: Call, store: Store) -> Result:
            raise Forbidden("No access")

        return verb

    monkeypatch.setattr(read, "bind", bind)
    house = House()
    answer = house.ask(method, path)
    assert answer.status == 403
    assert answer.value == {
        "Error": True,
        "ErrorType": "SoSentryException",
        "ErrorMessage": "No access",
        "ErrorSource": "SuperOffice.Services.Implementation",
    }
    assert "WWW-Authenticate" not in answer.headers
    answer = house.ask(method, path, headers={"Accept": "application/xml"})
    assert answer.status == 403
    assert b"<ErrorType>SoSentryException</ErrorType>" in answer.body


@pytest.mark.parametrize("path", ["/api/v1/Nonsense", "/Cust404/api/v1/Contact/1", "/api/v1/Nonsense/8A:Cust12345.CanaryOfMine"])
def test_an_address_in_a_404_repeats_no_secret(path: str) -> None:
    """What the framework repeats of the address (protocol 4.1) is the address but for the values of secrets."""
    answer = House().ask("GET", f"{path}?x=1&access_token=CanaryOfMine&password=CanaryOfMine&y=2")
    assert answer.status == 404
    assert "x=1&access_token=***&password=***&y=2'" in answer.value["Message"]
    assert "CanaryOfMine" not in answer.body.decode() + repr(answer.headers) + repr(answer.account)


def test_a_bug_in_one_operation_leaves_the_others_alone(broken: House) -> None:
    """After a 500 the rest of the API answers as before."""
    broken.ask("GET", "/api/v1/Contact/1")
    assert broken.ask("POST", SAVE, {"Name": "Fine"}).status == 200


def test_operations_without_behaviour_can_be_switched_off() -> None:
    """With the setting `shaped` off, what has no behaviour is 501 instead of an empty carrier."""
    house = House(shaped=False)
    answer = house.ask("POST", "/api/v1/Agents/Project/CreateDefaultProjectEntity")
    assert answer.status == 501
    assert "v1ProjectAgent_CreateDefaultProjectEntity" in answer.value["Message"]
    assert house.ask("GET", "/api/v1/Contact/1").status == 200


def test_a_save_of_an_unknown_id_can_be_refused() -> None:
    """With `unknown_id` set to `refuse` an agent's save of a missing id is an error and stores nothing (contact-domain 3.1)."""
    house = House(unknown_id="refuse")
    answer = house.ask("POST", SAVE, {"ContactId": 4711, "Name": "Stranger"})
    assert (answer.status, answer.value["ErrorType"]) == (404, "SoNotFoundException")
    assert house.ask("GET", "/api/v1/Contact/2").status == 404


def test_a_new_id_for_a_missing_one_is_remarked_in_the_journal(house: House) -> None:
    """Where the double makes a choice for the caller, the journal says so."""
    made = house.save(ContactId=4711, Name="Stranger")
    (entry,) = house.told()
    assert "4711" in entry["explanation"]
    assert str(made["ContactId"]) in entry["explanation"]


def test_every_published_operation_answers(house: House) -> None:
    """All operations of the API can be asked: none is 405 or 500, none 404 unless that is published, and each says its tier."""
    for operation in load_catalogue().operations():
        answer = house.ask(operation.method, sample(operation))
        missing = answer.account.tier == "stateful" or 404 in operation.answers
        assert answer.status in (200, 204, 400, 501) or (answer.status == 404 and missing), operation.id
        assert answer.account.operation == operation.id
        assert answer.account.tier in ("stateful", "shaped", "known")


def sample(operation: Operation) -> str:
    """A path and query with a fitting argument everywhere."""
    path = operation.path
    words = []
    for parameter in operation.parameters:
        text = fitting(parameter.type)
        if f"{{{parameter.name.lower()}}}" in path.lower():
            at = path.lower().index(f"{{{parameter.name.lower()}}}")
            path = path[:at] + text + path[at + len(parameter.name) + 2 :]
        elif parameter.required:
            words.append(f"{parameter.name}={text}")
    return f"{path}?{'&'.join(words)}"


def fitting(kind: Type) -> str:
    """A text that a parameter of this type takes."""
    match str(kind).split(" ", maxsplit=1)[0].removesuffix("[]"):
        case "enum":
            return next(iter(load_catalogue().enum(kind.name).members))
        case "boolean":
            return "true"
        case "date-time":
            return "2020-01-01T00:00:00"
        case "string":
            return "text"
        case _:
            return "4242"


# --- no input at all

OPERATIONS = [operation.path for operation in load_catalogue().operations()]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get", "", "é"]
CONTACT_MEMBERS = [field.name for field in load_catalogue().carrier("ContactEntity").fields]

# aiohttp hands bytes of a head that are not UTF-8 over as surrogates.
any_text = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.integers(0xDC80, 0xDCFF).map(chr)), max_size=20)
segments = st.one_of(any_text, any_text.map(lambda text: quote(text, errors="surrogateescape")))
filled_in = st.builds(
    lambda path, each: "".join(each if part.startswith("{") else part for part in split(path)),
    st.sampled_from(OPERATIONS),
    segments,
)
paths = st.one_of(
    filled_in,
    filled_in.map(str.swapcase),
    st.builds("{}{}".format, st.sampled_from(["", "/Cust12345", "/cust12345", "/Cust1", "/api", "/_mock"]), filled_in),
    st.lists(segments, max_size=6).map(lambda found: "/" + "/".join(found)),
    st.builds("/_mock/{}".format, st.sampled_from(["tenants", "reset", "journal", "x"])),
    any_text,
)
member_names = st.one_of(
    st.sampled_from([*CONTACT_MEMBERS, "Id", "Value", "Selected", "ChildItems", "Street"]), st.text(max_size=5)
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10), st.dates().map(str)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(member_names, inner, max_size=4)),
    max_leaves=12,
)
bodies = st.one_of(st.binary(max_size=60), json_values.map(lambda value: json.dumps(value).encode()), st.just(b""))
queries = st.one_of(
    any_text,
    st.lists(
        st.tuples(st.sampled_from(["contactEntityId", "$select", "id", "personEntityId", "tenant"]), any_text), max_size=3
    ).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)),
)
header_names = st.sampled_from(
    ["Content-Type", "Accept", "Authorization", "Host", "SO-TimeZone", "Accept-Language", "Content-Length", "X"]
)
header_values = st.one_of(
    any_text,
    st.sampled_from(["application/json", "text/json; charset=x", "Basic", "Bearer \udcff", "Basic \udcff", "Basic YQ==", LOGIN]),
)


def split(path: str) -> Iterator[str]:
    """A path in pieces, its placeholders each a piece of their own."""
    while "{" in path:
        before, _, rest = path.partition("{")
        name, _, path = rest.partition("}")
        yield before
        yield f"{{{name}}}"
    yield path


def harmless(answer: Answer | Response) -> None:
    """No answer is a bug of ours, and none shows the inside of the program."""
    assert answer.status != 500, answer.account.traceback
    assert isinstance(answer.body, bytes)
    assert b"Traceback" not in answer.body
    assert 200 <= answer.status < 600


@cache
def shared() -> House:
    """One house for all examples, so that what one leaves behind meets the next."""
    return House(journal_limit=3)


FUZZ = settings(max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])


@FUZZ
@given(st.sampled_from(METHODS), paths, queries, bodies, st.dictionaries(header_names, header_values, max_size=3))
def test_no_request_is_a_bug_of_ours(method: str, path: str, query: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Whatever the request: the chain answers, never with 500 or a traceback, and the journal can be told afterwards."""
    for tenant in ("Cust12345", ""):
        shared().journal.forget(tenant)
    harmless(shared().ask(method, f"{path.replace('?', '')}?{query}", body, headers))
    assert shared().ask("GET", "/_mock/journal").status in (200, 404)
    assert shared().ask("GET", "/_mock/journal?tenant=").status == 200
    shared().ask("POST", "/_mock/tenants", {"tenant": "Cust12345"})


@FUZZ
@given(st.dictionaries(st.sampled_from(CONTACT_MEMBERS), json_values, max_size=5))
def test_no_contact_is_a_bug_of_ours(members: Mapping[str, object]) -> None:
    """Whatever its members hold, a contact is stored and can be read back, or refused with 400."""
    answer = shared().ask("POST", SAVE, members)
    harmless(answer)
    assert answer.status in (200, 400)
    if answer.status == 200:
        read = shared().ask("POST", f"/api/v1/Agents/Contact/GetContactEntity?contactEntityId={answer.value['ContactId']}")
        assert read.value == answer.value
        again = shared().ask("POST", SAVE, answer.value)
        assert again.status == 200
        assert {**again.value, "UpdatedDate": ""} == {**answer.value, "UpdatedDate": ""}


@FUZZ
@given(st.text(string.printable, max_size=200))
def test_no_text_that_is_nearly_json_is_a_bug_of_ours(text: str) -> None:
    """Text that may or may not be JSON is read or refused with 400."""
    answer = shared().ask("POST", SAVE, text.encode())
    harmless(answer)
    assert answer.status in (200, 400)
