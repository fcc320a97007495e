"""No password, code, token or ticket in any log, journal or error page: canaries are planted wherever a client can put one.

The server runs in a process of its own with everything logged; requests are bytes, because some of them no client would send. A
canary may come back in no form a person could use: as it is, in base64, or percent-encoded.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest

CANARY = "Canary{:04d}Sings"
PASSWORD, TOKEN, TICKET, APP = "CanaryPasswordSings", "8A:{tenant}.CanaryTokenSings", "7T:CanaryTicketSings", "CanaryAppSings"
SCRIPT = """
import logging, sys
logging.basicConfig(level=logging.DEBUG)
logging.captureWarnings(True)
from mockserver.cli import main
sys.exit(main(["serve", "--listen", "127.0.0.1:0"]))
"""
API = "/Cust12345/api/v1"
SAVE = f"{API}/Agents/Contact/SaveContactEntity"
LOGIN = "/login/common/oauth/tokens"
SERVICE = "http://www.superoffice.com/superid/partnersystemuser/0.1"
ACTION = f'"{SERVICE}/IPartnerSystemUserService/Authenticate"'
GOOD = f"Authorization: Bearer {TOKEN.format(tenant='Cust12345')}"


class Plant(NamedTuple):
    """A request with the word CANARY in it.

    `parsed` says that aiohttp can read it, `stored` that it ends in a field that is read back as it was saved.
    """

    name: str
    content: bytes
    parsed: bool = True
    stored: bool = False


def head(line: str, *headers: str, body: bytes = b"") -> bytes:
    """The bytes of a request that asks to be the last on its connection."""
    lines = [f"{line} HTTP/1.1", "Host: mock.test", *headers, f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + body


def b64(text: str) -> str:
    """A text as Basic has it."""
    return b64encode(text.encode()).decode()


def plants() -> Iterator[Plant]:
    """All places for a canary."""
    read = f"GET {API}/Contact/1"
    for authorization in (
        "Basic <tje0:CANARY>",
        "Basic <CANARY:Tje0>",
        "Basic CANARY",
        "Basic !CANARY!",
        "Basic tje0:CANARY",
        "Bearer CANARY",
        "Bearer 8A:Cust12345.CANARY",
        "Bearer 8A:Cust99999.CANARY",
        "Bearer eyJhbGciOiJub25lIn0.CANARY.",
        "Bearer",
        "SOTicket CANARY",
        "SoTicket 7T:CANARY",
        "Negotiate CANARY",
        "NTLM CANARY",
        'Digest username="tje0", response="CANARY"',
        "Riddle CANARY",
        "CANARY",
        "CANARY CANARY",
        "Bearer CANARYé",
        "Bearer " + 2_000 * "CANARY",
    ):
        yield Plant(f"Authorization: {authorization[:40]}", head(read, f"Authorization: {authorization}"))
        yield Plant(
            f"Authorization: {authorization[:40]} and a bad path", head(f"GET {API}/Nonsense", f"Authorization: {authorization}")
        )
    yield Plant("two Authorizations", head(read, "Authorization: Bearer CANARY", "Authorization: Basic CANARY"))
    for name in ("SO-AppToken", "X-XSRF-TOKEN", "Cookie", "Proxy-Authorization", "X-Api-Key", "X-Access-Token"):
        yield Plant(name, head(read, f"{name}: CANARY"))
        yield Plant(f"{name} beside a good token", head(read, GOOD, f"{name}: CANARY"))
    yield Plant("a cookie", head(read, "Cookie: ASP.NET_SessionId=CANARY; XSRF-TOKEN=CANARY", "X-XSRF-TOKEN: CANARY"))
    yield Plant("a cookie without its token", head(read, "Cookie: a=b; ASP.NET_SessionId=CANARY"))
    yield Plant("a cookie for the start page", head("GET /Cust12345/", "Cookie: ASP.NET_SessionId=CANARY"))
    yield Plant("a header of another name twice", head(read, "Authorization: Bearer CANARY", "User-Agent: me/CANARY"))
    yield from queries()
    yield from bodies()
    yield from unparsable()


NAMES = (
    *(
        "password",
        "Password",
        "old_password",
        "client_secret",
        "access_token",
        "AccessToken",
        "refresh_token",
        "id_token",
        "token",
    ),
    *(
        "code",
        "code_verifier",
        "state",
        "id_token_hint",
        "assertion",
        "client_assertion",
        "ticket",
        "so-ticket",
        "SignedSystemToken",
    ),
    *(
        "ApplicationToken",
        "secret",
        "api_key",
        "apikey",
        "XSRF_TOKEN",
        "Authorization",
        "pass%77ord",
        "p%61ss%57ord",
        "user[password]",
    ),
    *("Credential.Value[password]", "session_id", "so_app_token"),
)


def queries() -> Iterator[Plant]:
    """Secrets in addresses, whether there is something or not."""
    for path in (f"{API}/Contact/1", f"{API}/Nonsense", "/nowhere", "/api/v1", "/Cust404/api/v1/Contact/1", LOGIN, "/Cust12345/"):
        for name in NAMES if path in (LOGIN, f"{API}/Nonsense") else NAMES[:3]:
            yield Plant(f"?{name} of {path}", head(f"GET {path}?x=1&{name}=CANARY&y=2", GOOD))
    for query in (
        "access_token=8A%3ACust12345.CANARY",
        "q=8A:Cust12345.CANARY",
        "redirect_uri=http%3A%2F%2Flocalhost%2Fcallback%3Fcode%3DCANARY",
        "password=CANARY;x=1",
        "password%3DCANARY",
        "$filter=name eq '7T:CANARY'".replace(" ", "%20"),
    ):
        yield Plant(f"?{query}", head(f"GET {API}/Contact/1?{query}", GOOD))
        yield Plant(f"?{query} of nothing", head(f"GET {API}/Nonsense?{query}"))
        yield Plant(f"#{query} of nothing", head(f"GET {API}/Nonsense?{query}#access_token=CANARY"))
    yield Plant("a token in the path", head(f"GET {API}/Nonsense/8A:Cust12345.CANARY"))


FORM, JSON, XML = "application/x-www-form-urlencoded", "application/json", "application/xml"
SOAP = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>'
    f'<ApplicationToken xmlns="{SERVICE}">CANARY</ApplicationToken></s:Header>'
    f'<s:Body><AuthenticationRequest xmlns="{SERVICE}"><SignedSystemToken>Double.202601010000.CANARY</SignedSystemToken>'
    "</AuthenticationRequest></s:Body></s:Envelope>"
)
STORED = (
    '{"UserDefinedFields": {"password": "CANARY"}, "Name": "again CANARY"}',
    '{"Name": "see http://localhost/callback?code=CANARY&state=1"}',
    '{"Name": "7T:CANARY"}',
)
BODIES = (
    *((FORM, f"grant_type=refresh_token&{name}=CANARY&x=1") for name in NAMES),
    *((JSON, json.dumps({"Name": "Planted", name: "CANARY"})) for name in NAMES if "%" not in name and "[" not in name),
    *(
        (XML, f"<ContactEntity><Name>x</Name><{name}>CANARY</{name}></ContactEntity>")
        for name in NAMES
        if re.fullmatch(r"\w+", name)
    ),
    (FORM, "password=CANARY"),
    (FORM, '{"password": "CANARY"}'),
    (FORM, "password CANARY"),
    (JSON, "password=CANARY"),
    (JSON, '{"password": "CANARY"'),
    (JSON, "{password: 'CANARY'}"),
    (JSON, "{'password': 'CANARY', /* token: CANARY */}"),
    (JSON, '{"p\\u0061ssword": "CANARY"}'),
    (JSON, '{"password": ["CANARY", {"x": "CANARY"}]}'),
    (JSON, '{"password": "CANARY", "password": null}'),
    (JSON, '{"x": {"password": "CANARY"}, "x": 1}'),
    (JSON, '{"Nested": [{"Deep": {"ClientSecret": "CANARY"}}]}'),
    *((JSON, text) for text in STORED),
    (JSON, '{"UseStoredPassword": "CANARY", "Category": "CANARY"}'),
    (JSON, '{"Secret": "CANARY", "Category": {"Id": "CANARY"}}'),
    (JSON, '[{"op": "replace", "path": "/Password", "value": "CANARY"}]'),
    (JSON, '{"Items": [{"Key": "Password", "Value": "CANARY"}]}'),
    (JSON, '{"Credential": {"Type": {"Value": "x"}, "Value": "CANARY"}}'),
    (JSON, '{"Ticket": "CANARY"}'),
    (JSON, '"CANARY password"'),
    (JSON, "[" * 2000 + '{"password": "CANARY"}' + "]" * 2000),
    (JSON, '{"Name": {"password": "CANARY"}}'),
    (JSON, '{"Business": {"Value": "x", "Id": {"token": "CANARY"}}}'),
    ("application/json-patch+json", '[{"op": "replace", "path": "/Nowhere/Password", "value": "CANARY"}]'),
    ("application/merge-patch+json", '{"Password": {"x": "CANARY"}}'),
    (XML, "<ContactEntity><Password>CANARY"),
    (XML, "<ContactEntity><Password><![CDATA[CANARY]]></Password></ContactEntity>"),
    (XML, "<ContactEntity><a:Password xmlns:a='u'>x<b>CANARY</b></a:Password></ContactEntity>"),
    (XML, "<ContactEntity Password='CANARY'/>"),
    (XML, "<!DOCTYPE x [<!ENTITY e 'CANARY'>]><x><Password>&e;</Password></x>"),
    (XML, "<M><StringKeyValuePair><Key>Password</Key><Value>CANARY</Value></StringKeyValuePair></M>"),
    (XML, '{"password": "CANARY"}'),
    ("text/xml", SOAP),
    ("text/plain", "my password is CANARY"),
    ("application/octet-stream", '{"password": "CANARY"}'),
    ("multipart/form-data; boundary=b", '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nCANARY\r\n--b--\r\n'),
    ("application/json; charset=nonsense", '{"password": "CANARY"}'),
    (JSON, '{"password": "CANARY", "Description": "' + 100_000 * "x" + '"}'),
    (JSON, '{"Description": "' + 100_000 * "x" + '", "password": "CANARY"}'),
    (JSON, '{"password": "CANARY", "Description": "' + 1_100_000 * "x" + '"}'),
    (JSON, '{"Description": "' + 65_460 * "x" + '", "password": "CANARY"}'),
)


def bodies() -> Iterator[Plant]:
    """Secrets in bodies, readable or not, of calls that are known, shaped, unknown, and of the login service."""
    for label, text in BODIES:
        for path in (SAVE, f"{API}/Nonsense", LOGIN):
            name = f"{label} {text[:60]} to {path}"
            stored = path == SAVE and text in STORED
            yield Plant(name, head(f"POST {path}", GOOD, f"Content-Type: {label}", body=text.encode()), stored=stored)
    for path, text in (
        ("User/SetPassword", '{"AssociateId": 1, "Password": "CANARY"}'),
        ("User/ChangeOwnPassword", '{"OldPassword": "CANARY", "NewPassword": "CANARY"}'),
        ("User/SetGeneratedPassword", '"CANARY"'),
        ("User/GetAccessToken", '{"AppToken": "CANARY"}'),
        ("User/ExchangeCodeAndSaveTokens", '{"AuthorizationCode": "CANARY", "PkceVerifier": "CANARY"}'),
        ("User/SaveCredential", '{"Credential": {"Type": {}, "Value": "CANARY"}}'),
        ("User/SaveUntrustedCredentials", '{"Credentials": {"SecretValue": "CANARY"}}'),
        ("Preference/SetXsrfValue", '{"XsrfValue": "CANARY"}'),
        ("Webhook/SaveWebhook", '{"Secret": "CANARY"}'),
        ("EMail/AuthenticateIncoming", '{"ConnectionInfo": {"Password": "CANARY", "UserName": "x"}}'),
    ):
        body = text.encode()
        yield Plant(path, head(f"POST {API}/Agents/{path}", GOOD, f"Content-Type: {JSON}", body=body))
    for path in ("/Login/api/PartnerSystemUser/Authenticate", "/login/services/PartnerSystemUserService.svc"):
        yield Plant(path, head(f"POST {path}", "Content-Type: text/xml", f"SOAPAction: {ACTION}", body=SOAP.encode()))
    text = '{"SignedSystemToken": "x.202601010000.CANARY", "ApplicationToken": "CANARY", "ContextIdentifier": "Cust12345"}'
    yield Plant(
        "a signed token", head("POST /Login/api/PartnerSystemUser/Authenticate", f"Content-Type: {JSON}", body=text.encode())
    )
    for charset in ("utf-16", "utf-16-le", "utf-16-be"):
        for label in (f"{JSON}; charset=utf-16", JSON):
            body = '{"Name": "x", "password": "CANARY"}'.encode(charset)
            yield Plant(f"{label} in {charset}", head(f"POST {SAVE}", GOOD, f"Content-Type: {label}", body=body))


def unparsable() -> Iterator[Plant]:
    """What aiohttp answers or drops by itself."""
    long = 100_000 * "x"
    for name, content in {
        "an over-long header": head(f"GET {API}/Contact/1", f"Authorization: Bearer CANARY{long}"),
        "a header of a megabyte": head(f"GET {API}/Contact/1", f"Authorization: Bearer CANARY{10 * long}"),
        "an over-long name": head(f"GET {API}/Contact/1", f"CANARY{long}: x"),
        "an over-long request line": head(f"GET {API}/Contact/1?access_token=CANARY{long}"),
        "a header without a colon": head(f"GET {API}/Contact/1", "Authorization Bearer CANARY"),
        "a header name with a blank": head(f"GET {API}/Contact/1", "Authorization : Bearer CANARY"),
        "a NUL in a header": head(f"GET {API}/Contact/1", "Authorization: Bearer CANARY\0"),
        "a line break in a header": head(f"GET {API}/Contact/1", "Authorization: Bearer\n CANARY"),
        "a bare carriage return": head(f"GET {API}/Contact/1", "Authorization: Bearer\rCANARY"),
        "no method": b"CANARY\r\n\r\n",
        "a bad method": b"G@T /?access_token=CANARY HTTP/1.1\r\nHost: x\r\n\r\n",
        "a bad version": b"GET /?access_token=CANARY HTTP/9.99\r\nHost: x\r\n\r\n",
        "a bad address": b"GET http://[CANARY HTTP/1.1\r\nHost: x\r\n\r\n",
        "a blank in the address": b"GET /?access_token=CANARY x HTTP/1.1\r\nHost: x\r\n\r\n",
        "a bad length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: CANARY\r\n\r\n",
        "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\nCookie: CANARY\r\n\r\nxx",
        "a bad chunk": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nCANARY\r\n\r\n",
        "a bad encoding": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: CANARY\r\n\r\n",
        "a body cut short": head(f"POST {SAVE}", GOOD, f"Content-Type: {JSON}") + b'{"password": "CANARY"}',
        "a body that breaks off": f"POST {SAVE} HTTP/1.1\r\n{GOOD}\r\nContent-Length: 99\r\n\r\npassword=CANARY".encode(),
        "a request that breaks off": f"GET {API}/Contact/1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer CANARY".encode(),
        "a TLS client": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03CANARY\r\n\r\n",
    }.items():
        yield Plant(name, content, parsed=False)


PLANTS = list(plants())


class Field(NamedTuple):
    """What is left after everything was planted."""

    answers: list[bytes]
    journal: str
    out: str
    log: str
    issued: list[str]


def sent(port: int, content: bytes, patience: float = 20) -> bytes:
    """Everything that comes back for these bytes; what waits for more than the patience is hung up on."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
        received = b""
        try:
            connection.sendall(content)
            while piece := connection.recv(2**16):
                received += piece
        except (ConnectionError, TimeoutError):
            pass  # the server need not read what it refuses
        return received


def grown(number: int, plant: Plant) -> bytes:
    """A plant's request with its own canary; `<…>` of a Basic header in base64."""
    canary = CANARY.format(number)
    content = plant.content.replace("CANARY".encode("utf-16-le"), canary.encode("utf-16-le"))
    content = content.replace("CANARY".encode("utf-16-be"), canary.encode("utf-16-be")).replace(b"CANARY", canary.encode())
    first, blank, body = content.partition(b"\r\n\r\n")
    first = re.sub(rb"Basic <(.*?)>", lambda found: b"Basic " + b64encode(found[1]), first)
    first = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(body), first, count=1) if plant.parsed else first
    return first + blank + body


@pytest.fixture(scope="module")
def field() -> Iterator[Field]:
    """All canaries, sent to one server whose log is kept."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MOCKSERVER_", "COV"))}
    environment |= {
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONUNBUFFERED": "1",
        "MOCKSERVER_PASSWORD": PASSWORD,
        "MOCKSERVER_ACCESS_TOKEN": TOKEN,
        "MOCKSERVER_TICKET": TICKET,
        "MOCKSERVER_APP_TOKEN": APP,
        "MOCKSERVER_JOURNAL_LIMIT": "10000",
    }
    with tempfile.TemporaryFile("w+") as log, tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-X", "dev", "-W", "default", "-c", SCRIPT]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment, cwd=folder)
        try:
            assert server.stdout is not None
            greeting = ""
            while "Ctrl-C" not in greeting:
                line = server.stdout.readline()
                assert line, greeting
                greeting += line
            found = re.search(r"http://127\.0\.0\.1:(\d+)/_mock", greeting)
            assert found, greeting
            port = int(found[1])
            issued = accepted(port)
            answers = [sent(port, grown(number, plant), 20 if plant.parsed else 0.3) for number, plant in enumerate(PLANTS)]
            journal = "".join(told(port, tenant) for tenant in ("Cust12345", ""))
            server.send_signal(signal.SIGINT)
            out = server.stdout.read()
            assert server.wait(20) == 0
        finally:
            server.kill()
            server.wait()
            assert server.stdout is not None
            server.stdout.close()
        log.seek(0)
        yield Field(answers, journal, out, log.read(), issued)


def accepted(port: int) -> list[str]:
    """Sign in by all good credentials; what the start page issued."""
    read = f"GET {API}/Contact/1"
    page = sent(port, head("GET /Cust12345/")).decode()
    session = re.findall(r"Set-Cookie: [^=]+=([^;]+)", page)
    assert len(session) == 2
    for headers in (
        [f"Authorization: Basic {b64('tje0:' + PASSWORD)}"],
        [GOOD],
        [f"Authorization: SOTicket {TICKET}", f"SO-AppToken: {APP}"],
        [f"Cookie: ASP.NET_SessionId={session[0]}", f"X-XSRF-TOKEN: {session[1]}"],
    ):
        assert sent(port, head(read, *headers)).startswith(b"HTTP/1.1 200 ")
    return session


def told(port: int, tenant: str) -> str:
    """A tenant's journal, read as a person would."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_mock/journal?tenant={tenant}", timeout=60) as answer:
        return json.dumps(json.load(answer), ensure_ascii=False)


def sings(canary: str, text: str) -> bool:
    """Whether a text gives a canary away."""
    in_base64 = [b64encode(before + canary.encode())[4:-4].decode() for before in (b"", b"x", b"xx", b"tje0:")]
    spellings = {canary, quote(canary, safe=""), "\\u0000".join(canary), "\0".join(canary), *in_base64}
    return any(each in text for each in spellings)


CASES = [pytest.param(number, id=plant.name[:90].replace("::", ":")) for number, plant in enumerate(PLANTS)]


@pytest.mark.parametrize("number", CASES)
def test_no_canary_sings(field: Field, number: int) -> None:
    """What was planted is neither in the log nor in the journal nor in the answer."""
    canary = CANARY.format(number)
    assert not sings(canary, field.log), "log"
    assert not sings(canary, field.out), "output"
    assert not sings(canary, field.journal), "journal"
    answer = field.answers[number].decode("utf-8", "replace")
    assert sings(canary, answer) is PLANTS[number].stored, answer[:2000]


@pytest.mark.parametrize("secret", [PASSWORD, "CanaryTokenSings", TICKET, APP])
def test_no_accepted_secret_is_noted(field: Field, secret: str) -> None:
    """Credentials that were right are kept as quiet as wrong ones."""
    assert not sings(secret, field.log)
    assert not sings(secret, field.journal)
    assert not any(sings(secret, each.decode("utf-8", "replace")) for each in field.answers)


def test_no_issued_secret_is_noted(field: Field) -> None:
    """The start page's cookies went to the browser and nowhere else."""
    for secret in field.issued:
        assert not sings(secret, field.log)
        assert not sings(secret, field.journal)


def test_the_field_is_there(field: Field) -> None:
    """The canaries were sent, heard and answered: the journal has them all, the log is on, and no answer is a bug of ours."""
    parsed = [answer for answer, plant in zip(field.answers, PLANTS, strict=True) if plant.parsed]
    assert len(parsed) > 250
    assert not [answer[:400] for answer in parsed if not re.match(rb"HTTP/1\.1 [24]\d\d ", answer)]
    assert not [answer for answer in field.answers if b" 500 " in answer[:20]]
    assert field.journal.count('"milliseconds"') >= len(parsed)
    assert "Using selector" in field.log
    assert "Traceback" not in field.log
    assert "Traceback" not in field.journal
    assert Path(__file__).name not in field.log
