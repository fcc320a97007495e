"""Files that exist while the process does."""

from __future__ import annotations

import gc
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from mockserver.errors import StartError
from mockserver.scratch import Scratch


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of this test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_file_is_for_its_owner_only() -> None:
    """Neither the file nor its folder can be read by others."""
    scratch = Scratch()
    path = scratch.keep("some.pem", b"some")
    assert path.read_bytes() == b"some"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nothing_is_made_before_something_is_kept(temporary: Path) -> None:
    """A folder costs those who need one."""
    scratch = Scratch()
    assert list(temporary.iterdir()) == []
    paths = [scratch.keep(name, b"") for name in ("a", "b")]
    assert [each.parent for each in paths] == list(temporary.iterdir()) * 2


def test_it_goes_with_its_owner(temporary: Path) -> None:
    """What nobody holds any more is removed."""
    scratch = Scratch()
    scratch.keep("some.pem", b"some")
    del scratch
    gc.collect()
    assert list(temporary.iterdir()) == []


def test_it_goes_with_the_process(temporary: Path) -> None:
    """A process that ends, even by an error, leaves nothing behind."""
    script = "from mockserver.scratch import Scratch; kept = Scratch(); print(kept.keep('a', b'')); raise SystemExit(3)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert Path(done.stdout.strip()).name == "a"
    assert not Path(done.stdout.strip()).parent.exists()


def test_a_full_or_missing_disk_is_one_sentence(monkeypatch: pytest.MonkeyPatch, temporary: Path) -> None:
    """Where nothing can be written, the place is named."""
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "missing"))
    with pytest.raises(StartError, match="missing") as caught:
        Scratch().keep("some.pem", b"")
    assert "\n" not in str(caught.value)
