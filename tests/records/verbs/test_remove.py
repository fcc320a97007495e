"""`Delete…Entity` and `DELETE …/{id}`: one row gone."""

from __future__ import annotations

import pytest

from mockserver.errors import NotFound
from tests.records.desk import Desk


@pytest.mark.parametrize("agent", [False, True], ids=["through REST", "through the agent"])
def test_a_removed_contact_is_not_found(contacts: Desk, agent: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """After a delete neither half of the API finds the row, and the delete itself answers nothing."""
    key = contacts.create(Name="Dansukker")["ContactId"]
    assert contacts.result("remove", key, agent=agent).value is None
    for half in (False, True):
        with pytest.raises(NotFound, match=f"Contact id {key} not found"):
            contacts.result("read", key, agent=half)
    with pytest.raises(NotFound):
        contacts.replace(key, {"Name": "back again"})


@pytest.mark.parametrize("agent", [False, True], ids=["through REST", "through the agent"])
def test_an_unknown_id_is_not_found(contacts: Desk, agent: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """What is made of it is the dialect's business; nothing is changed."""
    before = contacts.store.snapshot()
    with pytest.raises(NotFound) as caught:
        contacts.result("remove", 99999, agent=agent)
    assert caught.value.message == "Contact id 99999 not found"
    assert contacts.store.snapshot() == before


def test_a_row_is_removed_once(contacts: Desk) -> None:
    """The second delete finds nothing."""
    key = contacts.create(Name="Dansukker")["ContactId"]
    contacts.remove(key)
    with pytest.raises(NotFound):
        contacts.remove(key)


def test_other_rows_stay(contacts: Desk, persons: Desk) -> None:
    """Neither other contacts nor a person with the same id are touched."""
    kept, gone = contacts.create(Name="kept"), contacts.create(Name="gone")
    while (twin := persons.create(Lastname="twin"))["PersonId"] < gone["ContactId"]:
        pass
    contacts.remove(gone["ContactId"])
    assert contacts.read(kept["ContactId"]) == kept
    assert persons.read(twin["PersonId"]) == twin


def test_the_id_is_not_given_again(contacts: Desk) -> None:
    """A new contact never comes under the id of a deleted one."""
    key = contacts.create(Name="Dansukker")["ContactId"]
    contacts.remove(key)
    assert key not in [contacts.create(Name="new")["ContactId"] for _ in range(3)]
