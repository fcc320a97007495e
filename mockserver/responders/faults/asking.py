"""What rules may ask of a request, worked out when it is first asked for: operation, caller, body by meaning.

Routes, signs in and decodes as the emulator does, and answers nothing. Must not know rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from urllib.parse import parse_qs

from mockserver.calls import Credential, Value, plain
from mockserver.catalogue.model import Operation, Type
from mockserver.catalogue.routing import Router, split_tenant
from mockserver.errors import ApiError
from mockserver.messages import Headers, Request
from mockserver.records.tenants import Tenant, Tenants
from mockserver.responders.plans import ANYTHING
from mockserver.settings import Settings
from mockserver.wire.authentication import Authenticator
from mockserver.wire.negotiation import Negotiator, unlabelled


class Desk:
    """What it takes to understand requests; made when the first scenario is loaded."""

    def __init__(self, settings: Settings, tenants: Tenants) -> None:
        self.tenants = tenants
        self.router = Router(tenants.catalogue)
        self.authenticator = Authenticator(settings)
        self.negotiator = Negotiator(tenants.catalogue, settings)


class Asked:
    """One request, as far as somebody wants to know it."""

    def __init__(self, request: Request, known: Tenant, desk: Desk) -> None:
        self.request = request
        self.known = known
        self._desk = desk
        self._value: tuple[Value] | None = None

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.request.method

    @cached_property
    def path(self) -> str:
        """The path below the tenant, raw."""
        return split_tenant(self.request.path)[1]

    @property
    def headers(self) -> Headers:
        """All headers."""
        return self.request.headers

    @cached_property
    def query(self) -> Mapping[str, Sequence[str]]:
        """Texts by lower-case name."""
        found: dict[str, list[str]] = {}
        for name, values in parse_qs(self.request.query, keep_blank_values=True).items():
            found.setdefault(name.lower(), []).extend(values)
        return found

    @cached_property
    def routed(self) -> tuple[Operation, Mapping[str, object]] | None:
        """The operation and the arguments in its path, None for what is no operation."""
        try:
            return self._desk.router.find(self.request.method, self.path)
        except ApiError:
            return None

    @property
    def operation(self) -> str:
        """The published id, "" for none."""
        return self.routed[0].id if self.routed else ""

    def arguments(self) -> Mapping[str, object]:
        """The arguments in path and query, as far as they can be used."""
        if self.routed is None:
            return {}
        operation, found = self.routed
        reader = self._desk.router.query_reader(operation)
        try:
            return {**found, **(reader(self.request.query) if reader else {})}
        except ApiError:
            return found

    @cached_property
    def credential(self) -> Credential | None:
        """What the caller shows, None where nobody can read it."""
        try:
            return self._desk.authenticator.credential(self.request.headers)
        except ApiError:
            return None

    @cached_property
    def principal(self) -> str:
        """The login of the caller, "" for nobody we know."""
        try:
            return self.known.sessions.principal(self.credential).user if self.credential else ""
        except ApiError:
            return ""

    @property
    def tenant(self) -> str:
        """The tenant's name."""
        return self.known.name

    async def value(self) -> Value:
        """The decoded body with published names where its type is known, None where there is none or nobody can read it."""
        if self._value is None:
            try:
                self._value = (self._decoded(await self.request.body.read()),)
            except ApiError:
                self._value = (None,)
        return self._value[0]

    def _decoded(self, content: bytes) -> Value:
        if not content:
            return None
        manner = self._desk.negotiator.manner(self.request.headers)
        kind = self._kind(patch=manner.preferences.sends_patch is not None)
        value = (manner.decode or unlabelled)(content, kind)
        if kind is ANYTHING:
            return value
        try:
            return self._desk.tenants.shapes.coercer(kind)(plain(value))
        except ApiError:
            return value

    def _kind(self, *, patch: bool) -> Type:
        body = self.routed[0].body if self.routed else None
        return ANYTHING if patch or body is None else body
