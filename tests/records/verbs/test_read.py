"""`Get…Entity` and `GET …/{id}`: one row, by its key."""

from __future__ import annotations

import pytest

from mockserver.errors import NotFound
from tests.records.desk import Desk, Shown, shown


@pytest.mark.parametrize("agent", [False, True], ids=["through REST", "through the agent"])
def test_a_stored_contact_is_read(contacts: Desk, agent: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """What was made is what is read."""
    made = contacts.create(Name="Chevrolet Norge AS")
    result = contacts.result("read", made["ContactId"], agent=agent)
    assert shown(result) == made
    assert (result.entity, result.key) == ("Contact", made["ContactId"])


@pytest.mark.parametrize("agent", [False, True], ids=["through REST", "through the agent"])
@pytest.mark.parametrize("key", [99999, 0, -1])
def test_an_unknown_id_is_not_found(contacts: Desk, key: int, agent: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The service's own words; what becomes of them is the dialect's business."""
    with pytest.raises(NotFound) as caught:
        contacts.result("read", key, agent=agent)
    assert caught.value.message == f"Contact id {key} not found"
    assert caught.value.error_type == "SoNotFoundException"


def test_the_words_name_the_entity(persons: Desk) -> None:
    """A person that is missing is called a person."""
    with pytest.raises(NotFound, match="Person id 99999 not found"):
        persons.read(99999)


def test_reading_changes_nothing(contacts: Desk) -> None:
    """Reading is no write, and the same is read twice."""
    key = contacts.create(Name="Chevrolet Norge AS")["ContactId"]
    before, revision = contacts.store.snapshot(), contacts.store.revision
    assert contacts.read(key) == contacts.read(key)
    assert contacts.store.snapshot() == before
    assert contacts.store.revision == revision


def spoil(value: object) -> None:
    """Write into every container of a value."""
    if isinstance(value, dict):
        for each in value.values():
            spoil(each)
        value["spoiled"] = True
    elif isinstance(value, list):
        for each in value:
            spoil(each)
        value.append("spoiled")


def test_what_was_read_belongs_to_the_reader(contacts: Desk) -> None:
    """Changing an answer changes neither the row nor the next answer."""
    key = contacts.create(Name="Chevrolet Norge AS", Phones=[{"Value": "02"}], Address={"Street": {"City": "Oslo"}})["ContactId"]
    first: Shown = contacts.read(key)
    spoil(first)
    assert "spoiled" not in str(contacts.read(key))
