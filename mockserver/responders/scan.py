"""The look at what is about to be kept: does anything still look like a credential or a person? Says what, never the value.

Comes after redaction and knows none of its rules. Must not know formats, HTTP or stand-ins beyond the domain they end in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from math import log2

EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
PHONE = re.compile(r"(?<![\w.:/-])(?:\+|00)[0-9](?:[ ()./-]{0,2}[0-9]){7,13}(?![\w:-])")
# A stand-in of a credential, which redaction writes.
_STAND_IN = re.compile(r"[A-Za-z0-9_.-]*REDACTED(?:-[0-9a-f]{12})?")
_OPAQUE = re.compile(r"[A-Za-z0-9+/_=~-]{24,}")
_HEX = re.compile(r"[0-9a-fA-F-]{30,}\Z")
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_RESERVED = (".example", "example.com", "example.org", "example.net", ".invalid", ".test")
_WORDS = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])")
_ENTROPY = 4.0
_LONGEST = 4000


def looks_like(text: str) -> str | None:
    """What a text seems to hold: `an e-mail address`, `a phone number`, `a credential`; None if nothing."""
    text = _STAND_IN.sub("", text)
    for found in EMAIL.finditer(text):
        if not found[1].lower().endswith(_RESERVED):
            return "an e-mail address"
    if PHONE.search(text):
        return "a phone number"
    return "a credential" if any(map(_is_opaque, _OPAQUE.findall(text[:_LONGEST]))) else None


def repeats(text: str, originals: Iterable[str]) -> bool:
    """Whether a text still holds something that was replaced elsewhere."""
    return any(each in text for each in originals)


def _is_opaque(text: str) -> bool:
    """Whether a run of characters is random rather than words put together."""
    if "REDACTED" in text or _GUID.match(text) or _is_plain(text):
        return False
    if _HEX.match(text):
        return len(set(text)) > 8
    in_words = sum(len(each) for each in _WORDS.findall(text) if len(each) > 3)
    return in_words < 0.7 * len(text) and _entropy(text) > _ENTROPY


def _is_plain(text: str) -> bool:
    """Paths and dates are put together from short pieces with separators between."""
    return max(map(len, re.split(r"[/_=~+-]", text))) < 16


def _entropy(text: str) -> float:
    counts = Counter(text).values()
    return -sum(count / len(text) * log2(count / len(text)) for count in counts)
