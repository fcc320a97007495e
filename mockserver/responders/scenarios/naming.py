"""The catalogue by the words that rules use: operations by id or short name, entities and verbs, and paths with stars.

Must not know rules or requests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property, lru_cache
from urllib.parse import unquote

from mockserver.catalogue.loading import Catalogue


class Naming:
    """Which operations a rule's words mean; looks at the whole catalogue once, when a scenario is first loaded."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    @cached_property
    def _operations(self) -> dict[str, set[str]]:
        """Ids by lower-case id and short name."""
        found: dict[str, set[str]] = {}
        for name, row in self.catalogue.operation_rows.items():
            parts = row["path"].split("/")
            agent = len(parts) == 6 and parts[3] == "Agents"
            short = parts[-1] if agent else name.partition("_")[2] or name
            for each in (name, short):
                found.setdefault(each.lower(), set()).add(name)
        return found

    def operations(self, name: str) -> set[str]:
        """The ids that an id or a method name means, in any letter case; none if there is no such operation."""
        return self._operations.get(name.lower(), set())

    def nearest(self, name: str) -> str:
        """A name that somebody may have meant, as the catalogue spells it; "" if none is near."""
        near = get_close_matches(name.lower(), self._operations, n=1, cutoff=0.6)
        if not near:
            return ""
        known = next(iter(sorted(self._operations[near[0]])))
        return known if known.lower() == near[0] else self.catalogue.operation(known).name

    def entity(self, name: str) -> str | None:
        """The entity of this name in any letter case."""
        return next((each for each in self.catalogue.entities if each.lower() == name.lower()), None)

    def verbs(self, entity: str | None = None) -> dict[str, set[str]]:
        """The ids that each verb is bound to, of one entity or of all."""
        found: dict[str, set[str]] = {}
        for binding in self.catalogue.bindings.values():
            if entity is None or binding.entity == entity:
                found.setdefault(binding.verb, set()).add(binding.operation)
        return found

    def methods(self, ids: Iterable[str]) -> set[str]:
        """The HTTP methods of operations."""
        return {self.catalogue.operation_rows[each]["http"] for each in ids}

    def paths(self, ids: Iterable[str]) -> list[str]:
        """Their paths, with parameters in braces."""
        return sorted(self.catalogue.operation_rows[each]["path"] for each in ids)


def meets(pattern: str, path: str) -> bool:
    """Whether a path, or one with parameters in braces, may be what a pattern means: `*` is within a part, `**` any parts."""
    parts = [unquote(each) for each in path.rstrip("/").split("/")]
    return _meet(pattern.rstrip("/").split("/"), parts)


def _meet(patterns: list[str], parts: list[str]) -> bool:
    if "**" not in patterns:
        return len(patterns) == len(parts) and all(map(_part, patterns, parts))
    at = patterns.index("**")
    head, tail = patterns[:at], patterns[at + 1 :]
    if len(parts) < len(head) + len(tail) or not all(map(_part, head, parts)):
        return False
    return not tail or all(map(_part, tail, parts[-len(tail) :]))


def _part(pattern: str, part: str) -> bool:
    return part.startswith("{") or matches(pattern if not pattern.startswith("{") else "*", part)


def matches(pattern: str, text: str) -> bool:
    """Whether a text is what a pattern means, in any letter case; `*` stands for any text."""
    return _compiled(pattern).match(text) is not None


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, re.sub(r"\*+", "*", pattern).split("*"))) + r"\Z", re.IGNORECASE | re.DOTALL)
