"""The sample request of the page this project began with, `SaveContactEntity`: stored, and read back as it was sent."""

from __future__ import annotations

import http.client
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mockserver import Sandbox

SEED: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "seed-request.json").read_text("utf-8"))
SAVE = "Agents/Contact/SaveContactEntity"
READ = "Agents/Contact/GetContactEntity?contactEntityId="

# The head of the page's sample request, as it stands there.
SAMPLE_HEADERS = {
    "Authorization": "Basic dGplMDpUamUw",
    "Accept": "application/json; charset=utf-8",
    "Accept-Language": "en",
    "Content-Type": "application/json; charset=utf-8",
}

# What the server computes, whatever a caller sends (contact-domain 1.2, "RO").
COMPUTED = {
    "UpdatedDate",
    "CreatedDate",
    "UpdatedBy",
    "CreatedBy",
    "Persons",
    "ActiveInterests",
    "GroupId",
    "ActiveStatusMonitorId",
    "ActiveErpLinks",
    "BounceEmails",
    "UtmParameters",
}
DATES = {"DbiLastSyncronized", "DbiLastModified"}
ELEMENTS = {"Emails", "Urls", "Phones", "Faxes"}
MAPS = {"UserDefinedFields", "ExtraFields", "CustomFields"}
# A null says nothing about a reference: a new contact has the tenant's own there (contact-domain 2 and 3.1).
SETTINGS_OF_THE_TENANT = {
    "Associate": ("Name", "tje0"),
    "Business": ("Id", 7),
    "Category": ("Id", 3),
    "Country": ("CountryId", 578),
}
NULLS = {"SupportAssociate", "TicketPriority", "CustomerLanguage", "SupportPerson"}
APART = COMPUTED | DATES | ELEMENTS | MAPS | NULLS | {*SETTINGS_OF_THE_TENANT, "ContactId", "Interests", "Address"}
PLAIN = sorted(set(SEED) - APART)


def ask(sandbox: Sandbox, path: str, entity: object = None) -> tuple[int, Any]:
    """Send a body, with the headers of the sample, over a socket of its own; answer the status and the decoded body."""
    connection = http.client.HTTPConnection(sandbox.login_url.removeprefix("http://"), timeout=20)
    try:
        connection.request("POST", f"/{sandbox.tenant}/api/v1/{path}", json.dumps(entity, indent=1).encode(), SAMPLE_HEADERS)
        reply = connection.getresponse()
        assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
        return reply.status, json.loads(reply.read())
    finally:
        connection.close()


@pytest.fixture
def read_back(superoffice: Sandbox) -> dict[str, Any]:
    """The sample with ContactId 0, saved and then read in a request of its own."""
    status, saved = ask(superoffice, SAVE, SEED | {"ContactId": 0})
    assert status == 200
    assert saved["ContactId"] > 0
    status, found = ask(superoffice, f"{READ}{saved['ContactId']}")
    assert status == 200
    assert found == saved
    return dict(found)


def whole_second(text: str) -> datetime:
    """The instant a date names; without an offset it is UTC, the base zone of the stock tenant."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


def test_the_sample_is_the_page_s() -> None:
    """Nothing was trimmed from the sample: it has the members the page has, and all of them are looked at below."""
    assert len(SEED) == 44
    assert set(PLAIN) == {
        *("Name", "Department", "OrgNr", "Number1", "Number2", "Description", "NoMailing", "Kananame", "Xstop"),
        *("Deleted", "DbiAgentId", "DbiKey", "Source", "Domains"),
    }


@pytest.mark.parametrize("member", PLAIN)
def test_a_plain_member_comes_back_equal(read_back: dict[str, Any], member: str) -> None:
    """Texts, numbers, booleans and lists of texts are read back as they were sent."""
    assert read_back[member] == SEED[member]
    assert type(read_back[member]) is type(SEED[member])


@pytest.mark.parametrize("member", sorted(DATES))
def test_a_date_comes_back_as_the_same_instant(read_back: dict[str, Any], member: str) -> None:
    """A date is the same instant in whole seconds, written without offset and fraction."""
    assert whole_second(read_back[member]) == whole_second(SEED[member])
    assert len(read_back[member]) == len("yyyy-MM-ddTHH:mm:ss")


@pytest.mark.parametrize("member", sorted(ELEMENTS))
def test_elements_come_back_with_value_and_description(read_back: dict[str, Any], member: str) -> None:
    """E-mails, phones and the like keep their number, order, value and description; only StrippedValue is the server's."""
    assert len(read_back[member]) == 2
    for found, sent in zip(read_back[member], SEED[member], strict=True):
        assert (found["Value"], found["Description"]) == (sent["Value"], sent["Description"])


def test_defined_user_fields_come_back(read_back: dict[str, Any]) -> None:
    """The two text fields that the stock tenant defines hold what was sent, in both maps."""
    for key, value in SEED["UserDefinedFields"].items():
        assert read_back["UserDefinedFields"][key] == value
        assert read_back["CustomFields"][key] == value


def test_undefined_custom_keys_and_interests_are_dropped(read_back: dict[str, Any]) -> None:
    """Keys and interests that the tenant does not define leave no trace."""
    maps = [read_back[each] for each in sorted(MAPS)]
    for key in (*SEED["ExtraFields"], *SEED["CustomFields"]):
        assert not any(key in each for each in maps)
    assert [each["Id"] for each in read_back["Interests"]] == [2, 1, 3]
    assert not any(each["Selected"] for each in read_back["Interests"])
    assert read_back["ActiveInterests"] == 0


@pytest.mark.parametrize("member", sorted(SETTINGS_OF_THE_TENANT))
def test_a_null_reference_is_the_tenant_s_setting(read_back: dict[str, Any], member: str) -> None:
    """A null where the tenant has a setting leaves the setting in place."""
    assert SEED[member] is None
    name, value = SETTINGS_OF_THE_TENANT[member]
    assert read_back[member][name] == value


@pytest.mark.parametrize("member", sorted(NULLS))
def test_a_null_where_the_tenant_has_no_setting_stays_null(read_back: dict[str, Any], member: str) -> None:
    """A null reference without a setting is read back as the null it was."""
    assert SEED[member] is None
    assert read_back[member] is None


def test_what_the_server_computes_is_not_the_caller_s(read_back: dict[str, Any]) -> None:
    """Stamps, counts and read-only lists of the sample are the server's own when they come back."""
    assert read_back["Persons"] == []
    assert read_back["BounceEmails"] == []
    assert read_back["ActiveErpLinks"] == read_back["ActiveStatusMonitorId"] == 0
    assert read_back["GroupId"] != SEED["GroupId"]
    assert read_back["UtmParameters"] is None
    assert whole_second(read_back["CreatedDate"]) > whole_second(SEED["CreatedDate"])
    assert read_back["CreatedBy"]["Name"] == read_back["UpdatedBy"]["Name"] == "tje0"


def test_a_null_address_is_an_empty_one(read_back: dict[str, Any]) -> None:
    """No address sent is an address with nothing in it, in the layout of the country."""
    address = read_back["Address"]
    assert (address["Wgs84Latitude"], address["Wgs84Longitude"], address["Formatted"]) == (0.0, 0.0, "")
    assert all(field["Value"] == "" for line in address["LocalizedAddress"] for field in line)


def test_the_sample_as_it_stands_makes_a_contact(superoffice: Sandbox) -> None:
    """Posted with its own ContactId 293, which no fresh tenant has, the sample is accepted and makes a contact."""
    status, saved = ask(superoffice, SAVE, SEED)
    assert status == 200
    assert saved["Name"] == "Haag, Crona and Schiller"
    assert [each["ContactId"] for each in superoffice.contacts] == [saved["ContactId"]]
    assert ask(superoffice, f"{READ}{saved['ContactId']}") == (200, saved)


def test_the_bytes_of_the_sample_are_accepted(superoffice: Sandbox) -> None:
    """The file itself, white space and all, is what a client may post."""
    connection = http.client.HTTPConnection(superoffice.login_url.removeprefix("http://"), timeout=20)
    try:
        content = (Path(__file__).parent / "data" / "seed-request.json").read_bytes()
        connection.request("POST", f"/{superoffice.tenant}/api/v1/{SAVE}", content, SAMPLE_HEADERS)
        reply = connection.getresponse()
        assert reply.status == 200
        assert json.loads(reply.read())["OrgNr"] == SEED["OrgNr"]
    finally:
        connection.close()
    assert len(superoffice.contacts) == 1


def test_the_sample_survives_a_round_of_saving(superoffice: Sandbox) -> None:
    """What was read back and is saved again as it is stays equal, but for the stamp of the update."""
    _, first = ask(superoffice, SAVE, SEED | {"ContactId": 0})
    _, second = ask(superoffice, SAVE, first)
    assert {**second, "UpdatedDate": None} == {**first, "UpdatedDate": None}
    assert len(superoffice.contacts) == 1
