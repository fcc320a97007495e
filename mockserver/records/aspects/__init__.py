"""Rules of the domain, one per file, named in `entities/*.yaml` and applied to any entity that has them.

An aspect is a value made of functions: bound once to an entity, then called for each row. Must not know which operation is
running. The order in an entity's file is the order they run in: what reads a reference's id (`addresses` the country's)
stands before `references`, which shows it whole, and `rights` comes last, since it adds the members that stand last on the
wire.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mockserver.calls import Call
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Carrier, Entity
from mockserver.catalogue.shapes import Shapes
from mockserver.records.lists import Lists
from mockserver.records.store import Row, Store

Touch = Callable[[Row, Call, Store], None]
Lay = Callable[[Row, Mapping[str, object], Call, Store], None]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One rule, bound to an entity.

    `owns` are the members whose stored form is the aspect's own; a verb leaves them alone. The moments: `blank` completes
    a new row before anything is laid over it, `lay` takes what was sent into the row, `fill` gives what is still missing,
    `settle` is the last word before a row is kept, `show` turns a stored row into what the wire shows, in place.
    """

    owns: frozenset[str] = frozenset()
    blank: Touch | None = None
    lay: Lay | None = None
    fill: Touch | None = None
    settle: Touch | None = None
    show: Touch | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What an aspect is bound with."""

    entity: Entity
    carrier: Carrier
    catalogue: Catalogue
    shapes: Shapes
    lists: Lists


Bind = Callable[[Setting], Aspect]


def aspects() -> Mapping[str, Bind]:
    """All aspects by the name entities call them by."""
    from mockserver.records.aspects import (
        addresses,
        custom_fields,
        elements,
        flat,
        interests,
        numbers,
        ownership,
        references,
        rights,
        stamps,
    )

    modules = (stamps, ownership, numbers, references, flat, elements, addresses, interests, custom_fields, rights)
    return {module.__name__.rsplit(".", 1)[-1]: module.bind for module in modules}
