"""YAML, JSON or Python → Scenario; what cannot be meant is refused with file, line and reason.

Must not know where files lie or when a rule fires.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mockserver.errors import ScenarioError
from mockserver.responders.scenarios.checking import misfits
from mockserver.responders.scenarios.fitting import misfit
from mockserver.responders.scenarios.model import Fault, Match, Rule, Scenario, told
from mockserver.responders.scenarios.naming import Naming
from mockserver.responders.scenarios.placing import Placed, placed


def read(text: str, name: str, naming: Naming, called: str | None = None) -> Scenario:
    """The scenario in a text; `name` is what complaints call the file, `called` the scenario's name unless it says one."""
    return _scenario(placed(text, name), naming, called)


def understood(value: object, naming: Naming, name: str = "scenario") -> Scenario:
    """The scenario that a mapping or a `Scenario` says; raises `ScenarioError`."""
    return _scenario(Placed(told(value), name), naming, None)


def _scenario(document: Placed, naming: Naming, called: str | None) -> Scenario:
    wrong = misfit(document.value)
    if wrong is not None:
        raise document.error(*wrong)
    assert isinstance(document.value, dict)
    scenario = _made(_tidied(document.value))
    senseless = next(misfits(scenario, naming), None)
    if senseless is not None:
        raise document.error(*senseless)
    return scenario if scenario.scenario is not None else replace(scenario, scenario=called)


def _made(value: Mapping[str, Any]) -> Scenario:
    return Scenario(**{**value, "rules": tuple(_rule(each) for each in value["rules"])})


def _tidied(value: Any) -> Any:  # noqa: ANN401 - a value of any kind, and the same again
    """Whole numbers as such, however they are written; what bodies hold stays as it is."""
    if isinstance(value, dict):
        return {name: each if name == "body" else _tidied(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_tidied(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _rule(value: Mapping[str, Any]) -> Rule:
    parts = dict(value)
    parts["match"] = Match(**value.get("match", {}))
    if "fault" in value:
        parts["fault"] = Fault(**value["fault"])
    return Rule(**parts)


def decoded(content: bytes, name: str) -> str:
    """A file's text; raises `ScenarioError`."""
    if len(content) > _LARGEST:
        raise ScenarioError(f"{name}: is above 1 MiB, which is no scenario")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ScenarioError(f"{name}:{line}: this is not UTF-8") from None


_LARGEST = 2**20
