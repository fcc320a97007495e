"""Why a request was not understood, told in terms of what is nearest. Must not answer anything itself."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cached_property, lru_cache

from mockserver.catalogue.loading import Catalogue

_LONGEST = 300


class Explainer:
    """Knows all published paths; looks at few of them, because an unknown path must not cost more than a known one."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.nearest = lru_cache(maxsize=512)(self._nearest)

    @cached_property
    def _groups(self) -> dict[str, dict[str, str]]:
        """Published calls by lower-case path, by the group their path is in."""
        groups: dict[str, dict[str, str]] = {}
        for row in self._catalogue.operation_rows.values():
            path = row["path"]
            groups.setdefault(_group(path), {})[path.lower()] = f"{row['http']} {path}"
        return groups

    def _nearest(self, method: str, path: str) -> str:
        """One sentence that names the nearest published operations."""
        if len(path) > _LONGEST:
            return "no operation has a path as long as this"
        groups = self._groups
        folded = path.lower().rstrip("/")
        found = get_close_matches(_group(folded), groups, n=2, cutoff=0.6)
        candidates = {each: text for group in found for each, text in groups[group].items()}
        nearest = [candidates[each] for each in get_close_matches(folded, candidates, n=3, cutoff=0.5)]
        if not nearest:
            return f"no operation is published as {method} {path}"
        return f"no operation is published as {method} {path}; nearest are {', '.join(nearest)}"


def _group(path: str) -> str:
    """`/api/v1/agents/contact/getcontact` → `agents/contact`, `/api/v1/contact/1` → `contact`."""
    parts = path.lower().split("/")[3:]
    return "/".join(parts[:2]) if parts[:1] == ["agents"] else "/".join(parts[:1])
