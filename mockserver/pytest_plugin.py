"""The pytest fixtures. Must stay free to load: nothing heavy is imported before a test asks for a fixture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mockserver.sandbox import Sandbox
    from mockserver.server import MockServer


@pytest.fixture(scope="session")
def superoffice_server() -> Iterator[MockServer]:
    """One server for all tests of this process, in a thread of its own on a free port of 127.0.0.1."""
    from mockserver.server import MockServer

    with MockServer() as server:
        yield server


@pytest.fixture
def superoffice(superoffice_server: MockServer, request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A fresh tenant on the shared server: `.api_url`, `.user`, `.token`, `.env()`, `.clock`, `.contacts`, `.fail`."""
    sandbox = superoffice_server.new_sandbox()
    yield sandbox
    failures = [*sandbox.failures, *superoffice_server.call(superoffice_server.faults.report, sandbox.tenant)]
    if failures:
        request.node.add_report_section("teardown", "superoffice", "\n".join(failures))
    superoffice_server.drop(sandbox.tenant)
