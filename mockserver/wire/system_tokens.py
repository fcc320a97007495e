"""Signed system tokens, as text: `<system token>.<yyyyMMddHHmm, UTC>.<base64 of the signature of both>` (protocol 3.3).

Must not know keys, clocks or whose token it is.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from datetime import UTC, datetime
from typing import NamedTuple

from mockserver.errors import BadRequest

_LONGEST = 8192
_MOMENT = re.compile(r"[0-9]{12}")


class SignedToken(NamedTuple):
    """A signed token, taken apart: `text` is what was signed."""

    token: str
    moment: datetime
    text: bytes
    signature: bytes


def parse(signed: str) -> SignedToken:
    """The parts of a signed token; raises `BadRequest`, which never repeats it."""
    if len(signed) > _LONGEST:
        raise BadRequest(f"The signed system token is longer than {_LONGEST} characters.")
    text, _, signature = signed.rpartition(".")
    token, _, moment = text.rpartition(".")
    if not token or not signature:
        raise BadRequest("The signed system token is not of the form token.timestamp.signature.")
    try:
        raw = b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("The signature of the signed system token is not base64.") from None
    return SignedToken(token, _moment(moment), text.encode("utf-8", "surrogatepass"), raw)


def _moment(text: str) -> datetime:
    try:
        if _MOMENT.fullmatch(text):
            return datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        pass
    raise BadRequest("The timestamp of the signed system token is not of the form yyyyMMddHHmm.")
