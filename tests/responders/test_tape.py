"""What is on disk while a cassette is recorded, and after it: nothing is lost, half written or somebody else's."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from mockserver.errors import CassetteUnreadable, MockServerError
from mockserver.responders.cassettes import Interaction, load, save
from mockserver.responders.tape import Mode, Tape


def exchange(number: int = 1, body: bytes = b"\xff\0") -> Interaction:
    """An exchange whose bytes are no text."""
    headers = (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    return Interaction("GET", f"https://tenant.example/{number}", (), b"", 200, "OK", headers, body, {"duration": 0.5})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where no cassette is yet."""
    return tmp_path / "a.yaml"


def test_what_was_kept_is_what_the_cassette_holds(path: Path) -> None:
    """Bytes, repeated headers and meta come back; no journal and no lock stay."""
    with Tape(path) as tape:
        tape.append(exchange(1))
        tape.append(exchange(2))
        assert tape.finish() == 2
    assert load(path) == [exchange(1), exchange(2)]
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_killed_run_leaves_all_but_half_a_line(path: Path) -> None:
    """The next run on the same cassette goes on where the killed one was."""
    with Tape(path) as tape:
        tape.append(exchange(1))
    journal = path.with_name("a.yaml.journal")
    with journal.open("ab") as file:
        file.write(b'{"method": "GET", "uri"')
    with Tape(path) as tape:
        assert tape.kept == 1
        tape.append(exchange(2))
        assert tape.finish() == 2
    assert load(path) == [exchange(1), exchange(2)]


def test_two_recorders_cannot_write_one_cassette(path: Path) -> None:
    """The second is told which file, and where the lock is; the first goes on."""
    with Tape(path) as tape:
        with pytest.raises(MockServerError, match=r"another recorder writes .*a\.yaml \(.*a\.yaml\.lock is locked\)"), Tape(path):
            pass
        tape.append(exchange())
        assert tape.finish() == 1


def test_a_full_disk_keeps_the_journal_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a line that fits no more is taken back, and the sentence names the file."""
    with Tape(path) as tape:
        tape.append(exchange(1))
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", _full_after(os.write, 10))
            with pytest.raises(MockServerError, match=r"cannot write .*a\.yaml\.journal: no space left on device"):
                tape.append(exchange(2))
        assert list(tape.exchanges()) == [exchange(1)]
        tape.append(exchange(3))
        assert tape.finish() == 2


def _full_after(write: object, count: int) -> object:
    """A disk that takes so many bytes."""
    left = [count]

    def written(handle: int, data: memoryview) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken: int = write(handle, bytes(data[: left[0]]))  # type: ignore[operator]
        left[0] -= taken
        return taken

    return written


def test_a_full_disk_at_the_end_leaves_the_old_cassette_and_the_journal(path: Path) -> None:
    """The old file stays as it was, the next run finishes what this one could not."""
    save(path, [exchange(1)])
    before = path.read_bytes()

    def full(target: Path, interactions: list[Interaction]) -> None:
        raise MockServerError(f"cannot write {target}: no space left on device")

    with Tape(path, Mode.ALL) as tape:
        tape.append(exchange(2))
        with pytest.raises(MockServerError, match=r"no space left on device; .*a\.yaml\.journal keeps the exchanges"):
            tape.finish(full)
    assert path.read_bytes() == before
    with Tape(path, Mode.ALL) as tape:
        assert tape.finish() == 2
    assert load(path) == [exchange(1), exchange(2)]


@pytest.mark.parametrize(
    ("mode", "records", "plays", "holds"),
    [
        (Mode.ONCE, False, True, [1]),
        (Mode.NONE, False, True, [1]),
        (Mode.NEW_EPISODES, True, True, [1, 1, 2]),
        (Mode.ALL, True, False, [1, 2]),
        (Mode.REWRITE, True, False, [1, 2]),
    ],
)
def test_modes_mean_what_they_mean_to_vcrpy(path: Path, mode: Mode, holds: list[int], *, records: bool, plays: bool) -> None:
    """What becomes of a cassette that is there already; `all` replaces what was asked again (vcrpy 8.4)."""
    save(path, [exchange(1, b"old")])
    with Tape(path, mode) as tape:
        assert (tape.records, tape.plays) == (records, plays)
        if tape.records:
            tape.append(exchange(1))
            tape.append(exchange(2))
        tape.finish()
    assert [int(each.uri[-1]) for each in load(path)] == holds


def test_rewrite_drops_what_is_not_asked_again(path: Path) -> None:
    """Beside `all`, which keeps it."""
    for mode, holds in ((Mode.ALL, 2), (Mode.REWRITE, 1)):
        save(path, [exchange(1)])
        with Tape(path, mode) as tape:
            tape.append(exchange(2))
            assert tape.finish() == holds


def test_a_damaged_cassette_is_refused_and_stays(path: Path) -> None:
    """It is one that vcrpy takes for an empty one and overwrites (peers C4)."""
    path.write_text("interactions: [", "utf-8")
    with pytest.raises(CassetteUnreadable, match=r"a\.yaml"), Tape(path, Mode.ALL):
        pass
    assert path.read_text("utf-8") == "interactions: ["
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_what_is_kept_can_be_changed_as_a_whole(path: Path) -> None:
    """A credential that is learnt later is taken out of the journal and of the old cassette."""
    save(path, [exchange(1)])
    with Tape(path, Mode.ALL) as tape:
        tape.append(exchange(2))
        tape.replace(lambda each: replace(each, reason="changed"))
        tape.append(exchange(3))
        tape.finish()
    assert [each.reason for each in load(path)] == ["changed", "changed", "OK"]


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    """With the name of the file."""
    with (
        pytest.raises(MockServerError, match=r"cannot record to .*nowhere/a\.yaml: no such file or directory"),
        Tape(tmp_path / "nowhere" / "a.yaml"),
    ):
        pass
