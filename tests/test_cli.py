"""The command, as a process of its own: what it prints, writes and answers to signals and mistakes."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from time import monotonic, perf_counter, sleep

import httpx
import pytest
import trustme

from mockserver.cli import main

COMMAND = [sys.executable, "-m", "mockserver"]
LOGIN = {"Authorization": "Basic " + b64encode(b"tje0:Tje0").decode()}
PATIENCE = 20.0

Done = subprocess.CompletedProcess[str]


def environment(**extra: str) -> dict[str, str]:
    """This process's environment without settings of the double."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")} | extra


def run(*arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Done:
    """The command, to its end."""
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=cwd, env=env or environment()
    )


class Running:
    """A command that serves; its lines are read as they come."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: Queue[str] = Queue()
        assert process.stdout is not None
        Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def until(self, text: str) -> str:
        """All lines until one holds this text."""
        seen = ""
        deadline = monotonic() + PATIENCE
        while text not in seen:
            try:
                seen += self._lines.get(timeout=max(0.0, deadline - monotonic()))
            except Empty:
                pytest.fail(f"{text!r} was not printed; it printed {seen!r}")
        return seen

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait; answers the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def serving(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None, command: str = "serve") -> Iterator[Running]:
    """`mockserver serve`, or another command that listens, on a free port."""
    words = [*COMMAND, command, "--listen", "127.0.0.1:0", *arguments]
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd, env=env or environment()
    )
    with process:
        try:
            yield Running(process)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(PATIENCE)


def ask(port: int, path: str) -> tuple[int, bytes]:
    """GET, with the default login."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers=LOGIN)
        reply = connection.getresponse()
        return reply.status, reply.read()
    finally:
        connection.close()


def port_of(printed: str) -> int:
    """The port of the address that was printed."""
    found = re.search(r"http://127\.0\.0\.1:([0-9]+)/Cust", printed)
    assert found, printed
    return int(found[1])


# --- serve


def test_serve_prints_what_a_person_pastes(tmp_path: Path) -> None:
    """URL, user, token and a curl line are printed once the server answers."""
    with serving(cwd=tmp_path) as running:
        printed = running.until("Ctrl-C")
        port = port_of(printed)
        assert f"http://127.0.0.1:{port}/Cust12345" in printed
        assert "tje0" in printed
        assert re.search(r"token\s+8A:Cust12345\.\S+", printed)
        assert ask(port, "/Cust12345/api/v1/Contact/1")[0] == 200


def test_the_printed_curl_line_works(tmp_path: Path) -> None:
    """The curl line, pasted as it is, is a request that succeeds."""
    with serving(cwd=tmp_path) as running:
        printed = running.until("Ctrl-C")
        (line,) = [each.strip() for each in printed.splitlines() if each.strip().startswith("curl ")]
        words = shlex.split(line)
        port = port_of(printed)
        if shutil.which("curl"):
            done = subprocess.run(
                [*words, "--silent", "--show-error", "--noproxy", "*"], capture_output=True, timeout=PATIENCE, check=True
            )
            made = json.loads(done.stdout)
            assert made["ContactId"] > 1
            assert ask(port, f"/api/v1/Contact/{made['ContactId']}")[0] == 200
        else:
            assert any(each.startswith(f"http://127.0.0.1:{port}/Cust12345/api/v1/") for each in words)


def test_the_env_file_is_there_whole_when_the_greeting_is(tmp_path: Path) -> None:
    """`--env-file` writes the variables for its owner only, once the server answers at their address."""
    path = tmp_path / "double.env"
    with serving("--env-file", str(path), cwd=tmp_path) as running:
        deadline = monotonic() + PATIENCE
        while not path.exists() and monotonic() < deadline:
            sleep(0.005)
        lines = path.read_text("utf-8").splitlines()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        found = dict(shlex.split(line)[0].split("=", 1) for line in lines)
        assert set(found) == {
            f"SUPEROFFICE_{name}"
            for name in (
                *("URL", "API_URL", "LOGIN_URL", "TENANT", "USER", "PASSWORD", "ACCESS_TOKEN", "TICKET", "APP_TOKEN"),
                *("CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI", "AUTH_CODE", "REFRESH_TOKEN", "SYSTEM_TOKEN", "PRIVATE_KEY_FILE"),
            )
        }
        key = Path(found["SUPEROFFICE_PRIVATE_KEY_FILE"])
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert key.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----\n")
        port = int(found["SUPEROFFICE_LOGIN_URL"].rpartition(":")[2])
        assert ask(port, "/Cust12345/api/v1/Contact/1")[0] == 200
        assert port_of(running.until("Ctrl-C")) == port
        assert running.end() == 0
    assert not key.parent.exists(), "the key outlives the process that made it"
    assert [each.name for each in tmp_path.iterdir()] == ["double.env"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly_and_quickly(tmp_path: Path, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end it with exit code 0, nothing on stderr, within two seconds, open connections or not."""
    with serving(cwd=tmp_path) as running:
        port = port_of(running.until("Ctrl-C"))
        with socket.create_connection(("127.0.0.1", port)):
            started = perf_counter()
            assert running.end(number) == 0
            assert perf_counter() - started < 2
        assert running.process.stderr is not None
        assert running.process.stderr.read() == ""


def test_a_tenant_can_be_named(tmp_path: Path) -> None:
    """`--tenant` names the default tenant, and `MOCKSERVER_TENANT` does where the option does not."""
    with serving("--tenant", "Cust777", cwd=tmp_path, env=environment(MOCKSERVER_TENANT="Cust888")) as running:
        assert "/Cust777/api" in running.until("Ctrl-C")
    with serving(cwd=tmp_path, env=environment(MOCKSERVER_TENANT="Cust888")) as running:
        assert "/Cust888/api" in running.until("Ctrl-C")


def test_the_project_file_of_the_current_folder_counts(tmp_path: Path) -> None:
    """`[tool.mockserver]` in the current folder's `pyproject.toml` sets what the command line does not."""
    (tmp_path / "pyproject.toml").write_text('[tool.mockserver]\nuser = "someone"\n', "utf-8")
    with serving(cwd=tmp_path) as running:
        assert "curl -u someone:" in running.until("Ctrl-C")


def test_without_an_env_file_no_key_is_made(tmp_path: Path) -> None:
    """A plain start costs no key and leaves nothing in the folder for temporary files."""
    with serving(cwd=tmp_path, env=environment(TMPDIR=str(tmp_path))) as running:
        running.until("Ctrl-C")
        assert list(tmp_path.iterdir()) == []


# --- serve --tls


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """The user's own certificate for 127.0.0.1, its key, and the authority that signed it."""
    folder = tmp_path_factory.mktemp("certificate")
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    paths = folder / "cert.pem", folder / "key.pem", folder / "ca.pem"
    for path, content in zip(paths, (issued.cert_chain_pems[0], issued.private_key_pem, authority.cert_pem), strict=True):
        content.write_to_path(path)
    return paths


def test_https_with_a_throw_away_authority(tmp_path: Path) -> None:
    """`--tls` serves HTTPS; the env file names the authority, under which a client in its own process verifies the server."""
    path = tmp_path / "double.env"
    with serving("--tls", "--env-file", str(path), cwd=tmp_path) as running:
        running.until("Ctrl-C")
        found = dict(shlex.split(line)[0].split("=", 1) for line in path.read_text("utf-8").splitlines())
        for name in ("URL", "API_URL", "LOGIN_URL"):
            assert found[f"SUPEROFFICE_{name}"].startswith("https://127.0.0.1:")
        trusted = ssl.create_default_context(cafile=found["SUPEROFFICE_CA_FILE"])
        answer = httpx.get(
            f"{found['SUPEROFFICE_API_URL']}/v1/Contact/1",
            auth=(found["SUPEROFFICE_USER"], found["SUPEROFFICE_PASSWORD"]),
            verify=trusted,
            trust_env=False,
        )
        assert answer.status_code == 200
        assert answer.json()["_Links"]["Self"] == f"{found['SUPEROFFICE_API_URL']}/v1/Contact/1"
        with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
            httpx.get(found["SUPEROFFICE_API_URL"], trust_env=False)
        assert running.end() == 0
    assert not Path(found["SUPEROFFICE_CA_FILE"]).exists()


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")
def test_the_printed_curl_line_works_with_https(tmp_path: Path) -> None:
    """The curl line names the authority, so that it succeeds as it is pasted."""
    with serving("--tls", cwd=tmp_path) as running:
        printed = running.until("Ctrl-C")
        (line,) = [each.strip() for each in printed.splitlines() if each.strip().startswith("curl ")]
        words = [*shlex.split(line), "--silent", "--show-error", "--noproxy", "*"]
        assert "--cacert" in words
        done = subprocess.run(words, capture_output=True, timeout=PATIENCE, check=True)
        assert json.loads(done.stdout)["ContactId"] > 1


def test_https_with_the_user_s_certificate(tmp_path: Path, certificate: tuple[Path, Path, Path]) -> None:
    """`--tls-cert` and `--tls-key` are served; whom to trust is the user's own business."""
    cert, key, authority = certificate
    with serving("--tls-cert", str(cert), "--tls-key", str(key), cwd=tmp_path) as running:
        printed = running.until("Ctrl-C")
        (address,) = set(re.findall(r"https://127\.0\.0\.1:[0-9]+", printed))
        assert "--cacert" not in printed
        trusted = ssl.create_default_context(cafile=authority)
        assert httpx.get(f"{address}/api", verify=trusted, trust_env=False).status_code == 200


def test_mistakes_with_certificates_are_one_sentence(
    here: Callable[..., Done], tmp_path: Path, certificate: tuple[Path, Path, Path]
) -> None:
    """One without the other, files that are not there or no PEM, and a key of another certificate are told by name."""
    cert, key, _ = certificate
    other, nonsense, missing = tmp_path / "other.pem", tmp_path / "nonsense.pem", tmp_path / "missing.pem"
    trustme.CA().issue_cert("127.0.0.1").private_key_pem.write_to_path(other)
    nonsense.write_text("no PEM\n", "utf-8")
    listen = ("serve", "--listen", "127.0.0.1:0")
    is_one_sentence(here(*listen, "--tls-cert", str(cert)), "--tls-cert and --tls-key together")
    is_one_sentence(here(*listen, "--tls", "--tls-key", str(key)), "--tls-cert and --tls-key together")
    is_one_sentence(here(*listen, "--tls-cert", str(missing), "--tls-key", str(key)), f"cannot read {missing}")
    is_one_sentence(here(*listen, "--tls-cert", str(cert), "--tls-key", str(tmp_path)), f"cannot read {tmp_path}")
    is_one_sentence(here(*listen, "--tls-cert", str(cert), "--tls-key", str(other)), str(other), "not the one of the certificate")
    is_one_sentence(here(*listen, "--tls-cert", str(nonsense), "--tls-key", str(key)), str(nonsense), "PEM")


def test_a_private_key_that_is_none_is_one_sentence(
    here: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A setting `private_key_file` that names no key is told before anything listens."""
    monkeypatch.setenv("MOCKSERVER_PRIVATE_KEY_FILE", str(tmp_path / "missing.pem"))
    is_one_sentence(here("serve", "--listen", "127.0.0.1:0"), "private_key_file", str(tmp_path / "missing.pem"))


# --- mistakes: the common ones as a process, the rest in this one, which is quicker


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """The command in this process, in an empty folder; what it raises, other than its exit, is the test's."""
    monkeypatch.chdir(tmp_path)
    for name in [each for each in os.environ if each.startswith("MOCKSERVER_")]:
        monkeypatch.delenv(name)

    def command(*arguments: str) -> Done:
        try:
            code: object = main(arguments)
        except SystemExit as stopped:
            code = stopped.code
        printed = capfd.readouterr()
        assert isinstance(code, int)
        return Done(arguments, code, printed.out, printed.err)

    return command


def is_one_sentence(done: Done, *words: str) -> None:
    """Exit code 2, one line on stderr with these words, nothing on stdout, no traceback."""
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert done.stderr.endswith("\n")
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("mockserver")
    for word in words:
        assert word in done.stderr


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    """A port that somebody else has is named, and leaves no env file behind."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        done = run("serve", "--listen", listen, "--env-file", str(tmp_path / "double.env"), cwd=tmp_path)
    is_one_sentence(done, listen, "--listen")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "listen", ["8080", "127.0.0.1", "127.0.0.1:", ":8080", "127.0.0.1:port", "127.0.0.1:65536", "127.0.0.1:-1", ""]
)
def test_a_bad_address_is_one_sentence(here: Callable[..., Done], listen: str) -> None:
    """An address that is not HOST:PORT is repeated, with one that is."""
    is_one_sentence(here("serve", f"--listen={listen}"), "HOST:PORT", repr(listen))


def test_a_host_that_does_not_exist_is_one_sentence(tmp_path: Path) -> None:
    """A name that nobody knows cannot be listened on."""
    is_one_sentence(run("serve", "--listen", "no-such-host.invalid:0", cwd=tmp_path), "no-such-host.invalid")


@pytest.mark.parametrize("tenant", ["Nobody", "Cust", "cust12345", "Cust1 2", "Cust٣"])
def test_a_bad_tenant_is_one_sentence(here: Callable[..., Done], tenant: str) -> None:
    """A tenant that is not `Cust` and digits is refused before anything listens."""
    is_one_sentence(here("serve", "--listen", "127.0.0.1:0", "--tenant", tenant), "Cust12345")


@pytest.mark.parametrize("arguments", [["--listen=8080"], ["--tenant", "Nobody"], ["--nonsense"]], ids=" ".join)
def test_a_mistake_ends_the_process_with_one_sentence(tmp_path: Path, arguments: list[str]) -> None:
    """A process that was started wrongly ends by itself with exit code 2 and one sentence."""
    is_one_sentence(run("serve", *arguments, cwd=tmp_path))


def test_an_env_file_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """A folder that is not there is named, and the server does not go on without the file."""
    path = tmp_path / "missing" / "double.env"
    is_one_sentence(run("serve", "--listen", "127.0.0.1:0", "--env-file", str(path), cwd=tmp_path), str(path))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["serve", "--nonsense"], "--nonsense"),
        (["serve", "--lis", "127.0.0.1:0"], "--lis"),
        (["serve", "extra"], "extra"),
        (["nonsense"], "nonsense"),
        ([], "command"),
        (["list"], "what"),
        (["list", "nonsense"], "nonsense"),
        (["--nonsense"], ""),
    ],
)
def test_an_unknown_option_or_command_is_one_sentence(here: Callable[..., Done], arguments: list[str], word: str) -> None:
    """What the command does not know is named, and where help is."""
    is_one_sentence(here(*arguments), word, "--help")


@pytest.mark.parametrize(
    ("project", "word"),
    [
        ("[tool.mockserver]\nport = 1\n", "port"),
        ('[tool.mockserver]\nbody_limit = "much"\n', "body_limit"),
        ("[tool.mockserver\n", "pyproject.toml"),
        ('tool = "x"\n', "pyproject.toml"),
        ("[tool]\nmockserver = 1\n", "mockserver"),
    ],
)
def test_a_bad_project_file_is_one_sentence(here: Callable[..., Done], tmp_path: Path, project: str, word: str) -> None:
    """A setting that is none, a value that does not fit and a file that cannot be read are told with their source."""
    (tmp_path / "pyproject.toml").write_text(project, "utf-8")
    is_one_sentence(here("serve", "--listen", "127.0.0.1:0"), word)


def test_an_unreadable_project_file_is_one_sentence(here: Callable[..., Done], tmp_path: Path) -> None:
    """A project file that is not text is named."""
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe\x00")
    is_one_sentence(here("serve", "--listen", "127.0.0.1:0"), "pyproject.toml")


def test_a_bad_variable_is_one_sentence(here: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting from the environment that does not fit says so."""
    monkeypatch.setenv("MOCKSERVER_JOURNAL_LIMIT", "0")
    is_one_sentence(here("serve", "--listen", "127.0.0.1:0"), "journal_limit")


# --- list


def test_operations_are_listed_with_their_tier(tmp_path: Path) -> None:
    """All published operations, 3,317 and 36 of PATCH, a line each: tier, method, path, id; the contact's are stateful."""
    done = run("list", "operations", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split() for line in done.stdout.splitlines()]
    assert len(rows) >= 3317 + 36
    assert all(len(row) == 4 and row[2].startswith("/") for row in rows)
    assert {row[0] for row in rows} == {"stateful", "shaped", "known"}
    assert {row[1] for row in rows} == {"GET", "POST", "PUT", "PATCH", "DELETE"}
    assert len({row[3] for row in rows}) == len(rows)
    stateful = {row[3] for row in rows if row[0] == "stateful"}
    assert stateful >= {
        *("v1ContactAgent_CreateDefaultContactEntity", "v1ContactAgent_GetContactEntity", "v1ContactAgent_SaveContactEntity"),
        *("v1ContactAgent_DeleteContactEntity", "v1ContactEntity_GetContactEntity", "v1ContactEntity_PostContactEntity"),
        *("v1ContactEntity_PutContactEntity", "v1ContactEntity_DeleteContactEntity", "v1ContactEntity_DefaultContactEntity"),
    }


def test_entities_are_listed(tmp_path: Path) -> None:
    """The contact is listed with its carrier and its key."""
    done = run("list", "entities", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = [each for each in done.stdout.splitlines() if each.startswith("Contact ")]
    assert "ContactEntity" in line
    assert "ContactId" in line


def test_guesses_are_listed_with_where_they_come_from(tmp_path: Path) -> None:
    """What rests on a proposal is listed with the place of the proposal: the 413, the undeclared tenant, an unknown id."""
    done = run("list", "guesses", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    for word in ("413", "tenant nobody declared", "id that does not exist"):
        assert any(word in line for line in lines), word
    assert all(re.search(r"\(.+\)$", line) for line in lines)


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    """`mockserver list operations | head` ends without complaint."""
    script = f"{shlex.join([*COMMAND, 'list', 'operations'])} | head -n 1"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=tmp_path)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_help_names_the_commands(tmp_path: Path) -> None:
    """`--help` tells of both commands and ends with 0."""
    done = run("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert "serve" in done.stdout
    assert "list" in done.stdout


# --- scenarios


def test_scenarios_are_served_and_told_at_the_end(tmp_path: Path) -> None:
    """Names and paths, several of them; at the end each rule is told, and the line that reproduces the run."""
    (tmp_path / "mine.yaml").write_text("rules: [{match: {method: GET}, on: 2, fault: {status: 503}}]\n", "utf-8")
    with serving("--scenario", "lost-reply", "--scenario", "mine.yaml", cwd=tmp_path) as running:
        port = port_of(running.until("Ctrl-C"))
        assert [ask(port, "/Cust12345/api/v1/Contact/1")[0] for _ in range(3)] == [200, 503, 200]
        assert running.end() == 0
        told = running.until("reproduce: scenario mine")
    assert (
        "scenario lost-reply: rule the answer is lost never matched; the nearest was GET /api/v1/Contact/1: operation: " in told
    )
    assert "scenario mine: rule rules[0] fired once, on 3 matching requests" in told
    assert "reproduce: scenario lost-reply (" in told


@pytest.mark.parametrize(
    ("name", "reason"),
    [("lost-replay", "did you mean lost-reply"), ("bad.yaml", "bad.yaml:1:1: rules: "), ("no.yaml", "no.yaml: cannot be read")],
)
def test_a_scenario_that_is_no_good_ends_the_command(tmp_path: Path, name: str, reason: str) -> None:
    """One sentence and exit code 2, before anything is served."""
    (tmp_path / "bad.yaml").write_text("rules: []\n", "utf-8")
    done = run("serve", "--listen", "127.0.0.1:0", "--scenario", name, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr
    assert len(done.stderr.splitlines()) == 1
