"""Tests of XML in: documents are read forgivingly, however their elements are spelled."""

from __future__ import annotations

import pytest

from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Type
from mockserver.catalogue.shapes import Shapes
from mockserver.errors import BadRequest
from mockserver.wire.xml import Xml
from tests.wire.xml.samples import DECLARED, SERVICES88, read


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


def test_spellings_are_not_kept_without_end(catalogue: Catalogue) -> None:
    """A client that spells a member in ever new namespaces does not fill the memory of the process."""
    codec = Xml(catalogue)
    for each in range(1500):
        assert codec.decode(f'<c xmlns="urn:{each}"><Name>{each}</Name></c>', Type.parse("ContactEntity")) == {"Name": str(each)}
