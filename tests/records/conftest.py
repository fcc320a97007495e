"""Fixtures for the tests of the records: a fresh tenant's desk for contacts and for persons, and an empty store."""

from __future__ import annotations

import pytest

from mockserver.clock import Clock
from mockserver.records.store import Store
from mockserver.settings import Settings

from .desk import NOON, Desk, open_desk, tenants_for


@pytest.fixture
def contacts() -> Desk:
    """The contacts of a fresh tenant."""
    return open_desk("Contact")


@pytest.fixture
def persons(contacts: Desk) -> Desk:
    """The persons of the same tenant as `contacts`."""
    return contacts.at("Person")


@pytest.fixture
def empty_store() -> Store:
    """A store without rows."""
    return Store(tenants_for().lists, Clock(NOON), Settings())
