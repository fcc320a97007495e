"""Tests of the codec as a whole: its laws, for every carrier and any values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mockserver.calls import Constant
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Type
from mockserver.catalogue.shapes import Shapes
from mockserver.errors import BadRequest
from mockserver.wire.xml import Xml
from tests.wire.xml.samples import DECLARED, NIL, carriers, parsed, read, sample


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
