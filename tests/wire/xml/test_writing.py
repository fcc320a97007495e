"""Tests of XML out: what protocol 1.5 says of the form."""

from __future__ import annotations

import json

import pytest

from mockserver.calls import Constant, plain
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Type
from mockserver.catalogue.shapes import EMPTY_DATE
from mockserver.wire.xml import Xml
from tests.conftest import Ask
from tests.wire.xml.samples import ARRAYS, DECLARED, NIL, PRIMITIVES, RIGHTS, SERVICES88, parsed


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


@pytest.mark.parametrize("kind", ["ContactEntity", "ContactEntity[]", "{ContactEntity}"])
def test_bytes_are_those_of_the_text(xml: Xml, namespaced: Xml, kind: str) -> None:
    """Large constants are spliced in as they were kept, in either form, whatever stands around them and inside."""
    large = Constant({f"key {each}": "æ𝄞 & \x00" for each in range(100)})
    small = Constant({"key": "æ"})
    nested = Constant([{"Name": "x", "CustomFields": large, "UserDefinedFields": small}])
    row: dict[str, object] = {"Name": "\x00", "CustomFields": large, "UserDefinedFields": large, "ExtraFields": small}
    value: object = {"ContactEntity": row, "ContactEntity[]": nested, "{ContactEntity}": {"\x00": row, "b": row}}[kind]
    for codec in (xml, namespaced):
        for _ in range(2):
            text = codec.encode(value, Type.parse(kind))
            assert text == codec.encode(plain(value), Type.parse(kind))
            assert codec.encode_utf8(value, Type.parse(kind)).decode() == text
            parsed(text)
    assert xml.encode_utf8({"Message": "æ"}, None).decode() == "<Error><Message>æ</Message></Error>"
