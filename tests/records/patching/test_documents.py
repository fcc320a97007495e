"""Tests of what is a patch, and of which entity."""

from __future__ import annotations

import time
from typing import Any

import pytest

from mockserver.errors import BadRequest
from mockserver.records.patching import LIMIT, Patch, key_of
from tests.records.patching.contact import op


def test_the_shape_of_a_body_tells_which_patch_it_is() -> None:
    """An array is RFC 6902, an object is RFC 7396 (protocol 2)."""
    assert Patch.read([]).kind == "json"
    assert Patch.read({}).kind == "merge"
    assert Patch.read([op("remove", "/Name")], kind="json").steps[0].tokens == ("Name",)


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        pytest.param(None, None, "object", id="nothing"),
        pytest.param("text", None, "object", id="a text"),
        pytest.param(7, "json", "array", id="a number"),
        pytest.param({}, "json", "array", id="an object as JSON Patch"),
        pytest.param([], "merge", "object", id="an array as merge document"),
        pytest.param([1], None, "Operation 0", id="an operation that is no object"),
        pytest.param([{"path": "/Name", "value": 1}], None, "no op", id="an operation without op"),
        pytest.param([op("test", "/Name", "a"), {"op": "remove"}], None, "Operation 1", id="an operation without path"),
        pytest.param([{"op": "remove", "path": 5}], None, "path", id="a path that is a number"),
        pytest.param([{"op": 5, "path": "/Name"}], None, "op", id="an op that is a number"),
        pytest.param([op("append", "/Name", "a")], None, "append", id="an unknown op"),
        pytest.param([op("add", "/Name")], None, "no value", id="add without value"),
        pytest.param([op("replace", "/Name")], None, "no value", id="replace without value"),
        pytest.param([op("test", "/Name")], None, "no value", id="test without value"),
        pytest.param([op("remove", "/Na~2me")], None, "~", id="a bad escape"),
        pytest.param([{"op": "move", "from": "/Name", "path": "/Department"}], None, "'move'", id="move"),
        pytest.param([{"op": "copy", "from": "/Name", "path": "/Department"}], None, "'copy'", id="copy"),
    ],
)
def test_what_is_no_patch_is_refused(body: Any, kind: Any, said: str) -> None:
    """The sentence says what is wrong with it."""
    with pytest.raises(BadRequest, match=said):
        Patch.read(body, kind=kind)


def test_too_many_operations_are_refused_quickly() -> None:
    """A hundred thousand operations are not even looked at."""
    operations = [op("replace", "/Name", "x")] * 100_000
    before = time.perf_counter()
    with pytest.raises(BadRequest, match="100000 operations"):
        Patch.read(operations)
    assert time.perf_counter() - before < 0.1
    assert len(Patch.read(operations[:LIMIT]).steps) == LIMIT


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ([op("test", "/ContactId", 5), op("replace", "/Name", "x")], 5),
        ([op("replace", "contactid", "5")], 5),
        ([op("add", "/CONTACTID", 5.0), op("test", "/ContactId", 5)], 5),
        ([op("test", "/ContactId", 0), op("replace", "/ContactId", 5)], 5),
        ([op("replace", "/ContactId", 5), op("replace", "/ContactId", 0)], None),
        ([op("replace", "/ContactId", 0)], None),
        ([op("replace", "/ContactId/x", 5), op("replace", "/Name", "ContactId")], None),
        ([], None),
        ({"contactId": "5"}, 5),
        ({"ContactId": None}, None),
        ({"ContactId": ""}, None),
        ({"Name": "x"}, None),
    ],
)
def test_a_patch_names_its_entity_by_the_key(body: Any, expected: int | None) -> None:
    """Through add, replace or test, or as a member; none and 0 are a new one."""
    assert key_of(Patch.read(body), "ContactId") == expected


@pytest.mark.parametrize(
    "body",
    [
        [op("test", "/ContactId", 5), op("replace", "/ContactId", 6)],
        {"ContactId": 5, "contactid": 6},
        *({"ContactId": value} for value in ("five", True, 5.5, 2**31, "9" * 5000)),
        {"ContactId": []},
        {"ContactId": {}},
    ],
)
def test_a_patch_that_names_no_clear_entity_is_refused(body: Any) -> None:
    """Two ids, or something that is no id."""
    with pytest.raises(BadRequest, match="ContactId"):
        key_of(Patch.read(body), "ContactId")
