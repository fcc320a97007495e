"""The tenants of one server: declared by name, fresh from the stock, reset and dropped at will.

A fresh tenant is a restored snapshot, so it costs microseconds. Must not know addresses, credentials or responders.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mockserver.calls import Call, Principal
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Operation
from mockserver.catalogue.routing import canonical_tenant
from mockserver.catalogue.shapes import Shapes
from mockserver.clock import Clock
from mockserver.records.blueprint import Blueprint, Blueprints
from mockserver.records.lists import Lists
from mockserver.records.sessions import Sessions
from mockserver.records.standing import Standing
from mockserver.records.store import Snapshot, Store
from mockserver.records.windows import Window
from mockserver.settings import Settings


@dataclass(frozen=True, slots=True)
class Tenant:
    """One customer: a name, what it holds, who may call it and how it stands.

    `stock` are the rows it was born with, by (entity, key).
    """

    name: str
    store: Store
    stock: frozenset[tuple[str, int]]
    sessions: Sessions
    standing: Standing
    window: Window

    @property
    def clock(self) -> Clock:
        """The one clock of the tenant: stamps, tokens, windows."""
        return self.store.clock


# The login of a fresh tenant is this associate unless its name is that of another one in the stock list.
DEFAULT_ASSOCIATE = 17
OWN_CONTACT = 1
# What first use may make: as many tenants as memory does not mind, under names that a customer could have.
_MOST = 10_000
_LONGEST = len("Cust1234567890")


class Tenants:
    """All declared tenants, and what they share: catalogue, shapes, stock lists and blueprints."""

    def __init__(self, catalogue: Catalogue, settings: Settings, clock: Callable[[], Clock]) -> None:
        self.catalogue = catalogue
        self.shapes = Shapes(catalogue)
        self.lists = Lists(catalogue, self.shapes)
        self.blueprints = Blueprints(catalogue, self.shapes, self.lists)
        self._settings = settings
        self.principal = self._principal(settings.user)
        self._clock = clock
        self._tenants: dict[str, Tenant] = {}
        self._numbers = itertools.count(20001)
        self._stock, self._stock_keys = self._born()

    def _principal(self, user: str) -> Principal:
        stock = self.lists.stock("associate")
        key = self.lists.id_of("associate", user) or DEFAULT_ASSOCIATE
        row = stock.rows[key]
        person, group = row["PersonId"], row["GroupIdx"]
        assert isinstance(person, int)
        assert isinstance(group, int)
        return Principal(user, associate=key, person=person, contact=OWN_CONTACT, group=group)

    def _born(self) -> tuple[Snapshot, frozenset[tuple[str, int]]]:
        """The rows every tenant is born with: the caller's own company and person."""
        store = Store(self.lists, self._clock(), self._settings)
        who = self.principal
        associate = self.lists.stock("associate").rows[who.associate]
        names = str(associate["FullName"]).rsplit(" ", 1)
        rows = (
            ("Contact", who.contact, {"Name": "Own Company AS", "Category": {"Id": 4}, "Number2": "10000"}),
            ("Person", who.person, {"Firstname": names[0], "Lastname": names[-1], "Contact": {"ContactId": who.contact}}),
        )
        for entity, key, members in rows:
            blueprint = self.blueprints[entity]
            call = Call(_NO_OPERATION, {}, members, who)
            row = blueprint.blank(call, store)
            blueprint.overlay(row, members, call, store)
            blueprint.keep(row, key, call, store)
        return store.snapshot(), frozenset((entity, key) for entity, key, _ in rows)

    def declare(self, name: str) -> Tenant:
        """A fresh tenant under this name, in place of the one there was."""
        clock = self._clock()
        store = Store(self.lists, clock, self._settings)
        store.restore(self._stock)
        sessions = Sessions(name, clock, self._settings, self.principal)
        window = Window(clock, self._settings.calls_per_second, self._settings.throttle_window)
        tenant = self._tenants[name] = Tenant(name, store, self._stock_keys, sessions, Standing(), window)
        return tenant

    def declare_next(self) -> Tenant:
        """A fresh tenant under a name nobody has."""
        name = next(name for number in self._numbers if (name := f"Cust{number}") not in self._tenants)
        return self.declare(name)

    def find(self, name: str) -> Tenant | None:
        """The tenant of exactly this name."""
        return self._tenants.get(name)

    def found(self, name: str) -> Tenant | None:
        """The tenant a caller names: in any letter case, the default one by "", made now where `tenants` says first_use."""
        name = name or self._settings.tenant
        known = self._tenants.get(name)
        if known is not None:
            return known
        canonical = canonical_tenant(name)
        if canonical is None:
            return None
        known = self._tenants.get(canonical)
        if known is None and self._settings.tenants == "first_use" and len(canonical) <= _LONGEST and len(self._tenants) < _MOST:
            return self.declare(canonical)
        return known

    def drop(self, name: str) -> bool:
        """Forget a tenant; whether there was one."""
        return self._tenants.pop(name, None) is not None

    def __iter__(self) -> Iterator[Tenant]:
        return iter(tuple(self._tenants.values()))

    def blueprint(self, entity: str) -> Blueprint:
        """How rows of an entity are made; raises KeyError."""
        return self.blueprints[entity]


# Rows that are born with a tenant are no call's effect; aspects ask a call only who is calling.
_NO_OPERATION = Operation("", "", "", None, (), None, {}, (), ())
