"""`mockserver record` before a live tenant that is a process of its own: what the client sees, and what is on disk."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest

from mockserver.responders.cassettes import load
from tests.live import TENANT, live_tenant

PATIENCE = 30.0
LOGIN = {"Authorization": "Basic dGplMDpUamUw", "Accept": "application/json"}  # tje0:Tje0
SAVE = f"/{TENANT}/api/v1/Agents/Contact/SaveContactEntity"
Answer = tuple[int, list[tuple[str, str]], bytes]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a live tenant, and the file of its authority."""
    folder = tmp_path_factory.mktemp("live")
    with live_tenant(folder) as url:
        yield url, folder / "ca.pem"


class Recording:
    """A running recorder."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal; the exit code and what it complained about."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, said


@contextmanager
def recording(upstream: str, cassette: Path, *more: str, ci: str = "") -> Iterator[Recording]:
    """`mockserver record` on a free port."""
    key = cassette.with_name("key")
    command = [sys.executable, "-m", "mockserver", "record", "--upstream", upstream, "--cassette", str(cassette)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_") and name != "CI"}
    with subprocess.Popen(
        [*command, "--key", str(key), "--listen", "127.0.0.1:0", *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment | {"CI": ci},
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                if "Ctrl-C" in line:
                    break
            found = re.search(r"url +(http://\S+)", said)
            yield Recording(process, found[1] if found else "")
        finally:
            if process.poll() is None:
                process.kill()


def ask(url: str, method: str, path: str, body: bytes | None = None, ca: Path | None = None, **headers: str) -> Answer:
    """One request on a connection of its own; bodies as they are on the wire."""
    parts = urlsplit(url)
    assert parts.hostname
    if parts.scheme == "https":
        tls = ssl.create_default_context(cafile=str(ca))
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.hostname, parts.port, context=tls, timeout=PATIENCE
        )
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, LOGIN | {name.replace("_", "-"): value for name, value in headers.items()})
        reply = connection.getresponse()
        return reply.status, reply.getheaders(), reply.read()
    finally:
        connection.close()


def save(url: str, name: str, **more: object) -> Answer:
    """Save a company."""
    return ask(url, "POST", SAVE, json.dumps({"Name": name, **more}).encode(), Content_Type="application/json")


# --- what the client sees


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", f"/{TENANT}/api/v1/Contact/1", {}),
        ("GET", f"/{TENANT}/api/v1/Contact/1", {"Accept-Encoding": "gzip"}),
        ("GET", f"/{TENANT}/api/v1/Contact/1", {"Accept": "application/xml"}),
        ("HEAD", f"/{TENANT}/api/v1/Contact/1", {}),
        ("GET", f"/{TENANT}/api/v1/Contact/99999", {}),
        ("GET", f"/{TENANT}/api/v1/Contact/1", {"Authorization": "Basic bm9ib2R5"}),
        ("GET", f"/{TENANT}/api", {"Accept": "text/html"}),
        ("GET", f"/{TENANT}/api/v1", {"Accept-Encoding": "gzip"}),
    ],
    ids=["JSON", "gzip", "XML", "HEAD", "not found", "not allowed", "html", "page of links"],
)
def test_a_client_sees_every_byte_but_the_links(
    live: tuple[str, Path], tmp_path: Path, method: str, path: str, headers: dict[str, str]
) -> None:
    """Status, headers in their order, repeated ones too, and body are those of the tenant; links lead to the recorder."""
    url, ca = live
    with recording(url, tmp_path / "a.yaml", "--upstream-ca", str(ca)) as recorder:
        direct = ask(url, method, path, None, ca, **headers)
        through = ask(recorder.url, method, path, None, None, **headers)
        assert plain(through, recorder.url, url) == plain(direct, recorder.url, url)
        assert recorder.end()[0] == 0


def plain(answer: Answer, ours: str, theirs: str) -> Answer:
    """An answer without what differs between two requests, its links put back."""
    import gzip

    status, headers, body = answer
    packed = any(name == "Content-Encoding" for name, _ in headers)
    if packed:
        body = gzip.decompress(body)
    origin = urlsplit(ours)._replace(path="").geturl().encode(), urlsplit(theirs)._replace(path="").geturl().encode()
    links = origin[0] in body or origin[1] in body
    drop = {"Date", "Content-Length"} if links else {"Date"}
    return status, [each for each in headers if each[0] not in drop], body.replace(*origin)


def test_links_of_the_tenant_lead_to_the_recorder(live: tuple[str, Path], tmp_path: Path) -> None:
    """A client that follows them never leaves it."""
    url, ca = live
    with recording(url, tmp_path / "a.yaml", "--upstream-ca", str(ca)) as recorder:
        body = ask(recorder.url, "GET", f"/{TENANT}/api/v1/Contact/1")[2]
    assert recorder.url.encode() in body
    assert b"localhost" not in body


# --- what is on disk


def test_canaries_of_a_journey_are_not_on_disk(live: tuple[str, Path], tmp_path: Path) -> None:
    """A company and a person with canaries, in JSON, XML, form and patch: neither in the journal nor in the cassette."""
    url, ca = live
    cassette = tmp_path / "a.yaml"
    values = {
        "Department": "Zqcanary dept",
        "OrgNr": "NO Zqcanary 1",
        "Emails": [{"Value": "zqcanary@firma.no", "Description": "Zqcanary"}],
        "Phones": [{"Value": "+47 22 51 80 00", "Description": "Zqcanary"}],
        "Urls": [{"Value": "https://www.zqcanary.no", "Description": "Zqcanary"}],
        "CustomFields": {"SuperOffice:1": "Zqcanary"},
    }
    with recording(url, cassette, "--upstream-ca", str(ca)) as recorder:
        made = save(recorder.url, "Zqcanary AS", **values)
        contact = json.loads(made[2])["ContactId"]
        entity = f"/{TENANT}/api/v1/Contact/{contact}"
        ask(recorder.url, "GET", entity, Accept="application/xml", Accept_Encoding="gzip")
        xml = b"<ContactEntity><Name>Zqcanary XML</Name></ContactEntity>"
        assert ask(recorder.url, "POST", SAVE, xml, Content_Type="application/xml")[0] == 200
        form = b"Name=Zqcanary+form&Emails[0].Value=zqcanary%40firma.no"
        assert ask(recorder.url, "POST", SAVE, form, Content_Type="application/x-www-form-urlencoded")[0] == 200
        patch = b'[{"op": "replace", "path": "/Name", "value": "Zqcanary patch"}]'
        assert ask(recorder.url, "PATCH", entity, patch, Content_Type="application/json-patch+json")[0] == 200
        person = json.dumps({"Firstname": "Zqcanary", "Lastname": "Zqcanary", "BirthDate": "1980-05-17T00:00:00"}).encode()
        assert (
            ask(
                recorder.url, "POST", f"/{TENANT}/api/v1/Agents/Person/SavePersonEntity", person, Content_Type="application/json"
            )[0]
            == 200
        )
        journal = cassette.with_name("a.yaml.journal").read_bytes()
        code, said = recorder.end()
    assert code == 0, said
    told = repr(load(cassette)).lower() + said.lower() + journal.decode().lower()
    for secret in ("zqcanary", "tje0", "dgplmdpuamuw", "54321", "localhost", "22 51 80 00", "1980-05-17"):
        assert secret not in told, secret
    exchanges = load(cassette)
    assert len(exchanges) == 6
    assert json.loads(exchanges[0].response_body)["ContactId"] == contact
    assert all(each.meta["recorded_at"] and isinstance(each.meta["duration"], float) for each in exchanges)


def test_a_killed_recorder_loses_nothing_that_was_answered(live: tuple[str, Path], tmp_path: Path) -> None:
    """After kill -9 the next run on the same cassette finishes what was left."""
    url, ca = live
    cassette = tmp_path / "a.yaml"
    with recording(url, cassette, "--upstream-ca", str(ca)) as recorder:
        for number in range(3):
            assert save(recorder.url, f"Firma {number} AS")[0] == 200
        recorder.end(signal.SIGKILL)
    assert not cassette.exists()
    with recording(url, cassette, "--upstream-ca", str(ca)) as recorder:
        assert save(recorder.url, "Firma 4 AS")[0] == 200
        assert recorder.end()[0] == 0
    assert len(load(cassette)) == 4
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.yaml", "key"]


@pytest.mark.parametrize("mode", ["once", "none", "new_episodes"])
def test_what_a_cassette_holds_is_answered_from_it(live: tuple[str, Path], tmp_path: Path, mode: str) -> None:
    """Vcrpy's modes: the upstream, which is gone, is not asked again; what is new is refused, or asked for and kept."""
    url, ca = live
    cassette = tmp_path / "a.yaml"
    with recording(url, cassette, "--upstream-ca", str(ca)) as recorder:
        first = save(recorder.url, "Firma 1 AS")
        assert (first[0], recorder.end()[0]) == (200, 0)
    before = cassette.read_bytes()
    with recording("http://127.0.0.1:1/Cust12345", cassette, "--mode", mode) as recorder:
        again = save(recorder.url, "Firma 1 AS")
        assert again[0] == 200
        assert json.loads(again[2])["ContactId"] == json.loads(first[2])["ContactId"]
        assert ask(recorder.url, "GET", "/api/v1/Contact/99")[0] == (502 if mode == "new_episodes" else 421)
        recorder.end()
    assert cassette.read_bytes() == before


def test_replay_goes_live_on_what_was_not_recorded(live: tuple[str, Path], tmp_path: Path) -> None:
    """`mockserver replay --then live`: what is recorded is played, the rest asked of the tenant, and nothing is written."""
    url, ca = live
    command = [sys.executable, "-m", "mockserver", "replay", "--listen", "127.0.0.1:0", "--cassette", "company", "--then", "live"]
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen([*command, "--upstream", url, "--upstream-ca", str(ca)], stdout=out, stderr=out)
    try:
        limit = time.monotonic() + PATIENCE
        while not (found := re.search(r"url +(http://[\d.:]+)/", log.read_text("utf-8"))) and time.monotonic() < limit:
            time.sleep(0.05)
        assert found, log.read_text("utf-8")
        assert ask(found[1], "GET", f"/{TENANT}/api/v1/Contact/99999")[0] == 404
        assert ask(found[1], "GET", f"/{TENANT}/api/v1/Contact/1")[0] == 200
    finally:
        process.terminate()
        process.wait(PATIENCE)


def test_new_episodes_are_added(live: tuple[str, Path], tmp_path: Path) -> None:
    """What the cassette does not hold is asked for and kept behind it."""
    url, ca = live
    cassette = tmp_path / "a.yaml"
    for number in range(2):
        with recording(url, cassette, "--upstream-ca", str(ca), "--mode", "new_episodes") as recorder:
            assert save(recorder.url, "Firma AS")[0] == 200
            assert ask(recorder.url, "GET", f"/api/v1/Contact/{number + 1000}")[0] == 404
            assert recorder.end()[0] == 0
    assert [each.method for each in load(cassette)] == ["POST", "GET", "GET"]


def test_only_what_is_wanted_is_kept(live: tuple[str, Path], tmp_path: Path) -> None:
    """`--filter` and `--ignore` go by the path."""
    url, ca = live
    cassette = tmp_path / "a.yaml"
    more = ("--upstream-ca", str(ca), "--filter", "*/contact/*", "--ignore", "*/2")
    with recording(url, cassette, *more) as recorder:
        for path in ("Contact/1", "Contact/2", "Person/1"):
            ask(recorder.url, "GET", f"/{TENANT}/api/v1/{path}")
        code, said = recorder.end()
    assert code == 0
    assert "1 exchanges kept, 0 refused, 2 others" in said
    assert [each.uri.rpartition("/")[2] for each in load(cassette)] == ["1"]


def test_what_may_not_be_kept_is_answered_counted_and_said(live: tuple[str, Path], tmp_path: Path) -> None:
    """An e-mail address in a header that is kept: the client has its answer, the cassette has not, the exit code is 1."""
    url, ca = live
    with recording(url, tmp_path / "a.yaml", "--upstream-ca", str(ca)) as recorder:
        answer = ask(recorder.url, "GET", f"/{TENANT}/api/v1/Contact/1", User_Agent="sync (ola@firma.no)")
        code, said = recorder.end()
    assert answer[0] == 200
    assert code == 1
    assert "request.headers.User-Agent holds an e-mail address; --allow FIELD" in said
    assert "firma" not in said
    assert not (tmp_path / "a.yaml").exists()


# --- refusals


@pytest.mark.parametrize(
    ("more", "ci", "says"),
    [
        ((), "true", "CI is set, and a recording must be looked at by somebody; --record-in-ci records all the same"),
        (("--key", "{folder}/short"), "", "short is no key"),
        (("--upstream", "nowhere"), "", "--upstream takes the address of a tenant"),
        (("--upstream-ca", "{folder}/short"), "", "short holds no certificates"),
        (("--cassette", "{folder}/broken.yaml", "--mode", "all"), "", "broken.yaml"),
        (("--mode", "twice"), "", "invalid choice"),
    ],
    ids=["CI", "short key", "no address", "no certificates", "broken cassette", "unknown mode"],
)
def test_a_run_that_cannot_be_ends_in_one_sentence(tmp_path: Path, more: tuple[str, ...], ci: str, says: str) -> None:
    """Exit code 2 and no traceback; files stay as they were."""
    (tmp_path / "short").write_text("abc", "utf-8")
    (tmp_path / "broken.yaml").write_text("interactions: [", "utf-8")
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    told = [each.replace("{folder}", str(tmp_path)) for each in more]
    with recording("http://127.0.0.1:1/Cust1", tmp_path / "a.yaml", *told, ci=ci) as recorder:
        _, said = recorder.process.communicate(timeout=PATIENCE)
    assert recorder.process.returncode == 2
    assert says in said
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


def test_an_unknown_authority_is_a_502(live: tuple[str, Path], tmp_path: Path) -> None:
    """Certificates are verified."""
    with recording(live[0], tmp_path / "a.yaml") as recorder:
        status, _, body = ask(recorder.url, "GET", f"/{TENANT}/api")
        code, said = recorder.end()
    assert status == 502
    assert b"certificate" in body
    assert "Traceback" not in said
    assert code == 1


# --- an upstream that behaves badly


@contextmanager
def odd_upstream(head: bytes, chunk: bytes = b"", times: int = 0) -> Iterator[str]:
    """A server that answers every request with a head and a chunk, so many times."""
    started = []
    loop = asyncio.new_event_loop()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(head)
            for _ in range(times):
                writer.write(chunk)
                await writer.drain()
            writer.close()
        except OSError:
            pass

    server = loop.run_until_complete(asyncio.start_server(talk, "127.0.0.1", 0))
    started.append(server.sockets[0].getsockname()[1])
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{started[0]}/{TENANT}"
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


@pytest.mark.parametrize("label", [b"application/octet-stream", b"application/json"], ids=["binary", "text"])
def test_a_gigabyte_streams_through_in_bounded_memory(tmp_path: Path, label: bytes) -> None:
    """All bytes arrive, the exchange is refused with a sentence, and the process stays small."""
    size = 2**30
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n" % (label, size)
    with odd_upstream(head, b" " * 2**20, 1024) as upstream, recording(upstream, tmp_path / "a.yaml") as recorder:
        parts = urlsplit(recorder.url)
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=PATIENCE)
        connection.request("GET", f"/{TENANT}/api/v1/Document/1/Content")
        reply = connection.getresponse()
        came = 0
        while chunk := reply.read(2**20):
            came += len(chunk)
        peak = _peak_mib(recorder.process.pid)
        connection.close()
        code, said = recorder.end()
    assert came == size
    assert code == 1
    assert "the body of its response is above 31457280 bytes" in said
    assert peak < 350


def _peak_mib(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("utf-8"))
    return int(found[1]) / 1024 if found else 0.0


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 502),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{}", 502),
        (b"", 502),
    ],
    ids=["two lengths", "length too large", "hang-up"],
)
def test_a_bad_answer_is_a_502_and_is_not_kept(tmp_path: Path, head: bytes, status: int) -> None:
    """With a sentence, and without a traceback."""
    with odd_upstream(head) as upstream, recording(upstream, tmp_path / "a.yaml") as recorder:
        answer = ask(recorder.url, "GET", f"/{TENANT}/api")
        code, said = recorder.end()
    assert answer[0] == status
    assert b"mockserver: the upstream's answer" in answer[2] or b"mockserver: the upstream closed" in answer[2]
    assert code == 1
    assert "Traceback" not in said


def test_a_binary_answer_that_breaks_off_breaks_off_for_the_client(tmp_path: Path) -> None:
    """What was sent already cannot be taken back: the connection closes early, as it did."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 50\r\n\r\n\x89PNG"
    with odd_upstream(head) as upstream, recording(upstream, tmp_path / "a.yaml") as recorder:
        with pytest.raises(http.client.IncompleteRead):
            ask(recorder.url, "GET", f"/{TENANT}/api")
        code, said = recorder.end()
    assert code == 1
    assert "ended before it was complete" in said
    assert "Traceback" not in said
