"""Which members hold people's data, and which texts are nobody's."""

from __future__ import annotations

import pytest

from mockserver.catalogue.loading import Catalogue, read_yaml
from mockserver.catalogue.privacy import Privacy
from mockserver.errors import CatalogueError


@pytest.fixture(scope="module")
def privacy(catalogue: Catalogue) -> Privacy:
    """The shipped data."""
    return Privacy(catalogue)


@pytest.mark.parametrize(
    ("name", "above", "carrier", "kind"),
    [
        ("Firstname", "", "PersonEntity", "name"),
        ("Name", "", "ContactEntity", "name"),
        ("Name", "", "Country", "label"),
        ("Value", "Emails", "EntityElement", "email"),
        ("StrippedValue", "OfficePhones", "EntityElement", "phone"),
        ("DisplayValue", "person/fullName", "", "name"),
        ("DisplayValue", "birthDate", "", "birth"),
        ("contact/orgNr", "", "", "number"),
        ("SecondaryEmailAddress", "", "", "email"),
        ("access_token", "", "", "secret"),
        ("Description", "", "", "text"),
        ("NeverHeardOf", "", "", "text"),
    ],
)
def test_a_member_holds_what_its_name_says(privacy: Privacy, name: str, above: str, carrier: str, kind: str) -> None:
    """What is named nowhere is free text."""
    assert privacy.kind(name, above, carrier) == kind


@pytest.mark.parametrize(
    "text", ["Norway", "Select, Insert", "2026-03-01T12:00:00", "12", "[I:17]", "SuperOffice:1", "#ff00aa", "en-US"]
)
def test_a_text_is_nobodys(privacy: Privacy, text: str) -> None:
    """Stock lists, enums, dates, numbers, encoded values."""
    assert privacy.is_nobodys(text)


@pytest.mark.parametrize("text", ["Ola", "22518000", "ola@firma.no", "Firma AS", "[SR_]", "Norway, Ola", "17058012345"])
def test_a_text_may_be_somebodys(privacy: Privacy, text: str) -> None:
    """A number as long as a phone number is no number."""
    assert not privacy.is_nobodys(text)


def test_columns_of_a_query_are_names_of_the_api(privacy: Privacy) -> None:
    """Put together from words of the catalogue, and of nothing else."""
    assert privacy.is_name_of_the_api("contact/fullName")
    assert privacy.is_name_of_the_api("GetContactEntity")
    assert not privacy.is_name_of_the_api("contact/nordmann")
    assert not privacy.is_name_of_the_api("Ola Nordmann")


@pytest.mark.parametrize("change", ["kinds: {}", "kinds: {colour: {members: a}}", "kinds: {name: {memers: a}}"])
def test_unknown_and_missing_keys_are_errors(catalogue: Catalogue, change: str) -> None:
    """A typo in the data is found when it is loaded."""
    with pytest.raises(CatalogueError, match=r"people\.yaml"):
        Privacy(catalogue, read_yaml(change))
