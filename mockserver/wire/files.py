"""Bodies and answers that are files: raw bytes under the published media types, base64 text inside all others (protocol 1.1).

Which types those are stands in the published operation. Inside the double a file is its base64 text, as JSON has it. Must not
know what a file is of, nor where it is kept.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping

from mockserver.calls import Value
from mockserver.catalogue.model import Kind, Operation, Place, Type
from mockserver.errors import BadRequest, NotFound
from mockserver.wire.negotiation import ANSWER_TYPES, FORM_TYPE, best_offer, charset_of, parsed
from mockserver.wire.pixels import PIXELS

FILE_KINDS = (Kind.BINARY, Kind.STREAM)
_BYTES = "application/octet-stream"
_MULTIPART = "multipart/form-data"
_BASE64 = Type(Kind.BINARY)
_FILLER = "ifBlank"
_NO_FILLER = ("null", "4")


class FileBody:
    """How the body of one operation is read where its media type is none that all operations read."""

    def __init__(self, operation: Operation, kind: Type) -> None:
        self.kind = kind
        self._needed = operation.body is None
        self._types = frozenset(operation.consumes) - {*ANSWER_TYPES, FORM_TYPE}

    @classmethod
    def of(cls, operation: Operation) -> FileBody | None:
        """For an operation that publishes such types; its body may be published as a form field that is a file."""
        fields = [each.type for each in operation.parameters if each.place is Place.FORM and each.type.kind in FILE_KINDS]
        kind = operation.body or (_BASE64 if fields else None)
        if kind is None or kind.kind not in (*FILE_KINDS, Kind.STRING):
            return None
        found = cls(operation, kind)
        return found if found._types else None

    def reads(self, content_type: str | None) -> bool:
        """Whether a body of this type is the file itself and no document with a file in it."""
        return parsed(content_type or "")[0] in self._types

    def go_without(self) -> None:
        """Accept that nothing was sent; raises `BadRequest` where a form field had to be there."""
        if self._needed:
            raise BadRequest("The request contains no file.", explanation="the body is empty")

    def decode(self, content: bytes, content_type: str) -> Value:
        """The file as the double keeps it; raises `BadRequest`."""
        if parsed(content_type)[0] == _MULTIPART:
            content = _first_part(content, content_type)
        if self.kind.kind is Kind.STRING:
            return content.decode(charset_of(content_type), "replace")
        return b64encode(content).decode()


class FileAnswer:
    """How the answer of one operation that is a file is said."""

    def __init__(self, operation: Operation) -> None:
        published = [each for each in operation.produces if not each.startswith("multipart/")]
        # What is not published comes last, so that only those get it who ask for it by name.
        self._types = (*published, *(each for each in (_BYTES, *ANSWER_TYPES) if each not in published))
        self._fills = _FILLER in (each.name for each in operation.parameters)

    @classmethod
    def of(cls, operation: Operation) -> FileAnswer | None:
        """For an operation that answers a file."""
        return cls(operation) if operation.result is not None and operation.result.kind in FILE_KINDS else None

    def label(self, accept: str | None) -> str | None:
        """The media type to say the raw bytes in; None where they go as base64 into what all operations answer."""
        best = best_offer(accept, self._types)
        found = best[0] if best else self._types[0]
        return None if found in ANSWER_TYPES else found

    def missing(self, arguments: Mapping[str, object], accept: str | None) -> Value:
        """What is answered for a file that is not there: nothing (protocol 4.3).

        Where a filler may be asked for it is one pixel, and raises `NotFound` for those who ask for none.
        """
        if not self._fills:
            return ""
        if _FILLER not in arguments:
            raise NotFound("Image not found", explanation=f"no image is kept; ask for a filler with {_FILLER}")
        if str(arguments[_FILLER]).lower() in _NO_FILLER:
            return ""
        return PIXELS.get(self.label(accept) or self._types[0], PIXELS["image/png"])


def raw(value: Value) -> bytes:
    """The bytes of a file as the double keeps it."""
    return b64decode(value) if isinstance(value, str) else b""


def _first_part(content: bytes, content_type: str) -> bytes:
    """The content of the first part of form data, whatever the part is named."""
    boundary = b"--" + parsed(content_type)[1].get("boundary", "").encode("latin-1", "replace")
    start = content.find(boundary) if len(boundary) > len(b"--") else -1
    head = content.find(b"\r\n\r\n", start) if start >= 0 else -1
    end = content.find(b"\r\n" + boundary, head + 2) if head >= 0 else -1
    if end < 0:
        raise BadRequest("The request body is not valid form data.", explanation="the form data has no whole part")
    return content[head + 4 : end]
