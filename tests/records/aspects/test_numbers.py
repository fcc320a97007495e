"""Numbers from a series of the tenant: drawn once, for rows whose number is blank."""

from __future__ import annotations

import pytest

from tests.records.desk import Desk, Shown


@pytest.mark.parametrize(
    "sent",
    [{}, {"Number2": None}, {"Number2": ""}],
    ids=["when none is sent", "when null is sent", "when a blank one is sent"],
)
def test_a_blank_number_is_filled(contacts: Desk, sent: Shown) -> None:
    """The series starts at 10001 and counts by one."""
    assert [contacts.create(**sent)["Number2"] for _ in range(3)] == ["10001", "10002", "10003"]


def test_a_given_number_is_kept_and_spends_none(contacts: Desk) -> None:
    """A number from elsewhere stands as it was sent, and the series goes on where it was."""
    assert contacts.create(Number2="AA10012")["Number2"] == "AA10012"
    assert contacts.create()["Number2"] == "10001"


def test_a_number_is_drawn_once(contacts: Desk) -> None:
    """Reading and saving a row again leave its number, and draw none."""
    key = contacts.create()["ContactId"]
    for _ in range(3):
        assert contacts.change(key, Name="again")["Number2"] == "10001"
    assert contacts.read(key)["Number2"] == "10001"
    assert contacts.create()["Number2"] == "10002"


@pytest.mark.parametrize(
    "sent",
    [{"Name": "a"}, {"Name": "a", "Number2": None}, {"Name": "a", "Number2": ""}],
    ids=["when it is omitted", "when it is null", "when it is blanked"],
)
def test_a_stored_number_that_is_blanked_is_filled_anew(contacts: Desk, sent: Shown) -> None:
    """No row is ever without a number: a replaced entity that has none gets the next."""
    key = contacts.create()["ContactId"]
    assert contacts.replace(key, sent)["Number2"] == "10002"


def test_a_number_may_be_changed(contacts: Desk) -> None:
    """Numbers are editable, and two rows may have the same."""
    first, second = contacts.create(), contacts.create()
    assert contacts.change(second["ContactId"], Number2=first["Number2"])["Number2"] == first["Number2"]


def test_a_removed_row_takes_its_number_with_it(contacts: Desk) -> None:
    """A number that was given out is not given out again."""
    contacts.remove(contacts.create()["ContactId"])
    assert contacts.create()["Number2"] == "10002"


def test_codes_are_not_numbers(contacts: Desk) -> None:
    """Only the series' member is filled: a blank Number1 stays blank."""
    assert contacts.create()["Number1"] == ""


def test_persons_have_a_series_of_their_own(contacts: Desk, persons: Desk) -> None:
    """Drawing company numbers does not move the series of persons."""
    first = int(persons.create(Lastname="Eide")["PersonNumber"])
    for _ in range(3):
        contacts.create()
    assert persons.create(Lastname="Eide")["PersonNumber"] == str(first + 1)
