"""Tests of form bodies: every way of saying a place means the same, and limits hold."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import quote_plus

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Type
from mockserver.catalogue.shapes import EMPTY_DATE, Shapes
from mockserver.errors import BadRequest
from mockserver.wire.form import Form

CONTACT = Type(Kind.CARRIER, "ContactEntity")
RIGHTS = ("TableRight", "FieldProperties")

TEXTS = st.text(st.characters(codec="utf-8"), max_size=6)
# A key stands in brackets, so that it cannot have any itself.
KEYS = st.text(st.characters(codec="utf-8", exclude_characters="[]"), min_size=1, max_size=6)
SCALARS: dict[Kind, st.SearchStrategy[object]] = {
    Kind.STRING: TEXTS,
    Kind.INT32: st.integers(-(2**31), 2**31 - 1),
    Kind.INT64: st.integers(-(2**63), 2**63 - 1),
    Kind.DOUBLE: st.floats(allow_nan=False, allow_infinity=False),
    Kind.BOOLEAN: st.booleans(),
    Kind.DATE_TIME: st.sampled_from([EMPTY_DATE, "2026-03-01T12:00:00"]),
    Kind.BINARY: st.sampled_from(["AAEC", "/+8="]),
    Kind.STREAM: st.sampled_from(["AAEC"]),
    Kind.ANY: TEXTS,
}


@pytest.fixture(scope="module")
def form(catalogue: Catalogue) -> Form:
    """The reader."""
    return Form(catalogue)


def values(catalogue: Catalogue, kind: Type, depth: int = 2) -> st.SearchStrategy[object]:
    """The values of a type that a form can say: no nulls, and no carrier without members."""
    match kind.kind:
        case Kind.ENUM:
            return st.sampled_from(list(catalogue.enum(kind.name).members))
        case Kind.CARRIER:
            return carriers(catalogue, kind.name, depth)
        case Kind.ARRAY if kind.item:
            return st.lists(values(catalogue, kind.item, depth - 1), max_size=2) if depth > 0 else st.just([])
        case Kind.MAP if kind.item:
            return st.dictionaries(KEYS, values(catalogue, kind.item, depth - 1), max_size=2) if depth > 0 else st.just({})
        case _:
            return SCALARS[kind.kind]


@st.composite
def carriers(draw: st.DrawFn, catalogue: Catalogue, name: str, depth: int) -> dict[str, object]:
    """A carrier with one to five of its members; below the depth those that hold nothing themselves."""
    known = {each.name: each.type for each in catalogue.carrier(name).fields if each.name not in RIGHTS}
    if depth <= 0:
        known = {each: kind for each, kind in known.items() if kind.kind is not Kind.CARRIER}
    known = {each: kind for each, kind in known.items() if kind.kind is not Kind.CARRIER or has_members(catalogue, kind.name)}
    chosen = draw(st.lists(st.sampled_from(list(known)), unique=True, min_size=1, max_size=5))
    return {each: draw(values(catalogue, known[each], depth - 1)) for each in chosen}


def has_members(catalogue: Catalogue, name: str) -> bool:
    """Whether a carrier has members that are not carriers."""
    return any(each.type.kind is not Kind.CARRIER and each.name not in RIGHTS for each in catalogue.carrier(name).fields)


def pairs(value: object, place: str, step: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """A value said in a form; `step` says how a member is named below another."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from pairs(each, place + (step(name) if place else name if name.isidentifier() else f"[{name}]"), step)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from pairs(each, f"{place}[{index}]", step)
    else:
        yield place, str(value)
    if value in ({}, []):
        yield place, ""


def bracketed(name: str) -> str:
    """`Business[Id]`."""
    return f"[{name}]"


def dotted(name: str) -> str:
    """`Business.Id`, and brackets for keys that are no names."""
    return f".{name}" if name.isidentifier() else f"[{name}]"


def said(value: object, step: Callable[[str], str] = bracketed) -> str:
    """The body that says a value."""
    return "&".join(f"{quote_plus(name)}={quote_plus(text)}" for name, text in pairs(value, "", step))


# --- laws


def test_every_carrier_that_a_form_can_say_is_read_back(catalogue: Catalogue, shapes: Shapes, form: Form) -> None:
    """For every carrier of the catalogue, brackets and dots mean the value they were made from."""
    names = [name for name in catalogue.carrier_names if has_members(catalogue, name)]
    for batch in (names[at : at + 8] for at in range(0, len(names), 8)):

        @settings(max_examples=3, phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck))
        @given(st.fixed_dictionaries({name: carriers(catalogue, name, 2) for name in batch}))
        def are_read_back(values: dict[str, dict[str, object]]) -> None:
            for name, value in values.items():
                kind = Type(Kind.CARRIER, name)
                for step in (bracketed, dotted):
                    assert shapes.coercer(kind)(form.decode(said(value, step), kind)) == value

        are_read_back()


@given(st.data())
def test_entities_are_read_back(catalogue: Catalogue, shapes: Shapes, form: Form, data: st.DataObject) -> None:
    """The same, searched for longer where clients are most, and for the order of the fields: it does not matter."""
    name = data.draw(st.sampled_from(["ContactEntity", "PersonEntity", "AppointmentEntity", "Address"]))
    kind = Type(Kind.CARRIER, name)
    value = data.draw(carriers(catalogue, name, 3))
    fields = data.draw(st.permutations(said(value, data.draw(st.sampled_from([bracketed, dotted]))).split("&")))
    assert shapes.coercer(kind)(form.decode("&".join(fields), kind)) == value


PIECES = ["Name", "Emails", "CustomFields", "Value", "Key", *"[].=&%+9", "[0]", "[]", "%5B", "\ud800", "\x00"]


@given(st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_text_is_read_or_refused(form: Form, text: str) -> None:
    """Whatever a text is, it is a value or a bad request, nothing else."""
    for kind in ("ContactEntity", "int32[]", "{string}", "{{string}}", "string[][]", "string", "any"):
        with suppress(BadRequest):
            form.decode(text, Type.parse(kind))


# --- places


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Name=Acme&ContactId=5", {"Name": "Acme", "ContactId": "5"}),
        ("Name=a+b%20c%2Bd&Department=Bj%C3%B8rn", {"Name": "a b c+d", "Department": "Bjørn"}),
        ("Name=Bjørn", {"Name": "Bjørn"}),
        ("Name=%FFx", {"Name": "\ufffdx"}),
        ("Name=a%26b%3Dc", {"Name": "a&b=c"}),
        ("Name=&OrgNr", {"Name": "", "OrgNr": ""}),
        ("&&Name=x&", {"Name": "x"}),
        ("Business[Id]=2", {"Business": {"Id": "2"}}),
        ("Business.Id=2", {"Business": {"Id": "2"}}),
        ("Business%5BId%5D=2", {"Business": {"Id": "2"}}),
        ("Emails[0].Value=a&Emails[0].Description=b", {"Emails": [{"Value": "a", "Description": "b"}]}),
        ("Emails[0][Value]=a", {"Emails": [{"Value": "a"}]}),
        ("emails[0].value=a&Emails[0].Description=b", {"Emails": [{"Value": "a", "Description": "b"}]}),
        ("Emails[1].Value=b&Emails[0].Value=a", {"Emails": [{"Value": "a"}, {"Value": "b"}]}),
        ("Emails[10].Value=b&Emails[9].Value=a", {"Emails": [{"Value": "a"}, {"Value": "b"}]}),
        ("Emails[][Value]=a&Emails[][Value]=b", {"Emails": [{"Value": "a"}, {"Value": "b"}]}),
        ("CustomFields[SuperOffice:1]=[I:3]", {"CustomFields": {"SuperOffice:1": "[I:3]"}}),
        ("CustomFields.x_name=1&customfields[app.device.key]=2", {"CustomFields": {"x_name": "1", "app.device.key": "2"}}),
        ("CustomFields[0].Key=a&CustomFields[0].Value=1", {"CustomFields": {"a": "1"}}),
        ("CustomFields[1][value]=2&CustomFields[1][key]=b&CustomFields[c]=3", {"CustomFields": {"b": "2", "c": "3"}}),
        ("CustomFields[0].Key=a", {"CustomFields": {"a": None}}),
        ("CustomFields[0]=a&CustomFields[Key]=b", {"CustomFields": {"0": "a", "Key": "b"}}),
        ("Emails=&CustomFields=&Business=", {"Emails": [], "CustomFields": {}, "Business": None}),
        ("Address.LocalizedAddress[0][1].Value=x", {"Address": {"LocalizedAddress": [[{"Value": "x"}]]}}),
        ("Nonsense=1&Nonsense[x].y=2&Name=x", {"Name": "x"}),
        ("Nonsense=1", None),
        ("Name=a&Name=b", {"Name": "a"}),
        ("", None),
        (" \r\n", None),
    ],
    ids=[
        "flat names", "percent and plus", "raw UTF-8", "a byte that is not UTF-8", "escaped marks", "empty values",
        "empty fields", "brackets", "dots", "escaped brackets", "an item with dots", "an item in brackets", "an item in 2 cases",
        "items in any order", "indices are numbers", "every [] is a new item", "a key", "keys with and without dots", "an entry",
        "entries and keys", "an entry without a value", "a key that looks like an index", "empty containers", "an array in one",
        "unknown names", "nothing that is known", "the first of two scalars counts", "nothing", "white space",
    ],
)  # fmt: skip
def test_a_form_has_a_value(form: Form, text: str, value: object) -> None:
    """Forms are read as the framework's binders read them (protocol 1.1), whatever the letter case."""
    assert (form.decode(text, CONTACT) or None) == value


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("AppointmentEntity", "Participants[]=", {"Participants": [None]}),
        ("int32[]", "=1&=2", ["1", "2"]),
        ("int32[]", "[]=1&[]=2", ["1", "2"]),
        ("int32[]", "[0]=1&[2]=3", ["1", "3"]),
        ("string[]", "[]=", [""]),
        ("ContactEntity[]", "[1].Name=b&[0][Name]=a", [{"Name": "a"}, {"Name": "b"}]),
        ("{string}", "a=1&[b.c]=2", {"a": "1", "b.c": "2"}),
        ("{{string}}", "a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}),
        ("string", "=a+b", "a b"),
        ("any", "a[0]=1&a[1][b]=2&c.d=3", {"a": ["1", {"b": "2"}], "c": {"d": "3"}}),
    ],
    ids=[
        "an empty item", "a root array", "a root array with brackets", "a gap closes", "an empty text", "an array of carriers",
        "a root dictionary", "dictionaries in one", "a scalar", "a value without a type",
    ],
)  # fmt: skip
def test_roots_of_any_type_are_read(form: Form, kind: str, text: str, value: object) -> None:
    """A body need not be a carrier: arrays, dictionaries and scalars have a form too."""
    assert form.decode(text, Type.parse(kind)) == value


@pytest.mark.parametrize("field", ["Ids", "Ids[]", "ids"])
def test_repeated_names_are_an_array(catalogue: Catalogue, shapes: Shapes, form: Form, field: str) -> None:
    """A name that is said again and again says the items of an array in their order."""
    name, member = next(
        (name, each.name)
        for name in catalogue.carrier_names
        for each in catalogue.carrier(name).fields
        if each.type == Type.parse("int32[]")
    )
    kind = Type(Kind.CARRIER, name)
    body = "&".join(f"{field.replace('Ids', member).replace('ids', member.lower())}={each}" for each in (3, 1, 2))
    assert shapes.coercer(kind)(form.decode(body, kind)) == {member: [3, 1, 2]}


# --- bad input


@pytest.mark.parametrize(
    "text",
    [
        "Emails[x]=1", "Emails[-1].Value=1", "Emails[999999999].Value=1", f"Emails[{'9' * 10_000}]=1", "Emails[²].Value=1",
        "Name[=1", "Name]=1", "Emails[0=1", "Emails[[0]]=1", "Emails[0]x=1", "Business..Id=1", "Business.=1", "Business=5",
        "Name.x=1",
        "CustomFields=x", "CustomFields[a][b]=1", "CustomFields[0].Value=1", "Business=&Business.Id.x=1", f"Name{'[x]' * 100}=1",
        f"Nonsense{'.x' * 10_000}=1", "&".join(["x=1"] * 100_001), "&" * 1_000_000, "Emails[]=1&" * 200_000,
    ],
    ids=[
        "a name as an index", "a negative index", "an enormous index", "an index of 10,000 digits", "a digit that is none",
        "an open bracket", "a closed bracket", "an open index", "nested brackets", "no dot", "two dots", "a dot at the end",
        "a text for a carrier", "a member of a text", "a text for a dictionary", "a member of an entry", "an entry without a key",
        "a member of a number", "100 levels", "10,000 levels", "100,001 fields", "a million empty fields", "an array of 200,000",
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_meant_is_a_bad_request(form: Form, text: str) -> None:
    """What has no place, or would be enormous, is refused in short time, with the field that is meant."""
    begun = time.process_time()
    with pytest.raises(BadRequest) as caught:
        form.decode(text, CONTACT)
    assert time.process_time() - begun < 2
    assert caught.value.message == "The request body is not valid form data."
    assert caught.value.explanation != caught.value.message
    assert len(caught.value.explanation) < 200


@pytest.mark.parametrize(
    "text",
    [
        "&".join(["Emails[].Value=x"] * 100_000),
        "&".join(f"CustomFields[{each}]=x" for each in range(100_000)),
        "Name=" + "x" * 20_000_000,
    ],
    ids=["items", "keys", "a long text"],
)
def test_large_forms_are_read_quickly(form: Form, text: str) -> None:
    """As many fields as are allowed, and a text of any length, take time in proportion."""
    begun = time.process_time()
    form.decode(text, CONTACT)
    assert time.process_time() - begun < 5
