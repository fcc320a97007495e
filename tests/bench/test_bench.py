"""The bench runs and its tables have figures in them. What the figures say is nobody's test: machines differ."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def test_the_short_run_prints_figures(tmp_path: Path) -> None:
    """Run as a file from a foreign folder, it prints both tables and writes the same figures as JSON."""
    figures = tmp_path / "figures.json"
    program = Path(__file__).with_name("__main__.py")
    command = [sys.executable, str(program), "--quick", "--only", "tenant,memory", "--json", str(figures)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "Quote the ratios" in done.stdout
    told = json.loads(figures.read_text("utf-8"))
    assert [table["part"] for table in told["tables"]] == ["tenant", "memory"]
    tenant, memory = told["tables"]
    for row in tenant["rows"]:
        assert row["what"] in done.stdout
        assert row["us"]["median"] > 0
    weights = {row["what"]: row["value"] for row in memory["rows"]}
    assert weights["stored contact, tracemalloc"] > weights["stored contact, row alone"] > 0
    assert all(what in done.stdout for what in weights)
    assert [table["complaints"] for table in told["tables"]] == [[], []]
