"""JSON in and out through orjson: compact, names and order as the value has them, nulls written (protocol 1.2).

Must not know carriers: what is decoded is loose and `catalogue.shapes` makes it fit.
"""

from __future__ import annotations

import orjson

from mockserver.calls import Constant, Value, plain
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
    try:
        return orjson.dumps(value, default=_fragment)
    except orjson.JSONEncodeError:
        # Bytes of a header or path that were no UTF-8 live on as lone surrogates, which JSON cannot carry.
        return orjson.dumps(_readable(plain(value)))


def _readable(value: Value) -> Value:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_readable(name): _readable(each) for name, each in value.items()}
    return [_readable(each) for each in value] if isinstance(value, list) else value


def _fragment(value: object) -> object:
    if type(value) is not Constant:
        raise TypeError(f"{type(value).__name__} is no value")
    kept = value.encodings.get(_KEPT)
    if kept is None:
        kept = value.encodings[_KEPT] = orjson.Fragment(encode(value.value))
    return kept
