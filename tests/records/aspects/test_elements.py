"""Phones, e-mails and addresses on the web: replaced as a whole, their order is the rank."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.records.desk import Desk, Shown, open_desk

MEMBERS = ["Emails", "Urls", "Phones", "Faxes"]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize("member", MEMBERS)
def test_an_element_is_shown_with_its_stripped_value(contacts: Desk, member: str) -> None:
    """Value and description as sent, the stripped value added, empty rights last."""
    [element] = contacts.create(**{member: [{"Value": "4711", "Description": "at night"}]})[member]
    assert list(element) == ["Value", "StrippedValue", "Description", "TableRight", "FieldProperties"]
    assert list(element.values()) == ["4711", "4711", "at night", None, {}]


@pytest.mark.parametrize("member", MEMBERS)
def test_the_order_is_kept(contacts: Desk, member: str) -> None:
    """The array's order is the rank, whatever the values, and twins stay twins."""
    values = ["3", "1", "2", "1"]
    key = contacts.create(**{member: [{"Value": value} for value in values]})["ContactId"]
    assert [element["Value"] for element in contacts.read(key)[member]] == values


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize(
    ("sent", "after"),
    [
        pytest.param({}, ["1", "2"], id="an absent array leaves them"),
        pytest.param({"member": None}, ["1", "2"], id="a null array leaves them"),
        pytest.param({"member": []}, [], id="an empty array clears them"),
        pytest.param({"member": [{"Value": "2"}]}, ["2"], id="a shorter array drops the others"),
        pytest.param(
            {"member": [{"Value": "0"}, {"Value": "2"}, {"Value": "1"}]}, ["0", "2", "1"], id="a longer one replaces all"
        ),
        pytest.param({"member": [{"Value": "9"}, None]}, ["9"], id="a null element is none"),
    ],
)
def test_the_sent_array_replaces_the_stored_one(contacts: Desk, member: str, sent: Shown, after: list[str]) -> None:
    """Rows are rewritten at each save."""
    key = contacts.create(**{member: [{"Value": "1", "Description": "old"}, {"Value": "2"}]})["ContactId"]
    body = {member if name == "member" else name: value for name, value in ({"Name": "a"} | sent).items()}
    assert [element["Value"] for element in contacts.replace(key, body)[member]] == after
    assert [element["Value"] for element in contacts.read(key)[member]] == after


@pytest.mark.parametrize("member", MEMBERS)
def test_the_members_are_apart(contacts: Desk, member: str) -> None:
    """Setting one list leaves the three others empty."""
    made = contacts.create(**{member: [{"Value": "1"}]})
    assert [name for name in MEMBERS if made[name]] == [member]


@pytest.mark.parametrize(
    ("value", "stripped"),
    [
        pytest.param("00 44 847652645", "0044847652645", id="blanks are dropped, 00 is kept (recorded)"),
        pytest.param("00 44 78 1791 3882", "00447817913882", id="many blanks (recorded)"),
        pytest.param("+47 678657856", "47678657856", id="a leading plus is dropped"),
        pytest.param("(0) 22-51/80.00", "022518000", id="punctuation is dropped"),
        pytest.param("1-800-FLOWERS", "18003569377", id="capitals as on a keypad"),
        pytest.param("1-800-flowers", "18003569377", id="small letters as on a keypad"),
        pytest.param("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999", id="the whole keypad"),
        pytest.param("", "", id="nothing"),
        pytest.param("---", "", id="only punctuation"),
    ],
)
@pytest.mark.parametrize("member", ["Phones", "Faxes"])
def test_phones_are_stripped_to_what_is_dialled(contacts: Desk, member: str, value: str, stripped: str) -> None:
    """The recorded forms, and the keypad."""
    [element] = contacts.create(**{member: [{"Value": value}]})[member]
    assert (element["Value"], element["StrippedValue"]) == (value, stripped)


@given(value=TEXT)
@settings(deadline=None, max_examples=60)
def test_a_stripped_phone_is_nothing_but_digits(value: str) -> None:
    """Whatever was typed: the value is kept, its digits are in the stripped one in their order, and nothing else is but keys."""
    [element] = open_desk().create(Phones=[{"Value": value}])["Phones"]
    assert element["Value"] == value
    assert set(element["StrippedValue"]) <= set(string.digits)
    keys = [each for each in value if each in string.ascii_letters + string.digits]
    assert len(element["StrippedValue"]) == len(keys)
    assert all(digit == key for digit, key in zip(element["StrippedValue"], keys, strict=True) if key in string.digits)


@pytest.mark.parametrize(("member", "value"), [("Emails", "Post+Sales@Example.com"), ("Urls", "https://example.com/a?b=1")])
def test_other_elements_are_their_own_stripped_value(contacts: Desk, member: str, value: str) -> None:
    """Of e-mails this is recorded, of web addresses supposed."""
    [element] = contacts.create(**{member: [{"Value": value}]})[member]
    assert element["StrippedValue"] == value


def test_a_sent_stripped_value_is_ignored(contacts: Desk) -> None:
    """The server strips; callers echo what they read before they changed the value."""
    key = contacts.create(Phones=[{"Value": "11 11"}])["ContactId"]
    phones = contacts.read(key)["Phones"]
    phones[0]["Value"] = "22 22"
    assert contacts.change(key, Phones=phones)["Phones"][0]["StrippedValue"] == "2222"
    assert contacts.change(key, Emails=[{"Value": "a@b.no", "StrippedValue": "x"}])["Emails"][0]["StrippedValue"] == "a@b.no"


@given(
    elements=st.lists(st.fixed_dictionaries({"Value": TEXT, "Description": TEXT}), max_size=5), member=st.sampled_from(MEMBERS)
)
@settings(deadline=None, max_examples=40)
def test_what_is_written_is_read_back(elements: list[Shown], member: str) -> None:
    """Any values and descriptions, in their order; and saving what was read changes nothing."""
    desk = open_desk()
    made = desk.create(**{member: elements})
    assert [{name: each[name] for name in ("Value", "Description")} for each in made[member]] == elements
    assert desk.replace(made["ContactId"], made) == made


@pytest.mark.parametrize("element", [{"Value": None, "Description": None}, {"Description": ""}], ids=["nulls", "no value"])
def test_an_element_without_a_value_is_blank(contacts: Desk, element: Shown) -> None:
    """Texts are never null on an element."""
    for member in MEMBERS:
        for shown in contacts.create(**{member: [element]})[member]:
            assert (shown["Value"], shown["StrippedValue"], shown["Description"]) == ("", "", "")


@pytest.mark.parametrize(
    "member",
    ["OfficePhones", "MobilePhones", "PrivatePhones", "OtherPhones", "Faxes"],
    ids=lambda member: f"{member} of a person",
)
def test_phones_of_persons_are_stripped(persons: Desk, member: str) -> None:
    """All five lists of telephone numbers follow the same rule."""
    [element] = persons.create(Lastname="Eide", **{member: [{"Value": "00 44 847652645"}]})[member]
    assert element["StrippedValue"] == "0044847652645"


@pytest.mark.parametrize("member", ["Emails", "ChatEmails", "Urls", "InternetPhones"], ids=lambda member: f"{member} of a person")
def test_other_elements_of_persons_are_not(persons: Desk, member: str) -> None:
    """An address with letters in it is no telephone number."""
    [element] = persons.create(Lastname="Eide", **{member: [{"Value": "steve.f"}]})[member]
    assert element["StrippedValue"] == "steve.f"
