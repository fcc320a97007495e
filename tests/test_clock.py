"""Time that is passed in: it goes with the machine's, stands still, and is moved by hand, forwards and backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.clock import Clock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# Whole seconds, so that nothing is lost on the way through the machine's floating point numbers.
TIMES = st.datetimes(datetime(2, 1, 1), datetime(9997, 12, 31), timezones=ZONES).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001
STEPS = st.integers(-(10**7), 10**7).map(lambda seconds: timedelta(seconds=seconds))


class Machine:
    """The machine's own time, turned by a test."""

    def __init__(self) -> None:
        self.seconds = 1_000_000_000.0

    def __call__(self) -> float:
        """The seconds, until the test turns them."""
        return self.seconds


@pytest.fixture
def machine() -> Machine:
    """A machine whose time only the test turns."""
    return Machine()


def test_the_real_clock_tells_the_time_in_utc() -> None:
    """The real clock is the machine's, aware and in UTC."""
    before = datetime.now(UTC)
    now = Clock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC
    assert not Clock().frozen


def test_a_clock_goes_with_the_machine(machine: Machine) -> None:
    """A second of the machine is a second of the clock."""
    clock = Clock(machine=machine)
    assert clock.now() == datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)
    machine.seconds += 5
    assert clock.now() == datetime(2001, 9, 9, 1, 46, 45, tzinfo=UTC)
    assert clock.time() == 1_000_000_005


@given(at=TIMES, passed=st.integers(0, 10**9))
def test_a_frozen_clock_stands_still(at: datetime, passed: int) -> None:
    """Whatever the machine does, a frozen clock tells the time it was given."""
    machine = Machine()
    clock = Clock(at, machine=machine)
    machine.seconds += passed
    assert clock.frozen
    assert clock.now() == at
    assert clock.now().utcoffset() == timedelta(0)


@given(at=TIMES, steps=st.lists(STEPS, max_size=5), frozen=st.booleans())
def test_advance_adds(at: datetime, steps: list[timedelta], *, frozen: bool) -> None:
    """Steps add up, forwards or backwards, on a clock that runs and on one that stands still."""
    clock = Clock(at, machine=Machine())
    if not frozen:
        clock.run()
    for step in steps:
        clock.advance(step)
    assert clock.now() == at + sum(steps, timedelta())
    assert clock.frozen is frozen


@given(first=TIMES, second=TIMES, frozen=st.booleans())
def test_set_sets(first: datetime, second: datetime, *, frozen: bool) -> None:
    """The clock tells the time it was put to, wherever it was before; whether it runs stays as it was."""
    clock = Clock(first, machine=Machine())
    if not frozen:
        clock.run()
    clock.set(second)
    assert clock.now() == second
    assert clock.frozen is frozen


@given(at=TIMES, passed=st.integers(0, 10**9), more=st.integers(0, 10**6))
def test_run_goes_on_from_where_it_was(at: datetime, passed: int, more: int) -> None:
    """What passed while the clock stood still is not made up for; from then on it goes with the machine again."""
    machine = Machine()
    clock = Clock(at, machine=machine)
    machine.seconds += passed
    clock.run()
    assert not clock.frozen
    assert clock.now() == at
    machine.seconds += more
    assert clock.now() == at + timedelta(seconds=more)


def test_freezing_keeps_the_time_that_it_is(machine: Machine) -> None:
    """A running clock that is frozen stands at that moment; freezing and running twice is as good as once."""
    clock = Clock(machine=machine)
    clock.advance(hours=1)
    for _ in range(2):
        clock.freeze()
    machine.seconds += 100
    assert clock.time() == 1_000_003_600
    for _ in range(2):
        clock.run()
    machine.seconds += 1
    assert clock.time() == 1_000_003_601


def test_freezing_at_a_time(machine: Machine) -> None:
    """A clock is put to a time and stopped in one go, so that not a moment passes between."""
    clock = Clock(machine=machine)
    clock.freeze(NOON)
    machine.seconds += 0.5
    assert clock.now() == NOON


def test_a_step_in_words_and_as_a_timedelta_add_up(frozen: Clock) -> None:
    """`advance(timedelta, hours=…, minutes=…)` is one step."""
    frozen.advance(timedelta(days=1), hours=2, minutes=-30)
    assert frozen.now() == NOON + timedelta(days=1, hours=1, minutes=30)
    frozen.advance()
    assert frozen.now() == NOON + timedelta(days=1, hours=1, minutes=30)


@given(at=TIMES, step=STEPS)
def test_a_stamp_is_the_time_in_whole_seconds(at: datetime, step: timedelta) -> None:
    """Rows keep `yyyy-MM-ddTHH:mm:ss` in UTC (protocol 6), after every move anew."""
    clock = Clock(at)
    for now in (at, at + step):
        assert clock.stamp() == now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
        clock.advance(step)


def test_a_stamp_drops_what_is_less_than_a_second() -> None:
    """The last microsecond of a second still belongs to it."""
    assert Clock(NOON.replace(microsecond=999_999)).stamp() == "2026-03-01T12:00:00"


def test_a_time_that_is_set_is_not_a_moment_early() -> None:
    """A clock that was put to a whole second from a broken one stamps that second."""
    clock = Clock(NOON + timedelta(microseconds=123_457))
    clock.set(datetime(9998, 1, 1, tzinfo=UTC))
    clock.set(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    assert clock.stamp() == "1970-01-01T00:00:01"


@pytest.mark.parametrize("act", [Clock, Clock().set, Clock().freeze], ids=["making", "setting", "freezing"])
def test_a_clock_needs_a_zone(act: type[Clock]) -> None:
    """A time without a zone could be anywhere, so it is refused."""
    with pytest.raises(ValueError, match="zone"):
        act(datetime(2026, 3, 1))  # noqa: DTZ001 - the mistake that is tested


@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize(
    "step",
    [timedelta.max, timedelta.min, datetime(9999, 1, 1, tzinfo=UTC) - NOON, timedelta(days=-366 * 2026)],
    ids=["far ahead", "far back", "into the year 9999", "before the year 1"],
)
def test_a_step_beyond_all_dates_leaves_the_clock_as_it_was(step: timedelta, *, frozen: bool) -> None:
    """What no date can say is refused; a running clock keeps a year before it could run out of dates."""
    clock = Clock(NOON, machine=Machine())
    if not frozen:
        clock.run()
    with pytest.raises(OverflowError):
        clock.advance(step)
    with pytest.raises(OverflowError):
        clock.advance(days=float("inf"))
    assert clock.now() == NOON
    assert clock.frozen is frozen


@pytest.mark.parametrize("act", ["set", "freeze"])
def test_a_time_beyond_all_clocks_leaves_the_clock_as_it_was(act: str) -> None:
    """The first moment of the year 9999 is the first that is refused, and so is one that is before the year 1 in UTC."""
    clock = Clock(machine=Machine())
    for at in (datetime(9999, 1, 1, tzinfo=UTC), datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))):
        with pytest.raises(OverflowError, match="year"):
            getattr(clock, act)(at)
    assert clock.time() == 1_000_000_000
    assert not clock.frozen
    getattr(clock, act)(datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert clock.stamp() == "9998-12-31T23:59:59"


def test_later_is_so_many_seconds_from_now(frozen: Clock) -> None:
    """What is promised for later stops at the last date instead of failing."""
    assert frozen.later(90) == NOON + timedelta(seconds=90)
    assert frozen.later(1e12) == datetime.max.replace(tzinfo=UTC)
