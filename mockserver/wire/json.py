"""JSON in and out: compact, names and order as the value has them, nulls written (protocol 1.2); lenient in (1.3).

orjson reads what is JSON; only what it refuses is tried again as JSON5, which has the unquoted names, single quotes, comments and
trailing commas that real clients send. Must not know carriers: what is decoded is loose and `catalogue.shapes` makes it fit.
"""

from __future__ import annotations

from json import dumps

import orjson

from mockserver.calls import Constant, Value, plain
from mockserver.errors import BadRequest

MEDIA_TYPES = ("application/json", "text/json")
_KEPT = "json"
_LENIENT_LIMIT = 4 * 2**20
_DEEPEST = 200


def decode(body: bytes | str) -> Value:
    """The value of a document; raises `BadRequest`. An empty body and white space are null."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if not body.strip():
            return None
        return _lenient(body, str(error))


def _lenient(body: bytes | str, why: str) -> Value:
    """The same in JSON5, fit to be kept: no lone surrogates, no infinite numbers."""
    import pyjson5

    if len(body) <= _LENIENT_LIMIT and "depth limit" not in why:
        try:
            text = body.decode("utf-8-sig") if isinstance(body, bytes) else body
            return orjson.loads(dumps(pyjson5.decode(text, maxdepth=_DEEPEST), allow_nan=False))
        except (ValueError, pyjson5.Json5Exception, RecursionError):
            pass  # the strict reader's complaint is the one to tell
    raise BadRequest("The request body is not valid JSON.", explanation=f"the JSON body cannot be read: {why}")


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
