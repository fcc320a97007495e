"""Time, passed in: real, or frozen and moved by hand. Must not know whose clock it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where a tenant gets its time from."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""


class RealClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return datetime.now(UTC)


class FrozenClock:
    """A time that stands still until it is moved by hand."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs a time with a zone")
        self._now = at.astimezone(UTC)

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move the time; a negative step moves it back."""
        self._now += by
