"""The official TypeScript client, unchanged, against the mock server."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import MockServer, Replay, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .tenant import Tenant

FOLDER = Path(__file__).parent / "typescript"
NO_PROXY = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}


def run(command: Sequence[str], env: dict[str, str], timeout: float) -> str:
    """Run a program in the folder of the journey, and return what it printed."""
    done = subprocess.run(
        command,
        check=False,
        cwd=FOLDER,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
    )
    if done.returncode:
        pytest.fail(f"{' '.join(command)} exited with {done.returncode}\n{done.stdout}\n{done.stderr}", pytrace=False)
    return done.stdout


def program(name: str) -> str:
    """Find a program; without it the test fails under continuous integration, and is skipped elsewhere."""
    path = shutil.which(name)
    if path is None:
        reason = f"{name} is not installed, so the TypeScript client cannot run"
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def node() -> str:
    """Give the path of Node.js, with the client installed in the folder of the journey."""
    node, npm = program("node"), program("npm")
    wanted = hashlib.sha256()
    for name in ("package.json", "package-lock.json"):
        wanted.update((FOLDER / name).read_bytes())
    stamp = FOLDER / "node_modules" / ".installed-from"
    if not stamp.is_file() or stamp.read_text(encoding="ascii") != wanted.hexdigest():
        run([npm, "ci"], dict(os.environ), timeout=300)
        stamp.write_text(wanted.hexdigest(), encoding="ascii")
    return node


# In Oslo the client turns the empty date 0001-01-01T00:00:00 into 0000-12-31T23:06:32.000Z when it sends it back.
@pytest.mark.parametrize("timezone", ["UTC", "Europe/Oslo"])
def test_typescript_client(node: str, superoffice: Tenant, timezone: str) -> None:
    """The official client lives through creating, reading, updating and deleting, with agents and with REST."""
    added = superoffice.contacts.add(Name="Here before")
    before = {contact["ContactId"] for contact in superoffice.contacts}

    environment = {name: value for name, value in os.environ.items() if not name.startswith("SUPEROFFICE_")}
    environment |= {**NO_PROXY, **superoffice.env(), "TZ": timezone}
    lines = run([node, "journey.mjs"], environment, timeout=60).splitlines()

    assert len(lines) == 1
    report: dict[str, dict[str, Any]] = json.loads(lines[0])
    kept = {name: report[name]["kept"] for name in ("agents", "rest")}
    deleted = {name: report[name]["deleted"] for name in ("agents", "rest")}
    assert report == {
        "agents": {"kept": kept["agents"], "deleted": deleted["agents"], "steps": 10},
        "rest": {"kept": kept["rest"], "deleted": deleted["rest"], "steps": 10},
        "both": {"steps": 2},
        "conditions": {"steps": 5},
        "streams": {"steps": 3},
    }
    assert len({*kept.values(), *deleted.values()} - before) == len(kept) + len(deleted)

    assert {contact["ContactId"] for contact in superoffice.contacts} == before | set(kept.values())
    assert superoffice.contacts[added["ContactId"]]["Name"] == "Here before"
    for name, prefix in (("agents", "Agents"), ("rest", "REST")):
        contact = superoffice.contacts[kept[name]]
        assert contact["Name"] == f"{prefix} kept"
        assert contact["Department"] == "Ærøskøbing"
        assert contact["NoMailing"] is True
        assert [phone["Value"] for phone in contact["Phones"]] == ["+47 22 33 44 55", "+47 99 88 77 66"]
        assert contact["DbiKey"] == "erp-42"


def test_typescript_client_replays_what_python_recorded(node: str) -> None:
    """The official client lives through a journey that a Python program recorded, with its own spelling of the same requests."""
    with MockServer(Settings(), replay=Replay(cassettes=["company"])) as server:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SUPEROFFICE_")}
        environment |= {**NO_PROXY, **server.sandbox().env(), "TZ": "UTC"}
        (line,) = run([node, "replayed.mjs"], environment, timeout=60).splitlines()
        answered = server.call(lambda: [each.response for each in server.parts.journal.entries("Cust12345")])
    assert json.loads(line)["contactId"] > 1
    assert [each.account.by for each in answered] == ["player"] * 10
    assert [each.status for each in answered] == [200, 200, 200, 200, 200, 200, 204, 200, 404, 421]
