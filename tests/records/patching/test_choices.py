"""Tests of lists that are shown whole."""

from __future__ import annotations

from typing import Any

import pytest

from tests.records.desk import Desk
from tests.records.patching.contact import contact, op, patched, saved


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([op("add", "/Interests", [{"Id": "1", "Selected": True}])], id="add a partial array"),
        pytest.param([op("replace", "Interests", [{"id": 1, "selected": "true"}])], id="replace by a partial array"),
        pytest.param([op("add", "/Interests/-", {"Id": 1, "Selected": True})], id="append"),
        pytest.param([op("add", "/Interests/0", {"Id": 1, "Selected": True})], id="insert"),
        pytest.param({"Interests": [{"Id": 1, "Selected": True}, {"Id": 4711, "Selected": True}]}, id="merge an array"),
        pytest.param({"Interests": {"Id": "1", "Selected": True}}, id="merge an item"),
    ],
)
def test_only_the_listed_interests_change(contacts: Desk, key: int, body: Any) -> None:
    """By their ids, which may be text; the others keep their state (contact-domain 3.8, 3.13)."""
    before = contacts.read(key)["Interests"]
    expected = [item | {"Selected": item["Id"] in (1, 3)} for item in before]
    assert patched(body)["Interests"] == expected
    assert saved(contacts, key, body)["Interests"] == expected


@pytest.mark.parametrize("value", [True, {"Selected": True}])
def test_an_interest_is_reached_by_its_index(contacts: Desk, key: int, value: Any) -> None:
    """`/Interests/0/Selected` is documented to work."""
    path = "/Interests/0/Selected" if value is True else "/Interests/0"
    after = saved(contacts, key, [op("replace", path, value)])
    assert after["Interests"][0]["Selected"] is True
    assert after["Interests"][0]["Name"] == contact()["Interests"][0]["Name"]


def test_interests_below_a_heading_are_found() -> None:
    """Ids are unique in the whole list."""
    heading = {"Id": 50, "Selected": False, "ChildItems": [{"Id": 51, "Selected": False}, {"Id": 52, "Selected": True}]}
    after = patched({"Interests": [{"Id": 51, "Selected": True}]}, contact() | {"Interests": [heading]})
    assert after["Interests"] == [heading | {"ChildItems": [{"Id": 51, "Selected": True}, {"Id": 52, "Selected": True}]}]
