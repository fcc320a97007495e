"""One tenant as the person who tests sees it: its address, its credentials, and what it holds, in domain words.

Works from any thread: what touches the tenant runs in the server's loop. Must not know how the server is put together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar, Unpack, cast

from mockserver.access import Access
from mockserver.calls import Call, plain
from mockserver.catalogue.model import Binding
from mockserver.clock import Clock
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

    def private_key_file(self) -> str:
        """The file of the application's private key, which is the same for all tenants."""

    @property
    def faults(self) -> Faults:
        """What lets things go wrong."""

    def call(self, function: Callable[..., T], *arguments: object) -> T:
        """Run a function where the tenants live."""


class Sandbox:
    """A tenant and its door: what a client would be configured with, and what a test turns and looks at."""

    def __init__(self, host: Host, tenant: str, access: Access) -> None:
        self._host = host
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
        self.client_id = access.client_id
        self.client_secret = access.client_secret
        self.redirect_uri = access.redirect_uri
        self.auth_code = access.auth_code
        self.refresh_token = access.refresh_token
        self.system_token = access.system_token
        self.ca_file = access.ca_file
        self.clock = TenantClock(host, tenant)
        self.contacts = Rows(host, tenant, "Contact")
        self.persons = Rows(host, tenant, "Person")
        self.failures: list[str] = []

    @property
    def state(self) -> str:
        """How the tenant stands: `Running`, `Suspended`, `OfflineMaintenance` …; may be set. Raises ValueError for no state."""
        return self._host.call(lambda: _known(self._host, self.tenant).standing.state)

    @state.setter
    def state(self, name: str) -> None:
        self._host.call(lambda: setattr(_known(self._host, self.tenant).standing, "state", name))

    def move_to(self, origin: str) -> None:
        """Let the tenant live at another origin (`http://localhost:8080`) of the same server, "" for any; elsewhere it is 421.

        Addresses that were handed out stay as they are: to find the new one is the client's part. Raises ValueError.
        """
        self._host.call(lambda: setattr(_known(self._host, self.tenant).standing, "origin", origin))

    def expire(self, credential: str | None = None) -> int:
        """Let a token, ticket or cookie expire now, all of them if none is named; how many there were."""
        return self._host.call(self._expire, credential)

    def _expire(self, credential: str | None) -> int:
        sessions = _known(self._host, self.tenant).sessions
        return sessions.expire() if credential is None else sessions.expire_secret(credential)

    @property
    def private_key_file(self) -> str:
        """The PEM file of the key that system tokens are signed with; unless it is the user's own, made when first asked for."""
        return self._host.private_key_file()

    def env(self) -> dict[str, str]:
        """`SUPEROFFICE_*` variables for a client in a process of its own."""
        return replace(self.access, private_key_file=self.private_key_file).env()

    def fail(
        self, scenario: str | Scenario | Mapping[str, object] | None = None, /, **words: Unpack[Words]
    ) -> AbstractContextManager[Failure]:
        """Let it go wrong inside a `with` block: `fail(operation="SaveContactEntity", on=2, when="after", how="reset")`.

        Takes the words of a rule, or a whole scenario by name, path or value; `failures` keeps what came of it. Raises
        `ScenarioError`.
        """
        from mockserver.failing import failing

        return failing(self._host, self.tenant, self.failures, scenario, words)

    def __repr__(self) -> str:
        return f"<Sandbox {self.url}>"


class TenantClock:
    """The hands of a tenant's clock: tokens, tickets, stamps and windows go by it."""

    def __init__(self, host: Host, tenant: str) -> None:
        self._host = host
        self._tenant = tenant

    def now(self) -> datetime:
        """The tenant's time, aware, in UTC."""
        return self._host.call(lambda: self._clock().now())

    @property
    def frozen(self) -> bool:
        """Whether the time stands still."""
        return self._host.call(lambda: self._clock().frozen)

    def set(self, at: datetime | str) -> None:
        """Put the clock to a time with a zone, also as text (`2026-03-29T01:30:00Z`). Raises ValueError, OverflowError."""
        self._host.call(lambda: self._clock().set(_moment(at)))

    def advance(self, by: timedelta | None = None, **units: float) -> None:
        """Move the time: `advance(hours=7)`, backwards if negative. Raises OverflowError."""
        self._host.call(lambda: self._clock().advance(by, **units))

    def freeze(self, at: datetime | str | None = None) -> None:
        """Let the time stand still where it is, or at a time. Raises ValueError, OverflowError."""
        self._host.call(lambda: self._clock().freeze(None if at is None else _moment(at)))

    def run(self) -> None:
        """Let the time go on from where it is."""
        self._host.call(lambda: self._clock().run())

    def _clock(self) -> Clock:
        return _known(self._host, self._tenant).clock


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

    def _verb(self, name: str) -> tuple[Verb, Binding]:
        entity = self._host.tenants.catalogue.entities[self._entity]
        binding = next(each for each in entity.bindings if each.verb == name and each.entity == self._entity)
        operation = self._host.tenants.catalogue.operation(binding.operation)
        return verbs()[name](operation, binding, self._host.tenants.blueprint(self._entity)), binding

    def _do(self, name: str, arguments: Mapping[str, object], body: object) -> Entity:
        verb, binding = self._verb(name)
        operation = self._host.tenants.catalogue.operation(binding.operation)
        call = Call(operation, arguments, body, self._host.tenants.principal)
        return cast("Entity", plain(verb(call, _known(self._host, self._tenant).store).value))

    def _add(self, members: Mapping[str, object]) -> Entity:
        blueprint = self._host.tenants.blueprint(self._entity)
        blueprint.check_names(members)
        try:
            return self._do("create", {}, blueprint.coerce(deepcopy(dict(members))))
        except ApiError as error:
            raise MockServerError(f"cannot add to {self._entity}: {error.explanation}") from error

    def _read(self, key: int) -> Entity:
        if not _known(self._host, self._tenant).store.has(self._entity, key):
            raise KeyError(key)
        return self._do("read", {"id": key}, None)

    def _keys(self) -> list[int]:
        tenant = _known(self._host, self._tenant)
        return [key for key in tenant.store.keys(self._entity) if (self._entity, key) not in tenant.stock]

    def _all(self) -> list[Entity]:
        return [self._read(key) for key in self._keys()]


def _known(host: Host, name: str) -> Tenant:
    tenant = host.tenants.find(name)
    if tenant is None:
        raise MockServerError(f"tenant {name} was dropped")
    return tenant


def _moment(at: datetime | str) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at
