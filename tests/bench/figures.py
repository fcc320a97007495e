"""What was measured, as a table for people and as plain values for machines."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


class BenchError(Exception):
    """A measurement that cannot be made or must not be believed; its text is for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A median, and how far the single measurements lay apart."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of some measurements, at least one."""
        return cls(statistics.median(values), min(values), max(values))

    def told(self) -> dict[str, float]:
        """As JSON values."""
        return {"median": self.median, "min": self.low, "max": self.high}


Cell = Spread | str | float | None
"""None is a figure that cannot be had on this machine."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the member it shows, its heading, and how its numbers are written."""

    key: str
    title: str
    form: str = ""

    def text(self, cell: Cell) -> str:
        """One cell as it stands in the table."""
        if isinstance(cell, Spread):
            return f"{cell.median:{self.form}} [{cell.low:{self.form}}..{cell.high:{self.form}}]"
        if cell is None:
            return "-"
        return cell if isinstance(cell, str) else f"{cell:{self.form}}"


@dataclass(slots=True)
class Table:
    """One part's figures. `complaints` are why they must not be believed; `runs` are the single measurements."""

    part: str
    title: str
    columns: Sequence[Column]
    rows: list[dict[str, Cell]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    runs: list[dict[str, Cell]] = field(default_factory=list)

    def text(self) -> str:
        """The table as it is printed: the first column to the left, figures to the right."""
        lines = [[column.title for column in self.columns]]
        lines += [[column.text(row.get(column.key)) for column in self.columns] for row in self.rows]
        widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
        shown = ["  ".join(map(_aligned, line, widths, range(len(line)))) for line in lines]
        shown.insert(1, "  ".join("-" * width for width in widths))
        notes = [f"  {note}" for note in self.notes] + [f"  NOT VALID: {complaint}" for complaint in self.complaints]
        return "\n".join((f"{self.part}: {self.title}", *(line.rstrip() for line in shown), *notes))

    def told(self) -> dict[str, object]:
        """As JSON values."""
        return {
            "part": self.part,
            "title": self.title,
            "rows": [_told(row) for row in self.rows],
            "runs": [_told(run) for run in self.runs],
            "notes": self.notes,
            "complaints": self.complaints,
        }


def _aligned(cell: str, width: int, at: int) -> str:
    return cell.rjust(width) if at else cell.ljust(width)


def _told(row: dict[str, Cell]) -> dict[str, object]:
    return {name: cell.told() if isinstance(cell, Spread) else cell for name, cell in row.items()}
