"""Parameters of a sign-in: queries and forms → names and values, and back as .NET writes them (protocol 3.2).

Must not know what a parameter means.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote_plus, unquote_plus

from mockserver.errors import InvalidArgument
from mockserver.messages import Headers

LONGEST = 8 * 1024
_MOST = 100
_FORM = "application/x-www-form-urlencoded"
_ESCAPE = re.compile(r"%[0-9A-F]{2}|~")


def read(text: str) -> dict[str, str]:
    """The parameters of a query or a form, of repeated ones the last; raises `InvalidArgument` for too many or too long ones."""
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # bytes of a line that were no UTF-8
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MOST)
    except ValueError:
        raise InvalidArgument(f"there are more than {_MOST} parameters") from None
    if any(len(name) > LONGEST or len(value) > LONGEST for name, value in pairs):
        raise InvalidArgument(f"a parameter is longer than {LONGEST} characters")
    return dict(pairs)


def is_form(content_type: str | None) -> bool:
    """Whether a body with this label, or with none, is read as a form."""
    return not content_type or content_type.partition(";")[0].strip().lower() == _FORM


def encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """A query as .NET Framework encodes it: `8A:Cust1` → `8A%3aCust1`."""
    return "&".join(f"{name}={_encoded(value)}" for name, value in pairs)


def _encoded(value: str) -> str:
    return _ESCAPE.sub(lambda found: "%7e" if found[0] == "~" else found[0].lower(), quote_plus(value, safe="!*()"))


def basic(headers: Headers) -> tuple[str, str] | None:
    """Client id and secret of a Basic credential, both encoded as in a form (RFC 6749, 2.3.1); None where there is none."""
    scheme, _, sent = headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(sent.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)
