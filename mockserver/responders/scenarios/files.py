"""Where scenarios are kept: a shipped one by name, any by path; read again when the file changes.

A change that cannot be read leaves the last good scenario in force, and `trouble` says why. Must not know what scenarios do.
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from mockserver.errors import ScenarioError
from mockserver.responders.scenarios.model import Scenario
from mockserver.responders.scenarios.naming import Naming
from mockserver.responders.scenarios.reading import decoded, read
from mockserver.shipped import shipped

_SUFFIXES = (".yaml", ".yml", ".json")


def located(name: str) -> Path:
    """The file of a scenario: what looks like a path is one, anything else is the name of a shipped scenario."""
    if "/" in name or "\\" in name or name.endswith(_SUFFIXES):
        return Path(name)
    folder = shipped("scenarios")
    known = names()
    if name in known:
        return folder / f"{name}.yaml"
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}; a path ends in .yaml"
    raise ScenarioError(f"no scenario is named {name!r}; {hint}")


def names() -> list[str]:
    """The names of the shipped scenarios."""
    return sorted(each.stem for each in shipped("scenarios").glob("*.yaml"))


class ScenarioFile:
    """One file and the last good scenario in it."""

    def __init__(self, name: str, naming: Naming) -> None:
        self.path = located(name)
        self._naming = naming
        self.trouble = ""
        self._seen = self._stamp()
        self._scenario = self._read()

    def scenario(self) -> Scenario:
        """The scenario as the file has it now, or had it when it was last in order."""
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            try:
                fresh = self._read()
            except ScenarioError as error:
                self.trouble = f"{error}; the scenario is kept as it was"
            else:
                self.trouble = ""
                if fresh != self._scenario:
                    self._scenario = fresh
        return self._scenario

    def _read(self) -> Scenario:
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise ScenarioError(f"{self.path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
        return read(decoded(content, str(self.path)), str(self.path), self._naming, self.path.stem)

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
