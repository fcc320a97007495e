"""Tests of operations and merge documents: arrays and dictionaries, what is null, what is unknown."""

from __future__ import annotations

from typing import Any

import pytest

from tests.records.desk import Desk
from tests.records.patching.contact import contact, op, patched, saved


def test_merging_one_object_into_an_array_appends_it() -> None:
    """`add /Phones/-` is what it stands for (protocol 2)."""
    appended = patched({"phones": {"value": "04"}})
    assert appended["Phones"] == [*contact()["Phones"], {"Value": "04"}]
    assert appended == patched([op("add", "/Phones/-", {"Value": "04"})])


def test_merging_an_array_replaces_the_whole() -> None:
    """RFC 7396, and the vendor's."""
    assert patched({"Phones": [{"Value": "04"}]})["Phones"] == [{"Value": "04"}]


@pytest.mark.parametrize(
    "body", [[op("replace", "CustomFields", {"SuperOffice:1": "Testing"})], {"customfields": {"SuperOffice:1": "Testing"}}]
)
def test_a_dictionary_changes_by_key(contacts: Desk, key: int, body: Any) -> None:
    """The documented example changes that field only (contact-domain 3.13)."""
    before = contacts.read(key)
    after = saved(contacts, key, body)
    fields = before["CustomFields"] | {"SuperOffice:1": "Testing", "SuperOffice:1:org": "Testing"}
    assert after["CustomFields"] == fields
    assert after["UserDefinedFields"] == before["UserDefinedFields"] | {"SuperOffice:1": "Testing"}


def test_merging_goes_by_name_in_any_case_and_ignores_what_is_unknown() -> None:
    """As any JSON body does; rights cannot be changed."""
    entity = contact()
    after = patched({"nAME": "Elan", "Nowhere": 1, "TableRight": {"Mask": "None"}, "FieldProperties": None}, entity)
    assert after == entity | {"Name": "Elan"}


def test_merging_into_null_is_not_applied_on_rest() -> None:
    """Silently (contact-domain 3.13); an agent's save fills it, and a JSON Patch does anywhere."""
    document = {"SupportAssociate": {"AssociateId": 3}, "Name": "Elan"}
    assert patched(document) == contact() | {"Name": "Elan"}
    assert patched(document, rest=False)["SupportAssociate"]["AssociateId"] == 3
    assert patched([op("add", "/SupportAssociate", {"AssociateId": 3})])["SupportAssociate"]["AssociateId"] == 3
