"""The caller's own row: the company or the person behind the login."""

from __future__ import annotations

from mockserver.calls import Call, Result
from mockserver.catalogue.model import Binding, Operation
from mockserver.records.blueprint import Blueprint
from mockserver.records.store import Store
from mockserver.records.verbs import Verb
from mockserver.records.verbs.read import existing, shown


def bind(operation: Operation, binding: Binding, blueprint: Blueprint) -> Verb:
    """Option `who: contact` or `who: person`."""
    del operation
    who = str(binding.options["who"])

    def mine(call: Call, store: Store) -> Result:
        key = {"contact": call.principal.contact, "person": call.principal.person}[who]
        return shown(existing(blueprint, key, call, store), key, blueprint, call, store)

    return mine
