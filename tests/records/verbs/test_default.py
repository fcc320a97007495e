"""`CreateDefault…` and `GET …/default`: a new entity as the tenant's settings give it."""

from __future__ import annotations

import pytest

from tests.records.desk import EMPTY_DATE, Desk, open_desk, shown

# The recorded default contact of user ADM0; unset lists of references as newer servers write them.
RECORDED = {
    "ContactId": 0,
    "Name": "",
    "Department": "",
    "OrgNr": "",
    "Number1": "",
    "Description": "",
    "Kananame": "",
    "DbiKey": "",
    "UpdatedDate": EMPTY_DATE,
    "CreatedDate": EMPTY_DATE,
    "DbiLastSyncronized": EMPTY_DATE,
    "DbiLastModified": EMPTY_DATE,
    "Emails": [],
    "Urls": [],
    "Phones": [],
    "Faxes": [],
    "Persons": [],
    "UpdatedBy": None,
    "NoMailing": False,
    "Xstop": False,
    "ActiveInterests": 0,
    "ActiveStatusMonitorId": 0,
    "Deleted": 0,
    "DbiAgentId": 0,
    "Source": 0,
    "ActiveErpLinks": 0,
    "GroupId": 1,
    "SupportAssociate": None,
    "SupportPerson": None,
    "TicketPriority": None,
    "CustomerLanguage": None,
    "ExtraFields": {},
}


@pytest.mark.parametrize("member", RECORDED)
def test_a_default_contact_is_as_recorded(member: str) -> None:
    """Each plain member has the value that a real server gave it."""
    assert open_desk(user="ADM0").default()[member] == RECORDED[member]


@pytest.mark.parametrize("member", ["CreatedBy", "Associate"])
def test_a_default_contact_belongs_to_the_caller(member: str) -> None:
    """The recorded caller was associate 11, person 147, of group 1."""
    associate = open_desk(user="ADM0").default()[member]
    assert (associate["AssociateId"], associate["Name"], associate["PersonId"], associate["GroupIdx"]) == (11, "ADM0", 147, 1)
    assert (associate["EjUserId"], associate["Type"], associate["UserName"]) == (3, "InternalAssociate", None)


@pytest.mark.parametrize(
    ("member", "key", "value"),
    [
        pytest.param("Business", "Value", "Hotell/Restaurant", id="business"),
        pytest.param("Business", "Id", 7, id="id of the business"),
        pytest.param("Category", "Value", "Leverandør", id="category"),
        pytest.param("Category", "Id", 3, id="id of the category"),
        pytest.param("Country", "Name", "Norway", id="country"),
        pytest.param("Country", "CountryId", 578, id="id of the country"),
    ],
)
def test_a_default_contact_has_the_recorded_references(contacts: Desk, member: str, key: str, value: object) -> None:
    """The tenant's preferences fill the mandatory references, shown whole."""
    assert contacts.default()[member][key] == value


def test_the_recorded_default_of_a_user_defined_field(contacts: Desk) -> None:
    """A field with a default of its own begins with it, the others with their type's empty value."""
    fields = contacts.default()["UserDefinedFields"]
    assert fields["SuperOffice:1"] == "defaultshorttext"
    assert fields["SuperOffice:3"] == "[I:0]"
    assert fields["SuperOffice:4"] == fields["SuperOffice:5"] == "[D:01/01/0001]"
    assert fields["SuperOffice:6"] == "False"
    assert fields["SuperOffice:7"] == fields["SuperOffice:12"] == fields["SuperOffice:13"] == "[I:0]"
    assert fields["SuperOffice:7:DisplayText"] == fields["SuperOffice:7:DisplayTooltip"] == ""
    assert fields["SuperOffice:8"] == "[F:0]"
    assert [fields[f"SuperOffice:{number}"] for number in (9, 10, 11)] == ["", "", ""]


def test_each_default_draws_a_number(contacts: Desk) -> None:
    """Asking for a default entity burns a company number, the first being 10001."""
    assert [contacts.default()["Number2"] for _ in range(3)] == ["10001", "10002", "10003"]
    assert contacts.create(Name="after them")["Number2"] == "10004"


def test_a_default_contact_is_not_stored(contacts: Desk) -> None:
    """Nothing is there afterwards that was not there before, and no key is spent."""
    before = list(contacts.store.keys("Contact"))
    result = contacts.result("default")
    assert result.key is None
    assert result.entity == "Contact"
    assert list(contacts.store.keys("Contact")) == before
    first = contacts.create(Name="first")["ContactId"]
    contacts.default()
    assert contacts.create(Name="second")["ContactId"] == first + 1


def test_both_halves_of_the_api_give_the_same_default() -> None:
    """`GET Contact/default` and the agent's `CreateDefaultContactEntity` answer alike."""
    rest, agent = shown(open_desk().result("default")), shown(open_desk().result("default", agent=True))
    assert rest == agent


def test_a_default_contact_can_be_filled_in_and_saved(contacts: Desk) -> None:
    """The usual way: ask for a default, fill in, save; the number drawn is the number kept."""
    default = contacts.default()
    saved = contacts.save(default | {"Name": "Delta Produkter"})
    assert saved["ContactId"] > 0
    assert saved["Number2"] == default["Number2"]
    assert saved["Name"] == "Delta Produkter"
    assert contacts.create(Name="next")["Number2"] == str(int(default["Number2"]) + 1)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        pytest.param("Firstname", "", id="texts are empty"),
        pytest.param("BirthDate", EMPTY_DATE, id="dates are the empty date"),
        pytest.param("OfficePhones", [], id="lists are empty"),
        pytest.param("Retired", False, id="booleans are false"),
        pytest.param("Source", 0, id="numbers are 0"),
        pytest.param("CorrespondingAssociate", None, id="the corresponding associate is null"),
        pytest.param("SupportAssociate", None, id="the support associate is null"),
        pytest.param("TicketPriority", None, id="the ticket priority is null"),
        pytest.param("CustomerLanguage", None, id="the language is null"),
        pytest.param("UserInfo", None, id="the user is null"),
    ],
)
def test_a_default_person_is_as_recorded(persons: Desk, member: str, value: object) -> None:
    """Unset members of a person have the values that a real server gave them."""
    assert persons.default()[member] == value
