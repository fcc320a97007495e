"""Tests of where paths lead."""

from __future__ import annotations

import pytest

from mockserver.errors import BadRequest
from tests.records.patching.contact import contact, op, patched


@pytest.mark.parametrize("path", ["/Category/Id", "Category/Id", "/category/ID", "CATEGORY/id"])
def test_paths_in_any_case_with_or_without_slash(path: str) -> None:
    """`Category/Id` is the documented form (protocol 2)."""
    assert patched([op("replace", path, 2)])["Category"]["Id"] == 2


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "//Name", "/Nowhere", "/Name/First", "/Category/Nowhere", "/Phones/Value", "/Phones/00", "/Phones/-1"),
        *("/Phones/9", "/Phones/-/Value", "/Phones/²", "/TableRight", "/TableRight/Mask", "/FieldProperties"),
        *("/FieldProperties/Name", "/Category/TableRight", "/Phones/0/FieldProperties", "/SupportAssociate/AssociateId"),
        pytest.param("/" + "a/" * 5000, id="ten thousand characters"),
        pytest.param("/Phones/" + "9" * 5000, id="a large index"),
        *("/Address/Street/City", "/address/postal/zipcode"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["add", "replace", "remove"])
def test_paths_to_nowhere_are_refused(path: str, kind: str) -> None:
    """On REST also parts of an address and what is null, which are there (contact-domain 3.6, 3.13)."""
    with pytest.raises(BadRequest, match=r"^The path '/") as caught:
        patched([op(kind, path, "x")])
    assert len(caught.value.message) < 400


def test_the_refusal_names_the_path() -> None:
    """So that a client finds it among many."""
    with pytest.raises(BadRequest, match=r"'/Category/Nowhere'.*Category has no member 'Nowhere'"):
        patched([op("replace", "/Name", "x"), op("replace", "/Category/Nowhere", 1)])


@pytest.mark.parametrize("kind", ["replace", "remove", "test"])
def test_only_add_knows_the_end_of_an_array(kind: str) -> None:
    """There is nothing behind the last element (RFC 6901 section 4)."""
    for path in ("/Phones/-", "/Phones/2"):
        with pytest.raises(BadRequest):
            patched([op(kind, path, {"Value": "04"})])


def test_an_agent_reaches_parts_of_an_address_and_fills_nulls() -> None:
    """What REST refuses is the vendor's rule for PATCH alone."""
    after = patched(
        [op("replace", "/Address/Street/City", "Bergen"), op("add", "/SupportAssociate/AssociateId", "3")], rest=False
    )
    assert after["Address"]["Street"]["City"] == "Bergen"
    assert after["Address"]["Street"]["Address1"] == "B-gaten 45"
    assert after["SupportAssociate"]["AssociateId"] == 3


def test_arrays_and_dictionaries_that_are_null_can_be_added_to() -> None:
    """They hold nothing yet."""
    entity = contact() | {"Phones": None, "ExtraFields": None}
    after = patched([op("add", "/Phones/-", {"Value": "1"}), op("add", "ExtraFields/x_foobar", "y")], entity)
    assert (after["Phones"], after["ExtraFields"]) == ([{"Value": "1"}], {"x_foobar": "y"})
