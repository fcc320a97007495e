"""Tests of the patch document that leads from one value to another."""

from __future__ import annotations

from typing import Any

import jsonpatch
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mockserver.calls import Constant
from mockserver.wire.differences import diff, without_nulls
from tests.records.patching.contact import contact, merged, op

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c/d", "e~f", "1"]), inner, max_size=3)
    ),
    max_leaves=12,
)
RELAXED = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def _sorted(value: Any) -> Any:
    """The same value with the members of its objects in order, to be compared with its types."""
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(each) for each in value] if isinstance(value, list) else value


@RELAXED
@given(JSON, JSON)
@example({"a": 1}, {"a": True})
@example({"a": {"b": 1}}, {"a": {}})
@example({"a": [1, 2, 3]}, {"a": [3, 1]})
def test_applying_a_json_patch_document_gives_what_it_was_made_from(before: Any, after: Any) -> None:
    """By the library alone; and the document has no operation that this API refuses."""
    document = diff(before, after, "json")
    assert isinstance(document, list)
    applied = jsonpatch.apply_patch(before, document)
    assert applied == after
    assert not diff(applied, after, "json")
    assert {each["op"] for each in document} <= {"add", "remove", "replace"}


@RELAXED
@given(JSON, JSON)
@example({"a": None, "b": 1}, {"b": None})
@example({"a": 1}, {"a": {}})
@example({"a": {"b": 1}}, {"a": {"b": None}})
@example({"a": [{"b": None}]}, {"a": [{}]})
def test_applying_a_merge_document_gives_what_it_was_made_from(before: Any, after: Any) -> None:
    """By the RFC's function alone, where null members count as absent; without any, it gives exactly that."""
    document = diff(before, after, "merge")
    assert without_nulls(merged(before, document)) == without_nulls(after)
    applied = merged(without_nulls(before), document)
    assert applied == without_nulls(after)
    assert repr(_sorted(applied)) == repr(_sorted(without_nulls(after)))


@pytest.mark.parametrize("kind", ["json", "merge"])
def test_what_did_not_change_makes_an_empty_document(kind: Any) -> None:
    """An entity against itself."""
    assert not diff(contact(), contact(), kind)
    assert diff(contact(), contact() | {"Name": "Elan"}, "merge") == {"Name": "Elan"}
    assert diff(contact(), contact() | {"Name": "Elan"}, "json") == [op("replace", "/Name", "Elan")]


@pytest.mark.parametrize(("original", "result"), [
    ({"a": "b"}, {"a": "c"}), ({"a": "b"}, {"a": "b", "b": "c"}), ({"a": "b"}, {}), ({"a": "b", "b": "c"}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}), ({"a": "c"}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d"}}), ({"a": [{"b": "c"}]}, {"a": [1]}),
    (["a", "b"], ["c", "d"]), ({"a": "b"}, ["c"]), ({}, {"a": {"bb": {}}}), ([1, 2], {"a": "b"}),
])  # fmt: skip
def test_the_originals_and_results_of_rfc_7396(original: Any, result: Any) -> None:
    """Appendix A, read backwards: a document that turns the one into the other."""
    assert merged(original, diff(original, result, "merge")) == result


@pytest.mark.parametrize("kind", ["json", "merge"])
def test_constants_differ_as_what_they_stand_for(kind: Any) -> None:
    """The same constant, an equal one, another one, one inside of an object."""
    one, equal, other = Constant({"a": [1]}), Constant({"a": [1]}), Constant({"a": [2]})
    assert not diff({"x": one, "y": one, "z": {"b": one}}, {"x": one, "y": equal, "z": {"b": {"a": [1]}}}, kind)
    assert diff({"x": one}, {"x": other}, kind) == diff({"x": {"a": [1]}}, {"x": {"a": [2]}}, kind) != []
    assert diff(one, other, kind) == diff({"a": [1]}, {"a": [2]}, kind)
