"""Requests and their answers as data (`*.yaml` beside this file), each case run in memory and over a real socket.

A case is a sentence, its source and steps; `settings` are those of the server where they are not the defaults. A step sends
`METHOD path`, with `headers`, and `body` (JSON) or `raw` (text), and says what to expect: `status`, `headers` (null: must be
absent), `json` (a part of the answer), `exactly` (the whole of it), `members` (the names of the answer in order), `contains`
and `lacks` (text of the answer), `empty`. A raw body may be sent in another `charset`; an answer is JSON in UTF-8 unless its
Content-Type is among the headers that are expected. `keep` stores parts of the answer under names (`@Name` is a header, `~` the
group of a regular expression in the text), `<name>` puts them back; known from the start are `<tenant>`,
`<tenant_in_lower_case>`, `<api>`, `<api_url>`, `<origin>`, `<ticket>`, `<token>`. An expected text that begins with `~` is
a regular expression, and a list is all the values of a repeated header.
"""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from multidict import CIMultiDict

from mockserver import MockServer, Settings
from mockserver.messages import Body, Request
from mockserver.server import Parts

SETTINGS = Settings()
LOGIN = "Basic " + b64encode(f"{SETTINGS.user}:{SETTINGS.password}".encode()).decode()
STEP_KEYS = {"send", "headers", "body", "raw", "charset", "change", "expect", "keep"}
EXPECT_KEYS = {"status", "headers", "json", "exactly", "members", "contains", "lacks", "empty"}
CASE_KEYS = {"case", "source", "steps"}


class Answer(NamedTuple):
    """What came back, however it travelled."""

    status: int
    headers: CIMultiDict[str]
    body: bytes


class Door(NamedTuple):
    """A way to a fresh tenant: where it is and how a request is sent there."""

    origin: str
    tenant: str
    send: Callable[[str, str, Mapping[str, str], bytes | None], Answer]


def load() -> list[dict[str, Any]]:
    """Read all cases; a key that nobody reads is an error, so that no expectation goes unnoticed."""
    found: list[dict[str, Any]] = []
    for file in sorted(Path(__file__).parent.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text("utf-8")):
            assert set(case) - {"settings"} == CASE_KEYS, f"{file.name}: {case.get('case')}"
            for step in case["steps"]:
                assert set(step) <= STEP_KEYS, f"{file.name}: {case['case']}"
                assert set(step["expect"]) <= EXPECT_KEYS, f"{file.name}: {case['case']}"
            found.append(case)
    return found


CASES = load()


@pytest.fixture
def settings(case: Mapping[str, Any]) -> Settings:
    """What the case wants the server to be like."""
    return Settings(**case.get("settings", {}))


@pytest.fixture(scope="module")
def parts_for() -> Callable[[Settings], Parts]:
    """Everything but the transport, once for each choice of settings."""
    return cache(Parts)


@pytest.fixture
def parts(parts_for: Callable[[Settings], Parts], settings: Settings) -> Parts:
    """Everything but the transport."""
    return parts_for(settings)


@pytest.fixture(scope="module")
def server_for() -> Iterator[Callable[[Settings], MockServer]]:
    """The same behind sockets."""
    with ExitStack() as running:
        yield cache(lambda settings: running.enter_context(MockServer(settings)))


@pytest.fixture
def server(server_for: Callable[[Settings], MockServer], settings: Settings) -> MockServer:
    """The same behind a socket."""
    return server_for(settings)


@pytest.fixture
def in_memory(parts: Parts) -> Door:
    """A tenant reached by calling the chain."""

    def send(method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        path, _, query = target.partition("?")
        request = Request(method, path, query, CIMultiDict({"Host": "mock.test", **headers}), Body(body or b""))

        async def ask() -> Answer:
            response = await parts.respond(request)
            assert isinstance(response.body, bytes)
            return Answer(response.status, CIMultiDict(response.headers), response.body)

        return asyncio.run(ask())

    return Door("http://mock.test", parts.tenants.declare_next().name, send)


@pytest.fixture
def over_a_socket(server: MockServer) -> Door:
    """A tenant reached through HTTP, by a client that adds no headers of its own."""

    def send(method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        try:
            connection.request(method, target, body=body, headers=dict(headers))
            reply = connection.getresponse()
            return Answer(reply.status, CIMultiDict(reply.getheaders()), reply.read())
        finally:
            connection.close()

    return Door(f"http://127.0.0.1:{server.port}", server.new_sandbox().tenant, send)


@pytest.mark.parametrize("case", CASES, ids=[each["case"].replace(" ", "-") for each in CASES])
def test_in_memory(case: Mapping[str, Any], in_memory: Door) -> None:
    """The chain answers as the case says, without any transport."""
    run(case, in_memory)


@pytest.mark.parametrize("case", CASES, ids=[each["case"].replace(" ", "-") for each in CASES])
def test_over_a_socket(case: Mapping[str, Any], over_a_socket: Door) -> None:
    """The running server answers as the case says, on the wire."""
    run(case, over_a_socket)


def test_each_case_has_a_name_of_its_own_and_a_source() -> None:
    """The table is fit to be read: no two cases share a sentence, and each says where its expectation is from."""
    assert len({each["case"] for each in CASES}) == len(CASES) >= 60
    assert all(re.search(r"\[[DRCFIG?]", each["source"]) for each in CASES)


def run(case: Mapping[str, Any], door: Door) -> None:
    """Send the steps one after the other and compare."""
    api_url = f"{door.origin}/{door.tenant}/api/v1"
    known: dict[str, Any] = {
        "tenant": door.tenant,
        "tenant_in_lower_case": door.tenant.lower(),
        "origin": door.origin,
        "api": f"/{door.tenant}/api/v1",
        "api_url": api_url,
        "ticket": SETTINGS.ticket.format(tenant=door.tenant),
        "token": SETTINGS.access_token.format(tenant=door.tenant),
    }
    for number, step in enumerate(case["steps"], 1):
        where = f"{case['case']} ({case['source']}), step {number}: {step['send']}"
        answer = door.send(*_asked(step, known))
        _compare(answer, filled(step["expect"], known), f"{where}\n{answer.status} {answer.body[:2000]!r}")
        for name, path in step.get("keep", {}).items():
            known[name] = _kept(answer, path)


def _asked(step: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[str, str, dict[str, str], bytes | None]:
    method, _, target = filled(step["send"], known).partition(" ")
    headers = {"Authorization": LOGIN}
    body: bytes | None = None
    if "body" in step:
        value = filled(step["body"], known)
        body = json.dumps({**value, **filled(step["change"], known)} if "change" in step else value).encode()
        headers["Content-Type"] = "application/json"
    elif "raw" in step:
        body = filled(step["raw"], known).encode(step.get("charset", "utf-8"))
    for name, value in filled(step.get("headers", {}), known).items():
        headers.pop(name, None)
        if value is not None:
            headers[name] = value
    assert target.startswith("/")
    return method, target, headers, body


def filled(value: Any, known: Mapping[str, Any]) -> Any:
    """The value with every `<name>` replaced; a text that is nothing else becomes the kept value itself."""
    if isinstance(value, dict):
        return {filled(name, known): filled(each, known) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, known) for each in value]
    if not isinstance(value, str):
        return value
    whole = re.fullmatch(r"<([a-z_]+)>", value)
    if whole:
        return deepcopy(known[whole[1]])
    return re.sub(r"<([a-z_]+)>", lambda found: str(known[found[1]]), value)


def _compare(answer: Answer, expected: Mapping[str, Any], where: str) -> None:
    label = answer.headers.get("Content-Type", "")
    body = gzip.decompress(answer.body) if answer.headers.get("Content-Encoding") == "gzip" else answer.body
    text = body.decode(label.partition("charset=")[2] or "utf-8", "strict" if "charset=" in label else "replace")
    assert answer.status == expected["status"], where
    assert "Traceback" not in text, where
    if text and "Content-Type" not in expected.get("headers", {}):
        assert label == "application/json; charset=utf-8", where
    for name, value in expected.get("headers", {}).items():
        found = answer.headers.getall(name, []) if isinstance(value, list) else answer.headers.get(name)
        _matches(found, value, f"{name}: {found!r}\n{where}")
    if expected.get("empty"):
        assert text == "", where
        assert label in ("", "application/octet-stream") or "Content-Type" in expected["headers"], where
        return
    for piece in expected.get("contains", ()):
        assert piece in text, f"{piece} is not in\n{where}"
    for piece in expected.get("lacks", ()):
        assert piece not in text, f"{piece} is in\n{where}"
    if "json" in expected:
        _within(json.loads(text), expected["json"], where)
    if "exactly" in expected:
        _exactly(json.loads(text), expected["exactly"], where)
    if "members" in expected:
        assert list(json.loads(text)) == expected["members"], where


def _matches(found: object, wanted: object, where: str) -> None:
    if isinstance(found, list) and isinstance(wanted, list):
        assert len(found) == len(wanted), where
        for each, expected in zip(found, wanted, strict=True):
            _matches(each, expected, where)
    elif isinstance(wanted, str) and wanted.startswith("~"):
        assert not isinstance(found, (dict, list)), where
        assert found is not None, where
        assert re.fullmatch(wanted[1:], str(found)), f"{found!r} is not {wanted}\n{where}"
    else:
        assert found == wanted, f"{found!r} is not {wanted!r}\n{where}"
        assert isinstance(found, bool) == isinstance(wanted, bool), where


def _within(found: Any, wanted: Any, where: str) -> None:
    """All that is wanted is there; arrays have the same length."""
    if isinstance(wanted, dict):
        assert isinstance(found, dict), where
        for name, each in wanted.items():
            assert name in found, f"{name} is missing\n{where}"
            _within(found[name], each, f"{name} of {where}")
    elif isinstance(wanted, list):
        assert isinstance(found, list), where
        assert len(found) == len(wanted), where
        for index, each in enumerate(wanted):
            _within(found[index], each, f"[{index}] of {where}")
    else:
        _matches(found, wanted, where)


def _exactly(found: Any, wanted: Any, where: str) -> None:
    _within(found, wanted, where)
    if isinstance(wanted, dict):
        assert set(found) == set(wanted), where
        for name, each in wanted.items():
            _exactly(found[name], each, where)
    elif isinstance(wanted, list):
        for index, each in enumerate(wanted):
            _exactly(found[index], each, where)


def _kept(answer: Answer, path: str) -> Any:
    """What a step keeps of an answer."""
    if path.startswith("@"):
        return answer.headers[path[1:]]
    if path.startswith("~"):
        found = re.search(path[1:], answer.body.decode())
        assert found, path
        return found[1]
    return _at(json.loads(answer.body), path)


def _at(value: Any, path: str) -> Any:
    """The part of a value at a dotted path; an empty path is the whole."""
    for part in path.split(".") if path else ():
        value = value[int(part)] if part.isdecimal() else value[part]
    return value
