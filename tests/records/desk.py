"""A desk in a fresh tenant: the verbs of one entity as its callers use them, with bodies fitted as the wire fits them.

Values go in and come out as plain dictionaries, so that a test reads like a request and its answer.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from typing import Any

from mockserver.calls import Call, Principal, Result, plain
from mockserver.catalogue.loading import load_catalogue
from mockserver.clock import Clock
from mockserver.records.blueprint import Blueprint
from mockserver.records.store import Store
from mockserver.records.tenants import Tenant, Tenants
from mockserver.records.verbs import verbs
from mockserver.settings import Settings

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EMPTY_DATE = "0001-01-01T00:00:00"

Shown = dict[str, Any]
"""An entity as the wire shows it."""

# Two users of the recorded test database, besides the double's own default user tje0 (associate 17, group 1).
ADM0 = Principal("ADM0", associate=11, person=147, contact=1, group=1)
BB = Principal("BB", associate=3, person=11, contact=1, group=2)


@cache
def tenants_for(user: str = "tje0", unknown_id: str = "create") -> Tenants:
    """The tenants of a server with these settings; each declared tenant gets a frozen clock of its own."""
    return Tenants(load_catalogue(), Settings(user=user, unknown_id=unknown_id), lambda: Clock(NOON))


class Desk:
    """One tenant, one entity, one caller."""

    def __init__(self, tenants: Tenants, tenant: Tenant, entity: str) -> None:
        self.tenants = tenants
        self.tenant = tenant
        self.entity = entity
        self.caller = tenants.principal

    @property
    def store(self) -> Store:
        """What the tenant holds."""
        return self.tenant.store

    @property
    def clock(self) -> Clock:
        """The tenant's clock, moved by hand."""
        return self.store.clock

    @property
    def blueprint(self) -> Blueprint:
        """How rows of the entity are made."""
        return self.tenants.blueprint(self.entity)

    def at(self, entity: str) -> Desk:
        """A desk for another entity of the same tenant."""
        return Desk(self.tenants, self.tenant, entity)

    def call(self, body: object = None) -> Call:
        """A call of nothing in particular; what blueprints ask of a call is who is calling."""
        operation = self.tenants.catalogue.operation(self.blueprint.entity.bindings[0].operation)
        return Call(operation, {}, body, self.caller)

    def result(self, verb: str, key: int | None = None, body: object = None, *, agent: bool = False) -> Result:
        """The outcome of the entity's operation with this verb, from the REST half unless only an agent has it."""
        catalogue = self.tenants.catalogue
        found = [each for each in self.blueprint.entity.bindings if each.verb == verb]
        halves = [each for each in found if (catalogue.operation(each.operation).agent is not None) == agent]
        binding = (halves or found)[0]
        operation = catalogue.operation(binding.operation)
        arguments = {each.name: key for each in operation.parameters if each.required}
        fitted = self.blueprint.coerce(deepcopy(body))
        do = verbs()[verb](operation, binding, self.blueprint)
        return do(Call(operation, arguments, fitted, self.caller), self.store)

    def default(self) -> Shown:
        """A new entity that is not stored."""
        return shown(self.result("default"))

    def create(self, **members: object) -> Shown:
        """`POST` these members."""
        return shown(self.result("create", body=members))

    def read(self, key: int) -> Shown:
        """`GET` one entity."""
        return shown(self.result("read", key))

    def replace(self, key: int, body: object) -> Shown:
        """`PUT` one entity."""
        return shown(self.result("replace", key, body))

    def save(self, body: object) -> Shown:
        """The agent's save."""
        return shown(self.result("save", body=body))

    def change(self, key: int, **members: object) -> Shown:
        """Read, change these members, save the whole: the supported way of editing."""
        return self.replace(key, self.read(key) | members)

    def remove(self, key: int) -> None:
        """`DELETE` one entity."""
        self.result("remove", key)


def open_desk(entity: str = "Contact", *, user: str = "tje0", unknown_id: str = "create") -> Desk:
    """A desk in a tenant nobody has used."""
    tenants = tenants_for(user, unknown_id)
    return Desk(tenants, tenants.declare("Cust1"), entity)


def shown(result: Result) -> Shown:
    """The value of a result without constants, copied."""
    value = plain(result.value)
    assert isinstance(value, dict)
    return value
