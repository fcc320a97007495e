"""The headers of an answer: those that every recorded answer carries, its label, and what the double says of itself.

Must not know operations or what is answered.
"""

from __future__ import annotations

from multidict import CIMultiDict

from mockserver.messages import Headers
from mockserver.settings import Settings

TIER_HEADER = "X-Mock-Tier"
EXPLANATION_HEADER = "X-Mock-Explanation"


class Heading:
    """Headers by label and tier, made once and shared: nobody may change what he is handed."""

    def __init__(self, settings: Settings) -> None:
        self._recorded = (
            ("Cache-Control", "no-cache"),
            ("Pragma", "no-cache"),
            ("Expires", "-1"),
            ("Server", "Microsoft-IIS/8.5"),
            ("X-Powered-By", f"NetServer/{settings.netserver_version}"),
            ("X-Powered-By", "ASP.NET"),
            ("X-Powered-By", "ARR/3.0"),
            ("X-Powered-By", "ASP.NET"),
            ("X-AspNet-Version", "4.0.30319"),
        )
        self._known: dict[tuple[str, str], Headers] = {}

    def of(self, content_type: str = "", tier: str = "") -> Headers:
        """The headers of an answer with this label; a tier below stateful is said."""
        known = self._known.get((content_type, tier))
        if known is None:
            known = self._known[content_type, tier] = self.extended((), content_type, tier)
        return known

    def extended(self, more: tuple[tuple[str, str], ...], content_type: str = "", tier: str = "") -> Headers:
        """The same with headers of this one answer."""
        headers = CIMultiDict(self._recorded)
        if content_type:
            headers["Content-Type"] = content_type
        if tier in ("shaped", "known"):
            headers[TIER_HEADER] = tier
        headers.update(more)
        return headers


def header_text(text: str) -> str:
    """One line that any HTTP client can read."""
    return " ".join(text.split()).encode("ascii", "replace").decode()[:500]
