"""What elements are called, and in which namespaces they stand (protocol 1.5). Must not know values."""

from __future__ import annotations

from mockserver.catalogue.model import Kind, Type

CONTRACT = "http://www.superoffice.net/ws/crm/NetServer/Services88"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
PRIMITIVES = "http://schemas.microsoft.com/2003/10/Serialization/"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"

RIGHTS = ("TableRight", "FieldProperties")
"""The members that stand first, and that a client cannot set."""

CONTAINERS = (Kind.CARRIER, Kind.ARRAY, Kind.MAP)
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


def element_name(kind: Type) -> str:
    """The name of the element that holds a value of a type by itself: `ContactEntity`, `ArrayOfint`, `string`."""
    if kind.kind is Kind.ARRAY and kind.item:
        return f"ArrayOf{element_name(kind.item)}"
    if kind.kind is Kind.MAP and kind.item:
        return f"{_dictionary(kind.item)}Dictionary"
    return kind.name.rsplit(".", 1)[-1] or _PRIMITIVE[kind.kind]


def item_name(item: Type, *, namespaced: bool = False) -> str:
    """The name of an element of an array, with its prefix where documents have namespaces."""
    name = element_name(item)
    return f"a:{name}" if namespaced and _holds_primitives(item) else name


def pair_name(item: Type) -> str:
    """The element of one entry: `StringKeyValuePair`, but `FieldPropertyDictionaryKeyValuePair`."""
    return f"{_dictionary(item)}{'Dictionary' if item.kind is Kind.CARRIER else ''}KeyValuePair"


def declarations(kind: Type, *, namespaced: bool) -> str:
    """What the root of a document of a type declares."""
    instance = f' xmlns:i="{INSTANCE}"'
    if not namespaced:
        return instance
    arrays = ARRAYS if kind.kind is Kind.ARRAY and _holds_primitives(kind) else CONTRACT
    own = PRIMITIVES if kind.kind in _PRIMITIVE else arrays
    return f'{instance} xmlns:a="{ARRAYS}" xmlns="{own}"'


def _dictionary(item: Type) -> str:
    """The stem of a dictionary's names, as the vendor's WSDL has it: `String`, `FieldProperty`."""
    name = element_name(item)
    return name[:1].upper() + name[1:]


def _holds_primitives(kind: Type) -> bool:
    """Whether a value belongs to the framework's namespace of arrays when it is an item: `int`, `ArrayOfint`."""
    return _holds_primitives(kind.item) if kind.kind is Kind.ARRAY and kind.item else kind.kind in _PRIMITIVE
