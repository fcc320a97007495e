"""Tests of what elements are called."""

from __future__ import annotations

import pytest

from mockserver.catalogue.model import Type
from mockserver.wire.xml import element_name


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AICarriers.SearchRequest", "SearchRequest"),
        ("enum AddressType", "AddressType"),
        ("string[][]", "ArrayOfArrayOfstring"),
        ("{string}", "StringDictionary"),
        ("{FieldProperty}", "FieldPropertyDictionary"),
        ("byte", "base64Binary"),
    ],
)
def test_types_have_names(kind: str, name: str) -> None:
    """Roots are named as the framework's contracts name their types."""
    assert element_name(Type.parse(kind)) == name
