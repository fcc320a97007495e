"""`PUT …/{id}`: a stored row, replaced by what was sent."""

from __future__ import annotations

import pytest

from mockserver.errors import BadRequest, NotFound
from tests.records.desk import Desk, Shown
from tests.records.verbs.test_create import NO_ENTITY


@pytest.fixture
def key(contacts: Desk) -> int:
    """A contact with a bit of everything."""
    made = contacts.create(
        Name="Elan Hoppski",
        Department="AAvdeling",
        Business={"Id": 2},
        SupportAssociate={"AssociateId": 3},
        SupportPerson={"PersonId": 7},
        Phones=[{"Value": "02"}],
        Emails=[{"Value": "a@example.com"}],
        Domains=["elan.no"],
        Interests=[{"Id": 3, "Selected": True}],
        Address={"Street": {"City": "Oslo"}},
        CustomFields={"SuperOffice:3": "[I:7]"},
        Xstop=True,
        Source=4,
    )
    identifier = made["ContactId"]
    assert isinstance(identifier, int)
    return identifier


def test_read_change_save_changes_only_what_was_changed(contacts: Desk, key: int) -> None:
    """The supported way of editing: everything else stays, down to the last member."""
    before = contacts.read(key)
    after = contacts.change(key, Department="BAvdeling")
    assert after == before | {"Department": "BAvdeling"}


def test_saving_what_was_read_changes_nothing(contacts: Desk, key: int) -> None:
    """A whole entity sent back as it was read is the same entity."""
    before = contacts.read(key)
    assert contacts.replace(key, before) == before


def test_a_partial_body_resets_scalars_and_leaves_the_rest(contacts: Desk, key: int) -> None:
    """Absent scalars go back to empty; absent arrays, references, address and maps stay as they are."""
    before = contacts.read(key)
    after = contacts.replace(key, {"Name": "Elan"})
    assert (after["Name"], after["Department"], after["Xstop"], after["Source"]) == ("Elan", "", False, 0)
    kept = (
        *("Phones", "Emails", "Domains", "Interests", "ActiveInterests", "Business", "SupportAssociate", "SupportPerson"),
        *("Address", "CustomFields", "UserDefinedFields", "Associate", "Country", "CreatedDate", "CreatedBy"),
    )
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_null_is_as_good_as_absent(contacts: Desk, key: int) -> None:
    """Once a body is bound to a carrier the two cannot be told apart."""
    snapshot = contacts.store.snapshot()
    absent = contacts.replace(key, {"Name": "Elan"})
    contacts.store.restore(snapshot)
    everything = [name for name in absent if name not in ("ContactId", "Name")]
    assert contacts.replace(key, {"Name": "Elan"} | dict.fromkeys(everything)) == absent


@pytest.mark.parametrize("member", ["Phones", "Emails", "Domains"])
def test_an_empty_array_clears(contacts: Desk, key: int, member: str) -> None:
    """The one way to have none."""
    assert contacts.change(key, **{member: []})[member] == []


@pytest.mark.parametrize("body_key", [0, 1, 4711], ids=["key zero", "the key of another contact", "a key nobody has"])
def test_the_id_in_the_path_wins(contacts: Desk, key: int, body_key: int) -> None:
    """Whatever id the body names, the row of the path is the one that changes, and keeps its id."""
    own = contacts.read(1)
    after = contacts.replace(key, {"ContactId": body_key, "Name": "renamed"})
    assert after["ContactId"] == key
    assert contacts.read(key)["Name"] == "renamed"
    assert contacts.read(1) == own
    assert not contacts.store.has("Contact", 4711)


def test_the_answer_is_the_stored_entity(contacts: Desk, key: int) -> None:
    """What is answered is what a read answers."""
    after = contacts.replace(key, {"Name": "renamed", "Business": {"Id": 4}})
    assert after == contacts.read(key)
    assert after["Business"]["Value"] == "IT / EDB"


def test_an_unknown_id_is_not_found(contacts: Desk) -> None:
    """Replacing does not create."""
    before = contacts.store.snapshot()
    with pytest.raises(NotFound) as caught:
        contacts.replace(99999, {"Name": "nobody"})
    assert caught.value.message == "Contact id 99999 not found"
    assert contacts.store.snapshot() == before


def test_without_an_entity_nothing_is_changed(contacts: Desk, key: int) -> None:
    """An empty body is refused in the published words."""
    before = contacts.store.snapshot()
    with pytest.raises(BadRequest) as caught:
        contacts.replace(key, None)
    assert caught.value.message == NO_ENTITY
    assert contacts.store.snapshot() == before


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param({"Business": {"Id": 4711}}, id="an unknown id of a list"),
        pytest.param({"Country": {"Name": "Atlantis"}}, id="an unknown name of a list"),
        pytest.param({"SupportPerson": {"PersonId": 4711}}, id="an unknown person"),
    ],
)
def test_a_refused_entity_leaves_everything_as_it_was(contacts: Desk, key: int, bad: Shown) -> None:
    """A row is changed as a whole or not at all."""
    before = contacts.store.snapshot()
    with pytest.raises(BadRequest):
        contacts.change(key, **{"Name": "half", "Phones": [], "Number2": "", "Interests": [{"Id": 1, "Selected": True}]} | bad)
    assert contacts.store.snapshot() == before


def test_other_rows_are_left_alone(contacts: Desk, key: int) -> None:
    """Only the row of the path changes."""
    other = contacts.create(Name="other")
    contacts.replace(key, {"Name": "renamed", "Phones": []})
    assert contacts.read(other["ContactId"]) == other
