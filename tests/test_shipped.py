"""Tests of where the files that come with the project are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.errors import MockServerError
from mockserver.shipped import KINDS, shipped


@pytest.mark.parametrize("kind", ["cassettes", "scenarios"])
def test_each_kind_has_a_folder(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind has a folder, the same from wherever the program is run."""
    assert kind in KINDS
    folder = shipped(kind)
    assert folder.is_dir()
    assert folder.name == kind
    monkeypatch.chdir(tmp_path)
    assert shipped(kind) == folder


@pytest.mark.parametrize("kind", ["", "mockserver", "..", "tests", "cassettes/.."])
def test_nothing_else_is_shipped(kind: str) -> None:
    """A folder that is no kind of shipped file is refused, whether it exists or not."""
    with pytest.raises(MockServerError):
        shipped(kind)


def test_an_installation_without_the_files_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the files are missing, one sentence says which and what to do."""
    monkeypatch.setattr("mockserver.shipped._PACKAGE", tmp_path / "mockserver")
    with pytest.raises(MockServerError, match=r"no cassettes; install it again"):
        shipped("cassettes")


def test_an_installed_wheel_holds_them_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files inside an installed package are preferred to a folder that happens to stand beside it."""
    inside = tmp_path / "mockserver" / "_shipped" / "cassettes"
    inside.mkdir(parents=True)
    (tmp_path / "cassettes").mkdir()
    monkeypatch.setattr("mockserver.shipped._PACKAGE", tmp_path / "mockserver")
    assert shipped("cassettes") == inside
