"""A whole chain in memory, and one way to ask it."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple

from multidict import CIMultiDict

from mockserver.messages import Account, Body, Request
from mockserver.server import Parts
from mockserver.settings import Settings

LOGIN = "Basic " + b64encode(b"tje0:Tje0").decode()


class Answer(NamedTuple):
    """What the chain answered, decoded."""

    status: int
    headers: CIMultiDict[str]
    body: bytes
    account: Account

    @property
    def value(self) -> Any:
        """The decoded body."""
        return json.loads(self.body)


class House:
    """The parts of a server, and its default tenant; requests carry the default login unless they say otherwise."""

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self.parts = Parts(self.settings)
        self.tenants = self.parts.tenants
        self.journal = self.parts.journal

    def ask(
        self, method: str, target: str, body: object = ..., headers: Mapping[str, str] | None = None, login: str | None = LOGIN
    ) -> Answer:
        """Send a request; a body that is not bytes goes as JSON."""
        path, _, query = target.partition("?")
        sent = CIMultiDict({"Host": "mock.test"})
        if login is not None:
            sent["Authorization"] = login
        content = b""
        if body is not ...:
            sent["Content-Type"] = "application/json"
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent.update(headers or {})

        async def run() -> Answer:
            response = await self.parts.respond(Request(method, path, query, sent, Body(content)))
            assert isinstance(response.body, bytes)
            return Answer(response.status, CIMultiDict(response.headers), response.body, response.account)

        return asyncio.run(run())

    def save(self, **members: object) -> Any:
        """Save a contact through the agent of the default tenant."""
        answer = self.ask("POST", "/api/v1/Agents/Contact/SaveContactEntity", members)
        assert answer.status == 200, answer
        return answer.value

    def told(self, tenant: str | None = None) -> list[dict[str, Any]]:
        """The entries of a tenant's journal, as the control surface tells them."""
        answer = self.ask("GET", "/_mock/journal" + ("" if tenant is None else f"?tenant={tenant}"))
        assert answer.status == 200, answer
        entries: list[dict[str, Any]] = answer.value["entries"]
        return entries
