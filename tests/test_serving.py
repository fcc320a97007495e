"""What `serve` writes for others: the env file, whole and private, in lines that every dotenv reader takes."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from mockserver import MockServerError, Settings
from mockserver.access import Access
from mockserver.serving import write_env_file

NAMES = {
    *("SUPEROFFICE_URL", "SUPEROFFICE_API_URL", "SUPEROFFICE_LOGIN_URL", "SUPEROFFICE_TENANT", "SUPEROFFICE_USER"),
    *("SUPEROFFICE_PASSWORD", "SUPEROFFICE_ACCESS_TOKEN", "SUPEROFFICE_TICKET", "SUPEROFFICE_APP_TOKEN"),
    *("SUPEROFFICE_CLIENT_ID", "SUPEROFFICE_CLIENT_SECRET", "SUPEROFFICE_REDIRECT_URI", "SUPEROFFICE_AUTH_CODE"),
    *("SUPEROFFICE_REFRESH_TOKEN", "SUPEROFFICE_SYSTEM_TOKEN"),
}


def access(**settings: str) -> Access:
    """The door of a tenant under these settings."""
    return Access.to("Cust12345", "http://127.0.0.1:8080", Settings(**settings))  # type: ignore[arg-type]


def loaded(path: Path) -> dict[str, str]:
    """The variables as a dotenv reader understands them: shell words, one assignment to a line."""
    found = {}
    for line in path.read_text("utf-8").splitlines():
        (assignment,) = shlex.split(line)
        name, _, value = assignment.partition("=")
        found[name] = value
    return found


def test_the_variables_are_written(tmp_path: Path) -> None:
    """The file holds the variables of issues 2 and 4, with the addresses as issue 2 defines them."""
    write_env_file(tmp_path / ".env", access())
    found = loaded(tmp_path / ".env")
    assert set(found) == NAMES
    assert found["SUPEROFFICE_URL"] == "http://127.0.0.1:8080/Cust12345"
    assert found["SUPEROFFICE_API_URL"] == "http://127.0.0.1:8080/Cust12345/api"
    assert found["SUPEROFFICE_LOGIN_URL"] == "http://127.0.0.1:8080"
    assert found["SUPEROFFICE_TENANT"] == "Cust12345"
    assert (found["SUPEROFFICE_USER"], found["SUPEROFFICE_PASSWORD"]) == ("tje0", "Tje0")
    assert found["SUPEROFFICE_REDIRECT_URI"] == "http://127.0.0.1/callback"
    assert found == access().env()


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """The mode is 0600, whatever the process allows by default."""
    before = os.umask(0)
    try:
        write_env_file(tmp_path / ".env", access())
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_a_file_that_was_there_is_replaced_whole(tmp_path: Path) -> None:
    """An older file, longer and open to all, becomes the new one: content and mode; nothing else is left in the folder."""
    path = tmp_path / ".env"
    path.write_text("OLD=1\n" * 1000, "utf-8")
    path.chmod(0o644)
    before = path.stat().st_ino
    write_env_file(path, access())
    assert set(loaded(path)) == NAMES
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_ino != before, "it was written in place, not by rename"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "password", ["plain", "with space", "a$b`c", 'double"quote', "hash#tag", "back\\slash", "blå", "=", "!x", "a\tb"]
)
def test_any_password_survives(tmp_path: Path, password: str) -> None:
    """Characters that mean something to a shell come back as they were."""
    write_env_file(tmp_path / ".env", access(password=password))
    assert loaded(tmp_path / ".env")["SUPEROFFICE_PASSWORD"] == password


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no sh on this machine")
@pytest.mark.parametrize("password", ["plain", "with space", "a$b`c", 'double"quote', "blå"])
def test_a_shell_can_load_the_file(tmp_path: Path, password: str) -> None:
    """`set -a; . ./.env` puts the variables into the environment of a shell's children."""
    path = tmp_path / "some.env"
    write_env_file(path, access(password=password))
    script = f'. {shlex.quote(str(path))}; printf \'%s|%s\' "$SUPEROFFICE_PASSWORD" "$SUPEROFFICE_URL"'
    done = subprocess.run(["sh", "-ac", script], capture_output=True, check=True, timeout=20)
    assert done.stdout.decode() == f"{password}|http://127.0.0.1:8080/Cust12345"


@pytest.mark.parametrize("password", ["it's", "two\nlines"])
def test_what_no_line_can_hold_is_refused(tmp_path: Path, password: str) -> None:
    """A value that dotenv readers disagree about is a mistake with a sentence, and leaves no file."""
    with pytest.raises(MockServerError, match="quote or a line break"):
        write_env_file(tmp_path / ".env", access(password=password))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """An env file that cannot be written is one sentence that names it."""
    path = tmp_path / "missing" / ".env"
    with pytest.raises(MockServerError) as caught:
        write_env_file(path, access())
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    """A folder of that name is not written over, and nothing half-written stays beside it."""
    path = tmp_path / "folder"
    path.mkdir()
    with pytest.raises(MockServerError, match="folder"):
        write_env_file(path, access())
    assert list(tmp_path.iterdir()) == [path]
