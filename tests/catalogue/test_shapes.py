"""Tests of shapes: the empty value of a type, and a decoded value made to fit one."""

from __future__ import annotations

import copy
import json
import random
from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mockserver.catalogue.loading import Catalogue, load_catalogue
from mockserver.catalogue.model import Enumeration, Kind, Type
from mockserver.catalogue.shapes import EMPTY_DATE, Coerce, Misfit, Shapes, date_time
from mockserver.errors import BadRequest

SHAPES = Shapes(load_catalogue())
RIGHTS = ("TableRight", "FieldProperties")
CONTACT = Type(Kind.CARRIER, "ContactEntity")
ENUMS = list(json.loads((files("mockserver.catalogue") / "published.json").read_text("utf-8"))["enums"])
FLAGS = [name for name in ENUMS if load_catalogue().enum(name).flags]


def coerced(kind: Type, value: object) -> Any:
    """A value made to fit; the original stays as it is, although a coercer may take what it gets."""
    return SHAPES.coercer(kind)(copy.deepcopy(value))


def without_nulls(value: object) -> Any:
    """The same value without the members that are null: null is the same as absent."""
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    return value


# --- empty values


@pytest.mark.parametrize(
    ("kind", "empty"),
    [
        ("string", ""),
        ("int32", 0),
        ("int64", 0),
        ("double", 0.0),
        ("boolean", False),
        ("date-time", "0001-01-01T00:00:00"),
        ("enum AddressType", "Unknown"),
        ("enum TicketPriorityEscalateEvent", "Stop"),
        ("EntityElement[]", []),
        ("{string}", {}),
        ("ContactEntity", None),
        ("stream", ""),
        ("any", None),
    ],
    ids=str,
)
def test_an_unset_member_holds_its_types_default(shapes: Shapes, kind: str, empty: object) -> None:
    """Text is empty, numbers are 0, dates the first day, enums their 0, containers empty, carriers null (protocol 1.2)."""
    value = shapes.empty(Type.parse(kind))
    assert value == empty
    assert type(value) is type(empty)


def test_an_empty_container_is_fresh(shapes: Shapes) -> None:
    """Each caller gets a container of its own."""
    kind = Type.parse("string[]")
    assert shapes.empty(kind) is not shapes.empty(kind)
    assert shapes.empty_carrier("ContactEntity") is not shapes.empty_carrier("ContactEntity")


def test_every_empty_carrier_has_all_its_members_in_order(catalogue: Catalogue, shapes: Shapes) -> None:
    """An empty carrier has the published members, each once, in the published order."""
    for name in catalogue.carrier_names:
        assert list(shapes.empty_carrier(name)) == [each.name for each in catalogue.carrier(name).fields]


def test_every_empty_carrier_fits_itself(catalogue: Catalogue, shapes: Shapes) -> None:
    """Coercing an empty carrier changes nothing but its rights, which nobody may send."""
    for name in catalogue.carrier_names:
        empty = {member: each for member, each in shapes.empty_carrier(name).items() if member not in RIGHTS}
        fitted = coerced(Type(Kind.CARRIER, name), shapes.empty_carrier(name))
        assert without_nulls(fitted) == without_nulls(empty), name


def test_the_empty_contact_is_that_of_the_recorded_default(shapes: Shapes) -> None:
    """Members that the recorded default entity leaves unset are as it has them (contact-domain 2)."""
    empty = shapes.empty_carrier("ContactEntity")
    recorded = {
        "ContactId": 0,
        "Name": "",
        "DbiKey": "",
        "UpdatedDate": "0001-01-01T00:00:00",
        "Emails": [],
        "Persons": [],
        "UpdatedBy": None,
        "SupportPerson": None,
        "NoMailing": False,
        "Source": 0,
        "ExtraFields": {},
    }
    assert {name: empty[name] for name in recorded} == recorded
    assert list(empty)[-2:] == list(RIGHTS)


def test_a_carrier_is_filled_by_published_names(shapes: Shapes) -> None:
    """Filling sets members in place, and a name that is not published is an error."""
    assert shapes.filled("EntityElement", {"Value": "x"})["Value"] == "x"
    assert list(shapes.filled("EntityElement", {"Value": "x"})) == list(shapes.empty_carrier("EntityElement"))
    with pytest.raises(KeyError, match="Valve"):
        shapes.filled("EntityElement", {"Valve": "x"})


# --- coerced values: one kind at a time


@pytest.mark.parametrize(
    ("kind", "sent", "value"),
    [
        ("int32", 5, 5),
        ("int32", "5", 5),
        ("int32", " -5 ", -5),
        ("int32", 5.0, 5),
        ("int32", 2**31 - 1, 2**31 - 1),
        ("int32", -(2**31), -(2**31)),
        ("int32", "", None),
        ("int64", 2**63 - 1, 2**63 - 1),
        ("int64", "-9223372036854775808", -(2**63)),
        ("double", 1, 1.0),
        ("double", "1.5", 1.5),
        ("double", 1.5, 1.5),
        ("boolean", True, True),
        ("boolean", "true", True),
        ("boolean", "False", False),
        ("boolean", 1, True),
        ("boolean", 0, False),
        ("string", "æ", "æ"),
        ("string", 5, "5"),
        ("string", 1.5, "1.5"),
        ("string", True, "True"),
        ("byte", "AAEC", "AAEC"),
        ("enum AddressType", "ContactPostalAddress", "ContactPostalAddress"),
        ("enum AddressType", "contactpostaladdress", "ContactPostalAddress"),
        ("enum AddressType", 16387, "PersonPrivateAddress"),
        ("enum AddressType", "16387", "PersonPrivateAddress"),
        ("enum TicketPriorityEscalateEvent", -1, "None"),
        ("enum TicketPriorityEscalateEvent", "-1", "None"),
        ("enum Weekday", "Monday, Friday", "Monday, Friday"),
        ("enum Weekday", "monday,FRIDAY", "Monday, Friday"),
        ("enum Weekday", 17, "Monday, Friday"),
        ("enum EFieldRight", "Update, UIHintMandatory", "Update, UIHintMandatory"),
        ("string[]", ["a", 1], ["a", "1"]),
        ("{string}", {"SuperOffice:1": 5}, {"SuperOffice:1": "5"}),
        ("any", {"a": [1]}, {"a": [1]}),
    ],
    ids=repr,
)
def test_a_value_is_made_to_fit(kind: str, sent: object, value: object) -> None:
    """Clients say a value in several forms; one is kept (protocol 1.2, 1.3, contact-domain 1.5)."""
    fitted = coerced(Type.parse(kind), sent)
    assert fitted == value
    assert type(fitted) is type(value)


SIMPLE = [kind.value for kind in Kind if kind not in (Kind.ENUM, Kind.CARRIER, Kind.ARRAY, Kind.MAP)]


@pytest.mark.parametrize("kind", [*SIMPLE, "enum AddressType", "ContactEntity", "int32[]", "{string}"])
def test_null_stays_null(kind: str) -> None:
    """Null fits every type."""
    assert coerced(Type.parse(kind), None) is None


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("int32", "five"),
        ("int32", 2**31),
        ("int32", -(2**31) - 1),
        ("int32", 5.5),
        ("int32", 1e300),
        ("int32", "9" * 30),
        ("int32", []),
        ("int32", {}),
        ("int64", 2**63),
        ("int64", -(2**63) - 1),
        ("int64", "9223372036854775808"),
        ("int64", 1e300),
        ("double", "much"),
        ("double", "1_000"),
        ("double", []),
        ("boolean", "maybe"),
        ("boolean", []),
        ("string", []),
        ("string", {}),
        ("date-time", 5),
        ("date-time", True),
        ("date-time", []),
        ("enum AddressType", "Nowhere"),
        ("enum AddressType", 5),
        ("enum AddressType", "ContactPostalAddress, ContactStreetAddress"),
        ("enum AddressType", True),
        ("enum AddressType", []),
        ("enum Weekday", 1024),
        ("enum Weekday", "Monday, Someday"),
        ("ContactEntity", "x"),
        ("ContactEntity", []),
        ("int32[]", 5),
        ("int32[]", {}),
        ("{string}", []),
    ],
    ids=lambda each: repr(each)[:40],
)
def test_a_value_that_cannot_fit_is_refused(kind: str, sent: object) -> None:
    """What the type cannot hold is a bad request, never kept and never an error of ours."""
    with pytest.raises(Misfit):
        coerced(Type.parse(kind), sent)


# --- enums


def any_case(text: str, seed: int) -> str:
    """The same text with letters in random case."""
    chance = random.Random(seed)
    return "".join(chance.choice((each.lower(), each.upper())) for each in text)


@pytest.mark.parametrize("name", ENUMS)
def test_every_member_of_an_enum_has_four_forms(catalogue: Catalogue, name: str) -> None:
    """A member may be sent by name, in any letter case, by number and by number as text."""
    enum = catalogue.enum(name)
    kind = Type(Kind.ENUM, name)
    for member, number in enum.members.items():
        assert coerced(kind, member) == member
        assert coerced(kind, any_case(member, number)) == member
        assert enum.members[coerced(kind, number)] == number
        assert enum.members[coerced(kind, str(number))] == number


def bits(enum: Enumeration, text: str) -> int:
    """What a text of flags stands for."""
    total = 0
    for name in text.split(", "):
        total |= enum.members[name]
    return total


@given(st.data())
@pytest.mark.parametrize("name", FLAGS)
@settings(max_examples=20)
def test_flags_may_be_listed(name: str, data: st.DataObject) -> None:
    """Any members of a flags enum, listed in any case and spacing, mean the same bits and come back as `A, B`."""
    enum = load_catalogue().enum(name)
    members = data.draw(st.lists(st.sampled_from(list(enum.members)), min_size=1, max_size=4, unique=True))
    separator = data.draw(st.sampled_from([",", ", ", " , "]))
    sent = separator.join(any_case(each, len(each)) for each in members)
    assert bits(enum, coerced(Type(Kind.ENUM, name), sent)) == bits(enum, ", ".join(members))


@given(st.data())
@pytest.mark.parametrize("name", FLAGS)
@settings(max_examples=20)
def test_flags_may_be_summed(name: str, data: st.DataObject) -> None:
    """Any sum of single flags comes back as names that mean the same bits; the client sends flags as numbers."""
    enum = load_catalogue().enum(name)
    single = sorted({number for number in enum.members.values() if number > 0 and number & (number - 1) == 0})
    number = sum(data.draw(st.sets(st.sampled_from(single), min_size=1)))
    fitted = coerced(Type(Kind.ENUM, name), number)
    assert bits(enum, fitted) == number
    assert coerced(Type(Kind.ENUM, name), fitted) == fitted


# --- dates


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-03-01T12:00:00", "2026-03-01T12:00:00"),
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00"),
        ("2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00"),
        ("2026-03-01T12:00:00-0500", "2026-03-01T17:00:00"),
        ("2026-03-01T01:00:00+02:00", "2026-02-28T23:00:00"),
        ("2025-05-14T10:48:07.8912039Z", "2025-05-14T10:48:07"),
        ("2023-01-30T11:58:00.835846+02:00", "2023-01-30T09:58:00"),
        ("2026-03-01T12:00:00.999", "2026-03-01T12:00:00"),
        ("2026-03-01", "2026-03-01T00:00:00"),
        ("2026-03-01T12:00", "2026-03-01T12:00:00"),
        ("9999-12-31T23:59:59", "9999-12-31T23:59:59"),
        ("0001-01-01T00:00:00", EMPTY_DATE),
        ("0001-01-01T00:00:00Z", EMPTY_DATE),
        ("0001-01-01T01:00:00+01:00", EMPTY_DATE),
        ("0000-12-31T23:00:00", EMPTY_DATE),
        ("0000-12-31T23:00:00.000Z", EMPTY_DATE),
        ("0000-12-30T12:00:00Z", EMPTY_DATE),
        ("0001-01-01T12:00:00-12:00", EMPTY_DATE),
        ("0001-01-03T00:30:00+02:00", EMPTY_DATE),
        ("", None),
    ],
    ids=[
        "without an offset",
        "Z",
        "an offset",
        "an offset without a colon, as documented",
        "an offset that changes the day",
        "seven digits of a second, as webhooks have",
        "six digits and an offset, as in the documentation's samples",
        "nearly the next second",
        "a day",
        "without seconds",
        "the far end",
        "the empty date",
        "the empty date with Z",
        "the empty date in Norway, as recorded",
        "the empty date shifted into the year 0",
        "the same as a browser says it",
        "the day before",
        "half a day later",
        "a moment of the second of January",
        "nothing",
    ],
)
def test_a_date_is_kept_in_utc_and_whole_seconds(sent: str, kept: str | None) -> None:
    """Offsets are applied, fractions cut, and what a shift made of the empty date is the empty date (protocol 1.2, 6.2)."""
    assert date_time(sent) == kept


@pytest.mark.parametrize(
    "sent",
    [
        "2021-02-30",
        "2021-13-01T00:00:00",
        "2026-03-01T25:00:00",
        "yesterday",
        "2026-03-01T12:00:00+99:00",
        "[D:03/01/2026]",
        "0001-01-01 or so",
        "x" * 1000,
    ],
    ids=[
        "the 30th of February",
        "a 13th month",
        "a 25th hour",
        "a word",
        "a 99 hour offset",
        "a moniker",
        "more than the empty date",
        "a long text",
    ],
)
def test_a_date_that_is_none_is_refused_with_its_place(sent: str) -> None:
    """A date that does not exist is a bad request, and the explanation says which member holds it."""
    with pytest.raises(Misfit) as caught:
        coerced(CONTACT, {"Name": "x", "DbiLastModified": sent})
    assert caught.value.explanation.startswith("DbiLastModified")
    assert len(caught.value.message) < 100


# A zone's shift stays inside what a date can hold.
FIRST, LAST = datetime.fromisoformat("0002-01-01"), datetime.fromisoformat("9998-01-01")
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(FIRST, LAST, timezones=ZONES))
def test_a_date_with_an_offset_is_converted(moment: datetime) -> None:
    """Any moment with an offset is kept as that moment in UTC."""
    kept = date_time(moment.isoformat())
    assert isinstance(kept, str)
    assert datetime.fromisoformat(kept).replace(tzinfo=UTC) == moment.astimezone(UTC).replace(microsecond=0)


@given(st.datetimes(), ZONES | st.none())
@example(datetime.fromisoformat("0001-01-03"), timezone(timedelta(hours=2)))
@example(datetime.fromisoformat("0001-01-01"), timezone(timedelta(hours=2)))
@example(datetime.fromisoformat("9999-12-31T23:00"), timezone(timedelta(hours=-2)))
def test_a_kept_date_stays_what_it_is(moment: datetime, zone: timezone | None) -> None:
    """Keeping a date twice is keeping it once."""
    try:
        kept = date_time(moment.replace(tzinfo=zone).isoformat())
    except Misfit:
        return
    assert date_time(kept) == kept


@given(st.text() | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]{0,16}(Z|[+-][0-9:]{0,6})?)?", fullmatch=True))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    """A text is kept as a whole second or refused, nothing else."""
    try:
        kept = date_time(text)
    except Misfit:
        return
    assert kept is None or (isinstance(kept, str) and datetime.fromisoformat(kept).isoformat() == kept)


# --- carriers


@pytest.mark.parametrize("name", ["name", "NAME", "Name", "nAmE"])
def test_the_name_of_a_member_has_any_letter_case(name: str) -> None:
    """Members are known in any letter case and kept under their published name (protocol 1.3)."""
    assert coerced(CONTACT, {name: "x"}) == {"Name": "x"}


def test_members_of_members_have_any_letter_case_too() -> None:
    """Letter case does not matter at any depth, except in the keys of dictionaries, which are data."""
    sent = {"phones": [{"VALUE": "1"}], "category": {"ID": 1}, "customFields": {"superoffice:1": "x"}}
    assert coerced(CONTACT, sent) == {
        "Phones": [{"Value": "1"}],
        "Category": {"Id": 1},
        "CustomFields": {"superoffice:1": "x"},
    }


def test_unknown_members_and_rights_are_dropped() -> None:
    """What is not published, and the rights, which only the service writes, are ignored wherever they stand."""
    sent = {"Name": "x", "Shoe": 5, "TableRight": 5, "FieldProperties": 5, "Category": {"Id": 1, "Shoe": {}, "TableRight": 1}}
    assert coerced(CONTACT, sent) == {"Name": "x", "Category": {"Id": 1}}


def test_members_that_are_not_sent_stay_away() -> None:
    """Coercion adds nothing: what was not sent can be told from what was sent empty."""
    assert coerced(CONTACT, {}) == {}


def test_an_ignored_member_is_not_looked_at(shapes: Shapes) -> None:
    """A member that the caller ignores may hold anything, in any letter case."""
    fitted = shapes.coercer(CONTACT, ignore=["UpdatedDate"])({"Name": "x", "UpdatedDate": "never", "updateddate": []})
    assert isinstance(fitted, dict)
    assert fitted["Name"] == "x"


@pytest.mark.parametrize(
    ("sent", "steps"),
    [
        ({"Source": "x"}, ["Source"]),
        ({"source": "x"}, ["ource"]),
        ({"Phones": [{"Value": "1"}, {"Value": {}}]}, ["Phones", "1", "Value"]),
        ({"Category": {"Id": []}}, ["Category", "Id"]),
        (
            {"Address": {"LocalizedAddress": [[{}, {"ValueLength": "x"}]]}},
            ["Address", "LocalizedAddress", "0", "1", "ValueLength"],
        ),
    ],
    ids=["a member", "a member in odd case", "a member of an element", "a member of a reference", "deep inside"],
)
def test_a_misfit_says_where_it_is(sent: object, steps: list[str]) -> None:
    """The explanation is a path to the value that does not fit, outermost first."""
    with pytest.raises(Misfit) as caught:
        coerced(CONTACT, sent)
    at = -1
    for step in steps:
        assert (at := caught.value.explanation.find(step, at + 1)) >= 0, caught.value.explanation


def test_an_array_has_an_end(shapes: Shapes) -> None:
    """Half a million items fit, a million are refused, with their place (issue 3, bad input)."""
    coerce = shapes.coercer(Type.parse("ContactEntity"))
    assert coerce({"Domains": ["a.b"] * 500_000}) == {"Domains": ["a.b"] * 500_000}
    with pytest.raises(Misfit, match="an array to an array of at most 500000 items") as caught:
        coerce({"Domains": ["a.b"] * 1_000_000})
    assert caught.value.explanation.startswith("Domains: ")


def test_a_misfit_does_not_repeat_much_of_a_value() -> None:
    """Message and explanation show the beginning of a long value only."""
    with pytest.raises(Misfit) as caught:
        coerced(CONTACT, {"Source": "x" * 10_000})
    assert len(caught.value.message) < 150
    assert len(caught.value.explanation) < 200


# --- laws

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
UNKNOWN = st.text(max_size=9).filter(lambda name: name.lower() not in load_catalogue().carrier("ContactEntity").by_name)
FIELDS = {each.name: each.type for each in load_catalogue().carrier("ContactEntity").fields if each.name not in RIGHTS}


def loose(kind: Type, depth: int = 3) -> st.SearchStrategy[Any]:
    """Values as clients send them for a type: what fits, in all its forms."""
    match kind.kind:
        case Kind.INT32:
            numbers = st.integers(-(2**31), 2**31 - 1)
            return numbers | numbers.map(str)
        case Kind.INT64:
            return st.integers(-(2**63), 2**63 - 1)
        case Kind.DOUBLE:
            return st.floats(allow_nan=False) | st.integers(-5, 5)
        case Kind.BOOLEAN:
            return st.booleans() | st.sampled_from(["true", "False", 0, 1])
        case Kind.STRING:
            return st.text(max_size=5) | st.integers(-5, 5)
        case Kind.DATE_TIME:
            return st.datetimes(FIRST, LAST, timezones=ZONES).map(datetime.isoformat)
        case Kind.ENUM:
            members = load_catalogue().enum(kind.name).members
            return st.sampled_from([*members, *members.values()])
        case Kind.ARRAY if kind.item:
            return st.lists(loose(kind.item, depth), max_size=2)
        case Kind.MAP if kind.item:
            return st.dictionaries(st.text(max_size=5), loose(kind.item, depth), max_size=2)
        case Kind.CARRIER if depth:
            fields = [each for each in load_catalogue().carrier(kind.name).fields if each.name not in RIGHTS]
            kinds = {each.name: each.type for each in fields}
            return st.lists(st.sampled_from(sorted(kinds)), unique=True, max_size=4).flatmap(
                lambda names: st.fixed_dictionaries({name: later(kinds[name], depth - 1) for name in names})
            )
        case _:
            return st.none()


def later(kind: Type, depth: int) -> st.SearchStrategy[Any]:
    """The same, made when it is drawn from: carriers hold many others."""
    return st.deferred(lambda: loose(kind, depth))


CONTACTS = loose(CONTACT)


def respelled(value: object, kind: Type, chance: random.Random) -> object:
    """The same value with the names of members in odd case; the keys of dictionaries are data and stay."""
    if isinstance(value, list) and kind.item:
        return [respelled(each, kind.item, chance) for each in value]
    if isinstance(value, dict) and kind.kind is Kind.CARRIER:
        fields = load_catalogue().carrier(kind.name).by_name
        return {
            any_case(name, chance.randrange(99)): respelled(each, fields[name.lower()].type, chance)
            for name, each in value.items()
        }
    return value


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(CONTACTS)
def test_a_fitted_value_fits(contact: dict[str, Any]) -> None:
    """Coercing twice is coercing once."""
    once = coerced(CONTACT, contact)
    assert without_nulls(coerced(CONTACT, once)) == without_nulls(once)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(CONTACTS, st.integers())
def test_letter_case_never_matters(contact: dict[str, Any], seed: int) -> None:
    """A value whose members are named in odd case is the same value."""
    odd = respelled(contact, CONTACT, random.Random(seed))
    assert without_nulls(coerced(CONTACT, odd)) == without_nulls(coerced(CONTACT, contact))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(CONTACTS, st.dictionaries(UNKNOWN, JSON, max_size=3))
def test_unknown_members_never_matter(contact: dict[str, Any], unknown: dict[str, object]) -> None:
    """What is not published is dropped, whatever it holds."""
    assert without_nulls(coerced(CONTACT, contact | unknown)) == without_nulls(coerced(CONTACT, contact))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(JSON | st.dictionaries(st.sampled_from(sorted(FIELDS)), JSON, max_size=5))
def test_any_json_fits_or_is_refused(value: object) -> None:
    """Whatever JSON is sent for a contact, it is made to fit or refused as a bad request, nothing else."""
    try:
        fitted = coerced(CONTACT, value)
    except BadRequest:
        return
    assert fitted is None or set(without_nulls(fitted)) <= set(FIELDS)


@pytest.mark.parametrize("depth", [100, 500], ids=["deep", "as deep as the decoder lets through"])
def test_a_deep_value_fits_or_is_refused(depth: int) -> None:
    """A carrier that holds itself may be sent as deep as JSON is read; that is never an error of ours."""
    coerce: Coerce = SHAPES.coercer(CONTACT)
    items: list[object] = []
    for _ in range(depth):
        items = [{"ChildItems": items}]
    try:
        fitted = coerce({"Interests": items})
    except BadRequest:
        return
    assert isinstance(fitted, dict)
