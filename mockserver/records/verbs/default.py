"""A new entity as the tenant's settings give it, numbers drawn, nothing stored (contact-domain 2)."""

from __future__ import annotations

from mockserver.calls import Call, Result
from mockserver.catalogue.model import Binding, Operation
from mockserver.records.blueprint import Blueprint
from mockserver.records.store import Store
from mockserver.records.verbs import Verb


def bind(operation: Operation, binding: Binding, blueprint: Blueprint) -> Verb:
    """`CreateDefault…` and `GET …/default`."""
    del operation, binding

    def default(call: Call, store: Store) -> Result:
        row = blueprint.blank(call, store)
        blueprint.fill(row, call, store)
        return Result(blueprint.show(row, call, store), entity=blueprint.name)

    return default
