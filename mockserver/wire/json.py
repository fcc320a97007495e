"""JSON in and out through orjson: compact, names and order as the value has them, nulls written (protocol 1.2).

Must not know carriers: what is decoded is loose and `catalogue.shapes` makes it fit.
"""

from __future__ import annotations

import orjson

from mockserver.calls import Constant, Value
from mockserver.errors import BadRequest

MEDIA_TYPES = ("application/json", "text/json")
_KEPT = "json"


def decode(body: bytes) -> Value:
    """The value of a document; raises `BadRequest`. An empty body and white space are null."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if not body.strip():
            return None
        raise BadRequest("The request body is not valid JSON.", explanation=f"the JSON body cannot be read: {error}") from None


def encode(value: Value) -> bytes:
    """The document of a value; the encodings of constants are kept with them and spliced in."""
    return orjson.dumps(value, default=_fragment)


def _fragment(value: object) -> object:
    if type(value) is not Constant:
        raise TypeError(f"{type(value).__name__} is no value")
    kept = value.encodings.get(_KEPT)
    if kept is None:
        kept = value.encodings[_KEPT] = orjson.Fragment(encode(value.value))
    return kept
