"""Tests of values: made to fit, compared by meaning, emptied."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.errors import BadRequest, Conflict
from mockserver.records.patching import CONFLICT
from tests.records.desk import Desk
from tests.records.patching.contact import contact, op, patched, saved


def test_values_are_made_to_fit() -> None:
    """Ids as text, numbers as text, dates in any form, members in any case."""
    after = patched(
        [
            op("replace", "/Source", "7"),
            op("replace", "/Xstop", "false"),
            op("replace", "/Department", 12),
            op("replace", "/DbiLastModified", "2021-02-03T04:05:06+02:00"),
            op("replace", "/Business", {"id": "5"}),
        ]
    )
    assert (after["Source"], after["Xstop"], after["Department"]) == (7, False, "12")
    assert after["DbiLastModified"] == "2021-02-03T02:05:06"
    assert after["Business"] == {"Id": 5}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *(("/Source", "many"), ("/Source", 2**31), ("/DbiLastModified", "2021-02-30"), ("/Name", {})),
        *(("/Phones", {"Value": "1"}), ("/Phones/0", "02"), ("/Category", 3), ("/CustomFields", []), ("/CustomFields/a", {})),
        *(("/Address/Wgs84Latitude", 10**400), ("/Interests", {}), ("/Interests/0", 3)),
        pytest.param("/Source", 10**5000, id="a number of five thousand digits"),
        pytest.param("/Name", 10**5000, id="the same for a text"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_refused(path: str, value: Any) -> None:
    """As they are in any body."""
    with pytest.raises(BadRequest):
        patched([op("replace", path, value)])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *(("/ContactId", None), ("/Source", "4"), ("/Source", 4.0), ("/Xstop", "true"), ("/Name", "Elan Hoppski")),
        *(("/Category/Id", "3"), ("/UpdatedDate", "2026-03-01T13:00:00+01:00"), ("/Domains", ["elan.no", "hoppski.no"])),
        *(("/Department", "AAvdeling"), ("/Business/id", 2), ("/Faxes", [])),
        *(("/SupportAssociate", None), ("/SupportAssociate/AssociateId", None), ("/OrgNr", ""), ("/Kananame", None)),
        *(("/CustomFields/SuperOffice:3", "[I:7]"), ("/customfields/superoffice:1", "first"), ("/Interests/0/Selected", False)),
        ("/Emails", [{"Value": "a@example.com", "StrippedValue": "a@example.com"}]),
    ],
)  # fmt: skip
def test_a_test_compares_by_meaning(path: str, value: Any) -> None:
    """What was sent is made to fit first; null means empty."""
    entity = contact()
    value = entity["ContactId"] if path == "/ContactId" else value
    assert patched([op("test", path, value)], entity) == entity


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *(("/Name", "elan hoppski"), ("/Name", {}), ("/Source", 5), ("/Source", "many"), ("/Domains", ["elan.no"])),
        *(("/Phones", None), ("/Category", {"Id": 3}), ("/Category", None), ("/UpdatedDate", "2026-03-01T12:00:01Z")),
        *(("/Domains", ["hoppski.no", "elan.no"]), ("/CustomFields/nothing", "1"), ("/CustomFields", {})),
        ("/SupportAssociate/AssociateId", 3),
    ],
)  # fmt: skip
def test_a_test_that_fails_is_a_conflict(path: str, value: Any) -> None:
    """In the published words (protocol 2)."""
    with pytest.raises(Conflict) as caught:
        patched([op("replace", "/Name", "Elan Hoppski"), op("test", path, value)])
    assert caught.value.message == CONFLICT
    assert CONFLICT == "Update blocked because a 'test' operation has detected a conflict with the entity value."


def test_operations_run_in_order() -> None:
    """Each sees what those before it did, a test as well."""
    after = patched([op("add", "/Domains/0", "new.no"), op("test", "/Domains/1", "elan.no"), op("remove", "/Domains/2")])
    assert after["Domains"] == ["new.no", "elan.no"]


@pytest.mark.parametrize(
    "body", [lambda name: [op("remove", f"/{name}")], lambda name: {name.lower(): None}], ids=["json", "merge"]
)
@pytest.mark.parametrize(
    ("member", "empty"),
    [
        *(("Department", ""), ("Source", 0), ("Xstop", False), ("DbiLastModified", "0001-01-01T00:00:00"), ("Phones", [])),
        *(("Domains", []), ("ExtraFields", {}), ("SupportAssociate", None)),
    ],
)  # fmt: skip
def test_a_removed_member_is_empty(body: Any, member: str, empty: Any) -> None:
    """A carrier cannot lose a member: it holds what it holds when nobody set it."""
    assert patched(body(member))[member] == empty


@pytest.mark.parametrize("body", [[op("remove", "/Category")], [op("replace", "/Category", None)], {"Category": None}])
def test_a_removed_reference_is_cleared(contacts: Desk, key: int, body: Any) -> None:
    """It has id 0 and no name, which is what clears it when it is saved (contact-domain 3.2)."""
    category = patched(body)["Category"]
    assert (category["Id"], category["Value"]) == (0, "")
    assert saved(contacts, key, body)["Category"] is None


def test_a_removed_address_is_empty(contacts: Desk, key: int) -> None:
    """Both views of it."""
    address = saved(contacts, key, [op("remove", "/Address")])["Address"]
    assert address["Street"]["City"] == ""
    assert address["Formatted"] == ""


def test_a_removed_key_is_gone() -> None:
    """A dictionary, unlike a carrier, has only what was put in; what it has not cannot be removed."""
    assert "x" not in patched([op("remove", "/ExtraFields/X")], contact() | {"ExtraFields": {"x": "1"}})["ExtraFields"]
    assert patched({"ExtraFields": {"y": None}})["ExtraFields"] == {}
    with pytest.raises(BadRequest, match="there is no key 'y'"):
        patched([op("remove", "/ExtraFields/y")])
