"""The agents' `Save…Entity`: create or replace, as the key in the body says."""

from __future__ import annotations

import pytest

from mockserver.errors import BadRequest, NotFound, UnknownRow
from tests.records.desk import Desk, Shown, open_desk
from tests.records.verbs.test_create import NO_ENTITY


@pytest.mark.parametrize(
    "key",
    [
        pytest.param({}, id="no key"),
        pytest.param({"ContactId": 0}, id="key zero"),
        pytest.param({"ContactId": None}, id="key null"),
        pytest.param({"contactId": "0"}, id="key zero as text"),
    ],
)
def test_without_a_key_a_row_is_made(contacts: Desk, key: Shown) -> None:
    """Saving a new entity is what `POST` does: settings first, what was sent laid over them."""
    made = contacts.save({"Name": "Bever Inc"} | key)
    assert made["ContactId"] > 1
    assert made == contacts.read(made["ContactId"])
    assert made["Business"]["Id"] == 7
    assert made["Number2"] == "10001"


@pytest.mark.parametrize("spelling", ["ContactId", "contactId"])
def test_with_a_known_key_the_row_is_replaced(contacts: Desk, spelling: str) -> None:
    """Saving an entity with an id is what `PUT` does: absent scalars go back to empty."""
    made = contacts.create(Name="Bever Inc", Department="Dams", Phones=[{"Value": "02"}])
    count = len(list(contacts.store.keys("Contact")))
    saved = contacts.save({spelling: made["ContactId"], "Name": "Bever AS"})
    assert saved["ContactId"] == made["ContactId"]
    assert (saved["Name"], saved["Department"]) == ("Bever AS", "")
    assert saved["Phones"] == made["Phones"]
    assert len(list(contacts.store.keys("Contact"))) == count
    assert saved == contacts.read(made["ContactId"])


def test_an_unknown_key_makes_a_new_row_where_that_is_chosen() -> None:
    """With `unknown_id = create` the row comes under an id of its own, and the journal is told."""
    contacts = open_desk(unknown_id="create")
    result = contacts.result("save", body={"ContactId": 99999, "Name": "Bever Inc"})
    assert result.key not in (None, 0, 99999)
    assert not contacts.store.has("Contact", 99999)
    assert contacts.read(result.key or 0)["Name"] == "Bever Inc"
    assert "99999" in result.remark
    assert str(result.key) in result.remark


def test_an_ordinary_save_remarks_nothing(contacts: Desk) -> None:
    """Only what deserves a look is remarked."""
    made = contacts.result("save", body={"Name": "Bever Inc"})
    assert made.remark == ""
    assert contacts.result("save", body={"ContactId": made.key, "Name": "Bever Inc"}).remark == ""


def test_an_unknown_key_is_an_error_where_that_is_chosen() -> None:
    """With `unknown_id = refuse` nothing is made, and the words are those of a missing row."""
    contacts = open_desk(unknown_id="refuse")
    before = contacts.store.snapshot()
    with pytest.raises(UnknownRow) as caught:
        contacts.save({"ContactId": 99999, "Name": "Bever Inc"})
    assert caught.value.message == "Contact id 99999 not found"
    assert isinstance(caught.value, NotFound)
    assert contacts.store.snapshot() == before


@pytest.mark.parametrize("unknown_id", ["create", "refuse"])
def test_a_row_that_was_removed_is_an_unknown_one(unknown_id: str) -> None:
    """Saving an entity that was deleted meanwhile never brings it back under its old id."""
    contacts = open_desk(unknown_id=unknown_id)
    made = contacts.create(Name="Bever Inc")
    contacts.remove(made["ContactId"])
    if unknown_id == "refuse":
        with pytest.raises(UnknownRow):
            contacts.save(made)
    else:
        assert contacts.save(made)["ContactId"] != made["ContactId"]
    assert not contacts.store.has("Contact", made["ContactId"])


def test_without_an_entity_nothing_is_saved(contacts: Desk) -> None:
    """An empty body is refused in the published words."""
    before = contacts.store.snapshot()
    with pytest.raises(BadRequest) as caught:
        contacts.save(None)
    assert caught.value.message == NO_ENTITY
    assert contacts.store.snapshot() == before


@pytest.mark.parametrize("target", ["a new row", "a stored row", "an unknown row"])
@pytest.mark.parametrize(
    "bad",
    [
        pytest.param({"Associate": {"AssociateId": 4711}}, id="an unknown id of a list"),
        pytest.param({"Associate": {"Name": "nobody"}}, id="an unknown name of a list"),
        pytest.param({"SupportPerson": {"PersonId": 4711}}, id="an unknown person"),
    ],
)
def test_a_save_that_fails_leaves_everything_as_it_was(contacts: Desk, target: str, bad: Shown) -> None:
    """Rows, keys and numbers are those of before, whichever row was meant."""
    stored = contacts.create(Name="Bever Inc", Phones=[{"Value": "02"}])["ContactId"]
    key = {"a new row": 0, "a stored row": stored, "an unknown row": 99999}[target]
    before = contacts.store.snapshot()
    with pytest.raises(BadRequest):
        contacts.save({"ContactId": key, "Name": "half", "Phones": [], "Number2": ""} | bad)
    assert contacts.store.snapshot() == before


def test_persons_are_saved_by_their_own_key(persons: Desk) -> None:
    """The key is the entity's: a person with the id of a contact in its body is still that person."""
    made = persons.save({"Lastname": "Duck", "Contact": {"ContactId": 1}})
    assert persons.save(made | {"Firstname": "Donald"})["PersonId"] == made["PersonId"]
    assert persons.read(made["PersonId"])["Firstname"] == "Donald"
