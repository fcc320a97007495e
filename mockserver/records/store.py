"""The rows of one tenant, by entity and key.

A row is kept as compact JSON bytes: nothing is shared with those who read it, a snapshot is a copy of references, and a
hundred thousand contacts cost the garbage collector nothing. Must not know what a row means.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from mockserver.clock import Clock
from mockserver.records.lists import Lists
from mockserver.settings import Settings

Row = dict[str, object]
"""Members of an entity in published order, references as ids."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole state of a store at one moment; immutable, so restoring twice gives the same twice."""

    tables: dict[str, dict[int, bytes]]
    counters: dict[str, int]
    revision: int


class Store:
    """One tenant's rows, its lists, its clock and the settings it lives under. `revision` grows by one with every write."""

    def __init__(self, lists: Lists, clock: Clock, settings: Settings) -> None:
        self.settings = settings
        self.lists = lists
        self.clock = clock
        self.revision = 0
        self._tables: dict[str, dict[int, bytes]] = {}
        self._counters: dict[str, int] = {}

    def row(self, entity: str, key: int) -> Row | None:
        """A fresh copy of a row, None where there is none."""
        kept = self._tables.get(entity, {}).get(key)
        return None if kept is None else orjson.loads(kept)

    def put(self, entity: str, key: int, row: Row) -> None:
        """Keep a row; one assignment, so it is kept whole or not at all."""
        # Copied, because orjson's own result holds on to three to four times its length.
        kept = bytes(memoryview(orjson.dumps(row)))
        table = self._tables.setdefault(entity, {})
        if key not in table:
            series = _series(entity)
            self._counters[series] = max(self._counters.get(series, 0), key + 1)
        table[key] = kept
        self.revision += 1

    def remove(self, entity: str, key: int) -> bool:
        """Forget a row; whether there was one."""
        gone = self._tables.get(entity, {}).pop(key, None) is not None
        self.revision += gone
        return gone

    def keys(self, entity: str) -> Iterator[int]:
        """The keys of all rows of an entity, in the order they were first kept."""
        return iter(tuple(self._tables.get(entity, {})))

    def has(self, entity: str, key: int) -> bool:
        """Whether there is such a row."""
        return key in self._tables.get(entity, {})

    def draw(self, series: str, start: int = 1) -> int:
        """The next number of a series, never given out before."""
        number = max(self._counters.get(series, 0), start)
        self._counters[series] = number + 1
        return number

    def next_key(self, entity: str) -> int:
        """A key for a new row: above all keys there ever were, so that none is used twice."""
        return self.draw(_series(entity))

    def snapshot(self) -> Snapshot:
        """The state now."""
        return Snapshot({name: dict(table) for name, table in self._tables.items()}, dict(self._counters), self.revision)

    def restore(self, snapshot: Snapshot) -> None:
        """Back to the state of a snapshot; the revision goes on growing."""
        self._tables = {name: dict(table) for name, table in snapshot.tables.items()}
        self._counters = dict(snapshot.counters)
        self.revision += 1


def _series(entity: str) -> str:
    """The name of the series that an entity's keys are drawn from."""
    return f"key of {entity}"
