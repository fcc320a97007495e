"""How many calls a tenant had within a window of time that slides along with its clock.

Must not know who calls or what is answered.
"""

from __future__ import annotations

from collections import deque

from mockserver.clock import Clock


class Window:
    """The calls of the last `seconds`, of which there may be `per_second` for each of them; 0: any number."""

    __slots__ = ("_calls", "_clock", "_most", "_seconds")

    def __init__(self, clock: Clock, per_second: int, seconds: int) -> None:
        self._clock = clock
        self._most = per_second * seconds
        self._seconds = seconds
        self._calls: deque[float] = deque()

    def wait(self) -> float:
        """Count a call, and 0; or, where there were too many, the seconds until there is room: what is refused is not counted."""
        if not self._most:
            return 0.0
        calls, now = self._calls, self._clock.time()
        while calls and not now - self._seconds < calls[0] <= now:  # too long ago, or after a time the clock went back to
            calls.popleft()
        if len(calls) < self._most:
            calls.append(now)
            return 0.0
        return calls[0] + self._seconds - now
