"""Tests of what an entity shows twice."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.records.desk import Desk
from tests.records.patching.contact import op, saved


@pytest.mark.parametrize("member", ["CustomFields", "UserDefinedFields"])
@pytest.mark.parametrize("merge", [True, False])
def test_the_custom_field_that_was_patched_is_saved(contacts: Desk, key: int, member: str, merge: bool) -> None:  # noqa: FBT001
    """Whichever of the two maps it was patched in (contact-domain 3.10)."""
    changes = {"SuperOffice:1": "Testing", "superoffice:3": "[I:9]"}
    steps = [op("replace", f"/{member}/{name}", value) for name, value in changes.items()]
    after = saved(contacts, key, {member: changes} if merge else steps)
    for each in ("CustomFields", "UserDefinedFields"):
        assert (after[each]["SuperOffice:1"], after[each]["SuperOffice:3"]) == ("Testing", "[I:9]")


@pytest.mark.parametrize("member", ["CustomFields", "UserDefinedFields"])
@pytest.mark.parametrize("merge", [True, False])
def test_a_custom_field_that_was_removed_is_empty(contacts: Desk, key: int, member: str, merge: bool) -> None:  # noqa: FBT001
    """As it is when a whole entity is saved with null in it."""
    after = saved(contacts, key, {member: {"SuperOffice:1": None}} if merge else [op("remove", f"/{member}/SuperOffice:1")])
    assert (after["CustomFields"]["SuperOffice:1"], after["UserDefinedFields"]["SuperOffice:1"]) == ("", "")
    assert after["CustomFields"]["SuperOffice:3"] == "[I:7]"


def test_a_field_removed_from_both_maps_is_empty(contacts: Desk, key: int) -> None:
    """And one that was removed from one and set in the other has the value that was set."""
    gone = [op("remove", "/CustomFields/SuperOffice:1"), op("remove", "/UserDefinedFields/SuperOffice:1")]
    assert saved(contacts, key, gone)["CustomFields"]["SuperOffice:1"] == ""
    given_back = [
        *gone[:1],
        op("replace", "/UserDefinedFields/SuperOffice:3", "[I:8]"),
        op("remove", "/CustomFields/SuperOffice:3"),
    ]
    assert saved(contacts, key, given_back)["CustomFields"]["SuperOffice:3"] == "[I:8]"


def test_a_whole_entity_as_merge_document_follows_the_org_rule(contacts: Desk, key: int) -> None:
    """`CustomFields` sent back as they were do not undo what changed in the other map."""
    entity = contacts.read(key)
    entity["UserDefinedFields"]["SuperOffice:1"] = "Testing"
    assert saved(contacts, key, entity)["CustomFields"]["SuperOffice:1"] == "Testing"


def test_a_whole_entity_as_merge_document_changes_nothing(contacts: Desk, key: int) -> None:
    """What was read, sent back as a patch."""
    before = contacts.read(key)
    assert saved(contacts, key, deepcopy(before)) == before


def test_the_view_of_an_address_that_was_patched_wins(contacts: Desk, key: int) -> None:
    """The other one, unchanged, is not saved over it (contact-domain 3.6)."""
    street = contacts.read(key)["Address"]["Street"] | {"City": "Bergen"}
    after = saved(contacts, key, [op("replace", "/Address/Street", street)])["Address"]
    assert (after["Street"]["City"], after["Street"]["Address1"]) == ("Bergen", "B-gaten 45")
    assert "Bergen" in after["Formatted"]
    after = saved(contacts, key, {"Address": {"Street": {"City": "Molde"}}})["Address"]
    assert (after["Street"]["City"], after["Street"]["Address1"]) == ("Molde", "B-gaten 45")
    row, column = next(
        (row, column)
        for row, line in enumerate(after["LocalizedAddress"])
        for column, field in enumerate(line)
        if field["Name"] == "StreetCity"
    )
    after = saved(contacts, key, [op("replace", f"/Address/LocalizedAddress/{row}/{column}/Value", "Hamar")])["Address"]
    assert after["Street"]["City"] == "Hamar"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"Category": {"Id": 2}}, 2, id="the id, merged"),
        pytest.param([op("replace", "/Category/Id", 2)], 2, id="the id, by its path"),
        pytest.param({"Category": {"Value": "Potensiell kunde"}}, 2, id="the name, merged"),
        pytest.param([op("replace", "/Category", {"Value": "Potensiell kunde"})], 2, id="a reference by name"),
        pytest.param([op("replace", "/Category/Value", "Potensiell kunde")], 2, id="the name, by its path"),
        pytest.param({"Category": {"Id": 3, "Value": "in another language"}}, 3, id="both: the id"),
        pytest.param({"Category": {"Id": 0}}, None, id="id 0"),
        pytest.param([op("remove", "/Category/Value")], 3, id="the name removed"),
    ],
)
def test_a_reference_is_patched_by_id_or_by_name(contacts: Desk, key: int, body: Any, expected: int | None) -> None:
    """The one that was not named gives way to the one that was (contact-domain 3.3)."""
    category = saved(contacts, key, body)["Category"]
    assert (category and category["Id"]) == expected
