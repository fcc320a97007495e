"""Tests of documents read without a tree: what is read is read as the tree would be, and what is not is left to it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Type
from mockserver.errors import BadRequest
from mockserver.wire.xml import Xml
from mockserver.wire.xml.plain import Odd, PlainReaders
from mockserver.wire.xml.reading import Readers
from mockserver.wire.xml.tree import tree
from tests.wire.xml.samples import DECLARED, SERVICES88, carriers, sample

CONTACT = Type.parse("ContactEntity")
KINDS = tuple(map(Type.parse, ("ContactEntity", "PersonEntity", "Address", "FieldProperty", "SelectableMDOListItem")))
PIECES = [
    "<",
    ">",
    "/",
    "</Name>",
    "<Name>",
    "<Name/>",
    '<Business i:nil="true"/>',
    "<Emails>",
    "</Emails>",
    "x",
    " ",
    "\n",
    "&lt;",
]
PIECES += [
    "]]>",
    "<!-- x -->",
    "<![CDATA[x]]>",
    "<?p?>",
    "\r",
    "\x01",
    "\x85",
    "\xa0",
    "\ufffe",
    "\ud800",
    'i:nil="true"',
    "<a:Name/>",
]
PIECES += ["<Key>", "</Key>", "<Value>", "</Value>", "<name>", "<TableRight/>", "true", "1", ' a="1"', "<!DOCTYPE a>", "æ"]

DOWN, UP = "<SelectableMDOListItem><ChildItems>", "</ChildItems></SelectableMDOListItem>"


@pytest.fixture(scope="module")
def plain(catalogue: Catalogue) -> PlainReaders:
    """The readers of plain documents."""
    return PlainReaders(catalogue)


@pytest.fixture(scope="module")
def by_tree(catalogue: Catalogue) -> Readers:
    """The readers of trees."""
    return Readers(catalogue)


def spoilt(data: st.DataObject, text: str) -> str:
    """A document with something put in, left out or said twice."""
    for _ in range(data.draw(st.integers(0, 3))):
        at, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
        match data.draw(st.sampled_from(["put", "leave", "cut", "repeat", "swap"])):
            case "put":
                text = text[:at] + data.draw(st.sampled_from(PIECES)) + text[at:]
            case "leave":
                text = text[:at] + text[min(end, at + 12) :]
            case "cut":
                text = text[:at]
            case "repeat":
                text = text[:end] + text[at:end] + text[end:]
            case _:
                pieces = text.split("<")
                first, second = at % len(pieces), end % len(pieces)
                pieces[first], pieces[second] = pieces[second], pieces[first]
                text = "<".join(pieces)
    return text


@settings(max_examples=1000)
@given(st.data())
def test_what_is_read_is_what_the_tree_reads(
    catalogue: Catalogue, plain: PlainReaders, by_tree: Readers, xml: Xml, data: st.DataObject
) -> None:
    """Documents of ours, whole and spoilt: whatever is not odd has a tree, and the same value."""
    kind = data.draw(st.sampled_from(KINDS))
    text = spoilt(data, xml.encode(data.draw(carriers(catalogue, kind.name, 3)), kind))
    try:
        value = plain.read(text, kind)
    except Odd:
        return
    assert repr(by_tree.of(kind)(tree(text), 0)) == repr(value)


def test_documents_of_ours_are_plain(catalogue: Catalogue, plain: PlainReaders, by_tree: Readers, xml: Xml) -> None:
    """What the double writes, it reads without a tree: every carrier with every member, but for brackets in texts."""
    for name in catalogue.carrier_names:
        kind = Type.parse(name)
        text = xml.encode(sample(catalogue, kind, 1), kind).replace("&lt;", "+").replace("&gt;", "+")
        assert plain.read(text, kind) == by_tree.of(kind)(tree(text), 0), name


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"<c{DECLARED}><Name>a > b</Name></c>", {"Name": "a > b"}),
        ("<c><Name>a &amp; b &amp;lt; &amp;amp;</Name></c>", {"Name": "a & b &lt; &amp;"}),
        (f'<c{DECLARED} xmlns="{SERVICES88}"><Name i:nil="true" /></c>', {"Name": None}),
        (f'<c xmlns="{SERVICES88}"{DECLARED}><Name /></c>\n', {"Name": ""}),
        ("<c><Name>æ𝄞\n\t</Name></c>", {"Name": "æ𝄞\n\t"}),
        (f'<c{DECLARED}><Emails/><Urls></Urls><Phones i:nil="true"/></c>', {"Emails": [], "Urls": [], "Phones": None}),
        (f'<c{DECLARED}><TableRight><Mask>FULL</Mask></TableRight><FieldProperties i:nil="true"/></c>', {}),
        ("<c><Xstop>1</Xstop><NoMailing>false</NoMailing></c>", {"Xstop": "true", "NoMailing": "false"}),
    ],
    ids=["a bracket", "ampersands", "a null", "a blank", "any characters", "containers", "rights", "truth values"],
)
def test_plain_documents_are_read(plain: PlainReaders, text: str, value: object) -> None:
    """The forms that serialisers choose among."""
    assert plain.read(text, CONTACT) == value


@pytest.mark.parametrize(
    "text",
    [
        "<c><Name>a&lt;b</Name></c>", "<c><Name&gt;x</Name></c>", "<c><Na&amp;me/></c>", "<c><name>x</name></c>",
        "<c> <Name>x</Name></c>", "<c><Name>x</Name> </c>",
        "<c><Nonsense/></c>", "<c><Name a='1'>x</Name></c>", "<a:c xmlns:a='urn:x'><a:Name>x</a:Name></a:c>", "<c/>",
        '<c><Name i:nil="true"/></c>', "<c><Name>x<!-- --></Name></c>", "<c><Emails>x</Emails></c>", "<c><Name>x", "<c>",
        "<c></c><c></c>", "x<c></c>", "<c></c>x", "<c><Name/>x</c>", "<c><Emails><x/></Emails></c>", "<c><Name>\x01</Name></c>",
        "<c><Name>]]></Name></c>", "<c><Name>\ud800</Name></c>", "<c><CustomFields><p/></CustomFields></c>", "",
        "<c><CustomFields><StringKeyValuePair><Value>1</Value><Key>a</Key></StringKeyValuePair></CustomFields></c>",
        f"<c><Interests>{DOWN * 40}",
        f"<c><Interests>{DOWN * 40}{UP * 40}</Interests></c>",
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_tree(plain: PlainReaders, text: str) -> None:
    """In order or not: here nothing is refused."""
    with pytest.raises(Odd):
        plain.read(text, CONTACT)


@pytest.mark.parametrize("text", ["<Name>x</Name>" * 3000, "<!DOCTYPE c>"], ids=["a long one", "a document type"])
def test_the_codec_asks_the_tree_for_the_rest(xml: Xml, text: str) -> None:
    """What is long is looked at first, what is dangerous is refused, and what is odd is read."""
    if text.startswith("<!"):
        with pytest.raises(BadRequest, match="not valid XML"):
            xml.decode(f"{text}<c><Name>x</Name></c>", CONTACT)
    else:
        assert xml.decode(f"<c>{text}</c>", CONTACT) == {"Name": "x"}
    assert xml.decode("<c><!-- --><name>x</name></c>", CONTACT) == {"Name": "x"}
