"""Tests of XML in and out: what protocol 1.5 says of the form, and what bad documents do."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mockserver.calls import Constant
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Type
from mockserver.catalogue.shapes import EMPTY_DATE, Shapes
from mockserver.errors import BadRequest
from mockserver.wire.xml import Xml, element_name
from tests.conftest import Ask

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


@pytest.fixture(scope="module")
def xml(catalogue: Catalogue) -> Xml:
    """The codec as it is by default."""
    return Xml(catalogue)


@pytest.fixture(scope="module")
def namespaced(catalogue: Catalogue) -> Xml:
    """The codec with the vendor's namespaces."""
    return Xml(catalogue, namespaced=True)


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


# --- laws


def test_every_carrier_comes_back_with_every_member(catalogue: Catalogue, shapes: Shapes, xml: Xml, namespaced: Xml) -> None:
    """Decoding undoes encoding for every carrier of the catalogue with all its members set, in both dialects."""
    for name in catalogue.carrier_names:
        kind = Type(Kind.CARRIER, name)
        value = sample(catalogue, kind)
        assert read(xml, shapes, xml.encode(value, kind), kind) == value, name
        assert read(namespaced, shapes, namespaced.encode(value, kind), kind) == value, name
        assert read(xml, shapes, namespaced.encode(value, kind), kind) == value, name


def test_every_carrier_comes_back_with_any_values(catalogue: Catalogue, shapes: Shapes, xml: Xml) -> None:
    """Decoding undoes encoding for every carrier of the catalogue with whatever values its types have."""
    names = list(catalogue.carrier_names)
    for batch in (names[at : at + 8] for at in range(0, len(names), 8)):

        @settings(max_examples=3, phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck))
        @given(st.fixed_dictionaries({name: carriers(catalogue, name, 2) for name in batch}))
        def come_back(values: dict[str, dict[str, object]]) -> None:
            for name, value in values.items():
                kind = Type(Kind.CARRIER, name)
                assert read(xml, shapes, xml.encode(value, kind), kind) == value

        come_back()


@pytest.mark.parametrize(
    "name", ["ContactEntity", "PersonEntity", "AppointmentEntity", "ContactEntityWithLinks", "SelectionEntity"]
)
def test_entities_come_back(catalogue: Catalogue, shapes: Shapes, xml: Xml, namespaced: Xml, name: str) -> None:
    """Decoding undoes encoding, searched for longer where clients are most."""
    kind = Type(Kind.CARRIER, name)

    @given(carriers(catalogue, name, 3))
    def comes_back(value: dict[str, object]) -> None:
        assert read(xml, shapes, xml.encode(value, kind), kind) == value
        assert read(xml, shapes, namespaced.encode(value, kind), kind) == value

    comes_back()


def results(catalogue: Catalogue) -> Iterator[Type]:
    """The types of all answers and bodies, each once."""
    seen = {kind for each in catalogue.operations() for kind in (each.result, each.body) if kind}
    yield from sorted(seen, key=str)


def test_every_published_body_and_answer_comes_back(catalogue: Catalogue, shapes: Shapes, xml: Xml, namespaced: Xml) -> None:
    """Roots of every published type come back: arrays, dictionaries of dictionaries, primitives, enums, and null."""
    for kind in results(catalogue):
        for value in (sample(catalogue, kind, 1), None):
            for codec in (xml, namespaced):
                assert read(codec, shapes, codec.encode(value, kind), kind) == value, kind


@given(st.data())
def test_a_constant_is_written_as_what_it_stands_for(catalogue: Catalogue, xml: Xml, data: st.DataObject) -> None:
    """Constants anywhere in a value leave no trace in the document, the first time and when their text is kept."""

    def hidden(value: object) -> object:
        if isinstance(value, dict):
            return Constant({name: hidden(each) for name, each in value.items()})
        if isinstance(value, list):
            return Constant([hidden(each) for each in value])
        return Constant(value)

    name = data.draw(st.sampled_from(["ContactEntity", "Address", "AppointmentEntity", "RecurrenceInfo"]))
    kind = Type(Kind.CARRIER, name)
    value = data.draw(carriers(catalogue, name, 3))
    constant = hidden(value)
    assert xml.encode(constant, kind) == xml.encode(value, kind) == xml.encode(constant, kind)


def test_a_constant_is_encoded_once(xml: Xml, namespaced: Xml) -> None:
    """The text of a constant is kept with it, for each dialect and type by itself; a null is kept as a null."""
    inside: list[object] = [1]
    constant = Constant(inside)
    kind = Type.parse("int32[]")
    assert xml.encode(constant, kind) == f"<ArrayOfint{DECLARED}><int>1</int></ArrayOfint>"
    inside.append(2)
    assert xml.encode(constant, kind) == f"<ArrayOfint{DECLARED}><int>1</int></ArrayOfint>"
    assert "<a:int>2</a:int>" in namespaced.encode(constant, kind)
    assert "<string>2</string>" in xml.encode(constant, Type.parse("string[]"))
    nothing = Constant(None)
    for _ in range(2):
        assert parsed(xml.encode(nothing, Type.parse("Business"))).get(NIL) == "true"


PIECES = ["<a>", "</a>", "<Name>", "</Name>", "<Emails>", "</Emails>", "x", "&amp;", "&x;", "<!--", "-->", "<?p ?>", "<![CDATA["]
PIECES += ["]]>", "<Interests", ' i:nil="true"', "/>", "<!DOCTYPE a>", "\ufeff", "\x00", "\ud800", " "]


@settings(max_examples=300)
@given(st.text(max_size=30) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_text_is_read_or_refused(xml: Xml, text: str) -> None:
    """Whatever a text is, it is a value or a bad request, nothing else, and refusals stay short."""
    for kind in ("ContactEntity", "int32[]", "{string}", "string", "any"):
        with suppress(BadRequest):
            xml.decode(text, Type.parse(kind))


# --- out: protocol 1.5


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("int32", 5, f"<int{DECLARED}>5</int>"),
        ("boolean", True, f"<boolean{DECLARED}>true</boolean>"),
        ("string", "a & b", f"<string{DECLARED}>a &amp; b</string>"),
        ("string", "", f"<string{DECLARED}></string>"),
        ("date-time", EMPTY_DATE, f"<dateTime{DECLARED}>0001-01-01T00:00:00</dateTime>"),
        ("ContactEntity", None, f'<ContactEntity{DECLARED} i:nil="true"/>'),
        ("ContactEntity[]", [{"Name": "x"}], "<ContactEntity><Name>x</Name></ContactEntity></ArrayOfContactEntity>"),
        ("string[]", ["a", None], f'<ArrayOfstring{DECLARED}><string>a</string><string i:nil="true"/></ArrayOfstring>'),
        ("int32[]", [1, 2], f"<ArrayOfint{DECLARED}><int>1</int><int>2</int></ArrayOfint>"),
        ("ContactEntity", {"Description": None}, f'<ContactEntity{DECLARED}><Description i:nil="true"/></ContactEntity>'),
        ("ContactEntity", {"OrgNr": ""}, f"<ContactEntity{DECLARED}><OrgNr></OrgNr></ContactEntity>"),
        ("ContactEntity", {"Emails": [{"Value": "x"}]}, "<Emails><EntityElement><Value>x</Value></EntityElement></Emails>"),
        ("ContactEntity", {"Name": "x", "ContactId": 5}, "<ContactId>5</ContactId><Name>x</Name>"),
        (
            "ContactEntity",
            {"Name": "x", "FieldProperties": {}, "TableRight": None},
            '<TableRight i:nil="true"/><FieldProperties/><Name>x</Name>',
        ),
        (
            "ContactEntity",
            {"FieldProperties": {"Name": {"FieldRight": {"Mask": "Update, UIHintMandatory", "Reason": ""}, "FieldLength": 219}}},
            "<FieldPropertyDictionaryKeyValuePair><Key>Name</Key><Value><FieldRight><Mask>Update UIHintMandatory</Mask>",
        ),
        (
            "ContactEntity",
            {"UserDefinedFields": {"SuperOffice:1": "[I:3]"}},
            "<StringKeyValuePair><Key>SuperOffice:1</Key><Value>[I:3]</Value></StringKeyValuePair>",
        ),
        (
            "ContactEntityWithLinks",
            {"_Links": {"Self": "https://x/?a&b"}},
            "<_Links><StringKeyValuePair><Key>Self</Key><Value>https://x/?a&amp;b</Value></StringKeyValuePair></_Links>",
        ),
        (
            "Address",
            {"LocalizedAddress": [[{"Name": "x"}]]},
            "<LocalizedAddress><ArrayOfLocalizedField><LocalizedField><Name>x</Name></LocalizedField></ArrayOfLocalizedField>",
        ),
        ("ContactEntity", {"Kananame": "\r\n<]]>\t"}, "<Kananame>&#xD;\n&lt;]]&gt;\t</Kananame>"),
        ("ContactEntity", {"Name": "a\x00b\x1f\ufffe\ud800𝄞\x85"}, "<Name>a\ufffdb\ufffd\ufffd\ufffd𝄞\x85</Name>"),
        ("double", 150.0, f"<double{DECLARED}>150</double>"),
        ("double", float("inf"), f"<double{DECLARED}>INF</double>"),
    ],
    ids=[
        "an int", "a boolean", "a string", "an empty string", "the empty date", "a null result", "an array of carriers",
        "an array of strings", "an array of ints", "a null member", "an empty text", "the elements of an array",
        "members in published order", "the rights members first", "field properties and flags", "a dictionary", "links",
        "an array of arrays", "escapes", "what XML cannot carry is replaced", "a whole double", "no number",
    ],
)  # fmt: skip
def test_a_value_has_a_document(xml: Xml, kind: str, value: object, text: str) -> None:
    """Documents have the form of protocol 1.5, namespace-less, without prolog and indentation, and are well-formed."""
    document = xml.encode(value, Type.parse(kind))
    assert document == text if text.startswith(f"<{document[1:].partition(' ')[0]}{DECLARED}") else text in document
    parsed(document)


def test_an_error_object_has_no_namespace(xml: Xml) -> None:
    """Errors are `<Error>` with the members of the object and nothing declared that is not needed (protocol 4.1)."""
    assert xml.encode({"Message": "The request is invalid.", "MessageDetail": "<x>"}, None) == (
        "<Error><Message>The request is invalid.</Message><MessageDetail>&lt;x&gt;</MessageDetail></Error>"
    )
    known = {"Error": True, "ErrorType": "SoNotFoundException", "ErrorMessage": None, "ErrorSource": ["a", 1]}
    root = parsed(xml.encode(known, None))
    assert [(each.tag, each.text) for each in root] == [
        ("Error", "true"),
        ("ErrorType", "SoNotFoundException"),
        ("ErrorMessage", None),
        ("ErrorSource", None),
    ]
    assert root[2].get(NIL) == "true"
    assert parsed(xml.encode(None, None)).get(NIL) == "true"


async def test_the_shown_contact_has_the_published_elements(ask: Ask, catalogue: Catalogue, xml: Xml) -> None:
    """A contact of a fresh tenant has its base members first, then the others in page order, each once, as protocol 1.5 shows."""
    body = (await ask("GET", "/api/v1/Contact/1")).body
    assert isinstance(body, bytes)
    shown = json.loads(body)
    root = parsed(xml.encode(shown, Type.parse("ContactEntityWithLinks")))
    assert root.tag == "ContactEntityWithLinks"
    published = [each.name for each in catalogue.carrier("ContactEntityWithLinks").fields]
    assert [each.tag for each in root] == [*RIGHTS, *(each for each in published if each not in RIGHTS)]
    inside = {member.tag: list(dict.fromkeys(each.tag for each in member)) for member in root}
    assert inside["FieldProperties"] == ["FieldPropertyDictionaryKeyValuePair"]
    assert inside["UserDefinedFields"] == inside["CustomFields"] == inside["_Links"] == ["StringKeyValuePair"]
    assert inside["TableRight"] == ["Mask", "Reason"]
    for pair in root.iter("FieldPropertyDictionaryKeyValuePair"):
        assert [each.tag for each in pair] == ["Key", "Value"]
    name = next(pair for pair in root.iter("FieldPropertyDictionaryKeyValuePair") if pair[0].text == "Name")
    assert {each.tag for each in name[1]} >= {"FieldRight", "FieldType", "FieldLength"}
    assert root.findtext("Name") == shown["Name"]
    assert root.findtext("ContactId") == "1"
    nulls = {name for name, value in shown.items() if value is None}
    assert {each.tag for each in root if each.get(NIL) == "true"} == nulls


def test_namespaced_documents_carry_the_vendors_namespaces(namespaced: Xml) -> None:
    """Members are in Services88, items of primitive arrays in the framework's namespace of arrays, primitives in its own."""
    value: dict[str, object] = {"Name": "x", "Urls": [{"Value": "y"}]}
    root = parsed(namespaced.encode(value, Type.parse("ContactEntity")))
    assert {each.tag.partition("}")[0][1:] for each in root.iter()} == {SERVICES88}
    root = parsed(namespaced.encode(["a"], Type.parse("string[]")))
    assert [root.tag, root[0].tag] == [f"{{{ARRAYS}}}ArrayOfstring", f"{{{ARRAYS}}}string"]
    assert parsed(namespaced.encode(5, Type.parse("int32"))).tag == f"{{{PRIMITIVES}}}int"
    root = parsed(namespaced.encode([{}], Type.parse("ContactEntity[]")))
    assert [root.tag, root[0].tag] == [f"{{{SERVICES88}}}ArrayOfContactEntity", f"{{{SERVICES88}}}ContactEntity"]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AICarriers.SearchRequest", "SearchRequest"),
        ("enum AddressType", "AddressType"),
        ("string[][]", "ArrayOfArrayOfstring"),
        ("{string}", "StringDictionary"),
        ("{FieldProperty}", "FieldPropertyDictionary"),
        ("byte", "base64Binary"),
    ],
)
def test_types_have_names(kind: str, name: str) -> None:
    """Roots are named as the framework's contracts name their types."""
    assert element_name(Type.parse(kind)) == name


# --- in


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<ContactEntity><Name>x</Name></ContactEntity>", {"Name": "x"}),
        ("<whatever><Name>x</Name></whatever>", {"Name": "x"}),
        ("<c><NAME>x</NAME><contactid>5</contactid></c>", {"Name": "x", "ContactId": "5"}),
        (f'<a:c xmlns:a="{SERVICES88}"><a:Name>x</a:Name></a:c>', {"Name": "x"}),
        (f'<c xmlns="urn:x"><Name xmlns="{SERVICES88}">x</Name></c>', {"Name": "x"}),
        ("<c><Name>x</Name><ContactId>5</ContactId></c>", {"Name": "x", "ContactId": "5"}),
        ("<c><Nonsense><Name>y</Name></Nonsense><Name>x</Name></c>", {"Name": "x"}),
        ("<c><TableRight><Mask>FULL</Mask></TableRight><FieldProperties/></c>", {}),
        (f'<c{DECLARED}><Name i:nil="true"/><Business i:nil="1"/></c>', {"Name": None, "Business": None}),
        (f'<c{DECLARED}><Name i:nil="false"/></c>', {"Name": ""}),
        (f'<c{DECLARED}><Emails i:nil="true">\n</Emails></c>', {"Emails": None}),
        (f'<c{DECLARED} i:nil="true"/>', None),
        ("<c><Name><![CDATA[a <b> & c]]></Name></c>", {"Name": "a <b> & c"}),
        ("<c><Name><![CDATA[<!DOCTYPE html>]]></Name></c>", {"Name": "<!DOCTYPE html>"}),
        ("<c><!-- x --><Name>a<!-- <!DOCTYPE a> -->b<?p x?>c</Name><?p x?></c>", {"Name": "abc"}),
        ("\ufeff<c><Name>x</Name></c>", {"Name": "x"}),
        ('<?xml version="1.0" encoding="utf-16"?><c><Name>ø</Name></c>', {"Name": "ø"}),
        (' \n<?xml version="1.0" encoding="no-such"?>\n<c><Name>𝄞</Name></c>\n', {"Name": "𝄞"}),
        ('\ufeff<?xml version="1.0" standalone="yes"?><!-- x --><c/>', {}),
        ("<?xml-stylesheet href='x'?><c/>", {}),
        ("<c><Name>&#248;&#x1D11E;&lt;&apos;</Name></c>", {"Name": "ø𝄞<'"}),
        ("<c><Name> x\r\ny </Name></c>", {"Name": " x\ny "}),
        ("<c><Name> </Name><Emails> </Emails><Business/></c>", {"Name": " ", "Emails": [], "Business": {}}),
        ("<c><NoMailing>1</NoMailing><Xstop> 0 </Xstop></c>", {"NoMailing": "true", "Xstop": "false"}),
        ("<c><Emails><x><Value>a</Value></x><y/></Emails></c>", {"Emails": [{"Value": "a"}, {}]}),
        (
            "<c><CustomFields><p><key>a</key><value>1</value></p><p><Value>3</Value></p><p><Key>b</Key></p></CustomFields></c>",
            {"CustomFields": {"a": "1", "b": None}},
        ),
        ("<c><Name>a</Name><Name>b</Name></c>", {"Name": "b"}),
        ("", None),
        (" \r\n", None),
        ("\ufeff", None),
    ],
    ids=[
        "a contact", "any root", "any letter case", "a prefix", "any namespace", "any order", "unknown elements",
        "rights are passed over", "nulls", "a nil that is false", "a null that is indented", "a null body", "CDATA",
        "a doctype that is text", "comments and instructions", "a byte order mark", "another encoding", "an unknown encoding",
        "a mark before the declaration", "a style sheet", "character references", "white space in texts",
        "white space between elements", "booleans as numbers", "items of any name", "entries in any case",
        "the last of two counts", "nothing", "white space", "a byte order mark and nothing",
    ],
)  # fmt: skip
def test_a_document_has_a_value(xml: Xml, text: str, value: object) -> None:
    """Documents are read forgivingly: what matters is which member is meant, not how its element is spelled."""
    assert xml.decode(text, Type.parse("ContactEntity")) == value


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("<c><Emails>5</Emails></c>", "Emails"),
        ("<c><Business>5</Business></c>", "Business"),
        ("<c><Name>a<b>c</b></Name></c>", "Name"),
        ("<c><ContactId><b/></ContactId></c>", "ContactId"),
        ("<c><CustomFields>x</CustomFields></c>", "CustomFields"),
        ("<c><Source>five</Source></c>", "Source"),
    ],
    ids=[
        "a text for an array",
        "a text for a carrier",
        "elements for a text",
        "elements for a number",
        "a text for a map",
        "no number",
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(xml: Xml, shapes: Shapes, text: str, where: str) -> None:
    """A value of the wrong form is not lost in silence: fitting it says where it stands."""
    with pytest.raises(BadRequest) as caught:
        read(xml, shapes, text, Type.parse("ContactEntity"))
    assert where in caught.value.explanation


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<Update UIHintMandatory>", "Update, UIHintMandatory"),
        (" Update\n UIHintMandatory ", "Update, UIHintMandatory"),
        ("Update, UIHintMandatory", "Update, UIHintMandatory"),
        ("5", "5"),
    ],
    ids=["blanks", "line breaks", "commas", "a number"],
)
def test_flags_are_separated_by_blanks(xml: Xml, text: str, value: str) -> None:
    """Flags are read in the form of either codec and become that of JSON."""
    kind = Type.parse("enum EFieldRight")
    assert xml.decode(f"<f>{text.strip('<>')}</f>", kind) == value


def test_untyped_elements_are_read_by_name(xml: Xml) -> None:
    """Where no type is published, elements are members, and elements called Item are items."""
    assert xml.decode("<o><a>1</a><b><Item>x</Item><Item/></b><c><d>2</d></c></o>", Type.parse("any")) == {
        "a": "1",
        "b": ["x", ""],
        "c": {"d": "2"},
    }


# --- bad input

LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
BLOW_UP = f'<!DOCTYPE q [<!ENTITY a "{"x" * 50_000}">]>'


@pytest.mark.parametrize(
    "text",
    [
        f"{LAUGHS}<c><Name>&i;</Name></c>",
        '<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]><c><Name>&x;</Name></c>',
        f"{BLOW_UP}<c><Name>{'&a;' * 50_000}</Name></c>",
        "<!DOCTYPE c><c/>",
        '<!DOCTYPE c SYSTEM "http://localhost/x.dtd"><c/>',
        "<!-- x --><!-- y --><!DOCTYPE c><c/>",
        "\ufeff<!DOCTYPE c><c/>",
        "<?xml version='1.0'?>\n<?p <!DOCTYPE ?>\n<!-- <c/> -->\n<!DOCTYPE c><c/>",
        f"<!-- {'x' * 100_000} --><!DOCTYPE c><c/>",
    ],
    ids=[
        "a billion laughs", "an external entity", "a quadratic blow-up", "a plain doctype", "an external doctype",
        "behind comments", "behind a byte order mark", "behind all there may be", "behind a long comment",
    ],
)  # fmt: skip
def test_document_types_are_refused(xml: Xml, text: str) -> None:
    """Any document type declaration is refused before a single entity of it is expanded."""
    with pytest.raises(BadRequest) as caught:
        xml.decode(text, Type.parse("ContactEntity"))
    assert "document type" in caught.value.explanation


@pytest.mark.parametrize(
    "text",
    [
        "x", "<c>", "<c></d>", "<c/><d/>", "<c><Name></c></Name>", "<c>&nbsp;</c>", "<c a='1' a='2'/>", "<c a=1/>",
        "<c>\x00</c>", "<c>\ud800</c>", "<c>&#0;</c>", "<c><a:Name/></c>", "<!doctype c><c/>", "<c><![CDATA[</c>", "<!-- x",
        "<?xml version='1.0'?>", '{"Name":"x"}', f"<c>&{'x' * 100_000};</c>",
    ],
    ids=[
        "no XML", "cut short", "another end", "two roots", "crossed", "an unknown entity", "an attribute twice", "no quotes",
        "a null byte", "half a surrogate pair", "a reference to a null byte", "an undeclared prefix", "a doctype in lower case",
        "an open CDATA", "an open comment", "no root", "JSON", "an enormous entity",
    ],
)  # fmt: skip
def test_a_malformed_document_is_a_bad_request(xml: Xml, text: str) -> None:
    """What is no XML is refused, however it is broken, without repeating much of it."""
    with pytest.raises(BadRequest) as caught:
        xml.decode(text, Type.parse("ContactEntity"))
    assert caught.value.message == "The request body is not valid XML."
    assert len(caught.value.explanation) < 300


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (lambda: "<a>" * 10_000 + "</a>" * 10_000, "ContactEntity"),
        (lambda: "<Rows>" * 100 + "</Rows>" * 100, "any"),
        (lambda: "<c>" + "<Name>" * 10_000 + "</Name>" * 10_000 + "</c>", "ContactEntity"),
        (lambda: "<c>" + "<int>1</int>" * 1_000_000 + "</c>", "int32[]"),
        (lambda: "<c>" + "<x/>" * 7_000_000 + "</c>", "ContactEntity"),
        (lambda: f'<c xmlns="urn:{"x" * 500_000}">{"<Name/>" * 50_000}</c>', "ContactEntity"),
        (lambda: f'<c xmlns:{"p" * 500_000}="urn:{"x" * 500_000}">{"<Name/>" * 50_000}</c>', "ContactEntity"),
    ],
    ids=[
        "10,000 nested elements", "100 nested elements without a type", "10,000 nested elements in a text", "a million items",
        "seven million unknown elements", "an enormous namespace", "an enormous prefix",
    ],
)  # fmt: skip
def test_small_documents_that_are_large_to_read_are_refused(xml: Xml, document: Callable[[], str], kind: str) -> None:
    """Depth, elements and the names of namespaces have limits, so that time and memory have."""
    text = document()
    begun = time.process_time()
    with pytest.raises(BadRequest) as caught:
        xml.decode(text, Type.parse(kind))
    assert time.process_time() - begun < 5
    assert len(caught.value.explanation) < 200


@pytest.mark.parametrize(
    ("document", "value"),
    [
        (lambda: f"<c>{'<!-- comment -->' * 1_250_000}<Name>x</Name></c>", {"Name": "x"}),
        (lambda: f"<!--{'x' * 20_000_000}--><c><Name>x</Name></c>", {"Name": "x"}),
        (lambda: f"{' ' * 20_000_000}<c><Name>x</Name></c>", {"Name": "x"}),
        (lambda: f"<c>{'<?p?>' * 1_000_000}</c>", {}),
        (lambda: f"<c><Description>{'&#65;' * 1_000_000}</Description></c>", {"Description": "A" * 1_000_000}),
        (lambda: "<c " + " ".join(f"a{each}='1'" for each in range(100_000)) + "/>", {}),
    ],
    ids=["20 MB of comments", "one comment of 20 MB", "20 MB of blanks", "a million instructions", "references", "attributes"],
)
def test_large_documents_that_say_little_are_read_quickly(xml: Xml, document: Callable[[], str], value: object) -> None:
    """What carries nothing costs time in proportion to its length and no memory to speak of."""
    text = document()
    begun = time.process_time()
    assert xml.decode(text, Type.parse("ContactEntity")) == value
    assert time.process_time() - begun < 5


def test_memory_stays_in_proportion(xml: Xml) -> None:
    """Reading a large array takes a bounded multiple of its length."""
    text = f"<c>{'<string>x</string>' * 100_000}</c>"
    tracemalloc.start()
    try:
        assert xml.decode(text, Type.parse("string[]")) == ["x"] * 100_000
        assert tracemalloc.get_traced_memory()[1] < 30 * len(text)
    finally:
        tracemalloc.stop()


def test_spellings_are_not_kept_without_end(catalogue: Catalogue) -> None:
    """A client that spells a member in ever new namespaces does not fill the memory of the process."""
    codec = Xml(catalogue)
    for each in range(1500):
        assert codec.decode(f'<c xmlns="urn:{each}"><Name>{each}</Name></c>', Type.parse("ContactEntity")) == {"Name": str(each)}
