"""`POST …`: a new row from the tenant's settings, with what was sent laid over it."""

from __future__ import annotations

import pytest

from mockserver.errors import BadRequest
from tests.records.desk import EMPTY_DATE, Desk, Shown

NO_ENTITY = "Bad request. Entity to save is not in request body."


def test_a_name_is_enough(contacts: Desk) -> None:
    """A partial entity is fine: the settings give the rest, as in a default entity."""
    default = contacts.default()
    made = contacts.create(Name="Amadeus AS")
    changed = {name for name, value in made.items() if value != default[name]}
    assert changed == {"ContactId", "Name", "Number2", "UpdatedDate", "CreatedDate", "UpdatedBy"}
    assert made["Name"] == "Amadeus AS"


def test_an_empty_entity_is_enough(contacts: Desk) -> None:
    """A blank name is accepted over the API."""
    made = contacts.create()
    assert made["ContactId"] > 0
    assert made["Name"] == ""


def test_what_was_sent_wins_over_the_settings(contacts: Desk) -> None:
    """The documented call with a name and four references."""
    made = contacts.create(
        Name="Amadeus AS",
        Business={"Id": 2},
        Category={"Value": "Customer"},
        Country={"CountryId": 826},
        Associate={"Name": "BB"},
        Phones=[{"Value": "02"}],
        Xstop=True,
    )
    assert made["Business"]["Value"] == "Bank/Finance"
    assert made["Category"]["Id"] == 1
    assert made["Country"]["Name"] == "United Kingdom"
    assert made["Associate"]["AssociateId"] == 3
    assert made["Phones"][0]["Value"] == "02"
    assert made["Xstop"] is True


@pytest.mark.parametrize(
    "member", ["Name", "Number2", "Business", "Country", "Associate", "Emails", "Interests", "Address", "CustomFields"]
)
def test_null_is_as_good_as_nothing(contacts: Desk, member: str) -> None:
    """A null member of a new entity leaves what the settings gave."""
    without = contacts.create()
    with_null = contacts.create(**{member: None})
    own = {"ContactId": 0, "Number2": ""}
    assert with_null | own == without | own
    assert with_null["Number2"] == str(int(without["Number2"]) + 1)


@pytest.mark.parametrize(
    "body",
    [
        {"ContactId": 4711, "Name": "a"},
        {"ContactId": 0, "Name": "a"},
        {"contactId": 1, "Name": "a"},
    ],
    ids=["a key nobody has", "key zero", "the key of the own company"],
)
def test_the_key_in_the_body_is_ignored(contacts: Desk, body: Shown) -> None:
    """`POST` always makes a new row, under a key of its own."""
    own = contacts.read(1)
    made = contacts.create(**body)
    assert made["ContactId"] not in (0, 1, 4711)
    assert contacts.read(1) == own


def test_the_answer_is_the_stored_entity(contacts: Desk) -> None:
    """What is answered is what a read answers, key and stamps included."""
    made = contacts.create(Name="Amadeus AS", Emails=[{"Value": "a@example.com"}], Interests=[{"Id": 1, "Selected": True}])
    assert made == contacts.read(made["ContactId"])
    assert EMPTY_DATE not in (made["CreatedDate"], made["UpdatedDate"])


def test_the_result_names_the_row(contacts: Desk) -> None:
    """Links and the journal are told which row it was."""
    result = contacts.result("create", body={"Name": "Amadeus AS"})
    assert result.entity == "Contact"
    assert result.key is not None
    assert contacts.read(result.key)["Name"] == "Amadeus AS"


def test_each_new_row_has_a_key_of_its_own(contacts: Desk) -> None:
    """Keys grow, and equal entities are different rows: saving does not look for duplicates."""
    keys = [contacts.create(Name="Amadeus AS")["ContactId"] for _ in range(5)]
    assert keys == sorted(set(keys))


def test_without_an_entity_nothing_is_made(contacts: Desk) -> None:
    """An empty body is refused in the published words."""
    before = contacts.store.snapshot()
    with pytest.raises(BadRequest) as caught:
        contacts.result("create", body=None)
    assert caught.value.message == NO_ENTITY
    assert contacts.store.snapshot() == before


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"Business": {"Id": 4711}}, id="an unknown id of a list"),
        pytest.param({"Category": {"Value": "no such"}}, id="an unknown name of a list"),
        pytest.param({"SupportPerson": {"PersonId": 4711}}, id="an unknown person"),
    ],
)
def test_a_refused_entity_leaves_everything_as_it_was(contacts: Desk, body: Shown) -> None:
    """No row, no number and no key is spent on an entity that cannot be made."""
    before = contacts.store.snapshot()
    with pytest.raises(BadRequest):
        contacts.create(Name="Amadeus AS", Phones=[{"Value": "02"}], **body)
    assert contacts.store.snapshot() == before
