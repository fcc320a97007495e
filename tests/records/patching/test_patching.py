"""Tests of patches as a whole: the RFCs' own examples, laws and bounds."""

from __future__ import annotations

import time
from contextlib import suppress
from copy import deepcopy
from typing import Any

import jsonpatch
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mockserver.calls import Constant, plain
from mockserver.catalogue.loading import Catalogue
from mockserver.errors import BadRequest, Conflict
from mockserver.records.patching import LIMIT, Patch, Patcher, key_of
from mockserver.records.verbs.patch import to_save
from tests.records.desk import Shown, open_desk
from tests.records.patching.contact import PATCHER, Operations, contact, merged, op, patched

RFC = Catalogue({"media": [], "operations": {}, "enums": {}, "carriers": {
    "Child": {"fields": {"grandchild": "{string}"}},
    "Keys": {"fields": {"m": "{string}", "n": "{int32}", "foo": "string[]", "lists": "string[][]", "baz": "string"}},
    "Tree": {"fields": {"child": "Child", "title": "string", "author": "{string}", "tags": "string[]"}},
}})  # fmt: skip


@pytest.mark.parametrize(
    ("before", "operations", "after"),
    [
        pytest.param({"m": {"foo": "bar"}}, [op("add", "/m/baz", "qux")], {"m": {"baz": "qux", "foo": "bar"}}, id="A.1"),
        pytest.param({"foo": ["bar", "baz"]}, [op("add", "/foo/1", "qux")], {"foo": ["bar", "qux", "baz"]}, id="A.2"),
        pytest.param({"m": {"baz": "qux", "foo": "bar"}}, [op("remove", "/m/baz")], {"m": {"foo": "bar"}}, id="A.3"),
        pytest.param({"foo": ["bar", "qux", "baz"]}, [op("remove", "/foo/1")], {"foo": ["bar", "baz"]}, id="A.4"),
        pytest.param({"baz": "qux"}, [op("replace", "/baz", "boo")], {"baz": "boo"}, id="A.5"),
        pytest.param(
            {"baz": "qux", "foo": ["a", "2", "c"]},
            [op("test", "/baz", "qux"), op("test", "/foo/1", "2")],
            {"baz": "qux", "foo": ["a", "2", "c"]},
            id="A.8",
        ),
        pytest.param({"m": {"foo": "bar"}}, [op("add", "/m/b", "q") | {"xyz": 123}], {"m": {"foo": "bar", "b": "q"}}, id="A.11"),
        pytest.param({"n": {"/": 9, "~1": 10}}, [op("test", "/n/~01", 10)], {"n": {"/": 9, "~1": 10}}, id="A.14"),
        pytest.param({"lists": [["bar"]]}, [op("add", "/lists/-", ["a", "def"])], {"lists": [["bar"], ["a", "def"]]}, id="A.16"),
    ],
)  # fmt: skip
def test_the_examples_of_rfc_6902(before: Shown, operations: Operations, after: Shown) -> None:
    """Appendix A, as far as move, copy and members that are not declared are not needed."""
    assert Patcher(RFC).apply(Patch.read(operations), before, "Keys", rest=True) == after


def test_the_failing_examples_of_rfc_6902() -> None:
    """A.9 is a test that fails, A.12 a target whose parent does not exist."""
    patcher = Patcher(RFC)
    with pytest.raises(Conflict, match="'test' operation"):
        patcher.apply(Patch.read([op("test", "/baz", "bar")]), {"baz": "qux"}, "Keys", rest=True)
    with pytest.raises(BadRequest, match="/bat/qux"):
        patcher.apply(Patch.read([op("add", "/bat/qux", "qux")]), {"foo": []}, "Keys", rest=True)


@pytest.mark.parametrize(
    ("before", "document", "after"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ],
)
def test_the_examples_of_rfc_7396(before: Shown, document: Shown, after: Shown) -> None:
    """Appendix A, the rows in which every value fits one type."""
    assert merged(before, document) == after
    assert Patcher(RFC).apply(Patch.read({"m": document}), {"m": before}, "Keys", rest=True) == {"m": after}


def test_the_document_of_rfc_7396() -> None:
    """The example of its section 3: nested members change, null removes a key, an array is replaced whole."""
    before: Shown = {"title": "Goodbye!", "author": {"givenName": "John", "familyName": "Doe"}, "tags": ["example", "sample"]}
    document = {"title": "Hello!", "author": {"familyName": None}, "tags": ["example"], "phoneNumber": "+01-123-456-7890"}
    after = Patcher(RFC).apply(Patch.read(document), before, "Tree", rest=True)
    assert after == {"title": "Hello!", "author": {"givenName": "John"}, "tags": ["example"]}


TEXTS = st.text(max_size=8)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "Name": TEXTS,
        "Department": TEXTS | st.none(),
        "Source": st.integers(0, 9) | st.integers(0, 9).map(str) | st.none(),
        "Xstop": st.booleans(),
        "Domains": st.lists(TEXTS, max_size=3) | st.none(),
        "Phones": st.lists(st.fixed_dictionaries({"Value": TEXTS}), max_size=3),
        "CustomFields": st.dictionaries(st.sampled_from(["SuperOffice:1", "superoffice:2", "x_a"]), TEXTS, max_size=3),
        "UserDefinedFields": st.dictionaries(st.sampled_from(["SuperOffice:1", "SuperOffice:9"]), TEXTS, max_size=2),
        "Interests": st.lists(st.fixed_dictionaries({"Id": st.integers(1, 4), "Selected": st.booleans()}), max_size=3),
        "Business": st.none(),
        "DbiLastModified": st.dates().map(str),
    },
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c/d", "e~f", "1"]), inner, max_size=3)
    ),
    max_leaves=12,
)
MEMBERS = st.sampled_from([*contact(), "nowhere", "0", "-", "1", "Id", "Value", "Street", "City", "SuperOffice:1", ""])
PATHS = st.lists(MEMBERS, max_size=4).map("/".join) | st.text(max_size=6)
VALUES = JSON | st.dictionaries(MEMBERS, JSON, max_size=3) | st.lists(st.dictionaries(MEMBERS, JSON, max_size=2), max_size=2)
STEPS = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "replace", "remove", "test"]), "path": PATHS}, optional={"value": VALUES}
)
RELAXED = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


@RELAXED
@given(CHANGES)
def test_both_kinds_of_patch_agree(changes: Shown) -> None:
    """The same change, said as a merge document and as one operation for each member."""
    steps = [op("replace", f"/{name}", value) for name, value in changes.items()]
    assert patched(changes) == patched(steps)
    assert patched(changes) == patched([each | {"op": "add"} for each in steps])


@RELAXED
@given(st.lists(STEPS, max_size=5) | VALUES, st.booleans())
@example([op("add", "/Phones/-", None), op("replace", "/Phones/2/Value", "1")], True)
@example([op("remove", "/Interests"), op("add", "/Interests/-", {"Id": 1}), op("remove", "/Interests/0")], False)
@example({"Address": {"Street": None, "LocalizedAddress": {}}, "Persons": {"Contact": {}}}, False)
def test_no_patch_raises_anything_unheard_of(body: Any, rest: bool) -> None:  # noqa: FBT001
    """It is applied, refused or in conflict; the entity and the body stay as they were."""
    entity, sent = contact(), deepcopy(body)
    try:
        patch = Patch.read(body)
        key_of(patch, "ContactId")
    except BadRequest:
        return
    try:
        after = PATCHER.apply(patch, entity, "ContactEntity", rest=rest)
    except (BadRequest, Conflict):
        pass
    else:
        assert after.keys() == entity.keys()
    assert entity == contact()
    assert body == sent


@RELAXED
@given(st.lists(STEPS, max_size=3) | VALUES)
def test_what_comes_out_can_be_saved(body: Any) -> None:
    """A patch that can be applied gives an entity of the right types: saving it is refused only for what it refers to."""
    desk = open_desk("Contact")
    try:
        after = PATCHER.apply(Patch.read(body), desk.read(1), "ContactEntity", rest=False)
    except (BadRequest, Conflict):
        return
    try:
        desk.replace(1, after)
    except BadRequest as error:
        assert "there is no" in error.message or "has no item" in error.message  # noqa: PT017


def _nested(depth: int) -> Any:
    value: Shown | None = None
    for _ in range(depth):
        value = {"Id": 1, "ChildItems": [value], "Category": value}
    return value


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([op("replace", "/Name", "x")] * LIMIT, id="as many operations as there may be"),
        pytest.param([op("add", f"/CustomFields/k{number}", "1") for number in range(LIMIT)], id="ten thousand new keys"),
        pytest.param([op("add", "/Phones/0", {"Value": "1"})] * LIMIT, id="ten thousand insertions"),
        pytest.param([op("add", "/Interests", [{"Id": number, "Selected": True}]) for number in range(LIMIT)], id="interests"),
        pytest.param({"CustomFields": {f"k{number}": "1" for number in range(50_000)}}, id="a large dictionary"),
        pytest.param([op("add", "/Domains", ["x"] * 300_000)], id="a large array"),
        pytest.param({"Domains": ["x"] * 300_000}, id="a large array, merged"),
        pytest.param({"Interests": [_nested(2000)]}, id="nested interests"),
        pytest.param(_nested(2000), id="a nested document"),
    ],
)
def test_large_patches_take_bounded_time(body: Any) -> None:
    """They are applied or refused in seconds at most."""
    before = time.perf_counter()
    with suppress(BadRequest):
        patched(body, rest=False)
    assert time.perf_counter() - before < 5


# --- sharing


def _hidden(value: Any) -> Any:
    """The same value with a constant wherever there can be one, as an entity is shown before it is encoded."""
    if isinstance(value, dict):
        return Constant({name: _hidden(each) for name, each in value.items()})
    return Constant([_hidden(each) for each in value]) if isinstance(value, list) else value


def _outcome(body: Any, entity: Shown, *, rest: bool) -> Any:
    try:
        return plain(PATCHER.apply(Patch.read(body), entity, "ContactEntity", rest=rest))
    except (BadRequest, Conflict) as error:
        return type(error), error.message, error.explanation


@RELAXED
@given(st.lists(STEPS, max_size=5) | VALUES | CHANGES, st.booleans())
@example({"Address": {"Street": {"City": "Bergen"}}, "Interests": [{"Id": 1, "Selected": True}]}, False)
@example([op("remove", "/CustomFields/SuperOffice:1"), op("add", "/Phones/0/Description", "x")], False)
@example([op("remove", "/Category"), op("replace", "/Interests/0/Selected", True), op("remove", "/Address")], False)
def test_constants_are_patched_as_what_they_stand_for(body: Any, rest: bool) -> None:  # noqa: FBT001
    """And stay what they were: a patch copies what it leads through, and shares the rest."""
    entity = {name: _hidden(each) for name, each in contact().items()}
    assert _outcome(body, entity, rest=rest) == _outcome(body, contact(), rest=rest)
    assert plain(entity) == contact()


def test_what_a_patch_does_not_touch_is_shared() -> None:
    """Copying a contact takes longer than changing it."""
    entity = contact()
    after = patched([op("replace", "/Phones/0/Value", "1"), op("replace", "/Name", "x")], entity)
    assert {name for name in entity if after[name] is not entity[name]} == {"Phones", "Name"}
    assert after["Phones"][1] is entity["Phones"][1]


@RELAXED
@given(CHANGES | st.lists(STEPS, max_size=3))
@example({"Country": {"CountryId": 826}, "Name": "x"})
@example([op("replace", "/Address/Street/City", "Bergen"), op("replace", "/Country/CountryId", 826)])
def test_saving_what_differs_is_saving_the_whole(body: Any) -> None:
    """What a patch left as it was need not be sent."""
    desks = open_desk("Contact"), open_desk("Contact")
    members = {name: each for name, each in contact().items() if name != "ContactId"}
    key, twin = [desk.create(**deepcopy(members))["ContactId"] for desk in desks]
    assert key == twin
    before = desks[0].read(key)
    try:
        after = PATCHER.apply(Patch.read(body), before, "ContactEntity", rest=False)
    except (BadRequest, Conflict):
        return
    outcomes = []
    for desk, sent in zip(desks, (to_save(before, after), after), strict=True):
        try:
            outcomes.append(desk.replace(key, deepcopy(sent)))
        except BadRequest as error:
            outcomes.append({"refused": error.message})
    assert outcomes[0] == outcomes[1]


# --- the library as the oracle

INDEX = st.sampled_from(["0", "1", "2", "3", "-"])
KEYED = st.sampled_from(["a", "A~0", "c~1d", "1", "-", ""])
LISTED = st.lists(st.text(max_size=3), max_size=3)


def _ops(kinds: list[str], path: st.SearchStrategy[str], value: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(op, st.sampled_from(kinds), path, value)


ALL = ["add", "replace", "remove", "test"]
# Where the vendor's rules leave the RFC's alone: values that fit and are not null, dictionaries key by key.
ON_TREES = st.lists(
    _ops(["add", "replace", "test"], st.just("/baz"), st.text(max_size=3))
    | _ops(["add", "replace", "test"], st.just("/foo"), LISTED)
    | _ops(ALL, INDEX.map("/foo/{}".format), st.text(max_size=3))
    | _ops(ALL, INDEX.map("/lists/{}".format), LISTED)
    | _ops(ALL, st.builds("/lists/{}/{}".format, INDEX, INDEX), st.text(max_size=3))
    | _ops(["add", "remove"], KEYED.map("/m/{}".format), st.text(max_size=3))
    | _ops(["add", "remove"], KEYED.map("/n/{}".format), st.integers(-9, 9)),
    max_size=8,
)


@settings(RELAXED, max_examples=500)
@given(ON_TREES)
def test_operations_are_those_of_the_library(operations: Operations) -> None:
    """Applied or refused as `jsonpatch` does, and what was patched is as it was."""
    before: Shown = {"m": {"a": "b"}, "n": {"c/d": 1}, "foo": ["x", "y"], "lists": [["z"], []], "baz": "w"}
    entity, refused = deepcopy(before), False
    try:
        expected = jsonpatch.apply_patch(before, operations)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
        refused = True
    try:
        after = Patcher(RFC).apply(Patch.read(operations), entity, "Keys", rest=False)
    except (BadRequest, Conflict):
        assert refused
    else:
        assert not refused
        assert after == expected
    assert entity == before
