"""One tenant as the person who tests sees it: its address, its credentials, and what it holds, in domain words.

Works from any thread: what touches the tenant runs in the server's loop. Must not know how the server is put together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from copy import deepcopy
from typing import TYPE_CHECKING, Protocol, TypeVar, Unpack, cast

from mockserver.access import Access
from mockserver.calls import Call, plain
from mockserver.catalogue.model import Binding
from mockserver.errors import ApiError, MockServerError
from mockserver.records.tenants import Tenant, Tenants
from mockserver.records.verbs import Verb, verbs

if TYPE_CHECKING:
    from mockserver.failing import Failure, Words
    from mockserver.responders.faults import Faults
    from mockserver.responders.scenarios.model import Scenario

T = TypeVar("T")
Entity = Mapping[str, object]


class Host(Protocol):
    """What a sandbox needs of the server it is on."""

    @property
    def tenants(self) -> Tenants:
        """The tenants it serves."""

    @property
    def faults(self) -> Faults:
        """What lets things go wrong."""

    def call(self, function: Callable[..., T], *arguments: object) -> T:
        """Run a function where the tenants live."""


class Sandbox:
    """A tenant and its door; every attribute is what a client would be configured with."""

    def __init__(self, host: Host, tenant: str, access: Access) -> None:
        self.access = access
        self.tenant = tenant
        self.url = access.url
        self.api_url = access.api_url
        self.login_url = access.login_url
        self.user = access.user
        self.password = access.password
        self.token = access.access_token
        self.ticket = access.ticket
        self.app_token = access.app_token
        self.contacts = Rows(host, tenant, "Contact")
        self.persons = Rows(host, tenant, "Person")
        self.failures: list[str] = []
        self._door = host

    def env(self) -> dict[str, str]:
        """`SUPEROFFICE_*` variables for a client in a process of its own."""
        return self.access.env()

    def fail(
        self, scenario: str | Scenario | Mapping[str, object] | None = None, /, **words: Unpack[Words]
    ) -> AbstractContextManager[Failure]:
        """Let it go wrong inside a `with` block: `fail(operation="SaveContactEntity", on=2, when="after", how="reset")`.

        Takes the words of a rule, or a whole scenario by name, path or value; `failures` keeps what came of it. Raises
        `ScenarioError`.
        """
        from mockserver.failing import failing

        return failing(self._door, self.tenant, self.failures, scenario, words)

    def __repr__(self) -> str:
        return f"<Sandbox {self.url}>"


class Rows:
    """What a tenant holds of one entity, as mappings with wire names; the rows it was born with are left out of iteration."""

    def __init__(self, host: Host, tenant: str, entity: str) -> None:
        self._host = host
        self._tenant = tenant
        self._entity = entity

    def add(self, **members: object) -> Entity:
        """A new row, made as `POST` makes it; members by wire name in any letter case. Raises `MockServerError`."""
        return self._host.call(self._add, members)

    def __getitem__(self, key: int) -> Entity:
        return self._host.call(self._read, key)

    def __iter__(self) -> Iterator[Entity]:
        return iter(self._host.call(self._all))

    def __len__(self) -> int:
        return len(self._host.call(self._keys))

    def __contains__(self, key: object) -> bool:
        return key in self._host.call(self._keys)

    def _known(self) -> Tenant:
        tenant = self._host.tenants.find(self._tenant)
        if tenant is None:
            raise MockServerError(f"tenant {self._tenant} was dropped")
        return tenant

    def _verb(self, name: str) -> tuple[Verb, Binding]:
        entity = self._host.tenants.catalogue.entities[self._entity]
        binding = next(each for each in entity.bindings if each.verb == name and each.entity == self._entity)
        operation = self._host.tenants.catalogue.operation(binding.operation)
        return verbs()[name](operation, binding, self._host.tenants.blueprint(self._entity)), binding

    def _do(self, name: str, arguments: Mapping[str, object], body: object) -> Entity:
        verb, binding = self._verb(name)
        operation = self._host.tenants.catalogue.operation(binding.operation)
        call = Call(operation, arguments, body, self._host.tenants.principal)
        return cast("Entity", plain(verb(call, self._known().store).value))

    def _add(self, members: Mapping[str, object]) -> Entity:
        blueprint = self._host.tenants.blueprint(self._entity)
        blueprint.check_names(members)
        try:
            return self._do("create", {}, blueprint.coerce(deepcopy(dict(members))))
        except ApiError as error:
            raise MockServerError(f"cannot add to {self._entity}: {error.explanation}") from error

    def _read(self, key: int) -> Entity:
        if not self._known().store.has(self._entity, key):
            raise KeyError(key)
        return self._do("read", {"id": key}, None)

    def _keys(self) -> list[int]:
        tenant = self._known()
        return [key for key in tenant.store.keys(self._entity) if (self._entity, key) not in tenant.stock]

    def _all(self) -> list[Entity]:
        return [self._read(key) for key in self._keys()]
