"""Why no recording answers a request: the one that is nearest, and how it differs. Must not answer anything itself.

What it says goes to whoever asked and to the journal, so values of credentials are never in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nlargest
from itertools import islice
from os.path import commonprefix
from urllib.parse import parse_qsl

from mockserver.responders.matching import OTHERS, ROOT, Asked, LeftOut, open_query, plain_path, understood, without

_MOST_COMPARED = 500
_MOST_LOOKED_AT = 20
_MOST_NAMED = 5
_LONGEST = 60
_LONGEST_LINE = 500
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording as it is named in an explanation: its file, its number in it, and what was asked."""

    cassette: str
    number: int
    asked: Asked
    left_out: LeftOut

    def __str__(self) -> str:
        return shown(self.asked, self.left_out)


def shown(asked: Asked, left_out: LeftOut) -> str:
    """A request line without credentials."""
    query = open_query(asked.query, left_out)
    return f"{asked.method} {asked.path}{'?' if query else ''}{query}"[:_LONGEST_LINE]


def nearest(
    asked: Asked, recordings: Mapping[tuple[str, str], Sequence[Recorded]], match_on: frozenset[str]
) -> tuple[Recorded, list[str]] | None:
    """The nearest of recordings kept by (method, plain path), and the differences that count; None if there is none."""
    method, path = asked.method, plain_path(asked.path)
    here = recordings.get((method, path)) or recordings.get((method, "")) or recordings.get(_closest(method, path, recordings))
    if not here:
        return None
    compared = [(list(differences(asked, each, match_on)), each) for each in islice(here, _MOST_COMPARED)]
    differing, found = min(compared, key=lambda each: len(each[0]))
    return found, differing


def _closest(method: str, path: str, recordings: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """The method and path that look most like these: few that begin alike are looked at closely."""

    def beginning(kept: tuple[str, str]) -> tuple[int, bool]:
        return len(commonprefix((path, kept[1]))), kept[0] == method  # noqa: RUF071 - letters are what a misspelling differs in

    alike = nlargest(_MOST_LOOKED_AT, recordings, key=beginning)

    def likeness(kept: tuple[str, str]) -> tuple[float, bool]:
        return SequenceMatcher(None, path, kept[1]).ratio(), kept[0] == method

    return max(alike, key=likeness, default=(method, path))


def differences(asked: Asked, recording: Recorded, match_on: frozenset[str]) -> Iterator[str]:
    """What keeps a recording from answering a request, a phrase for each."""
    recorded, left_out = recording.asked, recording.left_out
    if "method" in match_on and asked.method != recorded.method:
        yield f"method: recorded {recorded.method}, asked {asked.method}"
    path, recorded_path = plain_path(asked.path), plain_path(recorded.path)
    if "path" in match_on and path != recorded_path:
        yield f"path: recorded {_short(recorded_path)}, asked {_short(path)}"
    if "query" in match_on:
        yield from _compared("query ", _parameters(recorded, left_out), _parameters(asked, left_out))
    for name, part in OTHERS.items():
        if name in match_on and part(asked) != part(recorded):
            values = "" if name in ("headers", "uri") else f": recorded {_told(part(recorded))}, asked {_told(part(asked))}"
            yield f"{name}{values}"
    if "body" in match_on or "raw_body" in match_on:
        yield from _compared("body", _value(recorded, left_out), _value(asked, left_out))
        if "raw_body" in match_on and asked.body != recorded.body:
            yield "raw_body: other bytes"


def _value(asked: Asked, left_out: LeftOut) -> object:
    return without(understood(asked.label, asked.body), left_out) if asked.body else None


def _parameters(asked: Asked, left_out: LeftOut) -> dict[str, object]:
    sent = ((name.lower(), value) for name, value in parse_qsl(asked.query.lstrip("?&")))
    return {name: value for name, value in sent if name not in left_out.query}


def _compared(place: str, recorded: object, asked: object) -> Iterator[str]:
    """The places where two values differ, by name."""
    if recorded == asked:
        return
    if isinstance(recorded, dict) and isinstance(asked, dict):
        for name in [*recorded, *(each for each in asked if each not in recorded)]:
            here = place if name == ROOT else f"{place}{'' if place.endswith(' ') else '.'}{name}"
            yield from _compared(here, recorded.get(name, _ABSENT), asked.get(name, _ABSENT))
    elif isinstance(recorded, list) and isinstance(asked, list) and len(recorded) == len(asked):
        for index, (one, other) in enumerate(zip(recorded, asked, strict=True)):
            yield from _compared(f"{place}[{index}]", one, other)
    else:
        yield f"{place}: recorded {_told(recorded)}, asked {_told(asked)}"


def _told(value: object) -> str:
    if value is _ABSENT:
        return "without it"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, (dict, list)):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    return "nothing" if value is None else _short(repr(value) if isinstance(value, str) else str(value))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def summed_up(differing: Sequence[str]) -> str:
    """The differences in one phrase, the first few named."""
    more = f" and {len(differing) - _MOST_NAMED} more" if len(differing) > _MOST_NAMED else ""
    return "; ".join(differing[:_MOST_NAMED]) + more
