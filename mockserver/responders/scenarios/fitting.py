"""Does a value fit the published schema? The schema is the one table: this reads it, and so do editors.

Knows the words of JSON Schema (2020-12) that our schema uses and refuses to go on where it meets another. Must not know
scenarios.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from math import isfinite
from pathlib import Path as File
from typing import Any, NamedTuple

import orjson

from mockserver.responders.scenarios.placing import Path

SCHEMA_FILE = File(__file__).with_name("scenario.schema.json")
Schema = Mapping[str, Any]


class Misfit(NamedTuple):
    """What does not fit, and where."""

    path: Path
    reason: str


@cache
def schema() -> Schema:
    """The published schema of scenarios."""
    read: Schema = orjson.loads(SCHEMA_FILE.read_bytes())
    return read


def misfit(value: object, wanted: Schema | None = None, path: Path = ()) -> Misfit | None:
    """The first thing that does not fit, None if all of it does."""
    return next(_misfits(value, schema() if wanted is None else wanted, path), None)


def _misfits(value: object, wanted: Schema, path: Path) -> Iterator[Misfit]:
    if "$ref" in wanted:
        wanted = schema()["$defs"][wanted["$ref"].rpartition("/")[2]] | {k: v for k, v in wanted.items() if k != "$ref"}
    if "anyOf" in wanted:
        yield from _none_of(value, wanted, path)
    kind = wanted.get("type")
    if kind is not None and not _IS[kind](value):
        yield Misfit(path, f"must be {_said(wanted)}; it is {shown(value)}")
        return
    if "enum" in wanted and not any(each == value and type(each) is type(value) for each in wanted["enum"]):
        yield Misfit(path, _not_among(value, wanted["enum"]))
    if isinstance(value, str):
        yield from _text(value, wanted, path)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from _number(value, wanted, path)
    elif isinstance(value, list):
        yield from _list(value, wanted, path)
    elif isinstance(value, dict):
        yield from _object(value, wanted, path)


def _none_of(value: object, wanted: Schema, path: Path) -> Iterator[Misfit]:
    """What the one choice of the value's type complains about, or that it is none of them."""
    found = [misfit(value, each, path) for each in wanted["anyOf"]]
    if any(each is None for each in found):
        return
    inside = [
        each for each in found if each is not None and (len(each.path) > len(path) or not each.reason.startswith("must be "))
    ]
    if len(inside) == 1:
        yield inside[0]
    else:
        yield Misfit(path, f"must be {_said(wanted)}; it is {shown(value)}")


def _text(value: str, wanted: Schema, path: Path) -> Iterator[Misfit]:
    if not wanted.get("minLength", 0) <= len(value) <= wanted.get("maxLength", len(value)):
        yield Misfit(path, "must not be empty" if not value else f"is longer than {wanted.get('maxLength')} characters")
    if "pattern" in wanted and not re.search(_exactly(wanted["pattern"]), value):
        yield Misfit(path, f"must be {_said(wanted)}; it is {shown(value)}")


def _exactly(pattern: str) -> str:
    """Python's `$` also takes a last line break, which JSON Schema's does not."""
    return pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern


def _number(value: float, wanted: Schema, path: Path) -> Iterator[Misfit]:
    if not isfinite(value):
        yield Misfit(path, f"{value} is no number that can be used")
    if "minimum" in wanted and value < wanted["minimum"]:
        yield Misfit(path, f"{value} is below {wanted['minimum']}")
    if "maximum" in wanted and value > wanted["maximum"]:
        yield Misfit(path, f"{value} is above {wanted['maximum']}")
    if "exclusiveMinimum" in wanted and value <= wanted["exclusiveMinimum"]:
        yield Misfit(path, f"{value} is not above {wanted['exclusiveMinimum']}")
    if "exclusiveMaximum" in wanted and value >= wanted["exclusiveMaximum"]:
        yield Misfit(path, f"{value} is not below {wanted['exclusiveMaximum']}")


def _list(value: Sequence[object], wanted: Schema, path: Path) -> Iterator[Misfit]:
    least, most = wanted.get("minItems", 0), wanted.get("maxItems", len(value))
    if not least <= len(value) <= most:
        yield Misfit(
            path, f"has {len(value)} items and must have {f'at least {least}' if len(value) < least else f'at most {most}'}"
        )
    if wanted.get("uniqueItems") and any(each in value[:number] for number, each in enumerate(value)):
        yield Misfit(path, "says something twice")
    if "items" in wanted:
        for number, each in enumerate(value):
            yield from _misfits(each, wanted["items"], (*path, number))


def _object(value: Mapping[str, object], wanted: Schema, path: Path) -> Iterator[Misfit]:
    known: Mapping[str, Schema] = wanted.get("properties", {})
    other = wanted.get("additionalProperties", {})
    for name, each in value.items():
        if "propertyNames" in wanted and not re.search(_exactly(wanted["propertyNames"]["pattern"]), name):
            yield Misfit((*path, name), f"{shown(name)} cannot be the name of {_said(wanted['propertyNames'])}")
        if name in known:
            yield from _misfits(each, known[name], (*path, name))
        elif other is False:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            yield Misfit((*path, name), f"unknown key {shown(name)}; {hint}")
        elif other:
            yield from _misfits(each, other, (*path, name))
    for name in wanted.get("required", ()):
        if name not in value:
            yield Misfit(path, f"the key {name} is missing")
    if len(value) < wanted.get("minProperties", 0):
        yield Misfit(path, f"must not be empty; it may say {', '.join(known)}" if known else "must not be empty")
    if len(value) > wanted.get("maxProperties", len(value)):
        yield Misfit(path, f"must say one thing only; it says {', '.join(value)}")


def _not_among(value: object, choices: Sequence[object]) -> str:
    near = get_close_matches(str(value), [str(each) for each in choices], n=1, cutoff=0.6) if isinstance(value, str) else []
    said = f"did you mean {near[0]}?" if near else f"must be one of {', '.join(shown(each) for each in choices)}"
    return f"{shown(value)} is unknown; {said}" if near else f"{said}; it is {shown(value)}"


def shown(value: object) -> str:
    """A value in few characters, as JSON writes it."""
    try:
        text = orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def _said(wanted: Schema) -> str:
    return str(wanted.get("description") or _NAMES.get(wanted.get("type", ""), "something else"))


_IS = {
    "object": lambda value: isinstance(value, dict) and all(isinstance(name, str) for name in value),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "integer": lambda value: (
        (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())
    ),
}
_NAMES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "number": "a number",
    "integer": "a whole number",
}
