"""The fixture `superoffice` in nested pytest runs: fresh tenants, sync and async, in parallel, and nothing loaded unasked."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from mockserver import Sandbox

# What every nested test file begins with: a client of the standard library, and one request.
PREAMBLE = """
import base64, json, urllib.request, urllib.error, pytest

opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

def ask(sandbox, method, path, value=None):
    login = base64.b64encode(f"{sandbox.user}:{sandbox.password}".encode()).decode()
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    body = None if value is None else json.dumps(value).encode()
    try:
        reply = opener.open(urllib.request.Request(f"{sandbox.api_url}/v1/{path}", body, headers, method=method), timeout=20)
    except urllib.error.HTTPError as error:
        reply = error
    with reply:
        content = reply.read()
        return reply.status, json.loads(content) if content else None
"""


def nested(folder: Path, source: str, *arguments: str, plugins: Sequence[str] | None = ("superoffice",)) -> str:
    """Run pytest over one file in a process of its own; answers what it printed, which must end in success."""
    done = attempt(folder, source, *arguments, plugins=plugins)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def attempt(
    folder: Path, source: str, *arguments: str, plugins: Sequence[str] | None = ("superoffice",)
) -> subprocess.CompletedProcess[str]:
    """Run pytest over one file in a process of its own, whatever comes of it.

    With these plugins only, by the names they are installed under, which starts in a tenth of the time; None: with all.
    """
    (folder / "test_nested.py").write_text(PREAMBLE + source, "utf-8")
    known = plugins is None or "asyncio" in plugins
    options = "asyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n" if known else ""
    (folder / "pytest.ini").write_text(f"[pytest]\nfilterwarnings = error\n{options}", "utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "MOCKSERVER_"))}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments]
    if plugins is not None:
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        command += [word for name in plugins for word in ("-p", name)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_sync_test_gets_a_tenant(tmp_path: Path) -> None:
    """A plain test talks to the tenant over a socket and looks at what was stored."""
    printed = nested(
        tmp_path,
        """
def test_save(superoffice):
    status, made = ask(superoffice, "POST", "Agents/Contact/SaveContactEntity", {"ContactId": 0, "Name": "Nested"})
    assert status == 200
    assert [each["Name"] for each in superoffice.contacts] == ["Nested"]
    assert superoffice.contacts[made["ContactId"]] == made
""",
    )
    assert "1 passed" in printed


def test_an_async_test_gets_a_tenant(tmp_path: Path) -> None:
    """A coroutine test uses the same fixture with an async client, in its own loop."""
    printed = nested(
        tmp_path,
        """
import aiohttp

async def test_save(superoffice):
    headers = {"Authorization": f"Bearer {superoffice.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        url = f"{superoffice.api_url}/v1/Contact"
        async with session.post(url, json={"Name": "Nested"}) as reply:
            assert reply.status == 200
            made = await reply.json()
    assert superoffice.contacts[made["ContactId"]]["Name"] == "Nested"
    assert superoffice.contacts.add(Name="Beside")["ContactId"] != made["ContactId"]
""",
        plugins=("superoffice", "asyncio"),
    )
    assert "1 passed" in printed


def test_two_tests_do_not_see_each_other_s_contacts(tmp_path: Path) -> None:
    """Each test has a tenant of its own, on a server that all tests of the run share."""
    printed = nested(
        tmp_path,
        """
seen = []

@pytest.mark.parametrize("number", range(3))
def test_alone(superoffice, number):
    assert list(superoffice.contacts) == []
    superoffice.contacts.add(Name=f"number {number}")
    assert [each["Name"] for each in superoffice.contacts] == [f"number {number}"]
    seen.append((superoffice.login_url, superoffice.tenant))

def test_afterwards(superoffice):
    seen.append((superoffice.login_url, superoffice.tenant))
    assert len({url for url, _ in seen}) == 1
    assert len({tenant for _, tenant in seen}) == 4
    superoffice.tenant, before = seen[0][1], superoffice.tenant
    superoffice.api_url = superoffice.api_url.replace(before, seen[0][1])
    assert ask(superoffice, "GET", "Contact/1")[0] == 404
""",
    )
    assert "4 passed" in printed


def test_the_fixture_s_words(tmp_path: Path) -> None:
    """All that issues 2 and 4 list is there: addresses, credentials, `.env()`, and contacts by name, by id and one by one."""
    printed = nested(
        tmp_path,
        """
def test_words(superoffice):
    assert superoffice.url.endswith(f"/{superoffice.tenant}")
    assert superoffice.api_url == superoffice.url + "/api"
    assert superoffice.tenant.startswith("Cust") and superoffice.tenant[4:].isdecimal()
    assert superoffice.env() == {
        "SUPEROFFICE_URL": superoffice.url,
        "SUPEROFFICE_API_URL": superoffice.api_url,
        "SUPEROFFICE_LOGIN_URL": superoffice.url.removesuffix(f"/{superoffice.tenant}"),
        "SUPEROFFICE_TENANT": superoffice.tenant,
        "SUPEROFFICE_USER": superoffice.user,
        "SUPEROFFICE_PASSWORD": superoffice.password,
        "SUPEROFFICE_ACCESS_TOKEN": superoffice.token,
        "SUPEROFFICE_TICKET": superoffice.ticket,
        "SUPEROFFICE_APP_TOKEN": superoffice.app_token,
        "SUPEROFFICE_CLIENT_ID": superoffice.client_id,
        "SUPEROFFICE_CLIENT_SECRET": superoffice.client_secret,
        "SUPEROFFICE_REDIRECT_URI": superoffice.redirect_uri,
        "SUPEROFFICE_AUTH_CODE": superoffice.auth_code,
        "SUPEROFFICE_REFRESH_TOKEN": superoffice.refresh_token,
        "SUPEROFFICE_SYSTEM_TOKEN": superoffice.system_token,
        "SUPEROFFICE_PRIVATE_KEY_FILE": superoffice.private_key_file,
    }
    assert superoffice.client_secret == superoffice.app_token
    with open(superoffice.private_key_file, encoding="ascii") as file:
        assert file.readline() == "-----BEGIN PRIVATE KEY-----\\n"
    made = superoffice.contacts.add(Name="First AS")
    assert made["Name"] == superoffice.contacts[made["ContactId"]]["Name"] == "First AS"
    assert list(superoffice.contacts) == [made]
    with pytest.raises(KeyError):
        superoffice.contacts[4711]
""",
    )
    assert "1 passed" in printed


def test_iteration_leaves_out_the_own_company(tmp_path: Path) -> None:
    """A fresh tenant holds the caller's company and person, by id and as `GetMyContact`; iteration begins after them."""
    printed = nested(
        tmp_path,
        """
def test_own(superoffice):
    status, own = ask(superoffice, "POST", "Agents/Contact/GetMyContact")
    assert status == 200 and own["ContactId"] > 0
    assert ask(superoffice, "GET", f"Contact/{own['ContactId']}")[0] == 200
    assert ask(superoffice, "GET", f"Person/{own['Associate']['PersonId']}")[0] == 200
    assert superoffice.contacts[own["ContactId"]] == own
    assert list(superoffice.contacts) == []
    ask(superoffice, "POST", "Agents/Contact/SaveContactEntity", own)
    added = superoffice.contacts.add(Name="Added")
    assert [each["ContactId"] for each in superoffice.contacts][-1] == added["ContactId"]
    assert ask(superoffice, "DELETE", f"Contact/{added['ContactId']}")[0] == 204
    assert added["ContactId"] not in [each["ContactId"] for each in superoffice.contacts]
""",
    )
    assert "1 passed" in printed


def test_processes_have_servers_of_their_own(tmp_path: Path) -> None:
    """Under `xdist -n 2` every process serves its own tests; none meets another's contacts."""
    printed = nested(
        tmp_path,
        """
@pytest.mark.parametrize("number", range(12))
def test_alone(superoffice, number):
    assert list(superoffice.contacts) == []
    made = superoffice.contacts.add(Name=f"number {number}")
    assert ask(superoffice, "GET", f"Contact/{made['ContactId']}")[1]["Name"] == f"number {number}"
""",
        "-n",
        "2",
        plugins=("superoffice", "xdist"),
    )
    assert "12 passed" in printed


def test_the_fixture_is_listed_with_what_it_is_for(tmp_path: Path) -> None:
    """`pytest --fixtures` tells of the fixture in a sentence."""
    printed = nested(tmp_path, "\ndef test_nothing(): pass\n", "--fixtures")
    found = re.search(r"^superoffice\b.*\n((?:    .+\n)+)", printed, re.MULTILINE)
    assert found
    assert "tenant" in found[1]


LOOK = """
def test_nothing():
    import sys
    assert "mockserver.pytest_plugin" in sys.modules, "the plugin is not installed"
    heavy = {"aiohttp", "vcr", "orjson", "mockserver.server", "mockserver.catalogue"} & set(sys.modules)
    assert not heavy, heavy
"""


def test_an_unused_plugin_loads_nothing(tmp_path: Path) -> None:
    """A run that never asks for the fixture has imported neither aiohttp nor vcr, nor anything else that costs.

    Two plugins of others would import them on their own account, and stay out.
    """
    assert "1 passed" in nested(tmp_path, LOOK, "-p", "no:aiohttp", "-p", "no:recording", plugins=None)


def test_collecting_loads_nothing(tmp_path: Path) -> None:
    """`--collect-only` over tests that would use the fixture has imported neither aiohttp nor vcr when it ends."""
    (tmp_path / "conftest.py").write_text(
        "import sys\n\ndef pytest_unconfigure():\n"
        "    print('HEAVY', sorted({'aiohttp', 'vcr', 'mockserver.server'} & set(sys.modules)))\n",
        "utf-8",
    )
    printed = nested(tmp_path, "\ndef test_save(superoffice): pass\n", "--collect-only")
    assert "test_save" in printed
    assert "HEAVY []" in printed


@pytest.mark.parametrize(
    "statement", ["import mockserver", "import mockserver.pytest_plugin", "import mockserver; dir(mockserver)"]
)
def test_importing_the_package_loads_nothing(statement: str) -> None:
    """The package and its plugin can be imported without aiohttp, vcr or the catalogue coming along (PEP 562)."""
    script = f"{statement}\nimport sys\nprint(sorted({{'aiohttp', 'vcr', 'orjson', 'yaml', 'multidict'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_time_state_and_credentials_are_in_the_test_s_hands(tmp_path: Path) -> None:
    """A sync test lets tokens expire, moves the clock and suspends the tenant; the next test starts afresh."""
    printed = nested(
        tmp_path,
        """
import datetime

def saved(superoffice):
    status, row = ask(superoffice, "POST", "Contact", {"Name": "Nested"})
    assert status == 200
    return row["CreatedDate"]

def bearer(superoffice):
    headers = {"Authorization": f"Bearer {superoffice.token}"}
    request = urllib.request.Request(f"{superoffice.api_url}/v1/Contact/1", headers=headers)
    try:
        with opener.open(request, timeout=20) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code

def test_time(superoffice):
    superoffice.clock.freeze("2026-03-01T12:00:00Z")
    assert saved(superoffice) == "2026-03-01T12:00:00"
    superoffice.clock.advance(hours=7)
    assert saved(superoffice) == "2026-03-01T19:00:00"
    superoffice.clock.set(datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC))
    assert superoffice.clock.now().isoformat() == "2030-01-01T00:00:00+00:00"
    superoffice.clock.run()
    assert not superoffice.clock.frozen

def test_state(superoffice):
    assert not superoffice.clock.frozen
    superoffice.state = "Suspended"
    assert ask(superoffice, "GET", "Contact/1")[0] == 503
    superoffice.state = "Running"
    assert ask(superoffice, "GET", "Contact/1")[0] == 200
    superoffice.move_to("http://elsewhere.example")
    assert ask(superoffice, "GET", "Contact/1")[0] == 421

def test_credentials(superoffice):
    assert superoffice.state == "Running"
    assert bearer(superoffice) == 200
    superoffice.expire(superoffice.token)
    assert bearer(superoffice) == 401

async def test_async(superoffice):
    superoffice.clock.freeze("2026-03-01T12:00:00Z")
    assert superoffice.clock.now().hour == 12
""",
        plugins=("superoffice", "asyncio"),
    )
    assert "4 passed" in printed


def test_the_test_that_fails_is_the_user_s(tmp_path: Path) -> None:
    """A test that raises with the fixture in hand fails with its own error, and the next one still gets a tenant."""
    done = attempt(
        tmp_path,
        """
def test_broken(superoffice):
    superoffice.contacts.add(Name="Left behind")
    raise ZeroDivisionError("mine")

def test_next(superoffice):
    assert list(superoffice.contacts) == []
""",
    )
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "ZeroDivisionError: mine" in done.stdout


def test_bad_settings_of_the_project_are_told_where_the_fixture_is_used(tmp_path: Path) -> None:
    """A misspelt setting in the user's project file fails the tests that use the fixture, with its sentence, and no others."""
    (tmp_path / "pyproject.toml").write_text('[tool.mockserver]\nusr = "x"\n', "utf-8")
    done = attempt(tmp_path, "\ndef test_save(superoffice): pass\n\ndef test_other(): pass\n")
    assert done.returncode == 1
    assert "1 passed, 1 error" in done.stdout
    assert "usr, which is no setting" in done.stdout


def test_the_fixture_is_a_sandbox_in_this_run_too(superoffice: Sandbox) -> None:
    """The plugin serves the project's own tests as it serves a user's."""
    assert isinstance(superoffice, Sandbox)
    assert list(superoffice.contacts) == list(superoffice.persons) == []


def test_a_failing_test_prints_what_came_of_its_scenarios(tmp_path: Path) -> None:
    """Rules of blocks that ended and of scenarios still loaded, and the line that reproduces the run."""
    source = """
import pytest

@pytest.mark.parametrize("good", [True, False])
def test_it(superoffice, good):
    with superoffice.fail(operation="SaveContactEntity", on=1, status=503):
        assert ask(superoffice, "POST", "Agents/Contact/SaveContactEntity", {})[0] == 503
    assert good
"""
    done = attempt(tmp_path, source)
    assert done.returncode == 1
    assert done.stdout.count("scenario fail: rule rules[0] fired once, on 1 matching requests") == 1
    assert done.stdout.count("reproduce: scenario fail (") == 1
