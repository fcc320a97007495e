"""Time, passed in: a tenant's clock, which goes with the machine's until it is moved or frozen by hand.

Must not know whose clock it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import time

_STAMP = len("0001-01-01T00:00:00")
# A clock that runs must not run out of dates while somebody looks at it: its last year is left to it.
_FIRST, _LAST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (1, 9999))


class Clock:
    """The time of one tenant: real, or frozen from the start where `at` is given. Raises ValueError for times without a zone."""

    def __init__(self, at: datetime | None = None, *, machine: Callable[[], float] = time) -> None:
        self._machine = machine
        self._ahead = 0.0
        self._frozen: float | None = None
        self._second = -1
        self._stamp = ""
        if at is not None:
            self.freeze(at)

    def time(self) -> float:
        """Seconds since the epoch."""
        return self._machine() + self._ahead if self._frozen is None else self._frozen

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def stamp(self) -> str:
        """The time as rows keep it: `yyyy-MM-ddTHH:mm:ss`, UTC, whole seconds."""
        second = int(self.time())
        if second != self._second:
            self._second, self._stamp = second, datetime.fromtimestamp(second, UTC).isoformat()[:_STAMP]
        return self._stamp

    def later(self, seconds: float) -> datetime:
        """The time in so many seconds, or the last that a date can say."""
        try:
            return self.now() + timedelta(seconds=seconds)
        except OverflowError:
            return datetime.max.replace(tzinfo=UTC)

    @property
    def frozen(self) -> bool:
        """Whether the time stands still."""
        return self._frozen is not None

    def set(self, at: datetime) -> None:
        """Put the clock to a time; it goes on from there unless it is frozen. Raises ValueError, OverflowError."""
        self._put(_seconds(at))

    def advance(self, by: timedelta | None = None, **units: float) -> None:
        """Move the time, by a timedelta or in its words (`hours=7`); a negative step moves it back. Raises OverflowError."""
        self._put(self.time() + ((by or timedelta()) + timedelta(**units)).total_seconds())

    def freeze(self, at: datetime | None = None) -> None:
        """Let the time stand still where it is, or at a time. Raises ValueError, OverflowError."""
        self._frozen = self.time() if at is None else _possible(_seconds(at))

    def run(self) -> None:
        """Let the time go on from where it is."""
        if self._frozen is not None:
            self._ahead = self._frozen - self._machine()
            self._frozen = None

    def _put(self, seconds: float) -> None:
        if self._frozen is None:
            self._ahead = _possible(seconds) - self._machine()
        else:
            self._frozen = _possible(seconds)


def _seconds(at: datetime) -> float:
    if at.tzinfo is None:
        raise ValueError("a clock needs a time with a zone")
    return at.timestamp()


def _possible(seconds: float) -> float:
    """The same, if a date can say it: asked before anything moves."""
    if not _FIRST <= seconds < _LAST:
        raise OverflowError("a clock goes from the year 1 to the year 9998")
    return seconds
