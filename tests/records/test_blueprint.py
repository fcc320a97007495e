"""An entity made ready: blank rows, what is laid over them, what is kept and shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mockserver.errors import BadRequest, CatalogueError, MockServerError
from mockserver.records.blueprint import Blueprint

from .desk import EMPTY_DATE, Desk, Shown, open_desk, shown

# The published order of ContactEntity.
CONTACT = [
    *("ContactId", "Name", "Department", "OrgNr", "Number1", "Number2", "UpdatedDate", "CreatedDate", "Emails", "Interests"),
    *("Urls", "Phones", "Faxes", "Description", "UpdatedBy", "CreatedBy", "Associate", "Business", "Category", "Country"),
    *("Persons", "NoMailing", "Kananame", "Xstop", "ActiveInterests", "GroupId", "ActiveStatusMonitorId", "SupportAssociate"),
    *("TicketPriority", "CustomerLanguage", "Deleted", "DbiAgentId", "DbiLastSyncronized", "DbiKey", "DbiLastModified"),
    *("SupportPerson", "Address", "Source", "ActiveErpLinks", "BounceEmails", "Domains", "UtmParameters"),
    *("UserDefinedFields", "ExtraFields", "CustomFields", "TableRight", "FieldProperties"),
]
ALL_SCALARS = {
    "Name": "Bjørge AS",
    "Department": "Sales",
    "OrgNr": "NO 123",
    "Number1": "BJO",
    "Number2": "77",
    "Description": "a note",
    "Kananame": "カナ",
    "NoMailing": True,
    "Xstop": True,
    "Deleted": 1,
    "Source": 4,
    "DbiAgentId": 9,
    "DbiKey": "abc",
    "DbiLastSyncronized": "2020-02-29T01:02:03",
    "DbiLastModified": "2021-01-01T00:00:00",
}


# --- the order of members


def create(desk: Desk) -> Shown:
    """A contact, just made."""
    return desk.create(Name="Bjørge AS", Domains=["bjorge.no"], Category={"Id": 1})


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda desk: desk.default(), id="a default contact"),
        pytest.param(create, id="a contact just made"),
        pytest.param(lambda desk: desk.read(create(desk)["ContactId"]), id="a contact read"),
        pytest.param(lambda desk: desk.replace(create(desk)["ContactId"], {"Xstop": True, "Name": "a"}), id="a contact replaced"),
        pytest.param(lambda desk: desk.save({"Xstop": True, "Name": "a"}), id="a contact saved as new"),
        pytest.param(lambda desk: desk.save(dict(reversed(create(desk).items()))), id="a contact saved back to front"),
        pytest.param(lambda desk: shown(desk.result("mine")), id="the caller's own company"),
    ],
)
def test_members_are_shown_in_published_order(contacts: Desk, answer: Callable[[Desk], Shown]) -> None:
    """Every answer holds all members of the carrier, the rights last, whatever order they were sent in."""
    assert list(answer(contacts)) == CONTACT


def test_persons_keep_their_published_order_too(persons: Desk) -> None:
    """The rule is the carrier's, not the contact's: a person begins and ends as published."""
    members = list(persons.create(Lastname="Eide", Firstname="Erik"))
    assert members[:4] == ["PersonId", "Firstname", "MiddleName", "Lastname"]
    assert members[-5:] == ["UserDefinedFields", "ExtraFields", "CustomFields", "TableRight", "FieldProperties"]


# --- names


@pytest.mark.parametrize("name", ["Name", "name", "NAME", "contactId", "customFields"])
def test_names_of_members_are_known_in_any_letter_case(contacts: Desk, name: str) -> None:
    """A name is accepted as the API accepts it."""
    contacts.blueprint.check_names({name: None})


@pytest.mark.parametrize(
    ("name", "says"),
    [
        pytest.param("Nmae", "ContactEntity has no member Nmae; did you mean Name?", id="two letters changed places"),
        pytest.param("departmnet", "ContactEntity has no member departmnet; did you mean Department?", id="in lower case"),
        pytest.param("qqqqqqqq", "ContactEntity has no member qqqqqqqq", id="nothing is near"),
    ],
)
def test_a_misspelt_member_is_named_with_the_nearest(contacts: Desk, name: str, says: str) -> None:
    """The API would ignore it in silence; whoever writes a test is told."""
    with pytest.raises(MockServerError) as caught:
        contacts.blueprint.check_names({"Name": "Bjørge AS", name: 1})
    assert str(caught.value) == says


# --- coercion


def test_members_are_fitted_to_their_published_names_and_types(contacts: Desk) -> None:
    """Camel case, ids as text and numbers as text are all said to work."""
    fitted = contacts.blueprint.coerce({"name": "Bjørge AS", "contactId": "5", "business": {"id": "2"}, "xstop": "true"})
    assert fitted == {"Name": "Bjørge AS", "ContactId": 5, "Business": {"Id": 2}, "Xstop": True}


def test_what_nobody_knows_or_the_server_computes_has_no_effect(contacts: Desk) -> None:
    """Unknown members and read-only ones may be sent, as callers echo whole entities, and change nothing."""
    plain = contacts.create(Name="Bjørge AS")
    odd = {
        "Nonsense": {"deep": [1]},
        "CreatedDate": "1999-01-01T00:00:00",
        "UpdatedDate": "1999-01-01T00:00:00",
        "CreatedBy": {"AssociateId": 3},
        "UpdatedBy": {"AssociateId": 3},
        "GroupId": 99,
        "ActiveInterests": 99,
        "ActiveErpLinks": 99,
        "ActiveStatusMonitorId": 99,
        "Persons": [{"PersonId": 7}],
        "BounceEmails": ["x@example.com"],
        "UtmParameters": {"Source": "x"},
        "TableRight": {"Mask": "None"},
        "FieldProperties": {"Name": {"FieldType": "x"}},
    }
    with_odd = contacts.replace(plain["ContactId"], plain | odd)
    assert "Nonsense" not in with_odd
    assert with_odd == plain


def test_a_member_of_the_wrong_type_is_refused(contacts: Desk) -> None:
    """What cannot be read as the member's type is the caller's mistake."""
    with pytest.raises(BadRequest):
        contacts.blueprint.coerce({"Source": "many"})


# --- blank rows


def test_a_blank_row_has_no_key_and_no_number(contacts: Desk) -> None:
    """Building a row from the settings draws nothing; that happens when what is missing is filled."""
    row = contacts.blueprint.blank(contacts.call(), contacts.store)
    assert row["ContactId"] == 0
    assert row["Number2"] == ""


def test_blank_rows_share_nothing(contacts: Desk) -> None:
    """What is done to one new row does not show in the next."""
    first = contacts.blueprint.blank(contacts.call(), contacts.store)
    for value in first.values():
        if isinstance(value, list):
            value.append("spoiled")
        if isinstance(value, dict):
            value["spoiled"] = "spoiled"
    second = contacts.blueprint.blank(contacts.call(), contacts.store)
    assert "spoiled" not in str(second)


# --- what is laid over


@pytest.mark.parametrize("sent", [{}, dict.fromkeys(ALL_SCALARS)], ids=["when it is absent", "when it is null"])
def test_a_new_row_keeps_what_the_settings_gave(contacts: Desk, sent: Shown) -> None:
    """Only members that were sent and are not null are laid over a new row."""
    call, store = contacts.call(), contacts.store
    row = contacts.blueprint.blank(call, store)
    before = dict(row)
    contacts.blueprint.overlay(row, sent, call, store)
    assert row == before


@pytest.mark.parametrize("member", ALL_SCALARS)
def test_a_new_row_takes_what_was_sent(contacts: Desk, member: str) -> None:
    """Each plain member is stored as sent, and no other is touched by it."""
    call, store = contacts.call(), contacts.store
    row = contacts.blueprint.blank(call, store)
    before = dict(row)
    contacts.blueprint.overlay(row, {member: ALL_SCALARS[member]}, call, store)
    assert row == before | {member: ALL_SCALARS[member]}


@pytest.mark.parametrize("sent", [{}, dict.fromkeys(ALL_SCALARS)], ids=["when it is absent", "when it is null"])
@pytest.mark.parametrize(
    ("member", "empty"),
    [
        pytest.param("Name", "", id="a text goes back to nothing"),
        pytest.param("Description", "", id="a long text goes back to nothing"),
        pytest.param("Source", 0, id="a number goes back to 0"),
        pytest.param("Xstop", False, id="a boolean goes back to false"),
        pytest.param("DbiLastModified", EMPTY_DATE, id="a date goes back to the empty date"),
    ],
)
def test_a_stored_row_loses_scalars_that_are_not_sent(contacts: Desk, member: str, empty: object, sent: Shown) -> None:
    """Replacing is replacing: a carrier's absent scalar arrives as its empty value."""
    call, store = contacts.call(), contacts.store
    row = contacts.blueprint.blank(call, store)
    contacts.blueprint.overlay(row, ALL_SCALARS, call, store)
    contacts.blueprint.replace(row, sent, call, store)
    assert row[member] == empty


@pytest.mark.parametrize(
    ("sent", "after"),
    [
        pytest.param({}, ["a.no", "b.no"], id="an absent array is left"),
        pytest.param({"Domains": None}, ["a.no", "b.no"], id="a null array is left"),
        pytest.param({"Domains": []}, [], id="an empty array clears"),
        pytest.param({"Domains": ["c.no", "a.no"]}, ["c.no", "a.no"], id="a sent array replaces, in its order"),
    ],
)
def test_arrays_of_a_stored_row(contacts: Desk, sent: Shown, after: list[str]) -> None:
    """An array is replaced as a whole or not at all."""
    key = contacts.create(Name="Bjørge AS", Domains=["a.no", "b.no"])["ContactId"]
    assert contacts.replace(key, {"Name": "Bjørge AS"} | sent)["Domains"] == after
    assert contacts.read(key)["Domains"] == after


def test_keeping_a_row_sets_its_key_and_stores_it(contacts: Desk) -> None:
    """What is kept is found under its key, knows its key, and has its number."""
    call, store = contacts.call(), contacts.store
    row = contacts.blueprint.blank(call, store)
    contacts.blueprint.keep(row, 4711, call, store)
    kept = store.row("Contact", 4711)
    assert kept is not None
    assert kept["ContactId"] == 4711
    assert kept["Number2"] == "10001"


def test_showing_a_row_leaves_the_store_alone(contacts: Desk) -> None:
    """The shown value is made of the row in place, and the stored row is another one."""
    call, store = contacts.call(), contacts.store
    key = contacts.create(Name="Bjørge AS")["ContactId"]
    row = store.row("Contact", key)
    assert row is not None
    before = store.snapshot()
    assert contacts.blueprint.show(row, call, store) is row
    assert store.snapshot() == before


# --- making ready


def test_an_aspect_nobody_knows_is_an_error_of_the_catalogue(contacts: Desk) -> None:
    """A misspelt aspect in an entity's file is named, with those there are."""
    tenants = contacts.tenants
    entity = replace(tenants.catalogue.entities["Contact"], aspects=("stamps", "stampz"))
    with pytest.raises(CatalogueError, match=r"entity Contact: no aspect is named stampz; known are .*stamps"):
        Blueprint(entity, tenants.catalogue, tenants.shapes, tenants.lists)


def test_an_entity_without_aspects_still_remembers(contacts: Desk) -> None:
    """Aspects are additions: a bare entity keeps its plain members."""
    tenants = contacts.tenants
    entity = replace(tenants.catalogue.entities["Contact"], aspects=())
    blueprint = Blueprint(entity, tenants.catalogue, tenants.shapes, tenants.lists)
    call, store = contacts.call(), contacts.store
    row = blueprint.blank(call, store)
    blueprint.overlay(row, {"Name": "bare"}, call, store)
    blueprint.keep(row, 9, call, store)
    kept = store.row("Contact", 9)
    assert kept is not None
    assert (kept["ContactId"], kept["Name"]) == (9, "bare")


def test_blueprints_are_made_once() -> None:
    """All tenants of a server share one blueprint per entity; an unknown entity is an error."""
    desk = open_desk()
    assert desk.tenants.blueprint("Contact") is desk.tenants.blueprint("Contact")
    assert desk.tenants.blueprint("Person").name == "Person"
    with pytest.raises(KeyError):
        desk.tenants.blueprint("Nobody")
