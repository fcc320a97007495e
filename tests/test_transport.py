"""aiohttp in: what comes over a socket becomes our request, our response goes back, and bad input harms nobody."""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import socket
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from http.client import HTTPMessage
from typing import Any, NamedTuple

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDict

from mockserver import MockServer, Sandbox, Settings
from mockserver.messages import Request, Response
from mockserver.transport import application

LOGIN = "Basic " + b64encode(b"tje0:Tje0").decode()
JSON = {"Authorization": LOGIN, "Content-Type": "application/json"}
SAVE = "Agents/Contact/SaveContactEntity"
MIB = 2**20


class Answer(NamedTuple):
    """What came back over the socket."""

    status: int
    headers: HTTPMessage
    body: bytes


def address(sandbox: Sandbox) -> tuple[str, int]:
    """Host and port of the server a sandbox is on."""
    host, _, port = sandbox.login_url.removeprefix("http://").rpartition(":")
    return host, int(port)


def ask(sandbox: Sandbox, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = JSON) -> Answer:
    """Send one request to a path below the tenant's API, exactly as given."""
    connection = http.client.HTTPConnection(*address(sandbox), timeout=60)
    try:
        connection.request(method, f"/{sandbox.tenant}/api/v1/{path}", body, dict(headers))
        reply = connection.getresponse()
        return Answer(reply.status, reply.headers, reply.read())
    finally:
        connection.close()


def ask_raw(sandbox: Sandbox, content: bytes) -> Answer:
    """Send bytes that no client library would send, and read one answer."""
    with socket.create_connection(address(sandbox), timeout=20) as connection:
        connection.sendall(content)
        reply = http.client.HTTPResponse(connection)
        reply.begin()
        try:
            return Answer(reply.status, reply.headers, reply.read())
        finally:
            reply.close()


def held(sandbox: Sandbox) -> list[Mapping[str, object]]:
    """All contacts of a tenant, the own company too."""
    return [sandbox.contacts[1], *sandbox.contacts]


@pytest.fixture
def unharmed(superoffice: Sandbox) -> Iterator[Sandbox]:
    """A tenant with a contact, of which nothing may have changed at the end, and which still answers."""
    superoffice.contacts.add(Name="Bystander", Emails=[{"Value": "a@example.com"}])
    before = held(superoffice)
    yield superoffice
    assert held(superoffice) == before
    again = ask(superoffice, "POST", "Agents/Contact/GetMyContact")
    assert again.status == 200
    assert json.loads(again.body) == before[0]


def is_refusal(answer: Answer, *statuses: int) -> dict[str, Any]:
    """Check what every refusal has in common: an expected status and a JSON object that shows no trace of the program."""
    assert answer.status in statuses, answer
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    told = json.loads(answer.body)
    assert isinstance(told, dict)
    assert told.get("Message") or (told["Error"] is True and told["ErrorType"] and told["ErrorMessage"])
    wire = answer.body.decode() + repr(answer.headers.items())
    assert "Traceback" not in wire
    assert "mockserver/" not in wire.replace("mockserver/catalogue", "")
    assert ".py" not in wire
    return told


# --- bad input (issue 2)

BAD_BODIES: dict[str, bytes] = {
    "malformed JSON": b'{"Name": "Cut',
    "no JSON at all": b"<Contact/>",
    "two documents": b'{"Name": "a"}{"Name": "b"}',
    "an array": b'[{"Name": "In a list"}]',
    "a text": b'"Name"',
    "a number": b"293",
    "ten thousand nested arrays": b"[" * 10_000 + b"]" * 10_000,
    "ten thousand nested objects": b'{"Name":' * 10_000 + b"1" + b"}" * 10_000,
    "ten thousand nested arrays in a member": b'{"Name": "Deep", "Interests": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "ten thousand nested children": b'{"Interests": [' + b'{"ChildItems": [' * 10_000 + b"]}" * 10_000 + b"]}",
    "ten thousand open brackets": b"[" * 10_000,
    "invalid UTF-8": b'{"Name": "\xff\xfe"}',
    "half a character": b'{"Name": "\xc3"}',
    "half a surrogate pair": b'{"Name": "\\ud800"}',
    "a null byte": b'{"Name": "a"}\x00',
    "UTF-16 that says it is UTF-8": '{"Name": "a"}'.encode("utf-16"),
    "a text for a number": b'{"DbiAgentId": "many"}',
    "a number above int32": b'{"DbiAgentId": 2147483648}',
    "a number of a thousand digits": b'{"DbiAgentId": ' + b"9" * 1000 + b"}",
    "a date that is none": b'{"DbiLastModified": "2018-02-30T00:00:00"}',
    "an object for a text": b'{"Name": {"First": "a"}}',
    "an array for an object": b'{"Business": [2]}',
    "an object for an array": b'{"Emails": {"Value": "a@example.com"}}',
    "a reference to nothing": b'{"Business": {"Id": 987654}}',
    "a name of nothing": b'{"Business": {"Value": "No such line"}}',
    "infinity": b'{"Address": {"Wgs84Latitude": Infinity}}',
    "a number too large for a double": b'{"Address": {"Wgs84Latitude": 1e999}}',
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
@pytest.mark.parametrize(("method", "path"), [("POST", SAVE), ("POST", "Contact"), ("PUT", "Contact/1")])
def test_a_bad_body_is_a_400_that_stores_nothing(unharmed: Sandbox, method: str, path: str, body: bytes) -> None:
    """A body that cannot be a contact gets 400 with a JSON error (protocol 11 no. 7), in both halves of the API."""
    is_refusal(ask(unharmed, method, path, body), 400)


BAD_PATHS: dict[str, tuple[str, str, int]] = {
    "an unknown path": ("GET", "Nonsense", 404),
    "an unknown agent": ("POST", "Agents/Nonsense/GetContactEntity", 404),
    "a wrong verb": ("PUT", "Contact", 405),
    "a wrong verb for an agent": ("DELETE", SAVE, 405),
    "an id that is not a number": ("GET", "Contact/glops", 400),
    "an agent's id that is not a number": ("POST", "Agents/Contact/GetContactEntity?contactEntityId=glops", 400),
    "an id above int32": ("DELETE", "Contact/2147483648", 400),
    "an id of a thousand digits": ("GET", f"Contact/{'9' * 1000}", 400),
    "an id with a fraction": ("GET", "Contact/1.5", 400),
    "an id in other digits": ("GET", "Contact/%D9%A1", 400),
    "an id that is not UTF-8": ("GET", "Contact/%ff", 400),
    "an id that is a null byte": ("GET", "Contact/%00", 400),
    "an id that is missing": ("GET", "Contact/77777", 404),
    "a path that climbs": ("GET", "../../../../etc/passwd", 404),
    "a path that climbs in disguise": ("GET", "%2e%2e/%2e%2e/etc/passwd", 404),
    "a path of eight thousand letters": ("GET", "a" * 8000, 404),
    "a path of a thousand slashes": ("GET", "/" * 1000, 404),
}


@pytest.mark.parametrize(("method", "path", "status"), BAD_PATHS.values(), ids=BAD_PATHS)
def test_a_bad_path_is_refused_with_the_documented_status(unharmed: Sandbox, method: str, path: str, status: int) -> None:
    """Paths, verbs and ids that make no sense get the status of protocol 4.1 and a JSON body."""
    is_refusal(ask(unharmed, method, path), status)


@pytest.mark.parametrize("tenant", ["Cust99999", "Nobody", "Cust", "%43ust1", "Cust12345%00", "..", "Cust%D9%A3"])
def test_a_wrong_tenant_is_404(unharmed: Sandbox, tenant: str) -> None:
    """A tenant that nobody declared is 404 (issue 2), whatever it looks like."""
    head = f"POST /{tenant}/api/v1/{SAVE} HTTP/1.1\r\nHost: x\r\nAuthorization: {LOGIN}\r\nContent-Length: 0\r\n\r\n"
    is_refusal(ask_raw(unharmed, head.encode()), 404)


@pytest.mark.parametrize("media_type", ["text/plain", "image/png", "nonsense", "application/jsonx", "; charset=utf-8"])
def test_an_unsupported_media_type_is_415(unharmed: Sandbox, media_type: str) -> None:
    """A body in a type that is not documented gets the framework's 415 (protocol 1.1)."""
    told = is_refusal(ask(unharmed, "POST", SAVE, b"{}", JSON | {"Content-Type": media_type}), 415)
    assert told["Message"].endswith("is not supported for this resource.")


def test_fifty_megabytes_are_413(unharmed: Sandbox) -> None:
    """A body of 50 MB, announced, gets 413 (issue 2: above 30 MB), and the client that sends all of it can read that."""
    body = b'{"Name":"' + b"a" * (50 * MIB) + b'"}'
    is_refusal(ask(unharmed, "POST", SAVE, body), 413)


def test_fifty_megabytes_that_nobody_announced_are_413(unharmed: Sandbox) -> None:
    """The same in chunks, where only reading it tells its length."""

    def chunks() -> Iterator[bytes]:
        yield b'{"Name":"'
        for _ in range(50):
            yield b"a" * MIB
        yield b'"}'

    connection = http.client.HTTPConnection(*address(unharmed), timeout=60)
    try:
        connection.request("POST", f"/{unharmed.tenant}/api/v1/{SAVE}", chunks(), JSON, encode_chunked=True)
        reply = connection.getresponse()
        is_refusal(Answer(reply.status, reply.headers, reply.read()), 413)
    finally:
        connection.close()


def test_a_body_just_below_the_limit_is_read() -> None:
    """The limit is a setting: one byte above it is 413, at it the body is read."""
    with MockServer(Settings(body_limit=1000)) as server:
        sandbox = server.sandbox()
        start, end = b'{"Name": "', b'"}'
        fits = start + b"a" * (1000 - len(start + end)) + end
        assert ask(sandbox, "POST", SAVE, fits).status == 200
        is_refusal(ask(sandbox, "POST", SAVE, fits + b" "), 413)
        assert len(sandbox.contacts) == 1


RAW_HEADS: dict[str, tuple[bytes, int]] = {
    "a media type": (b"POST /%s/api/v1/Contact HTTP/1.1\r\nHost: x\r\nContent-Type: \xff\r\nContent-Length: 2\r\n", 415),
    "credentials": (b"GET /%s/api/v1/Contact/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Basic \xff\r\n", 401),
    "a token": (b"GET /%s/api/v1/Contact/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\r\n", 401),
    "a ticket": (b"GET /%s/api/v1/Contact/1 HTTP/1.1\r\nHost: x\r\nAuthorization: SOTicket \xff\r\n", 401),
    "a scheme": (b"GET /%s/api/v1/Contact/1 HTTP/1.1\r\nHost: x\r\nAuthorization: \xff \xff\r\n", 401),
    "a host that a refusal repeats": (b"GET /%s/api/v1/Nonsense HTTP/1.1\r\nHost: \xff\r\n", 404),
}


@pytest.mark.parametrize(("head", "status"), RAW_HEADS.values(), ids=RAW_HEADS)
def test_bytes_that_are_no_text_are_refused(unharmed: Sandbox, head: bytes, status: int) -> None:
    """Bytes outside UTF-8 in a header are refused like any other nonsense there, never with 500."""
    head = head.replace(b"%s", unharmed.tenant.encode())
    if b"Authorization" not in head:
        head += b"Authorization: " + LOGIN.encode() + b"\r\n"
    body = b"{}" if b"Content-Length" in head else b""
    is_refusal(ask_raw(unharmed, head + b"Connection: close\r\n\r\n" + body), status)


@pytest.mark.parametrize(
    "line", [b"GET /%s/api/v1/\xff HTTP/1.1", b"GET /%s/api/v1/Contact/1?x=\xff HTTP/1.1", b"no HTTP at all"]
)
def test_a_request_line_that_is_no_text_is_400(unharmed: Sandbox, line: bytes) -> None:
    """What is not HTTP is refused before it is anybody's request."""
    answer = ask_raw(unharmed, line.replace(b"%s", unharmed.tenant.encode()) + b"\r\nHost: x\r\n\r\n")
    assert answer.status == 400
    assert b"Traceback" not in answer.body


def test_a_host_that_is_no_text_does_not_break_links(superoffice: Sandbox) -> None:
    """An entity with links is answered even to a client whose Host header is nonsense, or refused with 400."""
    head = f"GET /{superoffice.tenant}/api/v1/Contact/1 HTTP/1.1\r\nAuthorization: {LOGIN}\r\nHost: ".encode()
    assert ask_raw(superoffice, head + b"\xff\r\nConnection: close\r\n\r\n").status in (200, 400)


def test_the_journal_can_tell_of_bytes_that_are_no_text(superoffice: Sandbox) -> None:
    """Whatever bytes a head held, the journal of the tenant is valid JSON afterwards."""
    head = f"GET /{superoffice.tenant}/api/v1/Contact/1 HTTP/1.1\r\nHost: x\r\n".encode()
    ask_raw(superoffice, head + b"User-Agent: \xfe\r\nAccept: \xff\r\nConnection: close\r\n\r\n")
    told = ask_raw(superoffice, f"GET /_mock/journal?tenant={superoffice.tenant} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert told.status == 200
    assert [entry["status"] for entry in json.loads(told.body)["entries"]] == [401]


def test_a_body_that_never_ends_stores_nothing(unharmed: Sandbox) -> None:
    """A client that hangs up in the middle of its body has saved nothing."""
    head = f"POST /{unharmed.tenant}/api/v1/{SAVE} HTTP/1.1\r\nHost: x\r\nAuthorization: {LOGIN}\r\n"
    with socket.create_connection(address(unharmed), timeout=20) as connection:
        connection.sendall(f'{head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"Name": "Half'.encode())


SECRET = "7T:NobodyMayReadThis"
NO_HTTP: dict[str, bytes] = {
    "a request line that is none": f"{SECRET}\r\n\r\n".encode(),
    "a request line with a blank too many": f"GET /api /{SECRET} HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    "a method that is none": f"G@T{SECRET} /api HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    "another protocol": f"{SECRET} /api SECRET/9.9\r\nHost: x\r\n\r\n".encode(),
    "a header without a colon": f"GET /api HTTP/1.1\r\nHost: x\r\nAuthorization SOTicket {SECRET}\r\n\r\n".encode(),
    "a header with a control character": f"GET /api HTTP/1.1\r\nHost: x\r\nAuthorization: {SECRET}\0\r\n\r\n".encode(),
    "a long line": f"GET /api?ticket={SECRET}{'x' * 100_000} HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    "a long header": f"GET /api HTTP/1.1\r\nHost: x\r\nAuthorization: {SECRET}{'x' * 100_000}\r\n\r\n".encode(),
    "a length that is none": f"POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: {SECRET}\r\n\r\n".encode(),
}


@pytest.mark.parametrize("what", NO_HTTP)
def test_what_is_no_http_is_400_and_never_repeated(
    superoffice: Sandbox, what: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """The answer is the framework's own object, and neither it nor any log repeats what may have been a credential."""
    caplog.set_level(logging.DEBUG)
    answer = ask_raw(superoffice, NO_HTTP[what])
    assert is_refusal(answer, 400) == {"Message": "The request is invalid."}
    shown = answer.body.decode() + repr(answer.headers.items()) + caplog.text + "".join(capfd.readouterr())
    assert "NobodyMayReadThis" not in shown
    assert ask(superoffice, "POST", "Agents/Contact/GetMyContact").status == 200


def test_lines_as_long_as_queries_of_real_clients_are_read(superoffice: Sandbox) -> None:
    """Sixty thousand characters of query, or of a token, are no mistake."""
    assert ask(superoffice, "GET", f"Contact/1?$select={'Name,' * 12_000}Name").status == 200
    assert ask(superoffice, "GET", "Contact/1", headers={"Authorization": f"Bearer {'x' * 60_000}"}).status == 401


def test_a_refusal_leaves_the_connection_usable(superoffice: Sandbox) -> None:
    """After refusals of every kind the same connection carries a save."""
    connection = http.client.HTTPConnection(*address(superoffice), timeout=20)
    api = f"/{superoffice.tenant}/api/v1/"
    statuses = []
    try:
        for method, path, body in [
            ("GET", "Nonsense", None),
            ("PUT", "Contact", b"{}"),
            ("POST", SAVE, b"[" * 10_000),
            ("GET", "Contact/glops", None),
            ("POST", SAVE, b'{"Name": "At last"}'),
        ]:
            connection.request(method, api + path, body, JSON)
            reply = connection.getresponse()
            reply.read()
            statuses.append(reply.status)
    finally:
        connection.close()
    assert statuses == [404, 405, 400, 400, 200]


def test_a_head_request_is_405_without_a_body(superoffice: Sandbox) -> None:
    """HEAD is not supported (protocol 11 no. 14); HTTP forbids its answer a body."""
    answer = ask(superoffice, "HEAD", "Contact/1")
    assert (answer.status, answer.body) == (405, b"")
    assert "GET" in answer.headers["Allow"]


# --- the translation

Answerer = Callable[[Request], Response]


@asynccontextmanager
async def served(answerer: Answerer, prefix: str = "", body_limit: int = 1000) -> AsyncIterator[str]:
    """Run the transport over an answering function; yields the origin."""

    async def respond(request: Request) -> Response:
        return answerer(request)

    app = application(respond, body_limit)
    if prefix:
        outer = web.Application()
        outer.add_subapp(prefix, app)
        app = outer
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/Cust1/api/v1/Contact", "/Cust1/api/v1/Contact", ""),
        ("/a%2Fb/%C3%A5?x=%26&y=1?z", "/a%2Fb/%C3%A5", "x=%26&y=1?z"),
        ("/a/../b", "/a/../b", ""),
        ("/a//b/?", "/a//b/", ""),
    ],
)
async def test_the_path_arrives_raw(target: str, path: str, query: str) -> None:
    """Path and query reach the chain as they were sent, percent signs, dots and doubled slashes included."""
    seen: list[Request] = []

    def answerer(request: Request) -> Response:
        seen.append(request)
        return Response(204)

    async with served(answerer) as origin:
        await asyncio.to_thread(get, origin, target)
    assert [(each.method, each.path, each.query, each.root, each.scheme) for each in seen] == [("GET", path, query, "", "http")]


def get(origin: str, target: str) -> int:
    """Ask for exactly this target; answers the status."""
    connection = http.client.HTTPConnection(origin.removeprefix("http://"), timeout=20)
    try:
        connection.request("GET", target)
        reply = connection.getresponse()
        reply.read()
        return reply.status
    finally:
        connection.close()


async def test_below_a_prefix_the_path_is_what_follows_it() -> None:
    """Mounted as a sub-application, the chain sees the path below the prefix, and an origin that has it."""
    seen: list[Request] = []

    def answerer(request: Request) -> Response:
        seen.append(request)
        return Response(204)

    async with served(answerer, prefix="/crm") as origin:
        assert await asyncio.to_thread(get, origin, "/crm/api/v1/Contact/1") == 204
    assert (seen[0].path, seen[0].root, seen[0].origin) == ("/api/v1/Contact/1", "/crm", f"{origin}/crm")


async def test_repeated_headers_survive_both_ways() -> None:
    """A header that comes twice is there twice, in the request and in the answer."""
    seen: list[list[str]] = []

    def answerer(request: Request) -> Response:
        seen.append(list(request.headers.getall("X-Twice")))
        return Response(200, CIMultiDict([("X-Powered-By", "NetServer"), ("X-Powered-By", "ASP.NET")]), b"x")

    async with served(answerer) as origin, aiohttp.ClientSession() as session:
        reply = await session.get(origin, headers=CIMultiDict([("X-Twice", "a"), ("X-Twice", "b")]))
        assert reply.headers.getall("X-Powered-By") == ["NetServer", "ASP.NET"]
    assert seen == [["a", "b"]]


async def test_a_body_is_not_read_before_somebody_asks() -> None:
    """An answer that does not depend on the body is given before the client has sent it."""
    known: list[bytes | None] = []

    def answerer(request: Request) -> Response:
        known.append(request.body.known)
        return Response(200, CIMultiDict(), b"early")

    async with served(answerer) as origin:
        host, _, port = origin.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nonly the beginning")
        head = await asyncio.wait_for(reader.readuntil(b"early"), 5)
        writer.close()
        await writer.wait_closed()
    assert head.startswith(b"HTTP/1.1 200")
    assert known == [None]


async def test_status_headers_and_bytes_go_back_as_they_are() -> None:
    """What the chain answers is what the client gets."""
    content = bytes(range(256))

    def answerer(request: Request) -> Response:
        return Response(418, CIMultiDict({"Content-Type": "application/x-tea", "X-Pot": "brown"}), content)

    async with served(answerer) as origin, aiohttp.ClientSession() as session, session.get(f"{origin}/any/where") as reply:
        assert (reply.status, reply.headers["Content-Type"], reply.headers["X-Pot"]) == (418, "application/x-tea", "brown")
        assert await reply.read() == content


# --- HTTPS


def test_over_https_links_are_https() -> None:
    """A client that trusts the authority gets links with the scheme it used."""
    with MockServer(Settings(), tls=True) as server:
        sandbox = server.sandbox()
        assert server.url == sandbox.login_url == f"https://127.0.0.1:{server.port}"
        trusted = ssl.create_default_context(cafile=sandbox.ca_file)
        connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=20, context=trusted)
        try:
            connection.request("GET", f"/{sandbox.tenant}/api/v1/Contact/1", headers=JSON)
            links = json.loads(connection.getresponse().read())["_Links"]
            assert links["Self"] == f"{sandbox.api_url}/v1/Contact/1"
            body = b"x" * MIB
            connection.request("POST", f"/{sandbox.tenant}/api/v1/{SAVE}", b'{"Department": "' + body + b'"}', JSON)
            reply = connection.getresponse()
            assert (reply.status, len(reply.read()) > MIB) == (200, True)
        finally:
            connection.close()


def test_plain_http_and_strangers_get_no_answer_over_https(caplog: pytest.LogCaptureFixture) -> None:
    """Who does not speak TLS, or hangs up in the middle of it, is let go without a word in any log; the server goes on."""
    caplog.set_level(logging.DEBUG)
    with MockServer(Settings(), tls=True) as server:
        for content in (f"GET /api?ticket={SECRET} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), b"\x16\x03\x01", b""):
            with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
                connection.sendall(content)
                connection.shutdown(socket.SHUT_WR)
                assert b"NobodyMayReadThis" not in connection.recv(1000)
        trusted = ssl.create_default_context(cafile=server.ca_file)
        with (
            socket.create_connection(("127.0.0.1", server.port), timeout=20) as plain,
            trusted.wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            connection.sendall(b"GET /api HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 200"
    assert "NobodyMayReadThis" not in caplog.text


def test_a_server_may_be_started_again_with_https() -> None:
    """The second run has an authority of its own, and outside of a run there is none."""
    server = MockServer(Settings(), tls=True)
    seen = set()
    for _ in range(2):
        with server:
            seen.add(server.ca_file)
    assert len(seen) == 2
    assert MockServer(Settings()).ca_file == ""
