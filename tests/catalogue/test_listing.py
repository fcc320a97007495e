"""Tests of the catalogue as lines for a person."""

from __future__ import annotations

import pytest

from mockserver.catalogue import listing
from mockserver.catalogue.loading import Catalogue


@pytest.mark.parametrize(
    ("name", "tier"),
    [
        ("v1ContactAgent_SaveContactEntity", "stateful"),
        ("v1ContactEntity_GetContactEntity", "stateful"),
        ("v1ProjectAgent_GetProjectEntity", "shaped"),
        ("v1ContactEntity_GetImage", "shaped"),
        ("v1Dashboard_PatchDashboard", "known"),
    ],
    ids=["a bound agent's method", "a bound REST operation", "a carrier without records", "an image", "a free-form object"],
)
def test_an_operation_has_a_tier(catalogue: Catalogue, name: str, tier: str) -> None:
    """Bound operations are stateful, others shaped where their answer's type is known, else only known."""
    assert listing.tier(catalogue.operation(name)) == tier


def test_every_operation_has_a_line(catalogue: Catalogue) -> None:
    """Each operation is listed once, with its tier, method, path and id."""
    lines = [line.split() for line in listing.operations()]
    assert [line[3] for line in lines] == list(catalogue.operation_rows)
    for tier, method, path, name in lines:
        known = catalogue.operation(name)
        assert (tier, method, path) == (listing.tier(known), known.method, known.path)


def test_every_entity_has_a_line(catalogue: Catalogue) -> None:
    """Each entity is listed once, with its carrier, its key and how much of it is stateful."""
    lines = [line.split() for line in listing.entities()]
    assert [(line[0], line[1], line[3], int(line[4])) for line in lines] == [
        (name, each.carrier, each.key, len(each.bindings)) for name, each in catalogue.entities.items()
    ]


def test_every_guess_has_a_line(catalogue: Catalogue) -> None:
    """Each guess is listed with what it says and where the proposal stands."""
    lines = list(listing.guesses())
    guesses = list(catalogue.guesses())
    assert len(lines) == len(guesses)
    assert all(each.says in line and each.source in line for each, line in zip(guesses, lines, strict=True))
