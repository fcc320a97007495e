"""A whole chain in memory on a frozen clock, where things go wrong: answers with their delivery, and the rows that are left."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from multidict import CIMultiDict

from mockserver.clock import Clock
from mockserver.messages import Body, Request, Response
from mockserver.records.tenants import Tenant
from mockserver.responders.scenarios.running import Run
from mockserver.server import Parts
from mockserver.settings import Settings

NAME = "Cust12345"
SAVE = "/api/v1/Agents/Contact/SaveContactEntity"
GET = "/api/v1/Agents/Contact/GetContactEntity?contactEntityId="
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOGIN = "Basic " + b64encode(b"tje0:Tje0").decode()


class Stage:
    """One server in memory, its clock frozen at noon on the first of March 2026."""

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self.parts = Parts(self.settings, lambda: Clock(NOON))

    @property
    def tenant(self) -> Tenant:
        """The default tenant as it is now."""
        found = self.parts.tenants.find(NAME)
        assert found is not None
        return found

    def load(self, *rules: Mapping[str, object], **more: object) -> Run:
        """Load a scenario of these rules."""
        return self.parts.faults.load(self.tenant, {"scenario": "test", "rules": list(rules), **more})

    def suffer(self, fault: Mapping[str, object], **rule: object) -> Run:
        """Load one rule with this fault, for every request unless the rule says more."""
        return self.load({"fault": fault, **rule})

    def ask(
        self, method: str, target: str, body: object = None, headers: Mapping[str, str] | None = None, login: str | None = LOGIN
    ) -> Response:
        """Send a request; a body that is not bytes goes as JSON."""
        return asyncio.run(self.answer(method, target, body, headers, login))

    async def answer(
        self, method: str, target: str, body: object = None, headers: Mapping[str, str] | None = None, login: str | None = LOGIN
    ) -> Response:
        """The same inside a loop."""
        path, _, query = target.partition("?")
        sent = CIMultiDict({"Host": "mock.test"})
        if login is not None:
            sent["Authorization"] = login
        content = b""
        if body is not None:
            sent["Content-Type"] = "application/json"
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent.update(headers or {})
        return await self.parts.respond(Request(method, path, query, sent, Body(content)))

    def save(self, **members: object) -> Response:
        """Save a contact through the agent."""
        return self.ask("POST", SAVE, members)

    def kept(self) -> int:
        """How many contacts there are beside those the tenant was born with."""
        tenant = self.tenant
        return sum(("Contact", key) not in tenant.stock for key in tenant.store.keys("Contact"))

    def explanations(self) -> list[str]:
        """What the journal says of every request."""
        return [each.response.account.explanation for each in self.parts.journal.entries(NAME)]


def value(response: Response) -> Any:
    """The decoded body."""
    assert isinstance(response.body, bytes)
    return json.loads(response.body)
