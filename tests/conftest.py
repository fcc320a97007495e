"""What the tests share: the catalogue, a tenant on a frozen clock, and `ask()`, a request answered in memory."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Protocol

import hypothesis
import pytest
from multidict import CIMultiDict

from mockserver.catalogue.loading import Catalogue, load_catalogue
from mockserver.catalogue.shapes import Shapes
from mockserver.clock import Clock
from mockserver.messages import Body, Request, Response
from mockserver.records.tenants import Tenant, Tenants
from mockserver.server import Parts
from mockserver.settings import Settings

# Times differ under load and in parallel, and a test leaves nothing behind: no deadline, no data base of examples.
hypothesis.settings.register_profile("here", deadline=None, database=None, print_blob=True)
hypothesis.settings.load_profile("here")


class Ask(Protocol):
    """Send a request to a server in memory."""

    async def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str | None] | None = None,
        query: str = "",
    ) -> Response:
        """Bytes go as they are, another body as JSON, None as no body; a header that is None is left out."""


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return load_catalogue()


@pytest.fixture(scope="session")
def shapes(catalogue: Catalogue) -> Shapes:
    """The shapes of the shipped catalogue."""
    return Shapes(catalogue)


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The defaults, whatever the environment says."""
    return Settings()


@pytest.fixture
def frozen() -> Clock:
    """Noon on the first of March 2026, until it is moved."""
    return Clock(datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def tenants(catalogue: Catalogue, settings: Settings, frozen: Clock) -> Tenants:
    """No tenants yet, on the frozen clock."""
    return Tenants(catalogue, settings, lambda: frozen)


@pytest.fixture
def tenant(tenants: Tenants) -> Tenant:
    """A fresh tenant on the frozen clock."""
    return tenants.declare("Cust12345")


@pytest.fixture
def ask(settings: Settings) -> Ask:
    """Ask a server in memory as the default user; its default tenant is fresh and runs on the real clock."""
    respond = Parts(settings).respond
    credential = base64.b64encode(b"tje0:Tje0").decode()

    async def asked(
        method: str, path: str, body: object = None, headers: Mapping[str, str | None] | None = None, query: str = ""
    ) -> Response:
        sent: dict[str, str | None] = {"Host": "localhost", "Authorization": f"Basic {credential}"}
        content = b""
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        sent |= headers or {}
        present: CIMultiDict[str] = CIMultiDict({name: value for name, value in sent.items() if value is not None})
        return await respond(Request(method, path, query, present, Body(content)))

    return asked
