"""Time, passed in: a tenant's clock, which goes with the machine's until it is moved or frozen by hand.

Must not know whose clock it is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import time

_STAMP = len("0001-01-01T00:00:00")


class Clock:
    """The time of one tenant: real, or frozen from the start where `at` is given. Raises ValueError for times without a zone."""

    def __init__(self, at: datetime | None = None, *, machine: Callable[[], float] = time) -> None:
        self._machine = machine
        self._ahead = 0.0
        self._frozen: float | None = None
        self._second = -1
        self._stamp = ""
        if at is not None:
            self.freeze()
            self.set(at)

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

    @property
    def frozen(self) -> bool:
        """Whether the time stands still."""
        return self._frozen is not None

    def set(self, at: datetime) -> None:
        """Put the clock to a time; it goes on from there unless it is frozen. Raises ValueError, OverflowError."""
        if at.tzinfo is None:
            raise ValueError("a clock needs a time with a zone")
        self._move(at.timestamp() - self.time())

    def advance(self, by: timedelta | None = None, **units: float) -> None:
        """Move the time, by a timedelta or in its words (`hours=7`); a negative step moves it back. Raises OverflowError."""
        self._move(((by or timedelta()) + timedelta(**units)).total_seconds())

    def freeze(self) -> None:
        """Let the time stand still where it is."""
        self._frozen = self.time()

    def run(self) -> None:
        """Let the time go on from where it is."""
        if self._frozen is not None:
            self._ahead = self._frozen - self._machine()
            self._frozen = None

    def _move(self, seconds: float) -> None:
        datetime.fromtimestamp(self.time() + seconds, UTC)  # a time that no date can say is refused before anything moves
        if self._frozen is None:
            self._ahead += seconds
        else:
            self._frozen += seconds
