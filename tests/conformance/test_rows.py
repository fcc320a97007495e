"""Every row of the fact sheet of the wire is proven by a case or a test, or says who will prove it (`rows/protocol.yaml`).

The table stands here and not in the sheet, so that the sheet need not be at hand; sections are numbered as there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from .test_cases import CASES

ROOT = Path(__file__).parents[2]
TABLE: dict[str, list[dict[str, Any]]] = yaml.safe_load((Path(__file__).parent / "rows/protocol.yaml").read_text("utf-8"))
ROWS = [pytest.param(section, row, id=f"{section} {row['row']}") for section, rows in TABLE.items() for row in rows]
SOURCES = {each["case"]: each["source"] for each in CASES}
# Section 7 is issue 8; 9 to 12 say what there is not, or repeat.
SECTIONS = ["1.1", "1.2", "1.3", "1.4", "1.5", "2", "3.1", "3.2", "3.3", "3.4", "4.1", "4.2", "4.3", "5", "6.1", "6.2", "8"]
KEYS = {"row", "tag", "cases", "tests", "left", "cites"}


def test_every_section_has_its_rows() -> None:
    """No section is left out, no row stands twice, and no key goes unread."""
    assert list(TABLE) == SECTIONS
    for rows in TABLE.values():
        assert len({each["row"] for each in rows}) == len(rows)
        assert all({"row", "tag"} < set(each) <= KEYS for each in rows)


@pytest.mark.parametrize(("section", "row"), ROWS)
def test_a_row_is_proven_or_left_to_somebody(section: str, row: dict[str, Any]) -> None:
    """What is said to prove a row is there, and one of its cases cites the section (or the one it is said to cite)."""
    assert row.keys() & {"cases", "tests", "left"}
    assert re.fullmatch(r"[RDCFI?]([,/] ?[RDCFI?])*", row["tag"])
    cases = row.get("cases", [])
    assert set(cases) <= set(SOURCES)
    if cases:
        sheet, _, number = f"protocol {row.get('cites', section)}".rpartition(" ")
        cited = re.compile(rf"{sheet.split()[-1]} [^;]*(?<![.\d]){re.escape(number)}(?![.\d])")
        assert any(cited.search(SOURCES[each]) for each in cases), cited.pattern
    for test in row.get("tests", []):
        file, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text("utf-8"), test


def test_every_case_of_a_section_belongs_to_a_row() -> None:
    """A case that cites a section of the sheet first stands in the table, so that the table stays whole."""
    named = {each for rows in TABLE.values() for row in rows for each in row.get("cases", [])}
    first = {case: re.match(r"protocol (\d+(?:\.\d+)?)\b", source) for case, source in SOURCES.items()}
    assert [case for case, cited in first.items() if cited and cited[1] in SECTIONS and case not in named] == []
