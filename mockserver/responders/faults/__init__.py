"""The responder that lets things go wrong: a scenario beats everything below it, before or after the effect.

Costs one look at an attribute unless a scenario is loaded; what carries scenarios out is imported with the first one. Must not
know what a scenario is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.messages import Request, Response
from mockserver.records.tenants import Tenant, Tenants
from mockserver.responders import Respond
from mockserver.settings import Settings

if TYPE_CHECKING:
    from mockserver.responders.faults.engine import Engine
    from mockserver.responders.scenarios.running import Run


class Faults:
    """The door to the engine; raises `ScenarioError` at once for a scenario of the settings that makes no sense."""

    def __init__(self, settings: Settings, tenants: Tenants) -> None:
        self._settings = settings
        self._tenants = tenants
        self._engine: Engine | None = None
        if settings.scenario:
            self._made()

    def _made(self) -> Engine:
        if self._engine is None:
            from mockserver.responders.faults.engine import Engine

            self._engine = Engine(self._settings, self._tenants)
        return self._engine

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Let it go wrong if a rule says so, else forward."""
        engine = self._engine
        if engine is None or not engine.busy:
            return await forward(request)
        return await engine.answer(request, forward)

    def load(self, tenant: Tenant, said: object, name: str = "scenario") -> Run:
        """Add a scenario to a tenant's; a mapping, or a `Scenario`, a name or a path. Raises `ScenarioError`."""
        return self._made().load(tenant, said, name)

    def replace(self, tenant: Tenant, said: object) -> Run:
        """A scenario in place of all that the tenant has, those of the server too; raises `ScenarioError`."""
        return self._made().replace(tenant, said)

    def unload(self, tenant: Tenant, run: Run | None = None) -> None:
        """Take one of a tenant's scenarios away, or all; the server's own come back when the tenant is made fresh."""
        if self._engine is not None:
            self._engine.unload(tenant, run)

    def runs(self, tenant: Tenant) -> list[Run]:
        """The scenarios of a tenant, as they are now."""
        return [] if self._engine is None else self._engine.runs(tenant)

    def report(self, tenant: str | None = None) -> list[str]:
        """What came of a tenant's scenarios, or of those of all tenants, line by line."""
        return [] if self._engine is None else self._engine.report(tenant)
