"""Tests that the README's code does what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=[f"block {number}" for number in range(1, len(BLOCKS) + 1)])
def test_a_block_of_the_readme_runs(block: str, tmp_path: Path) -> None:
    """Each Python block is pasted into an empty folder and runs: as a test where it holds one, else as a script."""
    is_test = "def test_" in block
    file = tmp_path / ("test_readme_block.py" if is_test else "block.py")
    file.write_text(block, "utf-8")
    command = [sys.executable, *(["-m", "pytest", "-q", "-p", "no:cacheprovider"] if is_test else []), str(file)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ("1 passed" if is_test else "First AS") in done.stdout


def test_the_two_commands_are_one_line_each() -> None:
    """The README's `sh` blocks are the two commands, a line each: the first serves, the second tests."""
    commands = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert [command.count("\n") for command in commands] == [1, 1]
    assert "mockserver serve" in commands[0]
    assert "pytest" in commands[1]
