"""Tests of the settings: where they come from, who wins, and what a bad one says."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import pytest

from mockserver.errors import SettingsError
from mockserver.settings import Settings


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project file that chooses two settings."""
    path = tmp_path / "pyproject.toml"
    path.write_text('[tool.mockserver]\nuser = "project"\njournal-limit = 7\n', "utf-8")
    return path


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A project file that does not exist."""
    return tmp_path / "pyproject.toml"


def written(folder: Path, text: str) -> Path:
    """A project file with this text."""
    path = folder / "pyproject.toml"
    path.write_text(text, "utf-8")
    return path


# --- where they come from


def test_nothing_chosen_is_the_defaults(nowhere: Path) -> None:
    """Without project file, environment and keywords the defaults are in force."""
    assert Settings.read(project=nowhere, environment={}) == Settings()


def test_later_sources_win(project: Path) -> None:
    """The environment beats the project file, and the caller beats both."""
    assert Settings.read(project=project, environment={}).user == "project"
    assert Settings.read(project=project, environment={"MOCKSERVER_USER": "environment"}).user == "environment"
    assert Settings.read(project=project, environment={"MOCKSERVER_USER": "environment"}, user="caller").user == "caller"


def test_sources_add_up(project: Path) -> None:
    """What one source does not choose is left to the one before it."""
    found = Settings.read(project=project, environment={"MOCKSERVER_PASSWORD": "p"}, shaped=False)
    assert found == Settings(user="project", journal_limit=7, password="p", shaped=False)


def test_a_keyword_that_is_none_is_not_given(project: Path) -> None:
    """An option that was not used on the command line changes nothing."""
    assert Settings.read(project=project, environment={}, user=None, password=None).user == "project"


def test_the_environment_of_the_process_is_read(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless told otherwise, `MOCKSERVER_*` is looked for in the process's own environment."""
    monkeypatch.setenv("MOCKSERVER_USER", "somebody")
    assert Settings.read(project=nowhere).user == "somebody"


def test_the_project_file_of_the_folder_is_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless told otherwise, the `pyproject.toml` of the current folder is read."""
    monkeypatch.chdir(project.parent)
    assert Settings.read(environment={}).user == "project"


def test_other_variables_are_left_alone(nowhere: Path) -> None:
    """Only variables with the prefix are settings."""
    assert Settings.read(project=nowhere, environment={"USER": "x", "XMOCKSERVER_USER": "x", "PATH": ""}) == Settings()


@pytest.mark.parametrize("text", ["", "[tool]\n", "[tool.other]\nx = 1\n", "[project]\nname = 'x'\n"])
def test_a_project_file_may_choose_nothing(tmp_path: Path, text: str) -> None:
    """A project file without a table for the double is as none."""
    assert Settings.read(project=written(tmp_path, text), environment={}) == Settings()


# --- values


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("MOCKSERVER_BODY_LIMIT", "100", "body_limit", 100),
        ("MOCKSERVER_BODY_LIMIT", " 100 ", "body_limit", 100),
        ("MOCKSERVER_SHAPED", "no", "shaped", False),
        ("MOCKSERVER_SHAPED", "0", "shaped", False),
        ("MOCKSERVER_SHAPED", "False", "shaped", False),
        ("MOCKSERVER_SHAPED", "ON", "shaped", True),
        ("MOCKSERVER_PASSWORD", "5", "password", "5"),
        ("MOCKSERVER_PASSWORD", "", "password", ""),
        ("MOCKSERVER_TENANT", "Cust7", "tenant", "Cust7"),
    ],
)
def test_the_text_of_a_variable_is_fitted(nowhere: Path, variable: str, text: str, name: str, value: object) -> None:
    """Variables are text: numbers and switches are read from it, text stays."""
    found = getattr(Settings.read(project=nowhere, environment={variable: text}), name)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("name", ["body_limit", "journal_limit", "throttle_window", "calls_per_second"])
def test_a_number_below_its_least_is_refused(name: str) -> None:
    """A limit of nothing would refuse everything, and fewer calls than none cannot be counted."""
    with pytest.raises(SettingsError, match=name):
        Settings(**{name: -1})  # type: ignore[arg-type] # a name of a number


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("body_limit", "much"),
        ("body_limit", "-5"),
        ("body_limit", "1.5"),
        ("body_limit", "0"),
        ("journal_limit", "0"),
        ("shaped", "perhaps"),
        ("unknown_id", "ignore"),
        ("tenant", "Kunde5"),
        ("tenant", "Cust"),
        ("tenant", "Cust\u0661"),
        ("user", ""),
        ("user", "a:b"),
        ("access_token", "8A:{customer}"),
        ("ticket", "7T:{"),
        ("no_such_thing", "1"),
    ],
    ids=[
        "a word for a number",
        "a negative number",
        "a fraction",
        "no bytes at all",
        "no entries at all",
        "a word for a switch",
        "an unknown choice",
        "no tenant's name",
        "half a tenant's name",
        "a tenant's name with Arabic digits",
        "no user",
        "a user with a colon",
        "a token with another placeholder",
        "a ticket with a lone brace",
        "no setting at all",
    ],
)
def test_a_bad_value_names_its_source(tmp_path: Path, name: str, value: str) -> None:
    """Wherever a bad value comes from, one sentence names that source and the setting."""
    nothing = tmp_path / "none.toml"
    with pytest.raises(SettingsError) as from_environment:
        Settings.read(project=nothing, environment={f"MOCKSERVER_{name.upper()}": value})
    with pytest.raises(SettingsError) as from_project:
        Settings.read(project=written(tmp_path, f'[tool.mockserver]\n{name} = "{value}"\n'), environment={})
    with pytest.raises(SettingsError) as from_caller:
        Settings.read(project=nothing, environment={}, **{name: value})
    for caught, source in ((from_environment, "environment"), (from_project, "pyproject.toml"), (from_caller, "caller")):
        assert name in str(caught.value)
        assert source in str(caught.value)


@pytest.mark.parametrize(
    ("line", "name"),
    [("body-limit = true", "body_limit"), ("password = 5", "password"), ("shaped = 1", "shaped"), ("user = ['x']", "user")],
    ids=["a boolean for a number", "a number for a text", "a number for a boolean", "a list"],
)
def test_a_project_file_has_types(tmp_path: Path, line: str, name: str) -> None:
    """TOML knows types, so a value of another type is a mistake."""
    with pytest.raises(SettingsError, match=name):
        Settings.read(project=written(tmp_path, f"[tool.mockserver]\n{line}\n"), environment={})


@pytest.mark.parametrize(
    "text", ["[tool.mockserver\n", "[tool]\nmockserver = 5\n", "tool = 5\n", "[tool.mockserver]\nuser = 'a'\nuser = 'b'\n"]
)
def test_a_project_file_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    """A broken project file is told by its name, not with a traceback."""
    with pytest.raises(SettingsError, match=r"pyproject\.toml"):
        Settings.read(project=written(tmp_path, text), environment={})


def test_a_project_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A folder in place of the file, and bytes that are no text, are told by name."""
    with pytest.raises(SettingsError, match=tmp_path.name):
        Settings.read(project=tmp_path, environment={})
    path = tmp_path / "pyproject.toml"
    path.write_bytes(b"\xff")
    with pytest.raises(SettingsError, match=r"pyproject\.toml"):
        Settings.read(project=path, environment={})


def test_an_unknown_setting_is_told_with_the_known_ones(nowhere: Path) -> None:
    """A misspelt setting is told with those there are."""
    with pytest.raises(SettingsError, match="usr") as caught:
        Settings.read(project=nowhere, environment={"MOCKSERVER_USR": "x"})
    assert all(each.name in str(caught.value) for each in fields(Settings))


# --- the value itself


def test_settings_do_not_change() -> None:
    """The settings of a running server are frozen; a changed copy is checked like the first."""
    settings = Settings()
    with pytest.raises(FrozenInstanceError):
        settings.user = "x"  # type: ignore[misc]
    assert replace(settings, user="x").user == "x"
    with pytest.raises(SettingsError):
        replace(settings, tenant="x")


def test_every_setting_says_what_it_does() -> None:
    """Each setting carries its own sentence, from which help and documentation are made."""
    assert all(each.metadata["says"] for each in fields(Settings))
