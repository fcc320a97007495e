"""Cassettes: what is saved is loaded again, vcrpy agrees, its old forms are read, and bad files are told in one sentence."""

from __future__ import annotations

import base64
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict
from vcr.cassette import Cassette
from vcr.record_mode import RecordMode
from vcr.serializers import yamlserializer

from mockserver.errors import CassetteNotFound, CassetteUnreadable, MockServerError
from mockserver.responders.cassettes import META, Interaction, Pairs, dumped, load, parsed, save

URI = "https://tenant.example/Cust1/api/v1/Contact/1"


def told(**changed: object) -> dict[str, object]:
    """An interaction as vcrpy writes it, with members of `request` and `response` changed (`response_body=…`)."""
    request: dict[str, object] = {"method": "GET", "uri": URI, "body": None, "headers": {}}
    response: dict[str, object] = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "{}"}}
    for name, value in changed.items():
        of, _, member = name.partition("_")
        {"request": request, "response": response}[of][member] = value
    return {"request": request, "response": response}


def read(**changed: object) -> Interaction:
    """The one interaction of a text that vcrpy's serializer writes."""
    (only,) = parsed(yamlserializer.serialize({"version": 1, "interactions": [told(**changed)]}), "a.yaml")
    return only


# --- there and back

names = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,8}", fullmatch=True)
values = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12) | st.just("\udce6")


@st.composite
def headers(draw: st.DrawFn) -> Pairs:
    """Headers as a file can hold them: sorted by name, the values of one name together."""
    found = draw(st.dictionaries(names, st.lists(values, min_size=1, max_size=3), max_size=4))
    distinct = {name.lower(): name for name in found}
    return tuple((name, value) for name in sorted(distinct.values()) for value in found[name])


interactions = st.builds(
    Interaction,
    method=st.sampled_from(["GET", "POST", "PATCH"]),
    uri=st.text(st.characters(codec="ascii", min_codepoint=33), max_size=20).map(lambda text: f"https://h/{text}"),
    request_headers=headers(),
    request_body=st.binary(max_size=40) | st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace")),
    status=st.integers(200, 599),
    reason=st.text(st.characters(codec="ascii", min_codepoint=32), max_size=8),
    response_headers=headers(),
    response_body=st.binary(max_size=40) | st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace")),
    meta=st.dictionaries(names, st.floats(allow_nan=False) | st.lists(values.filter(str.isprintable)), max_size=3),
)


@given(st.lists(interactions, max_size=3))
def test_what_is_written_is_read_again(recorded: list[Interaction]) -> None:
    """Reading is the inverse of writing, for any bytes and headers."""
    assert parsed(dumped(recorded), "a.yaml") == recorded


@given(st.lists(interactions, max_size=3))
def test_what_was_read_is_written_in_the_same_way(recorded: list[Interaction]) -> None:
    """Loading and saving a cassette does not change a byte of it."""
    text = dumped(recorded)
    assert dumped(parsed(text, "a.yaml")) == text
    assert text.isascii()


def test_header_names_of_multidict_are_texts() -> None:
    """Headers that come from a request of ours, whose names are multidict's own kind of text, can be written."""
    sent = tuple(CIMultiDict({"Accept": "a"}).items())
    one = Interaction("GET", URI, sent, b"", 200, "OK", sent, b"")
    assert parsed(dumped([one]), "a.yaml") == [one]


def test_vcrpy_loads_what_was_saved(tmp_path: Path) -> None:
    """Vcrpy's own cassette has the same requests and responses, and keeps what is ours through a save of its own."""
    meta = {"recorded_at": "2026-03-01T12:00:00Z", "duration": 0.25}
    one = Interaction("POST", URI, (("Accept", "a"),), b'{"x": 1}', 200, "OK", (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
                      b"\xff\x00", meta)  # fmt: skip
    path = tmp_path / "a.yaml"
    save(path, [one])
    theirs = Cassette.load(path=str(path), record_mode=RecordMode.ALL)
    (request,), (response,) = theirs.requests, theirs.responses
    assert (request.method, request.uri, request.body, dict(request.headers)) == ("POST", URI, b'{"x": 1}', {"Accept": "a"})
    assert response["status"] == {"code": 200, "message": "OK"}
    assert response["headers"] == {"Set-Cookie": ["a=1", "b=2"]}
    assert response["body"]["string"] == b"\xff\x00"
    assert response[META] == meta
    theirs._save(force=True)
    assert load(path) == [one]


def test_the_loader_knows_every_tag_that_vcrpy_knows() -> None:
    """What vcrpy's own loader makes of its Python tags is read here as well."""
    theirs = {tag for tag in yamlserializer._CassetteLoader.yaml_constructors if tag and "python/" in tag}
    from mockserver.responders.cassettes import _loader

    assert theirs <= set(_loader().yaml_constructors)


# --- the forms of others (peers C1, C4)


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (None, {}, b""),
        ("tøft", {}, "tøft".encode()),
        (b"\xff", {}, b"\xff"),
        ({"ContactId": 0, "Name": "N"}, {}, b'{"ContactId":0,"Name":"N"}'),
        ([1, {"a": None}], {}, b'[1,{"a":null}]'),
        ({"a": "1", "b": ["2", "3"]}, {"Content-Type": ["application/x-www-form-urlencoded"]}, b"a=1&b=2&b=3"),
        ([("a", "1"), ("a", "2")], {}, b"a=1&a=2"),
        ([b"one", b"two"], {}, b"onetwo"),
        (17, {}, b"17"),
    ],
    ids=["none", "text", "bytes", "mapping", "list", "form", "pairs", "pieces", "scalar"],
)
def test_a_request_body_in_any_form(body: object, headers: object, expected: bytes) -> None:
    """Aiohttp's mappings and lists become the JSON or form that went over the wire."""
    assert read(request_body=body, request_headers=headers).request_body == expected


@pytest.mark.parametrize("body", [{}, {"string": None}, None, {"string": ""}], ids=str)
def test_a_response_without_body(body: object) -> None:
    """Nothing was read, in any of the ways to say it."""
    assert read(response_body=body).response_body == b""


@pytest.mark.parametrize("name", ["status", "reason"])
def test_a_missing_reason_is_empty(name: str) -> None:
    """HTTP/2 and old httpx have no reason phrase."""
    assert read(response_status={"code": 204, "message": None} if name == "reason" else {"code": 204}).reason == ""


def test_the_response_of_an_old_httpx() -> None:
    """Httpx before vcrpy 6 wrote `status_code`, `content` and `http_version` (its stub still reads them)."""
    old = {"status_code": 404, "content": "{}", "http_version": "HTTP/1.1", "headers": {"A": ["b"]}}
    (one,) = parsed(json.dumps({"version": 1, "interactions": [{**told(), "response": old}]}), "a.json")
    assert (one.status, one.response_body, one.response_headers) == (404, b"{}", (("A", "b"),))


def test_a_cassette_in_json() -> None:
    """Vcrpy's JSON serializer writes the same tree."""
    (one,) = parsed(json.dumps({"version": 1, "interactions": [told()]}, indent=4), "a.json")
    assert (one.uri, one.response_body) == (URI, b"{}")


PICKLED = """
version: 1
interactions:
- request:
    body: !!python/object/new:_io.BytesIO
      state: !!python/tuple [!!binary "YWJj", 0, null]
    headers:
      ? !!python/object/new:multidict._multidict.istr [Accept]
      : [!!python/unicode "a"]
    method: !!python/str "GET"
    uri: https://h/
  response: {status: {code: 200, message: OK}, headers: {}, body: {string: ""}}
- request:
    body: !!python/object/apply:builtins.iter
      args: [[!!binary "YQ==", !!binary "Yg=="]]
    headers: null
    method: POST
    uri: https://h/
  response: {status: {code: 200, message: OK}, headers: {}, body: {string: ""}}
"""


def test_harmless_pickles_of_old_cassettes() -> None:
    """Buffers, iterators, tuples, texts and header names that were written as Python objects are read, and nothing is run."""
    first, second = parsed(PICKLED, "a.yaml")
    assert (first.request_body, first.request_headers, first.method) == (b"abc", (("Accept", "a"),), "GET")
    assert second.request_body == b"ab"


# --- bad input

SECRET = "s3cr3t-t0k3n"
BOMB = "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24))
MERGED = "a: &a {x: 1}\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} {{<<: [*{chr(97 + n)}, *{chr(97 + n)}]}}\n" for n in range(24)
)
ONE = yamlserializer.serialize({"version": 1, "interactions": [told(request_body=SECRET)]})


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        (ONE[: len(ONE) // 2] + "\n  \t'", "line"),
        (f"version: 1\ninteractions: [{SECRET}", "line"),
        (f"{{'{SECRET}': 1", "line 1"),
        (f"- {SECRET}\n- b", "vcr.migration"),
        (f"just {SECRET}", "`interactions`"),
        (f"interactions: []\nversion: {SECRET}", "`version`"),
        (f"version: 1\ninteractions: [{SECRET}]", "interaction 1"),
        (f"version: 1\ninteractions: [{{request: {SECRET}, response: {{}}}}]", "interaction 1: request"),
        (ONE.replace("code: 200", f"code: {SECRET}"), "interaction 1: response.status.code"),
        (ONE.replace("code: 200", "code: 99"), "interaction 1: response.status.code"),
        (ONE.replace(URI, "'http://['"), "interaction 1: request.uri"),
        (ONE.replace("method: GET", f"method: [{SECRET}]"), "interaction 1: request.method"),
        (ONE.replace("headers: {}", f"headers: {SECRET}", 1), "interaction 1: request.headers"),
        (ONE.replace("headers: {}", f"headers: {{a: [[{SECRET}]]}}", 1), "interaction 1: request.headers"),
        (f"!!python/object/apply:os.system [echo {SECRET}]", "line 1, column 1"),
        (ONE.replace(f"body: {SECRET}", f"body: !!python/name:os.system {SECRET}"), "line 3"),
        (ONE.replace(f"body: {SECRET}", f"body: !!python/object/new:{SECRET} [a]"), "line 3"),
        ("[" * 100_000, "nested"),
        ("- " * 50_000, "nested"),
        ('{"a":' * 5000, "JSON"),
        ("version: 1\ninteractions:\n- {request: {method: GET, uri: x, body: &a [*a]}, response: {status: {code: 200}}}", "body"),
        (BOMB + ONE.replace(f"body: {SECRET}", "body: *y"), "request.body"),
        (MERGED + ONE, "line 2"),
        ("when: 2026-13-45", "a value"),
        (f"number: !!int {SECRET}", "a value"),
        (f"at: *{SECRET}", "line 1"),
        ("text: \0", "character"),
        ('text: "\\ud800"', "line 1"),
    ],
)
def test_a_bad_cassette_is_one_sentence(text: str, place: str) -> None:
    """The file and the place are named, nothing of what stands there is, nothing is run, and it takes no time."""
    started = time.process_time()
    with pytest.raises(CassetteUnreadable) as raised:
        parsed(text, "a.yaml")
    said = str(raised.value)
    assert said.startswith("a.yaml")
    assert place in said
    assert SECRET not in said
    assert "\n" not in said
    assert time.process_time() - started < 5


@pytest.mark.parametrize("cut", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_truncated_cassette_is_never_half_read(cut: float) -> None:
    """A file that was cut in the middle of an interaction is refused."""
    text = "version: 1\n" + ONE.replace("version: 1\n", "")
    with pytest.raises(CassetteUnreadable, match=r"^a\.yaml"):
        parsed(text[: int(len(text) * cut)], "a.yaml")


@pytest.mark.parametrize(
    ("content", "place"),
    [(b"\x89PNG\r\n\x1a\n\0\0", "byte 0"), ("æ".encode("latin-1"), "byte 0"), (ONE.encode("utf-16"), "byte 0")],
    ids=["binary", "Latin-1", "UTF-16"],
)
def test_a_file_that_is_no_text(tmp_path: Path, content: bytes, place: str) -> None:
    """Another encoding, or no text at all."""
    path = tmp_path / "a.yaml"
    path.write_bytes(content)
    with pytest.raises(CassetteUnreadable, match=place) as raised:
        load(path)
    assert str(path) in str(raised.value)


def test_a_path_that_is_no_file(tmp_path: Path) -> None:
    """Nothing there, or a folder."""
    with pytest.raises(CassetteNotFound, match=r"nothing\.yaml"):
        load(tmp_path / "nothing.yaml")
    with pytest.raises(CassetteUnreadable, match="directory"):
        load(tmp_path)


def _fails(_: object) -> None:
    raise OSError(28, os.strerror(28))


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A save that fails is one sentence, and there is neither a half of it nor anything else of it."""
    path = tmp_path / "a.yaml"
    save(path, [read()])
    before = path.read_bytes()
    monkeypatch.setattr("mockserver.responders.cassettes.os.fsync", _fails)
    with pytest.raises(MockServerError, match=r"cannot write .*a\.yaml: no space left"):
        save(path, [read(), read()])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_reading_does_not_import_vcrpy(tmp_path: Path) -> None:
    """Importing vcrpy imports all client libraries there are, and reading does without."""
    import subprocess

    path = tmp_path / "a.yaml"
    save(path, [read()])
    program = (
        "import sys; from pathlib import Path; from mockserver.responders.cassettes import load;"
        f"assert len(load(Path({str(path)!r}))) == 1; assert 'vcr' not in sys.modules and 'aiohttp' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_writing_patches_nothing(tmp_path: Path) -> None:
    """Saving leaves the client libraries as they were."""
    import http.client

    before: Callable[..., object] = http.client.HTTPConnection.request
    save(tmp_path / "a.yaml", [read(response_body={"string": base64.b64encode(b"x").decode()})])
    assert http.client.HTTPConnection.request is before
