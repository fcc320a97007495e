"""Tests of foreign keys beside the rows they are of."""

from __future__ import annotations

import pytest

from mockserver.records import foreign_keys
from mockserver.records.foreign_keys import Name
from mockserver.records.store import Store

from .desk import Desk

NAME = Name("erp", "main", "x", "number", "contact", 1)


@pytest.fixture
def store(contacts: Desk) -> Store:
    """The store of a fresh tenant."""
    return contacts.store


def test_a_key_belongs_to_one_row(store: Store) -> None:
    """Keys are told of their own row only, in the documented form (protocol 1.2)."""
    foreign_keys.keep(store, NAME, "42", "tje0")
    foreign_keys.keep(store, NAME._replace(key="code"), "A1", "tje0")
    foreign_keys.keep(store, NAME._replace(record=2), "43", "tje0")
    foreign_keys.keep(store, NAME._replace(table="person"), "44", "tje0")
    assert foreign_keys.of_row(store, "Contact", 1) == {"erp.main.number": "42", "erp.main.code": "A1"}
    assert foreign_keys.of_row(store, "Person", 1) == {"erp.main.number": "44"}
    assert foreign_keys.of_row(store, "Person", 2) == {}


def test_a_key_is_kept_once(store: Store) -> None:
    """Keeping a name again changes its value and says who did; who made it stays."""
    foreign_keys.keep(store, NAME, "42", "tje0")
    foreign_keys.keep(store, NAME._replace(application="ERP", table="Contact"), "43", "somebody")
    found = foreign_keys.find(store, NAME)
    assert found is not None
    shown = foreign_keys.shown(found[1])
    assert (shown["Value"], shown["CreatedBy"], shown["UpdatedBy"]) == ("43", "tje0", "somebody")
    assert list(foreign_keys.of_row(store, "contact", 1).values()) == ["43"]


def test_an_identifier_counts_where_one_is_given(store: Store) -> None:
    """Two devices of one name are told apart by their identifiers; without one the first is meant."""
    foreign_keys.keep(store, NAME, "42", "tje0")
    foreign_keys.keep(store, NAME._replace(identifier="y"), "43", "tje0")
    values = [foreign_keys.find(store, NAME._replace(identifier=each)) for each in ("x", "y", "", "z")]
    assert [found and found[1]["Value"] for found in values] == ["42", "43", "42", None]


def test_a_dropped_key_is_gone(store: Store) -> None:
    """Dropping is for the named key, and for nothing where there is none."""
    foreign_keys.keep(store, NAME, "42", "tje0")
    foreign_keys.drop(store, NAME._replace(key="other"))
    assert foreign_keys.of_row(store, "contact", 1) == {"erp.main.number": "42"}
    foreign_keys.drop(store, NAME)
    assert foreign_keys.of_row(store, "contact", 1) == {}


def test_keys_are_part_of_a_snapshot(store: Store) -> None:
    """Going back forgets the keys kept since."""
    before = store.snapshot()
    foreign_keys.keep(store, NAME, "42", "tje0")
    store.restore(before)
    assert foreign_keys.of_row(store, "contact", 1) == {}
