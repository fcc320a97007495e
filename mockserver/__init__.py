"""A stateful test double of the SuperOffice CRM web API.

The public names load on first use (PEP 562): importing the package, or having its pytest plugin installed, costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.errors import MockServerError, SettingsError, StartError
    from mockserver.replay import Replay
    from mockserver.sandbox import Sandbox
    from mockserver.server import MockServer, create_app
    from mockserver.settings import Settings

_HOMES = {
    "MockServer": "mockserver.server",
    "MockServerError": "mockserver.errors",
    "Replay": "mockserver.replay",
    "Sandbox": "mockserver.sandbox",
    "Settings": "mockserver.settings",
    "SettingsError": "mockserver.errors",
    "StartError": "mockserver.errors",
    "create_app": "mockserver.server",
}

__all__ = ["MockServer", "MockServerError", "Replay", "Sandbox", "Settings", "SettingsError", "StartError", "create_app"]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'mockserver' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
