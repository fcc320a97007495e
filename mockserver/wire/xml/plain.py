"""Documents as serialisers write them, read without a tree: no white space between elements, names spelled as published.

A document is cut at every `<`, and each piece must be one that the type foresees: `Name>text`, `/Name>`, `Name/>`,
`Name i:nil="true"/>`. That takes half the time of a tree and a walk along it. Whatever else stands in a document (an unknown
element, a bracket in a text, a comment, a prefix, a document type, a mistake) is `Odd`, and the tree's business: nothing is
refused here, and what is read here is read as the tree would be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mockserver.calls import Value
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Type
from mockserver.wire.xml.names import CONTAINERS, CONTRACT, INSTANCE, RIGHTS, element_name, pair_name
from mockserver.wire.xml.reading import boolean, flags
from mockserver.wire.xml.tree import DEEPEST

Pieces = Iterator[str]
Take = Callable[[Pieces, str, int], Value]
"""The value of a container whose opening tag was just taken, up to its closing piece, so many levels deep."""

# What ends the plain form wherever it stands: section ends, and characters that XML forbids or changes.
_ODD = ("]]>", "\ufffe", "\uffff", *(chr(each) for each in range(32) if chr(each) not in "\t\n"))
_DECLARES = (
    f' xmlns:i="{INSTANCE}"',
    f' xmlns:i="{INSTANCE}" xmlns="{CONTRACT}"',
    f' xmlns="{CONTRACT}" xmlns:i="{INSTANCE}"',
)
_BLANKS = " \t\n"


class Odd(Exception):
    """A document is not in the plain form; it may be in order all the same."""


_Whole = Callable[[str, Pieces, int], Value]
"""The value of an element whose opening tag was just taken, with the text behind it, up to and with its closing tag."""

_Tag = tuple[str, str, Callable[[str], Value] | None, _Whole]
"""What an opening tag begins: the member it gives, and how its value is read.

Of a text the second is the piece that must follow it and the third what changes it; of anything else the second is "".
The rights members have no name: what they hold is read and dropped.
"""


class PlainReaders:
    """The readers of all types of one catalogue, each made at first use."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[Type, Take] = {}

    def read(self, document: str, kind: Type) -> Value:
        """The loose value of a document without XML declaration; raises `Odd`."""
        if kind.kind not in CONTAINERS or any(each in document for each in _ODD):
            raise Odd
        if "&" in document:
            # The one reference that is common. No tag has one, so that none comes to be by its replacement.
            if document.count("&") != document.count("&amp;"):
                raise Odd
            document = document.replace("&amp;", "&")
        if not document.isascii():
            try:
                document.encode()
            except UnicodeEncodeError:
                raise Odd from None
        pieces = iter(document.strip(_BLANKS).split("<"))
        if next(pieces):
            raise Odd
        value = self._take(kind)(pieces, _closing(next(pieces, ""), document), 0)
        for _ in pieces:
            raise Odd
        return value

    def _take(self, kind: Type) -> Take:
        known = self._known.get(kind)
        if known is None:
            known = self._known[kind] = self._made(kind)
        return known

    def _made(self, kind: Type) -> Take:
        if kind.kind is Kind.CARRIER:
            return self._carrier(kind.name)
        assert kind.item is not None
        if kind.kind is Kind.ARRAY:
            return _array(self._tags(element_name(kind.item), kind.item, ""))
        return _map(f"{pair_name(kind.item)}>", self._tags("Value", kind.item, ""))

    def _tags(self, tag: str, kind: Type, name: str) -> dict[str, _Tag]:
        """All the ways to begin an element of this type, up to the `>`."""
        closing = f"/{tag}>"
        change: Callable[[str], Value] | None = {Kind.ENUM: flags, Kind.BOOLEAN: boolean}.get(kind.kind)
        opening: _Tag = (name, closing if name else "", change, _text(closing, change))
        made: Callable[[], Value] = str
        if kind.kind in CONTAINERS:
            opening = (name, "", None, self._container(closing, kind))
            made = list if kind.kind is Kind.ARRAY else dict
        blank: _Tag = (name, "", None, _closed(made))
        null: _Tag = (name, "", None, _closed(_null))
        return {
            tag: opening,
            f"{tag}/": blank,
            f"{tag} /": blank,
            f'{tag} i:nil="true"/': null,
            f'{tag} i:nil="true" /': null,
        }

    def _container(self, closing: str, kind: Type) -> _Whole:
        take: Take | None = None

        def whole(text: str, pieces: Pieces, depth: int) -> Value:
            nonlocal take
            if text:
                raise Odd
            if take is None:  # worked out late: carriers may hold themselves
                take = self._take(kind)
            return take(pieces, closing, depth + 1)

        return whole

    def _carrier(self, carrier: str) -> Take:
        tags: dict[str, _Tag] = {}
        for field in self._catalogue.carrier(carrier).fields:
            tags |= self._tags(field.name, field.type, "" if field.name in RIGHTS else field.name)

        def take(pieces: Pieces, closing: str, depth: int) -> Value:
            if depth > DEEPEST:
                raise Odd
            found: dict[str, Value] = {}
            for piece in pieces:
                tag, _, text = piece.partition(">")
                known = tags.get(tag)
                if known is None:
                    if piece != closing:
                        raise Odd
                    return found
                name, ending, change, whole = known
                if ending:
                    # Most elements are texts: what `whole` would do stands here and not in a call.
                    if next(pieces, None) != ending:
                        raise Odd
                    found[name] = text if change is None else change(text)
                else:
                    value = whole(text, pieces, depth)
                    if name:
                        found[name] = value
            raise Odd

        return take


def _null() -> None:
    return None


def _text(closing: str, change: Callable[[str], Value] | None) -> _Whole:
    def whole(text: str, pieces: Pieces, depth: int) -> Value:
        del depth
        if next(pieces, None) != closing:
            raise Odd
        return text if change is None else change(text)

    return whole


def _closed(made: Callable[[], Value]) -> _Whole:
    def whole(text: str, pieces: Pieces, depth: int) -> Value:
        del pieces, depth
        if text:
            raise Odd
        return made()

    return whole


def _array(tags: dict[str, _Tag]) -> Take:
    def take(pieces: Pieces, closing: str, depth: int) -> Value:
        if depth > DEEPEST:
            raise Odd
        found: list[Value] = []
        for piece in pieces:
            tag, _, text = piece.partition(">")
            known = tags.get(tag)
            if known is None:
                if piece != closing:
                    raise Odd
                return found
            found.append(known[3](text, pieces, depth))
        raise Odd

    return take


def _map(opening: str, tags: dict[str, _Tag]) -> Take:
    ending = f"/{opening}"

    def take(pieces: Pieces, closing: str, depth: int) -> Value:
        if depth > DEEPEST:
            raise Odd
        found: dict[str, Value] = {}
        for piece in pieces:
            if piece != opening:
                if piece != closing:
                    raise Odd
                return found
            tag, _, key = next(pieces, "").partition(">")
            if tag != "Key" or next(pieces, None) != "/Key>":
                raise Odd
            tag, _, text = next(pieces, "").partition(">")
            known = tags.get(tag)
            if known is None:
                raise Odd
            found[key] = known[3](text, pieces, depth + 1)
            if next(pieces, None) != ending:
                raise Odd
        raise Odd

    return take


def _closing(root: str, document: str) -> str:
    """The piece that closes a root, which has any name and declares nothing but what the service itself would."""
    tag, _, text = root.partition(">")
    name, blank, rest = tag.partition(" ")
    declared = f"{blank}{rest}" in _DECLARES if blank else "i:nil" not in document
    if text or not declared or not (name.isascii() and name.isidentifier()):
        raise Odd
    return f"/{name}>"
