"""Values of every type, and ways to read a document: what the tests of the codec share."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import strategies as st

from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Type
from mockserver.catalogue.shapes import EMPTY_DATE, Shapes
from mockserver.wire.xml import Xml

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
SERVICES88 = "http://www.superoffice.net/ws/crm/NetServer/Services88"
ARRAYS = "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
PRIMITIVES = "http://schemas.microsoft.com/2003/10/Serialization/"
RIGHTS = ("TableRight", "FieldProperties")
DECLARED = ' xmlns:i="http://www.w3.org/2001/XMLSchema-instance"'

# The characters of XML 1.0 (section 2.2), without the line break that every parser makes another one unless it is escaped.
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], include_characters="\t\n\r", exclude_characters="\ufffe\uffff"),
    max_size=6,
)
DATES = st.datetimes().filter(lambda when: when.year > 1).map(lambda when: when.replace(microsecond=0).isoformat())
SCALARS: dict[Kind, st.SearchStrategy[object]] = {
    Kind.STRING: TEXTS,
    Kind.INT32: st.integers(-(2**31), 2**31 - 1),
    Kind.INT64: st.integers(-(2**63), 2**63 - 1),
    Kind.DOUBLE: st.floats(allow_nan=False, allow_infinity=False),
    Kind.BOOLEAN: st.booleans(),
    Kind.DATE_TIME: DATES | st.just(EMPTY_DATE),
    Kind.BINARY: st.sampled_from(["", "AAEC", "/+8="]),
    Kind.STREAM: st.sampled_from(["", "AAEC"]),
    # Of a value without a type XML tells no more than its text.
    Kind.ANY: TEXTS,
}
SAMPLES: dict[Kind, object] = {
    Kind.STRING: "<Bjørn & \"æ\" 'ø' ]]>",
    Kind.INT32: -5,
    Kind.INT64: 2**40,
    Kind.DOUBLE: 150.0,
    Kind.BOOLEAN: True,
    Kind.DATE_TIME: "2026-03-01T12:00:00",
    Kind.BINARY: "AAEC",
    Kind.STREAM: "AAEC",
    Kind.ANY: "x",
}


def members(catalogue: Catalogue, name: str) -> list[tuple[str, Type]]:
    """What a document may set; the rights members are the service's alone."""
    return [(each.name, each.type) for each in catalogue.carrier(name).fields if each.name not in RIGHTS]


@st.composite
def carriers(draw: st.DrawFn, catalogue: Catalogue, name: str, depth: int) -> dict[str, object]:
    """A carrier with some of its members, in any order."""
    known = dict(members(catalogue, name))
    chosen = draw(st.lists(st.sampled_from(list(known)), unique=True, max_size=6)) if known else []
    return {each: draw(values(catalogue, known[each], depth - 1)) for each in chosen}


def values(catalogue: Catalogue, kind: Type, depth: int = 2) -> st.SearchStrategy[object]:
    """The values of a type, null among them, nested no deeper than asked."""
    match kind.kind:
        case Kind.ENUM:
            enum = catalogue.enum(kind.name)
            names = st.sampled_from(list(enum.members))
            return st.none() | (st.lists(names, min_size=1, max_size=3, unique=True).map(", ".join) if enum.flags else names)
        case Kind.CARRIER:
            return st.none() | (carriers(catalogue, kind.name, depth) if depth > 0 else st.just({}))
        case Kind.ARRAY if kind.item:
            return st.none() | st.lists(values(catalogue, kind.item, depth - 1), max_size=2 if depth > 0 else 0)
        case Kind.MAP if kind.item:
            return st.none() | st.dictionaries(TEXTS, values(catalogue, kind.item, depth - 1), max_size=2 if depth > 0 else 0)
        case _:
            return st.none() | SCALARS[kind.kind]


def sample(catalogue: Catalogue, kind: Type, depth: int = 2) -> object:
    """A value of a type with everything in it, down to a depth."""
    match kind.kind:
        case Kind.ENUM:
            return list(catalogue.enum(kind.name).members)[-1]
        case Kind.CARRIER if depth < 0:
            return None
        case Kind.CARRIER:
            return {name: sample(catalogue, each, depth - 1) for name, each in members(catalogue, kind.name)}
        case Kind.ARRAY if kind.item:
            return [sample(catalogue, kind.item, depth), None, sample(catalogue, kind.item, depth - 1)]
        case Kind.MAP if kind.item:
            return {"SuperOffice:1": sample(catalogue, kind.item, depth), "": None}
        case _:
            return SAMPLES[kind.kind]


def parsed(document: str) -> ET.Element:
    """A document of ours, as the standard library reads it."""
    return ET.fromstring(document)  # noqa: S314 - we wrote it


def read(codec: Xml, shapes: Shapes, text: str, kind: Type) -> object:
    """A document read as the emulator reads it."""
    return shapes.coercer(kind)(codec.decode(text, kind))
