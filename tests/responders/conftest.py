"""A fresh house for each test of this folder."""

from __future__ import annotations

import pytest

from .house import House


@pytest.fixture
def house() -> House:
    """Everything but the transport, with one tenant: Cust12345."""
    return House()
