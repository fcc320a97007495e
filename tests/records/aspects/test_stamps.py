"""Who made a row and when, who changed it last and when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.records.desk import ADM0, BB, EMPTY_DATE, Desk, Shown

STAMPS = ("CreatedDate", "CreatedBy", "UpdatedDate", "UpdatedBy")


def stamps(entity: Shown) -> tuple[object, ...]:
    """Dates, and the names of those who are behind them."""
    return tuple(value["Name"] if isinstance(value := entity[member], dict) else value for member in STAMPS)


def test_a_new_row_is_stamped_by_clock_and_caller(contacts: Desk) -> None:
    """A row that was never changed carries the same stamp twice."""
    contacts.caller = BB
    assert stamps(contacts.create()) == ("2026-03-01T12:00:00", "BB", "2026-03-01T12:00:00", "BB")


def test_a_default_entity_was_never_made_nor_changed(contacts: Desk) -> None:
    """Its dates are the empty date, it is the caller's, and nobody has updated it."""
    contacts.caller = ADM0
    assert stamps(contacts.default()) == (EMPTY_DATE, "ADM0", EMPTY_DATE, None)


def test_a_change_moves_only_the_second_stamp(contacts: Desk) -> None:
    """Created is set once; updated says when and by whom the row was saved last."""
    contacts.caller = ADM0
    key = contacts.create(Name="Colina AS")["ContactId"]
    contacts.clock.advance(timedelta(hours=1, minutes=2, seconds=3))
    contacts.caller = BB
    changed = contacts.change(key, Name="Colina")
    assert stamps(changed) == ("2026-03-01T12:00:00", "ADM0", "2026-03-01T13:02:03", "BB")
    assert stamps(contacts.read(key)) == stamps(changed)


def test_a_save_without_a_change_moves_the_stamp_too(contacts: Desk) -> None:
    """Every save forces the updated stamp, even without changes in fields."""
    made = contacts.create(Name="Colina AS")
    contacts.clock.advance(timedelta(seconds=1))
    assert contacts.replace(made["ContactId"], made)["UpdatedDate"] == "2026-03-01T12:00:01"


def test_reading_later_moves_nothing(contacts: Desk) -> None:
    """Only saves are stamped."""
    made = contacts.create(Name="Colina AS")
    contacts.clock.advance(timedelta(days=1))
    assert contacts.read(made["ContactId"]) == made


def test_the_stamps_of_others_are_left_alone(contacts: Desk) -> None:
    """Saving one row is no change of another."""
    first, second = contacts.create(Name="first"), contacts.create(Name="second")
    contacts.clock.advance(timedelta(days=1))
    contacts.change(second["ContactId"], Name="changed")
    assert contacts.read(first["ContactId"]) == first


@pytest.mark.parametrize("how", ["create", "replace"])
def test_sent_stamps_are_ignored(contacts: Desk, how: str) -> None:
    """Callers echo old stamps; the server's own count."""
    sent: Shown = {
        "CreatedDate": "1999-01-01T00:00:00Z",
        "UpdatedDate": "1999-01-01T00:00:00Z",
        "CreatedBy": {"AssociateId": 3},
        "UpdatedBy": {"AssociateId": 3},
    }
    made = contacts.create(**sent)
    entity = made if how == "create" else contacts.replace(made["ContactId"], sent)
    assert stamps(entity) == ("2026-03-01T12:00:00", "tje0", "2026-03-01T12:00:00", "tje0")


def test_fractions_of_a_second_are_cut(contacts: Desk) -> None:
    """Stamps are whole seconds, without a zone, and never rounded up."""
    contacts.clock.advance(timedelta(microseconds=999_999))
    made = contacts.create()
    assert (made["CreatedDate"], made["UpdatedDate"]) == ("2026-03-01T12:00:00", "2026-03-01T12:00:00")


def test_a_clock_that_goes_back_is_believed(contacts: Desk) -> None:
    """A test may move its tenant into the past; the stamp follows the clock."""
    key = contacts.create()["ContactId"]
    contacts.clock.advance(timedelta(days=-365))
    changed = contacts.change(key, Name="earlier")
    assert changed["UpdatedDate"] == "2025-03-01T12:00:00"
    assert changed["CreatedDate"] == "2026-03-01T12:00:00"


def test_persons_are_stamped_alike(persons: Desk) -> None:
    """The rule is any entity's that has the aspect."""
    persons.caller = BB
    assert stamps(persons.create(Lastname="Eide")) == ("2026-03-01T12:00:00", "BB", "2026-03-01T12:00:00", "BB")


def test_rows_of_the_stock_are_stamped(contacts: Desk) -> None:
    """The own company of a fresh tenant has stamps like any other row."""
    company = contacts.read(1)
    assert company["CreatedDate"] == company["UpdatedDate"] != EMPTY_DATE
