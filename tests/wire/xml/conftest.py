"""The codec in both dialects."""

from __future__ import annotations

import pytest

from mockserver.catalogue.loading import Catalogue
from mockserver.wire.xml import Xml


@pytest.fixture(scope="package")
def xml(catalogue: Catalogue) -> Xml:
    """The codec as it is by default."""
    return Xml(catalogue)


@pytest.fixture(scope="package")
def namespaced(catalogue: Catalogue) -> Xml:
    """The codec with the vendor's namespaces."""
    return Xml(catalogue, namespaced=True)
