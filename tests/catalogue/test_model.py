"""Tests of the catalogue's words: types and their notation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.catalogue.model import Carrier, Field, Kind, Operation, Type

SIMPLE = [kind for kind in Kind if kind not in (Kind.ENUM, Kind.CARRIER, Kind.ARRAY, Kind.MAP)]
INNERMOST = (
    st.sampled_from(SIMPLE).map(Type)
    | st.sampled_from(["Colour", "$mode"]).map(lambda name: Type(Kind.ENUM, name))
    | st.sampled_from(["ContactEntity", "Carriers.Thing"]).map(lambda name: Type(Kind.CARRIER, name))
)
TYPES = st.recursive(
    INNERMOST,
    lambda inner: st.builds(lambda kind, item: Type(kind, item=item), st.sampled_from((Kind.ARRAY, Kind.MAP)), inner),
    max_leaves=4,
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("int32", Type(Kind.INT32)),
        ("enum AddressType", Type(Kind.ENUM, "AddressType")),
        ("EntityElement", Type(Kind.CARRIER, "EntityElement")),
        ("EntityElement[]", Type(Kind.ARRAY, item=Type(Kind.CARRIER, "EntityElement"))),
        ("{string}", Type(Kind.MAP, item=Type(Kind.STRING))),
        ("int32[][]", Type(Kind.ARRAY, item=Type(Kind.ARRAY, item=Type(Kind.INT32)))),
        ("{string}[]", Type(Kind.ARRAY, item=Type(Kind.MAP, item=Type(Kind.STRING)))),
        ("{string[]}", Type(Kind.MAP, item=Type(Kind.ARRAY, item=Type(Kind.STRING)))),
    ],
)
def test_a_type_is_read_from_its_notation(text: str, kind: Type) -> None:
    """Each form that the generated file uses means one type."""
    assert Type.parse(text) == kind


@given(TYPES)
def test_a_type_is_written_as_it_is_read(kind: Type) -> None:
    """Reading what a type is written as gives the type again."""
    assert Type.parse(str(kind)) == kind


def test_members_are_found_by_lower_case_name() -> None:
    """A carrier finds its members whatever letter case their names have."""
    carrier = Carrier("Thing", (Field("ThingId", Type(Kind.INT32)),))
    assert carrier.by_name["thingid"] is carrier.fields[0]


@pytest.mark.parametrize(
    ("name", "path", "agent", "short"),
    [
        ("v1ContactAgent_SaveContactEntity", "/api/v1/Agents/Contact/SaveContactEntity", "Contact", "SaveContactEntity"),
        ("v1ContactEntity_GetAll", "/api/v1/Contact", None, "GetAll"),
        ("login", "/login", None, "login"),
    ],
    ids=["an agent's method", "a REST operation", "an operation of our own"],
)
def test_an_operation_has_a_short_name(name: str, path: str, agent: str | None, short: str) -> None:
    """The short name is the method's for agents, and what follows the resource otherwise."""
    assert Operation(name, "POST", path, agent, (), None, {}, (), ()).name == short


@pytest.mark.parametrize(
    ("answers", "result"),
    [({200: Type(Kind.STRING)}, Type(Kind.STRING)), ({204: None}, None), ({404: Type(Kind.STRING)}, None)],
    ids=["a value", "void", "a failure"],
)
def test_the_result_is_the_type_of_a_successful_answer(answers: dict[int, Type | None], result: Type | None) -> None:
    """Only status 200 carries a result."""
    assert Operation("x", "GET", "/x", None, (), None, answers, (), ()).result == result
