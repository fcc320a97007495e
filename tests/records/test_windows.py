"""Windows that slide: so many calls within so many seconds of a clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.clock import Clock
from mockserver.records.windows import Window

from .desk import NOON


@pytest.fixture
def clock() -> Clock:
    """Noon, until it is moved."""
    return Clock(NOON)


def test_there_is_no_limit_of_none(clock: Clock) -> None:
    """0 calls a second means any number."""
    window = Window(clock, 0, 1)
    assert [window.wait() for _ in range(100)] == [0.0] * 100


def test_the_window_slides(clock: Clock) -> None:
    """Room is where the oldest call has left the window, not where a second of the clock begins."""
    window = Window(clock, 1, 10)
    for _ in range(5):
        assert window.wait() == 0
    clock.advance(seconds=4)
    for _ in range(5):
        assert window.wait() == 0
    assert window.wait() == pytest.approx(6)
    clock.advance(seconds=5)
    assert window.wait() == pytest.approx(1)
    clock.advance(seconds=1)
    assert [window.wait() for _ in range(6)] == pytest.approx([0, 0, 0, 0, 0, 4])


def test_what_is_refused_is_not_counted(clock: Clock) -> None:
    """A client that asks again and again gets in as soon as one that waits."""
    window = Window(clock, 1, 1)
    window.wait()
    for _ in range(10):
        assert window.wait() > 0
    clock.advance(seconds=1)
    assert window.wait() == 0


def test_a_clock_that_goes_back_shuts_nobody_out(clock: Clock) -> None:
    """Calls of a time that has not come are forgotten."""
    window = Window(clock, 2, 1)
    clock.advance(days=1)
    window.wait()
    window.wait()
    clock.advance(days=-1)
    assert [window.wait(), window.wait()] == [0, 0]


@given(st.integers(1, 4), st.integers(1, 4), st.lists(st.integers(0, 3), max_size=60))
def test_no_window_ever_holds_more_than_it_may(per_second: int, seconds: int, steps: list[int]) -> None:
    """However calls come, of those let through at most `per_second * seconds` lie within any `seconds`."""
    clock = Clock(NOON)
    window = Window(clock, per_second, seconds)
    through: list[float] = []
    for step in steps:
        clock.advance(seconds=step)
        wait = window.wait()
        inside = [each for each in through if each > clock.time() - seconds]
        assert (wait == 0) == (len(inside) < per_second * seconds)
        if wait:
            assert 0 < wait <= seconds
        else:
            through.append(clock.time())
