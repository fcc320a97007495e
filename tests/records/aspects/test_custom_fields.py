"""User-defined fields: one stored value each, shown in `UserDefinedFields` and again in `CustomFields`."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.records.desk import Desk, Shown, open_desk

TEXT, LONG, NUMBER, DATE, UNLIMITED, CHECK, LIST, DECIMAL = (f"SuperOffice:{number}" for number in range(1, 9))
MAPS = ["UserDefinedFields", "CustomFields"]


def both(entity: Shown, field: str) -> tuple[str, str]:
    """The field in either map."""
    return entity["UserDefinedFields"][field], entity["CustomFields"][field]


# --- encodings


@pytest.mark.parametrize("sent_in", MAPS)
@pytest.mark.parametrize(
    ("field", "sent", "encoded"),
    [
        pytest.param(NUMBER, "[I:123]", ("[I:123]", "[I:123]"), id="a number"),
        pytest.param(NUMBER, "123", ("[I:123]", "[I:123]"), id="a bare number"),
        pytest.param(NUMBER, "[I:-5]", ("[I:-5]", "[I:-5]"), id="a negative number"),
        pytest.param(NUMBER, "many", ("[I:0]", "[I:0]"), id="a number that does not parse"),
        pytest.param(NUMBER, "[I:many]", ("[I:0]", "[I:0]"), id="an encoded number that does not parse"),
        pytest.param(NUMBER, "", ("[I:0]", "[I:0]"), id="a blank number"),
        pytest.param(DECIMAL, "[F:4.43]", ("[F:4.43]", "[F:4.43]"), id="a decimal"),
        pytest.param(DECIMAL, "4.43", ("[F:4.43]", "[F:4.43]"), id="a bare decimal"),
        pytest.param(DECIMAL, "[F:0]", ("[F:0]", "[F:0]"), id="the decimal zero"),
        pytest.param(DECIMAL, "[F:-0.5]", ("[F:-0.5]", "[F:-0.5]"), id="a negative decimal"),
        pytest.param(DECIMAL, "[F:1234567.89]", ("[F:1234567.89]", "[F:1234567.89]"), id="a decimal of nine digits"),
        pytest.param(DECIMAL, "many", ("[F:0]", "[F:0]"), id="a decimal that does not parse"),
        pytest.param(DECIMAL, "nan", ("[F:0]", "[F:0]"), id="a decimal that is no number"),
        pytest.param(DATE, "[D:06/19/2019]", ("[D:06/19/2019]", "[D:06/19/2019]"), id="a date"),
        pytest.param(DATE, "", ("[D:01/01/0001]", "[D:01/01/0001]"), id="no date"),
        pytest.param(UNLIMITED, "[D:05/05/1899]", ("[D:05/05/1899]", "[D:05/05/1899]"), id="an unlimited date"),
        pytest.param(CHECK, "True", ("True", "[I:1]"), id="a box checked as the one map says it"),
        pytest.param(CHECK, "[I:1]", ("True", "[I:1]"), id="a box checked as the other map says it"),
        pytest.param(CHECK, "[I:0]", ("False", "[I:0]"), id="a box not checked"),
        pytest.param(CHECK, "", ("False", "[I:0]"), id="a blank box"),
        pytest.param(LIST, "[I:2]", ("[I:2]", "[I:2]"), id="a list item"),
        pytest.param(LIST, "2", ("[I:2]", "[I:2]"), id="a bare list item"),
        pytest.param(TEXT, "plain", ("plain", "plain"), id="a text"),
        pytest.param(TEXT, "123", ("123", "123"), id="a text of digits"),
        pytest.param(TEXT, "", ("", ""), id="a blank text"),
        pytest.param(TEXT, "[PO:4711]", ("[PO:4711]", "[PO:4711]"), id="a text in brackets"),
        pytest.param(LONG, "two\nlines", ("two\nlines", "two\nlines"), id="a long text"),
    ],
)
def test_values_travel_encoded(contacts: Desk, sent_in: str, field: str, sent: str, encoded: tuple[str, str]) -> None:
    """Each type in the encoding of either map, whichever map it was sent in, tolerant of bare values."""
    made = contacts.create(**{sent_in: {field: sent}})
    assert both(made, field) == encoded
    assert contacts.read(made["ContactId"]) == made


@given(value=st.decimals(min_value=-(10**9), max_value=10**9, places=4))
@settings(deadline=None, max_examples=60)
def test_decimals_keep_their_value(value: Decimal) -> None:
    """What was sent is what is shown, to the last place, with an invariant dot and without an exponent."""
    shown = open_desk().create(CustomFields={DECIMAL: f"[F:{value:f}]"})["CustomFields"][DECIMAL]
    assert shown.startswith("[F:")
    assert shown.endswith("]")
    assert "e" not in shown.lower()
    assert Decimal(shown[3:-1]) == value


@given(value=st.integers(-(2**31), 2**31 - 1))
@settings(deadline=None, max_examples=40)
def test_numbers_keep_their_value(value: int) -> None:
    """Any 32-bit number, encoded or bare."""
    desk = open_desk()
    assert both(desk.create(CustomFields={NUMBER: f"[I:{value}]"}), NUMBER) == (f"[I:{value}]", f"[I:{value}]")
    assert both(desk.create(UserDefinedFields={NUMBER: str(value)}), NUMBER) == (f"[I:{value}]", f"[I:{value}]")


@given(
    value=st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    field=st.sampled_from([TEXT, LONG]),
    sent_in=st.sampled_from(MAPS),
)
@settings(deadline=None, max_examples=60)
def test_texts_are_read_back_as_written(value: str, field: str, sent_in: str) -> None:
    """A text field has no encoding, so it holds any text."""
    assert both(open_desk().create(**{sent_in: {field: value}}), field) == (value, value)


# --- twins


@pytest.mark.parametrize("which", MAPS)
@pytest.mark.parametrize(
    ("field", "sent", "shown"),
    [
        pytest.param(LIST, "[I:2]", "UdList one flat item two", id="the name of a list item"),
        pytest.param(LIST, "[I:0]", "", id="no list item"),
        pytest.param(LIST, "[I:4711]", "", id="a list item nobody has"),
        pytest.param(CHECK, "[I:1]", "[SR_YES]", id="a box that is checked"),
    ],
)
def test_lists_and_boxes_have_a_text_beside_them(contacts: Desk, which: str, field: str, sent: str, shown: str) -> None:
    """`:DisplayText` says what the encoded value means."""
    assert contacts.create(CustomFields={field: sent})[which][f"{field}:DisplayText"] == shown


@pytest.mark.parametrize("which", MAPS)
@pytest.mark.parametrize("twin", ["DisplayText", "DisplayTooltip"])
def test_display_twins_cannot_be_set(contacts: Desk, which: str, twin: str) -> None:
    """They are read-only: sending them does nothing."""
    made = contacts.create(CustomFields={LIST: "[I:2]"})
    assert contacts.change(made["ContactId"], **{which: made[which] | {f"{LIST}:{twin}": "UdList one flat item four"}}) == made


@pytest.mark.parametrize("field", [TEXT, LONG, NUMBER, DATE, UNLIMITED, DECIMAL])
def test_other_types_have_no_display_twins(contacts: Desk, field: str) -> None:
    """Only lists, boxes and relations have them."""
    made = contacts.create()
    for which in MAPS:
        assert not [key for key in made[which] if key.startswith(f"{field}:Display")]


def test_each_custom_field_stands_beside_its_original(contacts: Desk) -> None:
    """Every field has an `:org` twin with the value as read right after it; display twins come last."""
    custom = contacts.create(CustomFields={NUMBER: "[I:7]", CHECK: "[I:1]"})["CustomFields"]
    keys = list(custom)
    fields = [f"SuperOffice:{number}" for number in range(1, 14)]
    assert keys[:26] == [key for field in fields for key in (field, f"{field}:org")]
    assert all(":Display" in key for key in keys[26:])
    assert all(custom[field] == custom[f"{field}:org"] for field in fields)


def test_user_defined_fields_have_no_originals(contacts: Desk) -> None:
    """The `:org` twins are an invention of the newer map; extra fields are not defined at all."""
    made = contacts.create()
    assert not [key for key in made["UserDefinedFields"] if key.endswith(":org")]
    assert made["ExtraFields"] == {}


# --- which of the two maps counts


@pytest.mark.parametrize(
    ("plain", "custom", "after"),
    [
        pytest.param({}, {TEXT: "new", f"{TEXT}:org": "old"}, "new", id="differing from its original it counts"),
        pytest.param({TEXT: "other"}, {TEXT: "new", f"{TEXT}:org": "old"}, "new", id="and wins over the other map"),
        pytest.param({TEXT: "old"}, {TEXT: "new", f"{TEXT}:org": "old"}, "new", id="also where that one is as it was"),
        pytest.param({TEXT: "other"}, {TEXT: "old", f"{TEXT}:org": "old"}, "other", id="as its original it does not count"),
        pytest.param({}, {TEXT: "echo", f"{TEXT}:org": "echo"}, "old", id="even where the row holds something else"),
        pytest.param({}, {TEXT: "new"}, "new", id="without an original it counts"),
        pytest.param({TEXT: "other"}, {TEXT: "new"}, "new", id="without an original it wins"),
        pytest.param({TEXT: "other"}, {}, "other", id="the other map alone"),
        pytest.param({TEXT: "other"}, None, "other", id="the other map with a null one"),
        pytest.param(None, {TEXT: "new"}, "new", id="the newer map with a null one"),
        pytest.param(None, None, "old", id="two nulls"),
        pytest.param({}, {}, "old", id="two empty maps"),
        pytest.param({}, {TEXT: "", f"{TEXT}:org": "old"}, "", id="a blanked entry counts"),
        pytest.param({}, {f"{TEXT}:org": "new"}, "old", id="an original alone says nothing"),
    ],
)
def test_an_entry_counts_where_it_differs_from_its_original(
    contacts: Desk, plain: dict[str, str] | None, custom: dict[str, str] | None, after: str
) -> None:
    """The rule that lets callers send both maps back and change one of them."""
    key = contacts.create(CustomFields={TEXT: "old"})["ContactId"]
    changed = contacts.replace(key, {"UserDefinedFields": plain, "CustomFields": custom})
    assert both(changed, TEXT) == (after, after)
    assert changed["CustomFields"][f"{TEXT}:org"] == after


def test_the_recorded_case(contacts: Desk) -> None:
    """Recorded: the older map blank, the newer one changed, its original blank; the change is stored."""
    key = contacts.create(CustomFields={TEXT: ""})["ContactId"]
    entity = contacts.read(key)
    entity["CustomFields"][TEXT] = "Updated Text Here"
    assert (entity["UserDefinedFields"][TEXT], entity["CustomFields"][f"{TEXT}:org"]) == ("", "")
    assert both(contacts.replace(key, entity), TEXT) == ("Updated Text Here", "Updated Text Here")


@pytest.mark.parametrize("which", MAPS)
@pytest.mark.parametrize(
    ("field", "value", "plain"),
    [(NUMBER, "[I:9]", "[I:9]"), (CHECK, "[I:1]", "True"), (LIST, "[I:3]", "[I:3]"), (DATE, "[D:06/19/2019]", "[D:06/19/2019]")],
    ids=["a number", "a checkbox", "a list", "a date"],
)
def test_one_map_of_a_whole_entity_may_be_changed(contacts: Desk, which: str, field: str, value: str, plain: str) -> None:
    """Read, change the field in either map, save the whole: it is changed in both, and nothing else is."""
    before = contacts.create()
    key = before["ContactId"]
    entity = contacts.read(key)
    entity[which][field] = plain if which == "UserDefinedFields" else value
    changed = contacts.replace(key, entity)
    assert both(changed, field) == (plain, value)
    assert [name for name in before["CustomFields"] if before["CustomFields"][name] != changed["CustomFields"][name]][:1] == [
        field
    ]
    assert {
        name.split(":")[1] for name in before["CustomFields"] if before["CustomFields"][name] != changed["CustomFields"][name]
    } == {field.split(":")[1]}


# --- keys


@pytest.mark.parametrize("which", [*MAPS, "ExtraFields"])
def test_keys_nobody_defined_are_dropped(contacts: Desk, which: str) -> None:
    """The tenant's fields are those it defines."""
    made = contacts.create()
    unknown = {"SuperOffice:99": "x", "x_contact_integer": "[I:1]", "": "x", "SuperOffice:": "x"}
    assert contacts.change(made["ContactId"], **{which: unknown}) == made


@pytest.mark.parametrize("which", MAPS)
def test_fields_that_are_not_sent_stay(contacts: Desk, which: str) -> None:
    """The maps are merged by key and never replaced."""
    key = contacts.create(CustomFields={NUMBER: "[I:7]", TEXT: "kept"})["ContactId"]
    changed = contacts.replace(key, {which: {NUMBER: "[I:8]"}})
    assert both(changed, NUMBER)[0] == "[I:8]"
    assert both(changed, TEXT) == ("kept", "kept")


def test_a_null_value_empties_the_field(contacts: Desk) -> None:
    """Null is the type's empty value."""
    key = contacts.create(CustomFields={NUMBER: "[I:7]", TEXT: "text"})["ContactId"]
    changed = contacts.replace(key, {"UserDefinedFields": {NUMBER: None, TEXT: None}})
    assert both(changed, NUMBER) == ("[I:0]", "[I:0]")
    assert both(changed, TEXT) == ("", "")


def test_contacts_do_not_share_values(contacts: Desk) -> None:
    """One contact's fields are not the next one's."""
    contacts.create(CustomFields={NUMBER: "[I:7]", TEXT: "mine"})
    assert both(contacts.create(), NUMBER) == ("[I:0]", "[I:0]")
    assert both(contacts.default(), TEXT) == ("defaultshorttext", "defaultshorttext")


def test_persons_have_fields_of_their_own(persons: Desk) -> None:
    """The same rules under the person's definitions."""
    made = persons.create(Lastname="Eide", CustomFields={NUMBER: "5", CHECK: "True"})
    assert both(made, NUMBER) == ("[I:5]", "[I:5]")
    assert both(made, CHECK) == ("True", "[I:1]")
    assert f"{DECIMAL}:org" in made["CustomFields"]
    assert "SuperOffice:13" not in made["CustomFields"]
