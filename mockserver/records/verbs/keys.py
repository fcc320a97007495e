"""Which argument of an operation is the row's key."""

from __future__ import annotations

from mockserver.catalogue.model import Kind, Operation, Place
from mockserver.errors import CatalogueError


def key_argument(operation: Operation) -> str:
    """The one whole number in the path, else the one required in the query; raises `CatalogueError`."""
    for place in (Place.PATH, Place.QUERY):
        found = [
            parameter.name
            for parameter in operation.parameters
            if parameter.place is place and parameter.required and parameter.type.kind is Kind.INT32
        ]
        if len(found) == 1:
            return found[0]
    raise CatalogueError(f"{operation.id} has no single argument that could be the key of a row")
