"""Tests of time that is passed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mockserver.clock import Clock


def test_the_real_clock_tells_the_time_in_utc() -> None:
    """The real clock is the machine's, aware and in UTC."""
    before = datetime.now(UTC)
    now = Clock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


def test_a_frozen_clock_stands_still(frozen: Clock) -> None:
    """A frozen clock tells the same time again and again."""
    assert frozen.now() == frozen.now() == datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("step", [timedelta(days=1), timedelta(seconds=-1), timedelta(0)], ids=["on", "back", "not at all"])
def test_a_frozen_clock_is_moved_by_hand(frozen: Clock, step: timedelta) -> None:
    """The time moves by the step, forwards or backwards."""
    frozen.advance(step)
    assert frozen.now() == datetime(2026, 3, 1, 12, tzinfo=UTC) + step


def test_a_frozen_clock_tells_utc() -> None:
    """A time of another zone is told as the same moment in UTC."""
    clock = Clock(datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert clock.now().utcoffset() == timedelta(0)


def test_a_clock_needs_a_zone() -> None:
    """A time without a zone could be anywhere, so it is refused."""
    with pytest.raises(ValueError, match="zone"):
        Clock(datetime(2026, 3, 1))  # noqa: DTZ001 - the mistake that is tested
