"""From a tree to a loose value: however its elements are spelled, what matters is which member is meant.

Must not know texts or how a tree is made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mockserver.calls import Value
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Type
from mockserver.wire.xml.names import INSTANCE, RIGHTS
from mockserver.wire.xml.tree import check_depth

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Read = Callable[["Element", int], Value]
"""The loose value of an element that is so many levels deep."""

_MOST_SPELLINGS = 1000
_NIL = f"{{{INSTANCE}}}nil"
_NUMBERED = {"1": "true", "0": "false"}


class Readers:
    """The readers of all types of one catalogue, each made at first use."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[Type, Read] = {}

    def of(self, kind: Type) -> Read:
        """The reader of a type."""
        known = self._known.get(kind)
        if known is None:
            known = self._known[kind] = self._made(kind)
        return known

    def _made(self, kind: Type) -> Read:
        match kind.kind:
            case Kind.CARRIER:
                return self._carrier(kind.name)
            case Kind.ARRAY if kind.item:
                return _array(self.of(kind.item))
            case Kind.MAP if kind.item:
                return _map(self.of(kind.item))
            case Kind.ENUM:
                return _read_flags
            case Kind.BOOLEAN:
                return _read_boolean
            case _:
                return _read_text

    def _carrier(self, name: str) -> Read:
        fields = self._catalogue.carrier(name).by_name
        known: dict[str, tuple[str, Read]] = {}

        def learn(tag: str) -> tuple[str, Read] | None:
            """The member that a tag means, in whatever namespace and letter case; spellings are not kept without end."""
            member = fields.get(_local(tag))
            if member is None or member.name in RIGHTS:
                return None
            found = (member.name, self.of(member.type))
            if len(known) < _MOST_SPELLINGS:
                known[tag] = found
            return found

        def read(element: Element, depth: int) -> Value:
            if not len(element):
                return _read_empty(element, {})
            check_depth(depth)
            found: dict[str, Value] = {}
            for child in element:
                member = known.get(child.tag) or learn(child.tag)
                if member:
                    found[member[0]] = member[1](child, depth + 1)
            return found

        return read


def _array(inner: Read) -> Read:
    """An item is an item, whatever its name."""

    def read(element: Element, depth: int) -> Value:
        if not len(element):
            return _read_empty(element, [])
        check_depth(depth)
        return [inner(child, depth + 1) for child in element]

    return read


def _map(inner: Read) -> Read:
    def read(element: Element, depth: int) -> Value:
        if not len(element):
            return _read_empty(element, {})
        check_depth(depth)
        found: dict[str, Value] = {}
        for pair in element:
            key, value = pair.find("Key"), pair.find("Value")
            if key is None or value is None:
                parts = {_local(child.tag): child for child in pair}
                key, value = parts.get("key"), parts.get("value")
            if key is not None:
                found[key.text or ""] = inner(value, depth + 2) if value is not None else None
        return found

    return read


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def _nil(element: Element) -> bool:
    if element.get(_NIL) == "true":
        return True
    for name, value in element.items():
        if _local(name) == "nil":
            return value.strip() in ("true", "1")
    return False


def _read_empty(element: Element, empty: Value) -> Value:
    """A container without elements: null, empty, or a text that the type of the member will not fit."""
    text = element.text
    if text and not text.isspace():
        return text
    return None if _nil(element) else empty


def _read_text(element: Element, depth: int) -> Value:
    if len(element):
        return _read_free(element, depth)
    text = element.text
    if text and not text.isspace():
        return text
    return None if _nil(element) else text or ""


def _read_free(element: Element, depth: int) -> Value:
    """Elements that no type foresees, by their names; for a scalar that is a misfit, which the type will tell."""
    check_depth(depth)
    found = [(child.tag.rpartition("}")[2], _read_text(child, depth + 1)) for child in element]
    if all(name == "Item" for name, _ in found):
        return [value for _, value in found]
    return dict(found)


def _read_flags(element: Element, depth: int) -> Value:
    value = _read_text(element, depth)
    return flags(value) if isinstance(value, str) else value


def _read_boolean(element: Element, depth: int) -> Value:
    value = _read_text(element, depth)
    return boolean(value) if isinstance(value, str) else value


def flags(text: str) -> str:
    """Flags are separated by blanks in XML, by commas in JSON."""
    return ", ".join(text.split()) if "," not in text else text


def boolean(text: str) -> str:
    """A truth value may be a number in XML."""
    return _NUMBERED.get(text.strip(), text)
