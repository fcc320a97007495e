"""Scenario files: found by name or path, read again when they change, and kept when the change is no good."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mockserver.errors import ScenarioError
from mockserver.responders.scenarios.files import located, names
from tests.responders.stage import Stage


def write(file: Path, text: str) -> None:
    """Change a file, and its time for certain."""
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(text, "utf-8")
    os.utime(file, ns=(before + 1_000_000_000, before + 1_000_000_000))


def test_there_are_nine() -> None:
    """The one that the issue names, and eight more."""
    assert "lost-reply" in names()
    assert len(names()) >= 9


def test_a_name_and_a_path_lead_to_the_same_file() -> None:
    """Whatever looks like a path is one."""
    file = located("lost-reply")
    assert located(str(file)) == file
    with pytest.raises(ScenarioError, match="did you mean lost-reply"):
        located("lost-replay")
    with pytest.raises(ScenarioError, match=r"there are .*lost-reply"):
        located("zzz")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """One sentence with the path."""
    with pytest.raises(ScenarioError, match=r"no\.yaml: cannot be read: no such file"):
        Stage(scenario=str(tmp_path / "no.yaml"))


def test_a_change_is_seen_and_a_bad_one_is_told(tmp_path: Path) -> None:
    """The next request lives under the new rules; under a bad file the old ones stay, and the journal says why."""
    file = tmp_path / "mine.yaml"
    write(file, "rules: [{fault: {status: 500}}]\n")
    stage = Stage(scenario=str(file))
    assert stage.save(Name="A").status == 500
    write(file, "rules: [{fault: {status: 502}}]\n")
    assert stage.save(Name="A").status == 502
    write(file, "rules: [{fault: {staus: 503}}]\n")
    assert [stage.save(Name="A").status for _ in range(2)] == [502, 502]
    told = stage.explanations()[-1]
    assert f"{file}:1:18: rules[0].fault.staus: unknown key" in told
    assert "kept as it was" in told
    assert "kept as it was" in stage.parts.faults.report()[0]
    file.unlink()
    assert stage.save(Name="A").status == 502
    assert "cannot be read" in stage.explanations()[-1]
    write(file, "rules: [{fault: {status: 503}}]\n")
    assert stage.save(Name="A").status == 503
    assert "kept as it was" not in stage.explanations()[-1]


def test_a_file_that_says_the_same_again_starts_nothing_anew(tmp_path: Path) -> None:
    """Counters go on when only blanks have changed."""
    file = tmp_path / "mine.yaml"
    write(file, "rules: [{on: 2, fault: {status: 500}}]\n")
    stage = Stage(scenario=str(file))
    assert stage.save(Name="A").status == 200
    write(file, "rules: [{on: 2, fault: {status: 500}}]\n\n")
    assert stage.save(Name="A").status == 500


def test_several_scenarios_are_tried_in_order() -> None:
    """Names and paths, separated by commas; the first that fires has its way."""
    stage = Stage(scenario="lost-reply, refused")
    assert stage.save(Name="Forbidden AS").delivery.ending == "reset"
    assert stage.save(Name="Forbidden AS").status == 403
