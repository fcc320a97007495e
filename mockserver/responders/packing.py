"""Bodies out of their content encodings and back into them (RFC 9110, 8.4), and as text. Must not know what is in them."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Sequence

from mockserver.errors import SecretFound

Pairs = tuple[tuple[str, str], ...]
_UNPACKED_LIMIT = 256 * 2**20
_ENCODED_BY = re.compile(r"\s*,\s*")


def header_of(headers: Pairs, name: str) -> str:
    """The first value of a header; "" if there is none."""
    return next((value for each, value in headers if each.lower() == name), "")


class Pack:
    """Puts a body back into the encodings it came in."""

    def __init__(self, encodings: Sequence[str]) -> None:
        self._encodings = encodings

    def __call__(self, body: bytes) -> bytes:
        """The body, packed."""
        for each in self._encodings:
            body = gzip.compress(body, mtime=0) if each in _GZIP else zlib.compress(body)
        return body


_GZIP = ("gzip", "x-gzip")


def unpacked(headers: Pairs, body: bytes, where: str) -> tuple[bytes, Pack]:
    """The body without its encodings, and how to put it back into them; raises `SecretFound` where that is not possible."""
    label = ", ".join(value for name, value in headers if name.lower() == "content-encoding")
    encodings = [each for each in _ENCODED_BY.split(label.strip().lower()) if each and each != "identity"]
    for each in reversed(encodings):
        if each not in (*_GZIP, "deflate"):
            raise SecretFound(f"{where} is packed as {each[:20]!r}, which cannot be looked into; let the client accept gzip only")
        try:
            unpacker = zlib.decompressobj(47 if each in _GZIP or body[:1] == b"\x78" else -15)
            body = unpacker.decompress(body, _UNPACKED_LIMIT)
        except zlib.error:
            raise SecretFound(f"{where} is no {each} although its headers say so, and cannot be looked into") from None
        if unpacker.unconsumed_tail or not unpacker.eof or unpacker.unused_data:
            raise SecretFound(f"{where} is cut off, too large or not only {each}, and cannot be looked into as a whole")
    return body, Pack(encodings)


def decoded(body: bytes, charset: str) -> str | None:
    """The text of a body; None where it is none."""
    try:
        text = body.decode(charset)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
