"""XML in and out, walked along the carriers (protocol 1.5).

Out: names and order from the carrier with the rights members first, no prolog, no indentation, and no namespace unless the
settings ask for the vendor's. In: any root, any namespace, prefix, letter case and order of members; unknown elements and the
rights members are passed over, document type declarations are refused. The standard library's tree is the quickest reader
there is without another dependency; large documents are looked at before they become one. Must not know operations or rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from mockserver.calls import Constant, Value
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Type
from mockserver.errors import BadRequest

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element
    from xml.parsers.expat import XMLParserType

MEDIA_TYPES = ("application/xml", "text/xml")
CONTRACT = "http://www.superoffice.net/ws/crm/NetServer/Services88"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
PRIMITIVES = "http://schemas.microsoft.com/2003/10/Serialization/"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"

_DEEPEST = 64
_MOST_ELEMENTS = 1_000_000
_MOST_SPELLINGS = 1000
_LONGEST_NAMESPACE = 1000
# Below this many characters no document can do harm, and a second look would cost more than reading it.
_HARMLESS = 2**15
_PRIMITIVE = {
    Kind.STRING: "string",
    Kind.INT32: "int",
    Kind.INT64: "long",
    Kind.DOUBLE: "double",
    Kind.BOOLEAN: "boolean",
    Kind.DATE_TIME: "dateTime",
    Kind.BINARY: "base64Binary",
    Kind.STREAM: "base64Binary",
    Kind.ANY: "anyType",
}
_CONTAINERS = (Kind.CARRIER, Kind.ARRAY, Kind.MAP)
_RIGHTS = ("TableRight", "FieldProperties")


def element_name(kind: Type) -> str:
    """The name of the element that holds a value of a type by itself: `ContactEntity`, `ArrayOfint`, `string`."""
    if kind.kind is Kind.ARRAY and kind.item:
        return f"ArrayOf{element_name(kind.item)}"
    if kind.kind is Kind.MAP and kind.item:
        return f"{_dictionary(kind.item)}Dictionary"
    return kind.name.rsplit(".", 1)[-1] or _PRIMITIVE[kind.kind]


def _dictionary(item: Type) -> str:
    """The stem of a dictionary's names, as the vendor's WSDL has it: `String`, `FieldProperty`."""
    name = element_name(item)
    return name[:1].upper() + name[1:]


def _pair_name(item: Type) -> str:
    """The element of one entry: `StringKeyValuePair`, but `FieldPropertyDictionaryKeyValuePair`."""
    return f"{_dictionary(item)}{'Dictionary' if item.kind is Kind.CARRIER else ''}KeyValuePair"


class Xml:
    """A codec for all types of one catalogue; what is known of a type is worked out at first use and kept."""

    def __init__(self, catalogue: Catalogue, *, namespaced: bool = False) -> None:
        self._catalogue = catalogue
        self._namespaced = namespaced
        self._kept = "xml88" if namespaced else "xml"
        self._contents: dict[Type, Content] = {}
        self._readers: dict[Type, Read] = {}

    # --- out

    def encode(self, value: Value, kind: Type | None) -> str:
        """The document of a value; without a type, that of an error object."""
        if kind is None:
            text = _free_content(value)
            # Errors rarely hold a null: the prefix is declared where it may be needed.
            instance = f' xmlns:i="{INSTANCE}"' if text is None or "i:nil" in text else ""
            return _element("Error", instance, text)
        return _element(element_name(kind), self._declarations(kind), self._content(kind)(value))

    def _declarations(self, kind: Type) -> str:
        instance = f' xmlns:i="{INSTANCE}"'
        if not self._namespaced:
            return instance
        if kind.kind in _PRIMITIVE:
            own = PRIMITIVES
        else:
            own = ARRAYS if kind.kind is Kind.ARRAY and _holds_primitives(kind) else CONTRACT
        return f'{instance} xmlns:a="{ARRAYS}" xmlns="{own}"'

    def _content(self, kind: Type) -> Content:
        known = self._contents.get(kind)
        if known is None:
            known = self._contents[kind] = self._content_of(kind)
        return known

    def _content_of(self, kind: Type) -> Content:
        match kind.kind:
            case Kind.CARRIER:
                return self._carrier_content(kind)
            case Kind.ARRAY if kind.item:
                return self._array_content(kind, kind.item)
            case Kind.MAP if kind.item:
                return self._map_content(kind, kind.item)
            case Kind.ENUM:
                return _flags_content
            case _:
                return _free_content

    def _other(self, key: str, content: Content, value: Value) -> str | None:
        """A value that is not of its type's form: a constant, whose content is written once and kept, null, or a misfit."""
        if type(value) is not Constant:
            return _free_content(value)
        if key not in value.encodings:
            value.encodings[key] = content(value.value)
        text = value.encodings[key]
        assert text is None or isinstance(text, str)
        return text

    def _carrier_content(self, kind: Type) -> Content:
        fields = sorted(self._catalogue.carrier(kind.name).fields, key=lambda each: _rank(each.name))
        members: list[tuple[str, _Tags, Content]] = []
        kept = f"{self._kept} {kind}"

        def content(value: Value) -> str | None:
            nonlocal members
            if type(value) is not dict:
                return self._other(kept, content, value)
            if not members:  # worked out late: carriers may hold themselves
                members = [(each.name, _tags(each.name, each.type), self._content(each.type)) for each in fields]
            parts = []
            for name, (opening, closing, blank, nil), inner in members:
                if name in value:
                    text = inner(value[name])
                    parts.append(f"{opening}{text}{closing}" if text else nil if text is None else blank)
            return "".join(parts)

        return content

    def _array_content(self, kind: Type, item: Type) -> Content:
        name = element_name(item)
        opening, closing, blank, nil = _tags(f"a:{name}" if self._namespaced and _holds_primitives(item) else name, item)
        inner = self._content(item)
        kept = f"{self._kept} {kind}"

        def content(value: Value) -> str | None:
            if type(value) is not list:
                return self._other(kept, content, value)
            parts = []
            for each in value:
                text = inner(each)
                parts.append(f"{opening}{text}{closing}" if text else nil if text is None else blank)
            return "".join(parts)

        return content

    def _map_content(self, kind: Type, item: Type) -> Content:
        name = _pair_name(item)
        opening, closing, blank, nil = _tags("Value", item)
        inner = self._content(item)
        kept = f"{self._kept} {kind}"

        def content(value: Value) -> str | None:
            if type(value) is not dict:
                return self._other(kept, content, value)
            parts = []
            for key, each in value.items():
                text = inner(each)
                said = f"{opening}{text}{closing}" if text else nil if text is None else blank
                parts.append(f"<{name}><Key>{_escaped(key)}</Key>{said}</{name}>")
            return "".join(parts)

        return content

    # --- in

    def decode(self, text: str, kind: Type) -> Value:
        """The loose value of a document, scalars as text; nothing at all is null; raises `BadRequest`.

        The root is the value whatever its name: a body has one type, and clients name its root by their own classes.
        """
        if not text or text == "\ufeff" or text.isspace():
            return None
        if text[0] != "<" or text.startswith("<?xml"):
            text = _DECLARATION.sub("", text, count=1)
        return self._reader(kind)(_tree(text), 0)

    def _reader(self, kind: Type) -> Read:
        known = self._readers.get(kind)
        if known is None:
            known = self._readers[kind] = self._reader_of(kind)
        return known

    def _reader_of(self, kind: Type) -> Read:
        match kind.kind:
            case Kind.CARRIER:
                return self._carrier_reader(kind.name)
            case Kind.ARRAY if kind.item:
                return self._array_reader(kind.item)
            case Kind.MAP if kind.item:
                return self._map_reader(kind.item)
            case Kind.ENUM:
                return _read_flags
            case Kind.BOOLEAN:
                return _read_boolean
            case _:
                return _read_text

    def _carrier_reader(self, name: str) -> Read:
        fields = self._catalogue.carrier(name).by_name
        known: dict[str, tuple[str, Read]] = {}

        def learn(tag: str) -> tuple[str, Read] | None:
            """The member that a tag means, in whatever namespace and letter case; spellings are not kept without end."""
            member = fields.get(_local(tag))
            if member is None or member.name in _RIGHTS:
                return None
            found = (member.name, self._reader(member.type))
            if len(known) < _MOST_SPELLINGS:
                known[tag] = found
            return found

        def read(element: Element, depth: int) -> Value:
            if not len(element):
                return _read_empty(element, {})
            _check(depth)
            found: dict[str, Value] = {}
            for child in element:
                member = known.get(child.tag) or learn(child.tag)
                if member:
                    found[member[0]] = member[1](child, depth + 1)
            return found

        return read

    def _array_reader(self, item: Type) -> Read:
        """An item is an item, whatever its name."""
        inner = self._reader(item)

        def read(element: Element, depth: int) -> Value:
            if not len(element):
                return _read_empty(element, [])
            _check(depth)
            return [inner(child, depth + 1) for child in element]

        return read

    def _map_reader(self, item: Type) -> Read:
        inner = self._reader(item)

        def read(element: Element, depth: int) -> Value:
            if not len(element):
                return _read_empty(element, {})
            _check(depth)
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


# --- out: texts

Content = Callable[[Value], str | None]
"""What stands between the tags of a value; None for null."""

_Tags = tuple[str, str, str, str]
_MARKUP = re.compile(r"[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_has_markup = _MARKUP.search
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*").fullmatch


def _rank(name: str) -> int:
    return _RIGHTS.index(name) if name in _RIGHTS else len(_RIGHTS)


def _holds_primitives(kind: Type) -> bool:
    """Whether a value belongs to the framework's namespace of arrays when it is an item: `int`, `ArrayOfint`."""
    return _holds_primitives(kind.item) if kind.kind is Kind.ARRAY and kind.item else kind.kind in _PRIMITIVE


def _tags(name: str, kind: Type) -> _Tags:
    """Opening, closing, empty, null; the framework closes an empty container at once, an empty text not."""
    blank = f"<{name}/>" if kind.kind in _CONTAINERS else f"<{name}></{name}>"
    return f"<{name}>", f"</{name}>", blank, f'<{name} i:nil="true"/>'


def _element(name: str, attributes: str, text: str | None) -> str:
    return f'<{name}{attributes} i:nil="true"/>' if text is None else f"<{name}{attributes}>{text}</{name}>"


def _escaped(text: str) -> str:
    """Text as content; characters that XML 1.0 cannot carry become the replacement character."""
    return _MARKUP.sub(lambda found: _ENTITIES.get(found[0], "\ufffd"), text) if _has_markup(text) else text


def _flags_content(value: Value) -> str | None:
    """Flags are separated by blanks in XML, by commas in JSON."""
    if type(value) is str:
        return _escaped(value.replace(", ", " "))
    return _flags_content(value.value) if type(value) is Constant else _free_content(value)


def _free_content(value: Value) -> str | None:
    """A scalar, or a value that has no type to follow: objects by member, arrays as repeated items."""
    if type(value) is str:
        return _escaped(value) if value and _has_markup(value) else value
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


# --- in: elements

Read = Callable[["Element", int], Value]
"""The loose value of an element that is so many levels deep."""

# What may stand before the root and says nothing: the text is decoded already, whatever encoding is declared.
_DECLARATION = re.compile(r"\A[\ufeff\s]*(?:<\?xml\s[^>]*\?>\s*)?")


def _refused(why: str) -> BadRequest:
    return BadRequest("The request body is not valid XML.", explanation=why)


def _check(depth: int) -> None:
    if depth > _DEEPEST:
        raise _refused(f"the XML body is nested deeper than {_DEEPEST} levels")


def _tree(document: str) -> Element:
    """The root of a document that does no harm; a process that never sees XML does not pay for its reader."""
    from xml.etree import ElementTree as ET
    from xml.parsers import expat

    try:
        if len(document) > _HARMLESS or "<!DOCTYPE" in document:
            _inspect(document, expat.ParserCreate())
        return ET.fromstring(document)  # noqa: S314 - what is to be feared has been refused
    except (ET.ParseError, expat.ExpatError) as error:
        raise _refused(f"the XML body cannot be read: {str(error)[:200]}") from None
    except UnicodeEncodeError:
        raise _refused("the XML body holds half a surrogate pair") from None


def _inspect(document: str, parser: XMLParserType) -> None:
    """Refuse what is small to send and large to read, before a tree is built of it."""
    count = depth = 0

    def start(_: str, attributes: dict[str, str]) -> None:
        nonlocal count, depth
        count, depth = count + 1, depth + 1
        _check(depth)
        if count > _MOST_ELEMENTS:
            raise _refused(f"the XML body has more than {_MOST_ELEMENTS} elements")
        # The tree repeats the name of a namespace in every tag: a long one makes a small document enormous.
        if any(len(value) > _LONGEST_NAMESPACE for name, value in attributes.items() if name.startswith("xmlns")):
            raise _refused(f"the XML body has the name of a namespace with more than {_LONGEST_NAMESPACE} characters")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_: object) -> None:
        raise _refused("XML with a document type declaration is refused")

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(document, True)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def _nil(element: Element) -> bool:
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
    _check(depth)
    found = [(child.tag.rpartition("}")[2], _read_text(child, depth + 1)) for child in element]
    if all(name == "Item" for name, _ in found):
        return [value for _, value in found]
    return dict(found)


def _read_flags(element: Element, depth: int) -> Value:
    value = _read_text(element, depth)
    return ", ".join(value.split()) if isinstance(value, str) and "," not in value else value


def _read_boolean(element: Element, depth: int) -> Value:
    value = _read_text(element, depth)
    return {"1": "true", "0": "false"}.get(value.strip(), value) if isinstance(value, str) else value
