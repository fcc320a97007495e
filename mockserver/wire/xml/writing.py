"""From a value to a document: one writer for each type, with its tags made beforehand.

Every element is one piece of text, and a document is all pieces joined once. What does not change from answer to answer is a
`Constant`, whose element is written once and kept. Must not know operations or rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain, zip_longest
from typing import NamedTuple, cast

from mockserver.calls import Constant, Value
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Field, Kind, Type
from mockserver.wire.xml.names import CONTAINERS, INSTANCE, RIGHTS, declarations, element_name, item_name, pair_name

_MARKUP = re.compile(r"[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_has_markup = _MARKUP.search
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*").fullmatch
# Stands for a large text in the pieces; no document can hold it otherwise.
_GAP = "\x00"
_LARGE = 1000


class Large:
    """A text that is worth keeping in both forms, since putting it into bytes takes longer than all else around it."""

    __slots__ = ("text", "utf8")

    def __init__(self, text: str) -> None:
        self.text = text
        self.utf8 = text.encode()


class Pieces(list[str]):
    """A document in pieces, with the large ones aside."""

    def __init__(self) -> None:
        super().__init__()
        self.aside: list[Large] = []

    def text(self) -> str:
        """The document."""
        text = "".join(self)
        if not self.aside:
            return text
        large = [each.text for each in self.aside]
        return "".join(chain.from_iterable(zip_longest(text.split(_GAP), large, fillvalue="")))

    def utf8(self) -> bytes:
        """The document in bytes."""
        text = "".join(self).encode()
        if not self.aside:
            return text
        large = [each.utf8 for each in self.aside]
        return b"".join(chain.from_iterable(zip_longest(text.split(b"\x00"), large, fillvalue=b"")))

    def add(self, kept: str | Large) -> None:
        """Add what a constant keeps."""
        if type(kept) is str:
            self.append(kept)
        else:
            assert isinstance(kept, Large)
            self.append(_GAP)
            self.aside.append(kept)


Write = Callable[[Value, Pieces], None]
"""Add a whole element, or what stands between the tags of one."""


class _Tags(NamedTuple):
    """The tags of an element: opening, closing, and both in one where it is empty or null.

    The framework closes an empty container at once, an empty text not. `kept` is where a constant keeps the element.
    """

    opening: str
    closing: str
    blank: str
    nil: str
    kept: str


class Writers:
    """The writers of all types of one catalogue, each made at first use."""

    def __init__(self, catalogue: Catalogue, *, namespaced: bool) -> None:
        self._catalogue = catalogue
        self._namespaced = namespaced
        self._roots: dict[Type, Write] = {}
        self._contents: dict[Type, Write] = {}

    def document(self, value: Value, kind: Type | None) -> Pieces:
        """The document of a value in pieces; without a type, that of an error object."""
        pieces = Pieces()
        if kind is None:
            text = _free_content(value)
            # Errors rarely hold a null: the prefix is declared where it may be needed.
            instance = f' xmlns:i="{INSTANCE}"' if text is None or "i:nil" in text else ""
            pieces.append(_element("Error", instance, text))
            return pieces
        root = self._roots.get(kind)
        if root is None:
            declared = declarations(kind, namespaced=self._namespaced)
            root = self._roots[kind] = self._element(self._tags(element_name(kind), kind, declared), kind)
        root(value, pieces)
        return pieces

    def _tags(self, name: str, kind: Type, attributes: str = "") -> _Tags:
        opening = f"<{name}{attributes}>"
        blank = f"<{name}{attributes}/>" if kind.kind in CONTAINERS and not attributes else f"{opening}</{name}>"
        kept = f"xml{'88' if self._namespaced else ''} {opening} {kind}"
        return _Tags(opening, f"</{name}>", blank, f'<{name}{attributes} i:nil="true"/>', kept)

    def _content(self, kind: Type) -> Write:
        """What writes the inside of an object or array of this type."""
        known = self._contents.get(kind)
        if known is None:
            known = self._contents[kind] = self._made(kind)
        return known

    def _made(self, kind: Type) -> Write:
        match kind.kind:
            case Kind.CARRIER:
                return self._carrier(kind.name)
            case Kind.ARRAY if kind.item:
                return self._array(kind.item)
            case Kind.MAP if kind.item:
                return self._map(kind.item)
            case _:
                return _write_free

    def _element(self, tags: _Tags, kind: Type) -> Write:
        """What writes a whole element of this type, whatever the value."""
        opening, closing, blank, nil, kept = tags
        form = dict if kind.kind in (Kind.CARRIER, Kind.MAP) else list if kind.kind is Kind.ARRAY else None
        content: Write | None = None

        def write(value: Value, pieces: Pieces) -> None:
            nonlocal content
            if type(value) is form:
                if not value:
                    pieces.append(blank)
                    return
                if content is None:  # worked out late: carriers may hold themselves
                    content = self._content(kind)
                pieces.append(opening)
                before = len(pieces)
                content(value, pieces)
                if len(pieces) > before:
                    pieces.append(closing)
                else:
                    pieces[-1] = blank
            elif type(value) is Constant:
                known = value.encodings.get(kept)
                if known is None:
                    known = value.encodings[kept] = _kept(write, value.value)
                assert isinstance(known, (str, Large))
                pieces.add(known)
            else:
                text = _flags_content(value) if kind.kind is Kind.ENUM else _free_content(value)
                pieces.append(f"{opening}{text}{closing}" if text else nil if text is None else blank)

        return write

    def _carrier(self, carrier: str) -> Write:
        fields = sorted(self._catalogue.carrier(carrier).fields, key=lambda each: _rank(each.name))
        members = [self._member(each) for each in fields]

        def write(value: dict[str, Value], pieces: Pieces) -> None:
            add = pieces.append
            for name, opening, closing, blank, nil, kept, is_odd, element in members:
                if name not in value:
                    continue
                each = value[name]
                # The commonest forms stand here and not in a call; the writer of the element knows them all.
                if type(each) is str:
                    if not each:
                        add(blank)
                    elif is_odd(each):
                        element(each, pieces)
                    else:
                        add(f"{opening}{each}{closing}")
                elif each is None:
                    add(nil)
                elif type(each) is int:
                    add(f"{opening}{each}{closing}")
                elif type(each) is Constant and type(known := each.encodings.get(kept)) is str:
                    add(known)
                else:
                    element(each, pieces)

        return cast("Write", write)

    def _member(self, field: Field) -> _Member:
        tags = self._tags(field.name, field.type)
        is_odd = _has_flags if field.type.kind is Kind.ENUM else _has_markup
        return (field.name, *tags, is_odd, self._element(tags, field.type))

    def _array(self, item: Type) -> Write:
        element = self._element(self._tags(item_name(item, namespaced=self._namespaced), item), item)

        def write(value: list[Value], pieces: Pieces) -> None:
            for each in value:
                element(each, pieces)

        return cast("Write", write)

    def _map(self, item: Type) -> Write:
        name = pair_name(item)
        element = self._element(self._tags("Value", item), item)

        def write(value: dict[str, Value], pieces: Pieces) -> None:
            for key, each in value.items():
                pieces.append(f"<{name}><Key>{_escaped(key)}</Key>")
                element(each, pieces)
                pieces.append(f"</{name}>")

        return cast("Write", write)


_Member = tuple[str, str, str, str, str, str, Callable[[str], object], Write]
"""A member of a carrier: its name, its tags, what tells a text that is not written as it is, the writer of its element."""


def _kept(write: Write, value: Value) -> str | Large:
    pieces = Pieces()
    write(value, pieces)
    text = pieces.text()
    return Large(text) if len(text) >= _LARGE else text


def _rank(name: str) -> int:
    return RIGHTS.index(name) if name in RIGHTS else len(RIGHTS)


def _has_flags(text: str) -> object:
    return ", " in text or _has_markup(text)


def _element(name: str, attributes: str, text: str | None) -> str:
    return f'<{name}{attributes} i:nil="true"/>' if text is None else f"<{name}{attributes}>{text}</{name}>"


def _escaped(text: str) -> str:
    """Text as content; characters that XML 1.0 cannot carry become the replacement character."""
    return _MARKUP.sub(lambda found: _ENTITIES.get(found[0], "\ufffd"), text) if _has_markup(text) else text


def _flags_content(value: Value) -> str | None:
    """Flags are separated by blanks in XML, by commas in JSON."""
    return _escaped(value.replace(", ", " ")) if type(value) is str else _free_content(value)


def _write_free(value: Value, pieces: Pieces) -> None:
    text = _free_content(value)
    if text:
        pieces.append(text)


def _free_content(value: Value) -> str | None:
    """A scalar, or a value that has no type to follow: objects by member, arrays as repeated items; None for null."""
    if type(value) is str:
        return _escaped(value)
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(value).removesuffix(".0").replace("inf", "INF").replace("nan", "NaN")
    if isinstance(value, Constant):
        return _free_content(value.value)
    if isinstance(value, dict):
        return "".join([_element(name if _NAME(name) else "Item", "", _free_content(each)) for name, each in value.items()])
    if isinstance(value, list):
        return "".join([_element("Item", "", _free_content(each)) for each in value])
    return str(value)
