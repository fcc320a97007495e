"""Replay as it is asked for: by path or name, in each mode, from Python and from the command line."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import pytest

from mockserver import MockServer, MockServerError, Replay, Settings, create_app
from mockserver.errors import CassetteNotFound
from mockserver.messages import Account, Request, Response
from mockserver.replay import found
from mockserver.responders.cassettes import Interaction, dumped, load, save
from tests import journeys
from tests.test_cli import environment, is_one_sentence, run, serving
from tests.test_server import AiohttpClient

JSON = (("Content-Type", "application/json"),)


def ask(server: str, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
    """One request without credentials."""
    connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=20)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


@pytest.fixture
def cassette(tmp_path: Path) -> Path:
    """One recording that took a fifth of a second."""
    path = tmp_path / "one.yaml"
    meta = {"duration": 0.2}
    headers = (*JSON, ("Access-Control-Allow-Origin", "https://recorded.example"))
    save(path, [Interaction("GET", "https://t.example/Cust1/api/v1/Contact/5", (), b"", 200, "OK", headers, b"{}", meta)])
    return path


def test_a_server_replays_a_shipped_cassette() -> None:
    """`MockServer(replay=…)` finds a cassette by name; nobody is asked for credentials, and the journal says who answered."""
    with MockServer(Settings(), replay=Replay(cassettes=["company"])) as server:
        status, body = ask(server.url, "POST", "/Cust12345/api/v1/Agents/Contact/CreateDefaultContactEntity")
        assert (status, json.loads(body)["ContactId"]) == (200, 0)
        _, journal = ask(server.url, "GET", "/_mock/journal")
        assert [each["by"] for each in json.loads(journal)["entries"]] == ["player"]


async def test_an_application_replays(aiohttp_client: AiohttpClient, cassette: Path) -> None:
    """`create_app(replay=…)` answers from cassettes below aiohttp's own test client, late where that is asked for."""
    client = await aiohttp_client(create_app(Settings(), replay=Replay(cassettes=[cassette], latency="recorded")))
    started = perf_counter()
    async with client.get("/Cust12345/api/v1/Contact/5", headers={"Origin": "http://here"}) as reply:
        assert (reply.status, await reply.text()) == (200, "{}")
        assert reply.headers.getall("Access-Control-Allow-Origin") == ["http://here"]
    assert perf_counter() - started >= 0.2


def test_a_reset_over_the_wire_rewinds(cassette: Path) -> None:
    """`POST /_mock/reset` lets a tenant hear everything again."""
    with MockServer(Settings(), replay=Replay(cassettes=[cassette])) as server:
        statuses = [ask(server.url, "GET", "/Cust12345/api/v1/Contact/5")[0] for _ in range(2)]
        ask(server.url, "POST", "/_mock/reset", "{}")
        assert [*statuses, ask(server.url, "GET", "/api/v1/Contact/5")[0]] == [200, 421, 200]


def test_what_was_not_recorded_is_emulated(cassette: Path) -> None:
    """`then="emulate"`: the recording first, the emulator after; the emulator asks for credentials, the recording does not."""
    with MockServer(Settings(), replay=Replay(cassettes=[cassette], then="emulate")) as server:
        assert ask(server.url, "GET", "/Cust12345/api/v1/Contact/5") == (200, b"{}")
        assert ask(server.url, "GET", "/Cust12345/api/v1/Contact/1")[0] == 401
        assert ask(server.url, "GET", "/Cust12345/api")[0] == 200


def test_what_was_not_recorded_goes_live(cassette: Path) -> None:
    """`then="live"`: whoever is injected answers."""

    async def upstream(request: Request) -> Response:
        return Response(203, body=request.path.encode(), account=Account("upstream"))

    with MockServer(Settings(), replay=Replay(cassettes=[cassette], then="live", live=upstream)) as server:
        assert ask(server.url, "GET", "/Cust12345/api/v1/Contact/5")[0] == 200
        assert ask(server.url, "GET", "/Cust12345/api/v1/Contact/6") == (203, b"/Cust12345/api/v1/Contact/6")


@pytest.mark.parametrize(("latency", "least", "most"), [("recorded", 0.2, 20.0), ("none", 0.0, 0.2)])
def test_recorded_latency(cassette: Path, latency: str, least: float, most: float) -> None:
    """An answer takes as long as it did, if that is asked for."""
    with MockServer(Settings(), replay=Replay(cassettes=[cassette], latency=latency)) as server:
        started = perf_counter()
        assert ask(server.url, "GET", "/Cust12345/api/v1/Contact/5")[0] == 200
        assert least <= perf_counter() - started
        entry = server.call(lambda: next(server.parts.journal.entries("Cust12345")))
        assert (entry.response.delivery.delay >= 0.2) is (least > 0)
        assert entry.seconds < most


def test_several_cassettes_are_one(cassette: Path) -> None:
    """Recordings of all cassettes answer."""
    with MockServer(Settings(), replay=Replay(cassettes=[cassette, "company"])) as server:
        assert ask(server.url, "GET", "/api/v1/Contact/5")[0] == 200
        assert ask(server.url, "GET", "/api/v1/Contact/2")[0] == 200


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"cassettes": []}, "cassettes"),
        ({"cassettes": "company"}, "cassettes"),
        ({"match_on": ("nonsense",)}, "raw_body"),
        ({"match_on": "method"}, "raw_body"),
        ({"then": "pray"}, "refuse or emulate or live"),
        ({"then": "live"}, "tenant to go to"),
        ({"latency": "slow"}, "none or recorded"),
    ],
)
def test_a_wrong_choice_is_one_sentence(wrong: dict[str, object], words: str) -> None:
    """Said when it is made, not when it is needed."""
    with pytest.raises(MockServerError, match=words):
        Replay(**{"cassettes": ["company"], **wrong})  # type: ignore[arg-type]


def test_a_cassette_is_found_by_path_before_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of one's own hides a shipped one of the same name; a path is never looked for among the shipped."""
    monkeypatch.chdir(tmp_path)
    assert found("company") == found("company.yaml") != tmp_path / "company.yaml"
    (tmp_path / "company.yaml").touch()
    assert found("company.yaml").resolve() == tmp_path / "company.yaml"
    with pytest.raises(CassetteNotFound, match="shipped are company"):
        found("elsewhere/company.yaml")


@pytest.mark.parametrize("name", journeys.JOURNEYS)
def test_a_shipped_cassette_is_what_the_emulator_says(name: str) -> None:
    """They are made by `python -m tests.journeys`; run it again where the emulator answers in a new way."""
    text = (journeys.FOLDER / f"{name}.yaml").read_text("ascii")
    assert text == dumped(journeys.made(name)), "run python -m tests.journeys"


def test_every_shipped_cassette_has_a_journey_and_says_where_it_is_from() -> None:
    """None is left over, none holds a credential, and each recording names the emulator."""
    assert {path.stem for path in journeys.FOLDER.glob("*.yaml")} == set(journeys.JOURNEYS)
    for path in journeys.FOLDER.glob("*.yaml"):
        text = path.read_text("ascii")
        assert "Bearer" not in text
        assert "OfTheDouble" not in text
        assert all("emulator" in str(each.meta["recorded_from"]) for each in load(path))


# --- the command


def test_the_command_replays(tmp_path: Path, cassette: Path) -> None:
    """It says how many recordings there are, writes the env file as `serve` does, and ends cleanly."""
    path = tmp_path / "double.env"
    with serving("--cassette", str(cassette), "--env-file", str(path), cwd=tmp_path, command="replay") as running:
        printed = running.until("Ctrl-C")
        assert "Replaying 1 recordings as tenant Cust12345" in printed
        origin = next(line for line in path.read_text("utf-8").splitlines() if "LOGIN_URL" in line).partition("=")[2].strip("'")
        assert ask(origin, "GET", "/Cust12345/api/v1/Contact/5")[0] == 200
        assert ask(origin, "GET", "/Cust12345/api/v1/Contact/5")[0] == 421
        assert running.end() == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["--cassette"]),
        (["--cassette", "no-such-cassette"], ["no-such-cassette", "shipped are company"]),
        (["--cassette", "bad.yaml"], ["bad.yaml", "line 2"]),
        (["--cassette", "company", "--match-on", "method,nonsense"], ["nonsense", "raw_body"]),
        (["--cassette", "company", "--then", "pray"], ["--then"]),
        (["--cassette", "company", "--then", "live"], ["tenant to go to"]),
        (["--cassette", "company", "--listen", "8080"], ["HOST:PORT"]),
    ],
    ids=" ".join,
)
def test_a_mistake_is_one_sentence(tmp_path: Path, arguments: list[str], words: list[str]) -> None:
    """Exit code 2 and one line, before anything listens."""
    (tmp_path / "bad.yaml").write_text("version: 1\n s3cr3t: [", "utf-8")
    done = run("replay", *arguments, cwd=tmp_path)
    is_one_sentence(done, *words)
    assert "s3cr3t" not in done.stderr


def test_serving_loads_no_player(tmp_path: Path) -> None:
    """A server that replays nothing pays neither for the player nor for vcrpy."""
    program = (
        "import sys; from mockserver.server import MockServer\nwith MockServer(): pass\n"
        "heavy = {'vcr', 'mockserver.replay', 'mockserver.responders.player', 'mockserver.responders.cassettes'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path, env=environment(), check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
