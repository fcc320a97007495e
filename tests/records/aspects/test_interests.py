"""Interests: shown as the whole list with flags; what is not sent keeps its state."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.records.desk import EMPTY_DATE, Desk, Shown, open_desk


def selected(entity: Shown) -> set[int]:
    """The ids of the interests that are set."""
    return {item["Id"] for item in entity["Interests"] if item["Selected"]}


def choice(**flags: bool) -> list[Shown]:
    """Items as callers send them: `_1=True` sets interest 1."""
    return [{"Id": int(name[1:]), "Selected": flag} for name, flag in flags.items()]


def test_all_interests_are_shown_as_recorded(contacts: Desk) -> None:
    """Every item of the list, sorted by name, each as a default contact carried it."""
    items = contacts.default()["Interests"]
    assert [(item["Id"], item["Name"]) for item in items] == [(2, "Prestisjekunde"), (1, "Referansekunde"), (3, "Storkunde")]
    for item in items:
        assert item["ToolTip"] == item["Name"]
        assert (item["Type"], item["IconHint"]) == ("contint", "contint")
        assert (item["Selected"], item["LastChanged"], item["ChildItems"]) == (False, EMPTY_DATE, [])
        assert (item["ExtraInfo"], item["StyleHint"], item["FullName"]) == ("", "", None)


def test_selecting_keeps_the_list_whole(contacts: Desk) -> None:
    """Only the flag of the item changes, neither order nor number of items."""
    before = contacts.default()["Interests"]
    after = contacts.create(Interests=choice(_1=True))["Interests"]
    assert after == [item | {"Selected": item["Id"] == 1} for item in before]


@pytest.mark.parametrize(
    ("items", "after"),
    [
        pytest.param(choice(_3=True), {1, 2, 3}, id="setting one leaves the others"),
        pytest.param(choice(_1=False), {2}, id="unsetting one leaves the others"),
        pytest.param(choice(_1=True), {1, 2}, id="setting what is set"),
        pytest.param(choice(_3=False), {1, 2}, id="unsetting what is not set"),
        pytest.param(choice(_1=False, _2=False, _3=True), {3}, id="all at once"),
        pytest.param([{"Id": 1}], {2}, id="an absent flag is false"),
        pytest.param([{"Id": "3", "Selected": True}], {1, 2, 3}, id="an id as text"),
        pytest.param(choice(_4711=True), {1, 2}, id="an item nobody defined is dropped"),
        pytest.param(choice(_4711=True, _3=True), {1, 2, 3}, id="and does not hinder the others"),
        pytest.param([None, {"Selected": True}, *choice(_0=True)], {1, 2}, id="null, no id and id zero say nothing"),
        pytest.param([{"Id": 0, "ChildItems": choice(_3=True, _1=False)}], {2, 3}, id="items below a heading"),
        pytest.param(
            [{"Id": 4711, "ChildItems": [{"Id": 4712, "ChildItems": choice(_3=True)}]}], {1, 2, 3}, id="below two headings"
        ),
        pytest.param(choice(_1=False) + choice(_1=True), {1, 2}, id="the last word counts"),
        pytest.param(None, {1, 2}, id="null leaves all"),
    ],
)
def test_what_is_sent_is_set_and_the_rest_stays(contacts: Desk, items: list[Shown] | None, after: set[int]) -> None:
    """A partial list is legal; the count is that of the selected."""
    key = contacts.create(Interests=choice(_1=True, _2=True))["ContactId"]
    changed = contacts.replace(key, {"Name": "a", "Interests": items})
    assert selected(changed) == after
    assert changed["ActiveInterests"] == len(after)
    assert contacts.read(key) == changed


def test_absent_interests_stay(contacts: Desk) -> None:
    """A partial save does not unset anybody's interests."""
    key = contacts.create(Interests=choice(_2=True))["ContactId"]
    changed = contacts.replace(key, {"Name": "a"})
    assert selected(changed) == {2}
    assert changed["ActiveInterests"] == 1


def test_the_count_cannot_be_sent(contacts: Desk) -> None:
    """`ActiveInterests` is computed at each save."""
    made = contacts.create(ActiveInterests=9, Interests=choice(_1=True))
    assert made["ActiveInterests"] == 1
    assert contacts.change(made["ContactId"], ActiveInterests=7)["ActiveInterests"] == 1


def test_contacts_do_not_share_interests(contacts: Desk) -> None:
    """One contact's choice is not the next one's."""
    first = contacts.create(Interests=choice(_1=True))
    assert selected(contacts.create()) == set()
    assert selected(contacts.default()) == set()
    assert selected(contacts.read(first["ContactId"])) == {1}


@given(steps=st.lists(st.dictionaries(st.integers(0, 5), st.booleans(), max_size=4), max_size=5))
@settings(deadline=None, max_examples=40)
def test_interests_are_a_set(steps: list[dict[int, bool]]) -> None:
    """However often they are sent, the state is that of a set to which ids are added and from which they are taken."""
    desk = open_desk()
    key, model = desk.create()["ContactId"], set[int]()
    for step in steps:
        changed = desk.replace(key, {"Interests": [{"Id": each, "Selected": flag} for each, flag in step.items()]})
        for each in {1, 2, 3} & set(step):
            (model.add if step[each] else model.discard)(each)
        assert selected(changed) == model
        assert changed["ActiveInterests"] == len(model)


def test_persons_have_a_list_of_their_own(persons: Desk) -> None:
    """The eleven items of `persint`."""
    made = persons.create(Lastname="Eide", Interests=[{"Id": 10, "Selected": True}])
    assert {item["Id"] for item in made["Interests"]} == set(range(1, 12))
    assert selected(made) == {10}
    assert made["ActiveInterests"] == 1
