"""A stateful test double of the SuperOffice CRM web API.

The public names load on first use (PEP 562): importing the package, or having its pytest plugin installed, costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockserver.errors import MockServerError, ScenarioError, SettingsError, StartError
    from mockserver.failing import NeverFired
    from mockserver.replay import Replay
    from mockserver.responders.scenarios.model import Fault, Match, Rule, Scenario
    from mockserver.sandbox import Sandbox
    from mockserver.server import MockServer, create_app
    from mockserver.settings import Settings

_HOMES = {
    "Fault": "mockserver.responders.scenarios.model",
    "Match": "mockserver.responders.scenarios.model",
    "MockServer": "mockserver.server",
    "MockServerError": "mockserver.errors",
    "Replay": "mockserver.replay",
    "NeverFired": "mockserver.failing",
    "Rule": "mockserver.responders.scenarios.model",
    "Sandbox": "mockserver.sandbox",
    "Scenario": "mockserver.responders.scenarios.model",
    "ScenarioError": "mockserver.errors",
    "Settings": "mockserver.settings",
    "SettingsError": "mockserver.errors",
    "StartError": "mockserver.errors",
    "create_app": "mockserver.server",
}

__all__ = [
    "Fault",
    "Match",
    "MockServer",
    "MockServerError",
    "NeverFired",
    "Replay",
    "Rule",
    "Sandbox",
    "Scenario",
    "ScenarioError",
    "Settings",
    "SettingsError",
    "StartError",
    "create_app",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'mockserver' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
