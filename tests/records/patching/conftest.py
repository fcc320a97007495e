"""A stored contact."""

from __future__ import annotations

import pytest

from tests.records.desk import Desk
from tests.records.patching.contact import contact


@pytest.fixture
def key(contacts: Desk) -> int:
    """The key of a stored contact that is like `contact()`."""
    members = {name: value for name, value in contact().items() if name != "ContactId"}
    return int(contacts.create(**members)["ContactId"])
