"""How much is measured: chosen on the command line, and bounded whatever is chosen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The counts and times of every part."""

    rounds: int = 5
    seconds: int = 2
    warm_up: int = 2
    connections: tuple[int, ...] = (16,)
    ids: int = 1000
    generator: str = "wrk"
    starts: int = 5
    first: int = 300
    tenants: int = 2000
    contacts: int = 10_000
    idle: float = 1.0
    recordings: tuple[int, ...] = (10, 100, 1000, 10_000, 100_000)


QUICK = Plan(rounds=2, seconds=1, warm_up=1, starts=2, tenants=200, contacts=1000, idle=0.3, recordings=(10, 100))
"""Short enough for a smoke test; its figures mean nothing."""
