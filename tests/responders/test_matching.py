"""When two requests are the same: what differs in spelling matches, what differs in meaning does not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vcr import matchers

from mockserver.errors import MockServerError
from mockserver.responders.matching import MATCHERS, Asked, LeftOut, Matching, chosen, plain_path, plain_query, tenant_in

JSON, XML, FORM = "application/json; charset=utf-8", "application/xml", "application/x-www-form-urlencoded"


def key(asked: Asked, *match_on: str, marks: tuple[str, ...] = ()) -> object:
    """All keys of a request together."""
    matching = Matching(match_on or ("method", "path", "query", "body"))
    left_out = LeftOut.of(plain_path(asked.path), marks)
    return (matching.shelf(asked.method, asked.path), matching.rest(asked, left_out), matching.content(asked, left_out))


def posted(body: bytes, label: str = JSON, path: str = "/Cust1/api/v1/Contact", query: str = "") -> Asked:
    """A POST with a body."""
    return Asked("POST", path, query, headers={"Content-Type": label}, body=body)


def test_the_matchers_are_those_of_vcrpy() -> None:
    """Every name is a function of `vcr.matchers`, and every matcher of vcrpy's documentation is a name."""
    assert all(callable(getattr(matchers, name)) for name in MATCHERS)
    assert set(MATCHERS) == {"method", "scheme", "host", "port", "path", "query", "uri", "headers", "body", "raw_body"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/Cust1/api/v1/Contact/5", "/Cust2/api/v1/contact/5"),
        ("/Cust1/api/v1/Contact/5", "/api/v1/Contact/5/"),
        ("/Cust1/api/v1/Contact%2d5", "/Cust1/api/v1/Contact-5"),
        ("/api/state/Cust1", "/api/state/Cust2"),
        ("/SuperOffice/api/v1", "/Cust1/API/v1"),
    ],
)
def test_paths_that_mean_the_same(one: str, other: str) -> None:
    """The tenant does not count wherever it stands, nor letter case, nor needless escapes."""
    assert plain_path(one) == plain_path(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("/api/v1/Contact/5", "/api/v1/Contact/6"), ("/api/v1/a%2Fb", "/api/v1/a/b"), ("/login/Cust1", "/login/other")],
)
def test_paths_that_do_not(one: str, other: str) -> None:
    """Another row, an escaped slash, another name."""
    assert plain_path(one) != plain_path(other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a=1&b=2", "b=2&a=1", True),
        ("%24select=name", "$Select=name", True),
        ("a=x+y", "a=x%20y", True),
        ("a=1&b=", "a=1", True),
        ("access_token=s&a=1", "a=1", True),
        ("a=1&a=2", "a=2&a=1", False),
        ("a=1", "a=2", False),
        ("a=1", "", False),
        ("u=https://sod.example/Cust1/api/v1/x", "u=http://127.0.0.1:1/Cust2/api/v1/x", True),
        ("u=https://one.example/", "u=https://two.example/", False),
    ],
)
def test_queries(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - a column of the table
    """Order, escapes, names without value, credentials and hosts of the API do not count; values do."""
    left_out = LeftOut.of("/api").query
    assert (plain_query(one, left_out) == plain_query(other, left_out)) is same


SAME = {
    "order and space": (b'{"a": 1, "b": [1, 2]}', JSON, b'{"b":[1,2],"a":1}', "text/json"),
    "merge patch": (b'{"a": 1, "b": 2}', "application/merge-patch+json", b'{"b":2,"a":1}', "application/merge-patch+json"),
    "json patch": (b'[{"op": "add", "path": "/a"}]', "application/json-patch+json", b'[{"path":"/a","op":"add"}]',
                   "application/json-patch+json"),
    "escapes": ('{"a":"é"}'.encode(), JSON, b'{"a":"\\u00e9"}', JSON),
    "whole numbers": (b'{"a":1.0}', JSON, b'{"a":1}', JSON),
    "by hand": (b"{a: 1, // first\n}", JSON, b'{"a":1}', JSON),
    "null for nothing": (b"null", JSON, b"", ""),
    "no label": (b'{"a":1}', "", b'{ "a": 1 }', JSON),
    "tenant and host": (b'{"a":"https://sod2.example/Cust1/api/v1/Contact/1","t":"Cust1"}', JSON,
                        b'{"a":"http://127.0.0.1:8080/Cust9/api/v1/Contact/1","t":"Cust9"}', JSON),
    "credentials": (b'{"Ticket":"7T:one","a":{"password":"x"}}', JSON, b'{"Ticket":"7T:two","a":{}}', JSON),
    "xml space and names": (b'<?xml version="1.0"?>\n<A xmlns="u">\n  <B>1</B>\n  <C/>\n</A>', XML,
                            b"<x:A xmlns:x='v'><C></C><B>1</B></x:A>", "text/xml"),
    "form order": (b"a=1&b=x+y", FORM, b"b=x%20y&a=1", FORM),
    "form of aiohttp": (b'{"a":"1","b":"x"}', "", b"b=x&a=1", FORM),
    "multipart": (b"--q1\r\n\r\nx\r\n--q1--", "multipart/form-data; boundary=q1", b"--r22\r\n\r\nx\r\n--r22--",
                  'multipart/form-data; boundary="r22"'),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_bodies_that_mean_the_same(name: str) -> None:
    """Spelling does not count."""
    one, label, other, other_label = SAME[name]
    assert key(posted(one, label)) == key(posted(other, other_label))


DIFFERENT = {
    "a value": (b'{"a":1}', b'{"a":2}', JSON),
    "a type": (b'{"a":1}', b'{"a":"1"}', JSON),
    "a member": (b'{"a":1}', b'{"a":1,"b":null}', JSON),
    "order of a list": (b"[1,2]", b"[2,1]", JSON),
    "steps of a patch": (b'[{"op":"remove","path":"/a"},{"op":"remove","path":"/b"}]',
                         b'[{"op":"remove","path":"/b"},{"op":"remove","path":"/a"}]', "application/json-patch+json"),
    "xml text": (b"<A><B>1</B></A>", b"<A><B>2</B></A>", XML),
    "xml order of one name": (b"<A><B>1</B><B>2</B></A>", b"<A><B>2</B><B>1</B></A>", XML),
    "xml nil": (b"<A><B/></A>", b'<A xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><B i:nil="true"/></A>', XML),
    "a homepage": (b'{"u":"https://one.example/"}', b'{"u":"https://two.example/"}', JSON),
    "a code that is no login's": (b'{"Code":"a"}', b'{"Code":"b"}', JSON),
    "bytes": (b"\x00", b"\x01", "image/png"),
    "broken": (b'{"a":', b'{"a"', JSON),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENT)
def test_bodies_that_do_not(name: str) -> None:
    """Values, types and order count where they mean something."""
    one, other, label = DIFFERENT[name]
    assert key(posted(one, label)) != key(posted(other, label))


@pytest.mark.parametrize(
    ("marks", "one", "other"),
    [
        (("Name",), b'{"Name":"a","Id":1}', b'{"Name":"b","Id":1}'),
        (("Emails[0].Value",), b'{"Emails":[{"Value":"a"},{"Value":"c"}]}', b'{"Emails":[{"Value":"b"},{"Value":"d"}]}'),
        (("Person.Name", "Note"), b'{"person":{"name":"a"}}', b'{"person":{"name":"b"}}'),
    ],
)
def test_marked_members_are_not_compared(marks: tuple[str, ...], one: bytes, other: bytes) -> None:
    """What was pseudonymised does not count, what stands beside it does."""
    assert key(posted(one), marks=marks) == key(posted(other), marks=marks)
    assert key(posted(one)) != key(posted(other))
    assert key(posted(one.replace(b"{", b'{"x":1,', 1)), marks=marks) != key(posted(other), marks=marks)


def test_marks_of_queries_and_of_xml() -> None:
    """`?name` is a parameter; in XML a mark may count from the root or from below it."""
    found = [key(posted(b"", "", query=f"$filter={each}&a=1"), marks=("?$filter",)) for each in "xy"]
    assert found[0] == found[1]
    for mark in ("Name", "Contact.Name"):
        one, other = (posted(b"<Contact><Name>%b</Name><Id>1</Id></Contact>" % each, XML) for each in (b"a", b"b"))
        assert key(one, marks=(mark,)) == key(other, marks=(mark,))
        assert key(one, marks=(mark,)) != key(posted(b"<Contact><Id>2</Id></Contact>", XML), marks=(mark,))


def test_marks_of_forms_and_patches() -> None:
    """A form says a place in one name, in either way; a step of a patch is a place of its own."""
    one, other = (b"Id=1&Emails[0].Value=%b&Emails[1][Value]=%b" % (each, each) for each in (b"a", b"b"))
    marks = ("Emails[0].Value", "Emails[1].Value")
    assert key(posted(one, FORM), marks=marks) == key(posted(other, FORM), marks=marks)
    assert key(posted(one, FORM), marks=marks) != key(posted(other.replace(b"Id=1", b"Id=2"), FORM), marks=marks)
    step = b'[{"op":"replace","path":"/%b","value":"%b"}]'
    patch = "application/json-patch+json"
    found = [key(posted(step % each, patch), marks=("[0].value",)) for each in ((b"a", b"1"), (b"a", b"2"), (b"b", b"1"))]
    assert found[0] == found[1] != found[2]


def test_a_login_is_the_same_for_another_client_and_code() -> None:
    """What differs from one sign-in to the next does not count below /login/, and counts elsewhere."""
    one, other = (f"grant_type=authorization_code&code={each}&redirect_uri=http://h:{each}/".encode() for each in "12")
    login = "/login/common/oauth/tokens"
    assert key(posted(one, FORM, login)) == key(posted(other, FORM, login))
    assert key(posted(one, FORM)) != key(posted(other, FORM))
    assert key(posted(one.replace(b"authorization_code", b"refresh_token"), FORM, login)) != key(posted(other, FORM, login))


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("scheme", Asked("GET", "/", scheme="http"), Asked("GET", "/", scheme="https")),
        ("host", Asked("GET", "/", host="a:1"), Asked("GET", "/", host="b:1")),
        ("port", Asked("GET", "/", host="a:1"), Asked("GET", "/", host="a")),
        ("uri", Asked("GET", "/a", host="a"), Asked("GET", "/A", host="a")),
        ("headers", Asked("GET", "/", headers={"SO-Language": "nb"}), Asked("GET", "/", headers={"SO-Language": "en"})),
        ("raw_body", posted(b'{"a": 1}'), posted(b'{"a":1}')),
        ("method", Asked("GET", "/"), Asked("POST", "/")),
    ],
)
def test_each_matcher_counts_when_it_is_chosen(name: str, one: Asked, other: Asked) -> None:
    """A part that differs makes a difference with its matcher, and none without."""
    assert key(one, name) != key(other, name)
    without = next(each for each in ("path", "query") if each != name)
    assert key(one, "query" if name == "uri" else without) == key(other, "query" if name == "uri" else without)


def test_headers_of_a_connection_never_count() -> None:
    """Credentials, hosts and what the transport adds do not count, even where headers do."""
    sent = {"Authorization": "Bearer a", "Cookie": "a=1", "Host": "h", "SO-AppToken": "t", "User-Agent": "u"}
    assert key(Asked("GET", "/", headers=sent), "headers") == key(Asked("GET", "/"), "headers")


@pytest.mark.parametrize("names", ["", ",", "method,nonsense", "Method"])
def test_a_wrong_choice_is_one_sentence(names: str) -> None:
    """The matchers there are get named."""
    with pytest.raises(MockServerError, match="raw_body"):
        chosen(names)
    assert chosen("method, body") == ("method", "body")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_two_ways_to_write_a_value_are_one(value: object) -> None:
    """Whatever json writes, compact or spread out, in any order of names, is the same body."""
    spread = json.dumps(value, indent=3).encode()
    compact = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()
    assert key(posted(spread)) == key(posted(compact))


@given(st.binary(max_size=60), st.sampled_from([JSON, XML, FORM, "", "multipart/form-data", "image/png"]))
def test_any_bytes_have_a_key(body: bytes, label: str) -> None:
    """No body is too odd to be looked up."""
    assert key(posted(body, label)) == key(posted(body, label))


@pytest.mark.parametrize("deep", [b"[" * 900 + b"]" * 900, b"<a>" * 500 + b"</a>" * 500], ids=["JSON", "XML"])
def test_deep_bodies_have_a_key(deep: bytes) -> None:
    """Nor is one too deep."""
    assert key(posted(deep, "")) == key(posted(deep, ""))


@pytest.mark.parametrize(("path", "tenant"), [("/Cust7/api/v1", "Cust7"), ("/api/state/Cust7", "Cust7"), ("/login/x", "")])
def test_the_tenant_a_path_names(path: str, tenant: str) -> None:
    """In front of the API, or as a part of the path."""
    assert tenant_in(path) == tenant
