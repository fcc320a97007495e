"""The published schema: our reader of it and the library jsonschema say the same of every value."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mockserver.responders.scenarios.files import located, names
from mockserver.responders.scenarios.fitting import misfit, schema
from mockserver.responders.scenarios.model import Fault, Match, Rule, Scenario
from mockserver.responders.scenarios.placing import placed

JUDGE = jsonschema.Draft202012Validator(dict(schema()))
SHIPPED = [placed(located(name).read_text("utf-8"), name).value for name in names()]
ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 10**9),
    st.floats(-2, 4000, allow_nan=False),
    st.sampled_from(["", "x", "reset", "before", "01:00", "2026-01-01T00:00:00Z", "http://a", "/", "a\nb", "json", "Running"]),
    st.just([]),
    st.just({}),
    st.lists(st.integers(0, 3), max_size=3),
    st.dictionaries(st.sampled_from(["date", "uniform", "on", "delay", "calls", "median"]), st.integers(0, 5), max_size=2),
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a value that can be changed: its container and its name or number there."""
    found: list[tuple[Any, Any]] = []
    for name, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += [(value, name), *places(each)]
    return found


def test_the_schema_is_one() -> None:
    """The file is a schema of the draft it names."""
    jsonschema.Draft202012Validator.check_schema(dict(schema()))


@given(st.data())
def test_a_spoilt_scenario_is_judged_as_jsonschema_judges_it(data: st.DataObject) -> None:
    """Wherever a shipped scenario is changed, we refuse it exactly if the library does."""
    value = deepcopy(data.draw(st.sampled_from(SHIPPED)))
    for _ in range(data.draw(st.integers(1, 3))):
        holder, name = data.draw(st.sampled_from(places(value)))
        if data.draw(st.booleans()) or not isinstance(holder, dict):
            holder[name] = data.draw(ODD)
        else:
            holder[data.draw(st.sampled_from(["fualt", "on", "first", "window", "cut", "delay", "how", "stale"]))] = data.draw(
                ODD
            )
    assert (misfit(value) is None) is JUDGE.is_valid(value), misfit(value)


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        (Scenario, schema()),
        (Rule, schema()["$defs"]["rule"]),
        (Match, schema()["$defs"]["match"]),
        (Fault, schema()["$defs"]["fault"]),
    ],
)
def test_python_and_the_schema_have_the_same_words(kind: Any, where: Any) -> None:
    """What can be said in a file can be said in Python, and the other way round."""
    assert {each.name for each in fields(kind)} == set(where["properties"])


@pytest.mark.parametrize("name", names())
def test_a_shipped_file_names_the_schema_for_editors(name: str) -> None:
    """The first line of each file leads to the schema."""
    file = located(name)
    first = file.read_text("utf-8").partition("\n")[0]
    assert first.startswith("# yaml-language-server: $schema=")
    schema_file = (file.parent / first.partition("=")[2]).resolve()
    assert schema_file == (Path(__file__).parents[3] / "mockserver/responders/scenarios/scenario.schema.json")
    assert schema_file.is_file()


@pytest.mark.parametrize("name", names())
def test_yaml_of_editors_reads_a_shipped_file_as_we_do(name: str) -> None:
    """An editor's YAML 1.1 sees the same values, but for the key `on`, which it takes for true."""
    read = yaml.safe_load(located(name).read_text("utf-8"))
    for rule in read["rules"]:
        if True in rule:
            rule["on"] = rule.pop(True)
    assert read == placed(located(name).read_text("utf-8"), name).value
