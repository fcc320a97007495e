"""`TableRight` and `FieldProperties`, as recorded with a default contact."""

from __future__ import annotations

import pytest

from tests.records.desk import Desk, Shown

SERVICES = "SuperOffice.CRM.Services."
MANDATORY = "Update, UIHintMandatory"

# Member: mask, reason, type, length.
RECORDED = {
    "ContactId": ("Update", "", "System.Int32", 4),
    "Name": (MANDATORY, "[SR_MANDATORY_FIELD_1281]", "System.String", 219),
    "Department": ("Update", "", "System.String", 219),
    "OrgNr": ("Update", "", "System.String", 49),
    "Number1": ("Update", "", "System.String", 49),
    "Number2": (MANDATORY, "[SR_MANDATORY_FIELD_1285]", "System.String", 49),
    "UpdatedDate": ("Update", "", "System.DateTime", 16),
    "CreatedDate": ("Update", "", "System.DateTime", 16),
    "DbiLastSyncronized": ("Update", "", "System.DateTime", 16),
    "DbiLastModified": ("Update", "", "System.DateTime", 16),
    "Description": ("Update", "", "System.String", 2047),
    "Kananame": ("Update", "", "System.String", 219),
    "DbiKey": ("Update", "", "System.String", 255),
    "Associate": ("Update", "", f"{SERVICES}Associate", 4),
    "CreatedBy": ("Update", "", f"{SERVICES}Associate", 4),
    "UpdatedBy": ("Update", "", f"{SERVICES}Associate", 4),
    "SupportAssociate": ("Update", "", f"{SERVICES}Associate", 4),
    "Business": (MANDATORY, "[SR_MANDATORY_FIELD_1288]", f"{SERVICES}Business", 4),
    "Category": (MANDATORY, "[SR_MANDATORY_FIELD_1289]", f"{SERVICES}Category", 4),
    "Country": ("Update", "", f"{SERVICES}Country", 4),
    "TicketPriority": ("Update", "", f"{SERVICES}TicketPriority", 4),
    "CustomerLanguage": ("Update", "", f"{SERVICES}CustomerLanguage", 4),
    "SupportPerson": ("Update", "", f"{SERVICES}Person", 4),
    "NoMailing": ("Update", "", "System.Boolean", 2),
    "Xstop": ("Update", "", "System.Boolean", 2),
    "GroupId": ("Update", "", "System.Int32", 4),
    "DbiAgentId": ("Update", "", "System.Int32", 4),
    "ActiveErpLinks": ("Update", "", "System.Int32", 4),
    "Deleted": ("Update", "", "System.Int16", 2),
    "Source": ("Update", "", "System.Int16", 2),
    "ActiveInterests": ("Update", "", "System.Int32", 0),
    "ActiveStatusMonitorId": ("Read", "", "System.Int32", 0),
    "Emails": ("Update", "", f"{SERVICES}EntityElement[]", 0),
    "Urls": ("Update", "", f"{SERVICES}EntityElement[]", 0),
    "Phones": ("Update", "", f"{SERVICES}EntityElement[]", 0),
    "Faxes": ("Update", "", f"{SERVICES}EntityElement[]", 0),
    "Interests": ("Update", "", None, 0),
    "Persons": ("Update", "", None, 0),
    "Address": ("Update", "", None, 0),
    "UserDefinedFields.SuperOffice:1": ("Update", "", "System.String", -1),
    "UserDefinedFields.SuperOffice:13": ("Update", "", "System.String", -1),
}


@pytest.mark.parametrize("member", RECORDED)
def test_field_properties_are_as_recorded(contacts: Desk, member: str) -> None:
    """Mask, reason, type and length of each member are those a real server sent."""
    mask, reason, kind, length = RECORDED[member]
    assert contacts.default()["FieldProperties"][member] == {
        "FieldRight": {"Mask": mask, "Reason": reason},
        "FieldType": kind,
        "FieldLength": length,
    }


def test_rights_stand_last(contacts: Desk, persons: Desk) -> None:
    """As newer servers write them: the table right, then the field properties."""
    for entity in (contacts.default(), contacts.create(), contacts.read(1), persons.default(), persons.read(7)):
        assert list(entity)[-2:] == ["TableRight", "FieldProperties"]


def test_the_table_right_is_full(contacts: Desk, persons: Desk) -> None:
    """As recorded for a default contact; everybody may do everything."""
    for entity in (contacts.default(), contacts.create(), contacts.read(1), persons.create(Lastname="Eide")):
        assert entity["TableRight"] == {"Mask": "FULL", "Reason": ""}


def test_the_first_name_of_a_person_is_mandatory(persons: Desk) -> None:
    """The newer server's mask, reason and length."""
    assert persons.default()["FieldProperties"]["Firstname"] == {
        "FieldRight": {"Mask": MANDATORY, "Reason": "[SR_ACCESS_MANDATORY]"},
        "FieldType": "System.String",
        "FieldLength": 99,
    }


@pytest.mark.parametrize("sent", [{"Mask": "None", "Reason": "x"}, None], ids=["other rights", "no rights"])
def test_rights_cannot_be_sent(contacts: Desk, sent: Shown | None) -> None:
    """They are echoed by callers and stay the server's."""
    made = contacts.create(TableRight=sent, FieldProperties={})
    assert made["TableRight"]["Mask"] == "FULL"
    assert made["FieldProperties"]["Name"]["FieldLength"] == 219


def test_rights_are_not_stored(contacts: Desk) -> None:
    """A row holds what was said of it and not what is the same for all."""
    key = contacts.create()["ContactId"]
    assert "SR_MANDATORY" not in str(contacts.store.row("Contact", key))
