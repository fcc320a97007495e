"""XML in and out, walked along the carriers (protocol 1.5).

Out: names and order from the carrier with the rights members first, no prolog, no indentation, and no namespace unless the
settings ask for the vendor's. In: any root, any namespace, prefix, letter case and order of members; unknown elements and the
rights members are passed over, document type declarations are refused. Must not know operations or rows.
"""

from __future__ import annotations

import re

from mockserver.calls import Value
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Type
from mockserver.wire.xml.names import element_name
from mockserver.wire.xml.plain import Odd, PlainReaders
from mockserver.wire.xml.reading import Readers
from mockserver.wire.xml.tree import HARMLESS, tree
from mockserver.wire.xml.writing import Writers

__all__ = ["MEDIA_TYPES", "Xml", "element_name"]

MEDIA_TYPES = ("application/xml", "text/xml")

# What may stand before the root and says nothing: the text is decoded already, whatever encoding is declared.
_DECLARATION = re.compile(r"\A[\ufeff\s]*(?:<\?xml\s[^>]*\?>\s*)?")


class Xml:
    """A codec for all types of one catalogue; what is known of a type is worked out at first use and kept."""

    def __init__(self, catalogue: Catalogue, *, namespaced: bool = False) -> None:
        self._writers = Writers(catalogue, namespaced=namespaced)
        self._plain = PlainReaders(catalogue)
        self._readers = Readers(catalogue)

    def encode(self, value: Value, kind: Type | None) -> str:
        """The document of a value; without a type, that of an error object."""
        return self._writers.document(value, kind).text()

    def encode_utf8(self, value: Value, kind: Type | None) -> bytes:
        """The same in bytes: what does not change was put into UTF-8 beforehand."""
        return self._writers.document(value, kind).utf8()

    def decode(self, text: str, kind: Type) -> Value:
        """The loose value of a document, scalars as text; nothing at all is null; raises `BadRequest`.

        The root is the value whatever its name: a body has one type, and clients name its root by their own classes.
        """
        if not text or text == "\ufeff" or text.isspace():
            return None
        if text[0] != "<" or text.startswith("<?xml"):
            text = _DECLARATION.sub("", text, count=1)
        if len(text) <= HARMLESS:
            try:
                return self._plain.read(text, kind)
            except Odd:
                pass  # most documents that come here are in order, and merely written in another way
        return self._readers.of(kind)(tree(text), 0)
