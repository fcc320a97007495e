"""What an operation does to the records, one verb per file: bound once to an operation, then (Call, Store) → Result.

Must not know HTTP or codecs, nor whether REST or an agent is asking: a verb raises `NotFound` and leaves it there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockserver.calls import Call, Result
from mockserver.catalogue.model import Binding, Operation
from mockserver.records.blueprint import Blueprint
from mockserver.records.store import Store

Verb = Callable[[Call, Store], Result]
Bind = Callable[[Operation, Binding, Blueprint], Verb]


def verbs() -> Mapping[str, Bind]:
    """All verbs by the name entities bind them with."""
    from mockserver.records.verbs import create, default, foreign_key, mine, patch, read, remove, replace, save

    modules = (default, create, read, replace, save, patch, remove, mine, foreign_key)
    return {module.__name__.rsplit(".", 1)[-1]: module.bind for module in modules}
