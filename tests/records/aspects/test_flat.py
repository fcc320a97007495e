"""Members that show another entity's row in its flat carrier."""

from __future__ import annotations

import pytest

from mockserver.errors import BadRequest
from tests.records.desk import Desk

PERSON = [
    *("Position", "PersonId", "Mrmrs", "Firstname", "Lastname", "MiddleName", "Title", "Description", "Email", "FullName"),
    *("DirectPhone", "FormalName", "CountryId", "ContactId", "ContactName", "Retired", "Rank", "ActiveInterests"),
    *("ContactDepartment", "ContactCountryId", "ContactOrgNr", "FaxPhone", "MobilePhone", "ContactPhone", "AssociateName"),
    *("AssociateId", "UsePersonAddress", "ContactFax", "Kanafname", "Kanalname", "Post1", "Post2", "Post3", "EmailName"),
    *("ContactFullName", "ActiveErpLinks", "TicketPriorityId", "SupportLanguageId", "SupportAssociateId", "CategoryName"),
    *("PersonNumber", "TableRight", "FieldProperties"),
]
CONTACT = [
    *("ContactId", "Name", "OrgNr", "Department", "URL", "City", "DirectPhone", "AssociateId", "CountryId", "EmailAddress"),
    *("Kananame", "EmailAddressName", "URLName", "AssociateFullName", "BusinessName", "CategoryName", "CountryName", "Address"),
    *("FormattedAddress", "FullName", "IsOwnerContact", "ActiveErpLinks", "Number1", "Number2", "TableRight", "FieldProperties"),
]


@pytest.fixture
def person(persons: Desk) -> int:
    """A person to support a company."""
    made = persons.create(
        Firstname="Steve",
        Lastname="Fishmann",
        Mrmrs="Mr.",
        Title="Director",
        Retired=True,
        UsePersonAddress=True,
        Interests=[{"Id": 1, "Selected": True}],
        Contact={"ContactId": 1},
    )
    identifier = made["PersonId"]
    assert isinstance(identifier, int)
    return identifier


def test_a_person_is_shown_flat_on_a_company(contacts: Desk, persons: Desk, person: int) -> None:
    """Sent by id, shown with what both carriers have in common, each member in the flat carrier's type."""
    flat = contacts.create(SupportPerson={"PersonId": person})["SupportPerson"]
    assert flat["PersonId"] == person
    assert (flat["Firstname"], flat["Lastname"], flat["Mrmrs"], flat["Title"]) == ("Steve", "Fishmann", "Mr.", "Director")
    assert flat["PersonNumber"] == persons.read(person)["PersonNumber"]
    assert (flat["UsePersonAddress"], flat["ActiveInterests"]) == (True, 1)
    assert flat["Retired"] == 1
    assert not isinstance(flat["Retired"], bool)


def test_flat_carriers_are_whole_and_in_order(contacts: Desk, persons: Desk, person: int) -> None:
    """Every member of the flat carrier is there, in published order."""
    assert list(contacts.create(SupportPerson={"PersonId": person})["SupportPerson"]) == PERSON
    assert list(persons.read(person)["Contact"]) == CONTACT


def test_a_company_is_shown_flat_on_its_person(contacts: Desk, persons: Desk) -> None:
    """A person shows the names and numbers of its company."""
    company = contacts.create(Name="Delta Produkter", Department="Oslo", OrgNr="NO 1", Number1="DELTA")
    flat = persons.create(Lastname="Eide", Contact={"ContactId": company["ContactId"]})["Contact"]
    assert flat["ContactId"] == company["ContactId"]
    assert (flat["Name"], flat["Department"], flat["OrgNr"]) == ("Delta Produkter", "Oslo", "NO 1")
    assert (flat["Number1"], flat["Number2"]) == ("DELTA", company["Number2"])


def test_the_other_row_is_shown_as_it_is_now(contacts: Desk, persons: Desk) -> None:
    """Renaming a company renames it on its persons."""
    company = contacts.create(Name="before")["ContactId"]
    person = persons.create(Lastname="Eide", Contact={"ContactId": company})["PersonId"]
    contacts.change(company, Name="after")
    assert persons.read(person)["Contact"]["Name"] == "after"


@pytest.mark.parametrize("position", [None, 2], ids=["without a position", "with a position"])
def test_texts_of_a_flat_person_are_texts(contacts: Desk, persons: Desk, person: int, position: int | None) -> None:
    """Names of list items are summed up elsewhere: a member that is text never shows an id, nor null."""
    persons.change(person, Position={"Id": position or 0})
    flat = contacts.create(SupportPerson={"PersonId": person})["SupportPerson"]
    assert flat["Position"] in ("", "Toppledelse")


def test_unset_it_is_null(contacts: Desk, persons: Desk) -> None:
    """Nobody supports a company until somebody says who."""
    assert contacts.create()["SupportPerson"] is None
    assert persons.create(Lastname="Eide")["Contact"] is None


def test_null_and_absent_leave_it(contacts: Desk, person: int) -> None:
    """A member that is not sent stays as it is."""
    made = contacts.create(SupportPerson={"PersonId": person})
    assert contacts.replace(made["ContactId"], {"Name": "a"})["SupportPerson"] == made["SupportPerson"]
    assert contacts.replace(made["ContactId"], {"SupportPerson": None})["SupportPerson"] == made["SupportPerson"]


@pytest.mark.parametrize("sent", [{"PersonId": 0}, {}], ids=["id zero", "nothing at all"])
def test_without_an_id_it_is_cleared(contacts: Desk, person: int, sent: dict[str, int]) -> None:
    """The one way to have nobody."""
    key = contacts.create(SupportPerson={"PersonId": person})["ContactId"]
    assert contacts.change(key, SupportPerson=sent)["SupportPerson"] is None


def test_an_unknown_row_is_refused(contacts: Desk, persons: Desk, person: int) -> None:
    """A person nobody knows cannot support a company, nor can a company nobody knows employ a person."""
    key = contacts.create(SupportPerson={"PersonId": person})["ContactId"]
    before = contacts.store.snapshot()
    with pytest.raises(BadRequest, match="SupportPerson"):
        contacts.change(key, Name="after", SupportPerson={"PersonId": 4711})
    with pytest.raises(BadRequest, match="Contact"):
        persons.change(person, Contact={"ContactId": 4711})
    assert contacts.store.snapshot() == before


def test_a_removed_row_is_shown_no_longer(contacts: Desk, persons: Desk, person: int) -> None:
    """A company whose support person was deleted shows none, and can still be saved."""
    key = contacts.create(SupportPerson={"PersonId": person})["ContactId"]
    persons.remove(person)
    assert contacts.read(key)["SupportPerson"] is None
    assert contacts.change(key, Name="after")["SupportPerson"] is None


def test_the_other_row_is_not_changed_from_here(contacts: Desk, persons: Desk, person: int) -> None:
    """Only the id of a flat carrier counts."""
    before = persons.read(person)
    contacts.create(SupportPerson={"PersonId": person, "Firstname": "renamed"})
    assert persons.read(person) == before
