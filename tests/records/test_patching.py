"""Patches: applied to an entity as the wire shows it, and made from two values."""

from __future__ import annotations

import time
from contextlib import suppress
from copy import deepcopy
from functools import cache
from typing import Any

import jsonpatch
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mockserver.catalogue.loading import Catalogue, load_catalogue
from mockserver.errors import BadRequest, Conflict
from mockserver.records.patching import CONFLICT, LIMIT, Patch, Patcher, key_of
from mockserver.wire.differences import diff, without_nulls
from tests.records.desk import Desk, Shown, open_desk

PATCHER = Patcher(load_catalogue())
Operations = list[dict[str, Any]]


def op(kind: str, path: str, *value: Any) -> dict[str, Any]:
    """One operation of a JSON Patch."""
    return {"op": kind, "path": path} | ({"value": value[0]} if value else {})


@cache
def _stored() -> Shown:
    """A contact with a bit of everything, as the wire shows it."""
    desk = open_desk("Contact")
    return desk.create(
        Name="Elan Hoppski",
        Department="AAvdeling",
        Business={"Id": 2},
        Category={"Id": 3},
        Phones=[{"Value": "02"}, {"Value": "03", "Description": "desk"}],
        Emails=[{"Value": "a@example.com"}],
        Domains=["elan.no", "hoppski.no"],
        Interests=[{"Id": 3, "Selected": True}],
        Address={"Street": {"Address1": "B-gaten 45", "City": "Oslo"}},
        CustomFields={"SuperOffice:1": "first", "SuperOffice:3": "[I:7]"},
        Xstop=True,
        Source=4,
    )


def contact() -> Shown:
    """A copy of it that a test may change."""
    return deepcopy(_stored())


def patched(body: Any, entity: Shown | None = None, *, rest: bool = True) -> Any:
    """The contact after a patch."""
    return PATCHER.apply(Patch.read(body), contact() if entity is None else entity, "ContactEntity", rest=rest)


def saved(desk: Desk, key: int, body: Any, *, rest: bool = True) -> Shown:
    """A stored contact, read, patched and replaced."""
    return desk.replace(key, PATCHER.apply(Patch.read(body), desk.read(key), "ContactEntity", rest=rest))


def merged(target: Any, patch: Any) -> Any:
    """The function of RFC 7396, section 2."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = merged(target.get(name), value)
    return target


@pytest.fixture
def key(contacts: Desk) -> int:
    """The key of a stored contact that is like `contact()`."""
    members = {name: value for name, value in contact().items() if name != "ContactId"}
    return int(contacts.create(**members)["ContactId"])


# --- what is a patch


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


# --- the RFCs' own examples, in a catalogue of their shapes

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


# --- paths


@pytest.mark.parametrize("path", ["/Category/Id", "Category/Id", "/category/ID", "CATEGORY/id"])
def test_paths_in_any_case_with_or_without_slash(path: str) -> None:
    """`Category/Id` is the documented form (protocol 2)."""
    assert patched([op("replace", path, 2)])["Category"]["Id"] == 2


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "//Name", "/Nowhere", "/Name/First", "/Category/Nowhere", "/Phones/Value", "/Phones/00", "/Phones/-1"),
        *("/Phones/9", "/Phones/-/Value", "/Phones/²", "/TableRight", "/TableRight/Mask", "/FieldProperties"),
        *("/FieldProperties/Name", "/Category/TableRight", "/Phones/0/FieldProperties", "/SupportAssociate/AssociateId"),
        pytest.param("/" + "a/" * 5000, id="ten thousand characters"),
        pytest.param("/Phones/" + "9" * 5000, id="a large index"),
        *("/Address/Street/City", "/address/postal/zipcode"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["add", "replace", "remove"])
def test_paths_to_nowhere_are_refused(path: str, kind: str) -> None:
    """On REST also parts of an address and what is null, which are there (contact-domain 3.6, 3.13)."""
    with pytest.raises(BadRequest, match=r"^The path '/") as caught:
        patched([op(kind, path, "x")])
    assert len(caught.value.message) < 400


def test_the_refusal_names_the_path() -> None:
    """So that a client finds it among many."""
    with pytest.raises(BadRequest, match=r"'/Category/Nowhere'.*Category has no member 'Nowhere'"):
        patched([op("replace", "/Name", "x"), op("replace", "/Category/Nowhere", 1)])


@pytest.mark.parametrize("kind", ["replace", "remove", "test"])
def test_only_add_knows_the_end_of_an_array(kind: str) -> None:
    """There is nothing behind the last element (RFC 6901 section 4)."""
    for path in ("/Phones/-", "/Phones/2"):
        with pytest.raises(BadRequest):
            patched([op(kind, path, {"Value": "04"})])


def test_an_agent_reaches_parts_of_an_address_and_fills_nulls() -> None:
    """What REST refuses is the vendor's rule for PATCH alone."""
    after = patched(
        [op("replace", "/Address/Street/City", "Bergen"), op("add", "/SupportAssociate/AssociateId", "3")], rest=False
    )
    assert after["Address"]["Street"]["City"] == "Bergen"
    assert after["Address"]["Street"]["Address1"] == "B-gaten 45"
    assert after["SupportAssociate"]["AssociateId"] == 3


def test_arrays_and_dictionaries_that_are_null_can_be_added_to() -> None:
    """They hold nothing yet."""
    entity = contact() | {"Phones": None, "ExtraFields": None}
    after = patched([op("add", "/Phones/-", {"Value": "1"}), op("add", "ExtraFields/x_foobar", "y")], entity)
    assert (after["Phones"], after["ExtraFields"]) == ([{"Value": "1"}], {"x_foobar": "y"})


# --- values


def test_values_are_made_to_fit() -> None:
    """Ids as text, numbers as text, dates in any form, members in any case."""
    after = patched(
        [
            op("replace", "/Source", "7"),
            op("replace", "/Xstop", "false"),
            op("replace", "/Department", 12),
            op("replace", "/DbiLastModified", "2021-02-03T04:05:06+02:00"),
            op("replace", "/Business", {"id": "5"}),
        ]
    )
    assert (after["Source"], after["Xstop"], after["Department"]) == (7, False, "12")
    assert after["DbiLastModified"] == "2021-02-03T02:05:06"
    assert after["Business"] == {"Id": 5}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *(("/Source", "many"), ("/Source", 2**31), ("/DbiLastModified", "2021-02-30"), ("/Name", {})),
        *(("/Phones", {"Value": "1"}), ("/Phones/0", "02"), ("/Category", 3), ("/CustomFields", []), ("/CustomFields/a", {})),
        *(("/Address/Wgs84Latitude", 10**400), ("/Interests", {}), ("/Interests/0", 3)),
        pytest.param("/Source", 10**5000, id="a number of five thousand digits"),
        pytest.param("/Name", 10**5000, id="the same for a text"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit_are_refused(path: str, value: Any) -> None:
    """As they are in any body."""
    with pytest.raises(BadRequest):
        patched([op("replace", path, value)])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *(("/ContactId", None), ("/Source", "4"), ("/Source", 4.0), ("/Xstop", "true"), ("/Name", "Elan Hoppski")),
        *(("/Category/Id", "3"), ("/UpdatedDate", "2026-03-01T13:00:00+01:00"), ("/Domains", ["elan.no", "hoppski.no"])),
        *(("/Department", "AAvdeling"), ("/Business/id", 2), ("/Faxes", [])),
        *(("/SupportAssociate", None), ("/SupportAssociate/AssociateId", None), ("/OrgNr", ""), ("/Kananame", None)),
        *(("/CustomFields/SuperOffice:3", "[I:7]"), ("/customfields/superoffice:1", "first"), ("/Interests/0/Selected", False)),
        ("/Emails", [{"Value": "a@example.com", "StrippedValue": "a@example.com"}]),
    ],
)  # fmt: skip
def test_a_test_compares_by_meaning(path: str, value: Any) -> None:
    """What was sent is made to fit first; null means empty."""
    entity = contact()
    value = entity["ContactId"] if path == "/ContactId" else value
    assert patched([op("test", path, value)], entity) == entity


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *(("/Name", "elan hoppski"), ("/Name", {}), ("/Source", 5), ("/Source", "many"), ("/Domains", ["elan.no"])),
        *(("/Phones", None), ("/Category", {"Id": 3}), ("/Category", None), ("/UpdatedDate", "2026-03-01T12:00:01Z")),
        *(("/Domains", ["hoppski.no", "elan.no"]), ("/CustomFields/nothing", "1"), ("/CustomFields", {})),
        ("/SupportAssociate/AssociateId", 3),
    ],
)  # fmt: skip
def test_a_test_that_fails_is_a_conflict(path: str, value: Any) -> None:
    """In the published words (protocol 2)."""
    with pytest.raises(Conflict) as caught:
        patched([op("replace", "/Name", "Elan Hoppski"), op("test", path, value)])
    assert caught.value.message == CONFLICT
    assert CONFLICT == "Update blocked because a 'test' operation has detected a conflict with the entity value."


def test_operations_run_in_order() -> None:
    """Each sees what those before it did, a test as well."""
    after = patched([op("add", "/Domains/0", "new.no"), op("test", "/Domains/1", "elan.no"), op("remove", "/Domains/2")])
    assert after["Domains"] == ["new.no", "elan.no"]


# --- removing


@pytest.mark.parametrize(
    "body", [lambda name: [op("remove", f"/{name}")], lambda name: {name.lower(): None}], ids=["json", "merge"]
)
@pytest.mark.parametrize(
    ("member", "empty"),
    [
        *(("Department", ""), ("Source", 0), ("Xstop", False), ("DbiLastModified", "0001-01-01T00:00:00"), ("Phones", [])),
        *(("Domains", []), ("ExtraFields", {}), ("SupportAssociate", None)),
    ],
)  # fmt: skip
def test_a_removed_member_is_empty(body: Any, member: str, empty: Any) -> None:
    """A carrier cannot lose a member: it holds what it holds when nobody set it."""
    assert patched(body(member))[member] == empty


@pytest.mark.parametrize("body", [[op("remove", "/Category")], [op("replace", "/Category", None)], {"Category": None}])
def test_a_removed_reference_is_cleared(contacts: Desk, key: int, body: Any) -> None:
    """It has id 0 and no name, which is what clears it when it is saved (contact-domain 3.2)."""
    category = patched(body)["Category"]
    assert (category["Id"], category["Value"]) == (0, "")
    assert saved(contacts, key, body)["Category"] is None


def test_a_removed_address_is_empty(contacts: Desk, key: int) -> None:
    """Both views of it."""
    address = saved(contacts, key, [op("remove", "/Address")])["Address"]
    assert address["Street"]["City"] == ""
    assert address["Formatted"] == ""


def test_a_removed_key_is_gone() -> None:
    """A dictionary, unlike a carrier, has only what was put in; what it has not cannot be removed."""
    assert "x" not in patched([op("remove", "/ExtraFields/X")], contact() | {"ExtraFields": {"x": "1"}})["ExtraFields"]
    assert patched({"ExtraFields": {"y": None}})["ExtraFields"] == {}
    with pytest.raises(BadRequest, match="there is no key 'y'"):
        patched([op("remove", "/ExtraFields/y")])


# --- arrays, dictionaries, interests


def test_merging_one_object_into_an_array_appends_it() -> None:
    """`add /Phones/-` is what it stands for (protocol 2)."""
    appended = patched({"phones": {"value": "04"}})
    assert appended["Phones"] == [*contact()["Phones"], {"Value": "04"}]
    assert appended == patched([op("add", "/Phones/-", {"Value": "04"})])


def test_merging_an_array_replaces_the_whole() -> None:
    """RFC 7396, and the vendor's."""
    assert patched({"Phones": [{"Value": "04"}]})["Phones"] == [{"Value": "04"}]


@pytest.mark.parametrize(
    "body", [[op("replace", "CustomFields", {"SuperOffice:1": "Testing"})], {"customfields": {"SuperOffice:1": "Testing"}}]
)
def test_a_dictionary_changes_by_key(contacts: Desk, key: int, body: Any) -> None:
    """The documented example changes that field only (contact-domain 3.13)."""
    before = contacts.read(key)
    after = saved(contacts, key, body)
    fields = before["CustomFields"] | {"SuperOffice:1": "Testing", "SuperOffice:1:org": "Testing"}
    assert after["CustomFields"] == fields
    assert after["UserDefinedFields"] == before["UserDefinedFields"] | {"SuperOffice:1": "Testing"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([op("add", "/Interests", [{"Id": "1", "Selected": True}])], id="add a partial array"),
        pytest.param([op("replace", "Interests", [{"id": 1, "selected": "true"}])], id="replace by a partial array"),
        pytest.param([op("add", "/Interests/-", {"Id": 1, "Selected": True})], id="append"),
        pytest.param([op("add", "/Interests/0", {"Id": 1, "Selected": True})], id="insert"),
        pytest.param({"Interests": [{"Id": 1, "Selected": True}, {"Id": 4711, "Selected": True}]}, id="merge an array"),
        pytest.param({"Interests": {"Id": "1", "Selected": True}}, id="merge an item"),
    ],
)
def test_only_the_listed_interests_change(contacts: Desk, key: int, body: Any) -> None:
    """By their ids, which may be text; the others keep their state (contact-domain 3.8, 3.13)."""
    before = contacts.read(key)["Interests"]
    expected = [item | {"Selected": item["Id"] in (1, 3)} for item in before]
    assert patched(body)["Interests"] == expected
    assert saved(contacts, key, body)["Interests"] == expected


@pytest.mark.parametrize("value", [True, {"Selected": True}])
def test_an_interest_is_reached_by_its_index(contacts: Desk, key: int, value: Any) -> None:
    """`/Interests/0/Selected` is documented to work."""
    path = "/Interests/0/Selected" if value is True else "/Interests/0"
    after = saved(contacts, key, [op("replace", path, value)])
    assert after["Interests"][0]["Selected"] is True
    assert after["Interests"][0]["Name"] == contact()["Interests"][0]["Name"]


def test_interests_below_a_heading_are_found() -> None:
    """Ids are unique in the whole list."""
    heading = {"Id": 50, "Selected": False, "ChildItems": [{"Id": 51, "Selected": False}, {"Id": 52, "Selected": True}]}
    after = patched({"Interests": [{"Id": 51, "Selected": True}]}, contact() | {"Interests": [heading]})
    assert after["Interests"] == [heading | {"ChildItems": [{"Id": 51, "Selected": True}, {"Id": 52, "Selected": True}]}]


# --- one thing shown twice


@pytest.mark.parametrize("member", ["CustomFields", "UserDefinedFields"])
@pytest.mark.parametrize("merge", [True, False])
def test_the_custom_field_that_was_patched_is_saved(contacts: Desk, key: int, member: str, merge: bool) -> None:  # noqa: FBT001
    """Whichever of the two maps it was patched in (contact-domain 3.10)."""
    changes = {"SuperOffice:1": "Testing", "superoffice:3": "[I:9]"}
    steps = [op("replace", f"/{member}/{name}", value) for name, value in changes.items()]
    after = saved(contacts, key, {member: changes} if merge else steps)
    for each in ("CustomFields", "UserDefinedFields"):
        assert (after[each]["SuperOffice:1"], after[each]["SuperOffice:3"]) == ("Testing", "[I:9]")


@pytest.mark.parametrize("member", ["CustomFields", "UserDefinedFields"])
@pytest.mark.parametrize("merge", [True, False])
def test_a_custom_field_that_was_removed_is_empty(contacts: Desk, key: int, member: str, merge: bool) -> None:  # noqa: FBT001
    """As it is when a whole entity is saved with null in it."""
    after = saved(contacts, key, {member: {"SuperOffice:1": None}} if merge else [op("remove", f"/{member}/SuperOffice:1")])
    assert (after["CustomFields"]["SuperOffice:1"], after["UserDefinedFields"]["SuperOffice:1"]) == ("", "")
    assert after["CustomFields"]["SuperOffice:3"] == "[I:7]"


def test_a_field_removed_from_both_maps_is_empty(contacts: Desk, key: int) -> None:
    """And one that was removed from one and set in the other has the value that was set."""
    gone = [op("remove", "/CustomFields/SuperOffice:1"), op("remove", "/UserDefinedFields/SuperOffice:1")]
    assert saved(contacts, key, gone)["CustomFields"]["SuperOffice:1"] == ""
    given_back = [
        *gone[:1],
        op("replace", "/UserDefinedFields/SuperOffice:3", "[I:8]"),
        op("remove", "/CustomFields/SuperOffice:3"),
    ]
    assert saved(contacts, key, given_back)["CustomFields"]["SuperOffice:3"] == "[I:8]"


def test_a_whole_entity_as_merge_document_follows_the_org_rule(contacts: Desk, key: int) -> None:
    """`CustomFields` sent back as they were do not undo what changed in the other map."""
    entity = contacts.read(key)
    entity["UserDefinedFields"]["SuperOffice:1"] = "Testing"
    assert saved(contacts, key, entity)["CustomFields"]["SuperOffice:1"] == "Testing"


def test_a_whole_entity_as_merge_document_changes_nothing(contacts: Desk, key: int) -> None:
    """What was read, sent back as a patch."""
    before = contacts.read(key)
    assert saved(contacts, key, deepcopy(before)) == before


def test_the_view_of_an_address_that_was_patched_wins(contacts: Desk, key: int) -> None:
    """The other one, unchanged, is not saved over it (contact-domain 3.6)."""
    street = contacts.read(key)["Address"]["Street"] | {"City": "Bergen"}
    after = saved(contacts, key, [op("replace", "/Address/Street", street)])["Address"]
    assert (after["Street"]["City"], after["Street"]["Address1"]) == ("Bergen", "B-gaten 45")
    assert "Bergen" in after["Formatted"]
    after = saved(contacts, key, {"Address": {"Street": {"City": "Molde"}}})["Address"]
    assert (after["Street"]["City"], after["Street"]["Address1"]) == ("Molde", "B-gaten 45")
    row, column = next(
        (row, column)
        for row, line in enumerate(after["LocalizedAddress"])
        for column, field in enumerate(line)
        if field["Name"] == "StreetCity"
    )
    after = saved(contacts, key, [op("replace", f"/Address/LocalizedAddress/{row}/{column}/Value", "Hamar")])["Address"]
    assert after["Street"]["City"] == "Hamar"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"Category": {"Id": 2}}, 2, id="the id, merged"),
        pytest.param([op("replace", "/Category/Id", 2)], 2, id="the id, by its path"),
        pytest.param({"Category": {"Value": "Potensiell kunde"}}, 2, id="the name, merged"),
        pytest.param([op("replace", "/Category", {"Value": "Potensiell kunde"})], 2, id="a reference by name"),
        pytest.param([op("replace", "/Category/Value", "Potensiell kunde")], 2, id="the name, by its path"),
        pytest.param({"Category": {"Id": 3, "Value": "in another language"}}, 3, id="both: the id"),
        pytest.param({"Category": {"Id": 0}}, None, id="id 0"),
        pytest.param([op("remove", "/Category/Value")], 3, id="the name removed"),
    ],
)
def test_a_reference_is_patched_by_id_or_by_name(contacts: Desk, key: int, body: Any, expected: int | None) -> None:
    """The one that was not named gives way to the one that was (contact-domain 3.3)."""
    category = saved(contacts, key, body)["Category"]
    assert (category and category["Id"]) == expected


# --- merging


def test_merging_goes_by_name_in_any_case_and_ignores_what_is_unknown() -> None:
    """As any JSON body does; rights cannot be changed."""
    entity = contact()
    after = patched({"nAME": "Elan", "Nowhere": 1, "TableRight": {"Mask": "None"}, "FieldProperties": None}, entity)
    assert after == entity | {"Name": "Elan"}


def test_merging_into_null_is_not_applied_on_rest() -> None:
    """Silently (contact-domain 3.13); an agent's save fills it, and a JSON Patch does anywhere."""
    document = {"SupportAssociate": {"AssociateId": 3}, "Name": "Elan"}
    assert patched(document) == contact() | {"Name": "Elan"}
    assert patched(document, rest=False)["SupportAssociate"]["AssociateId"] == 3
    assert patched([op("add", "/SupportAssociate", {"AssociateId": 3})])["SupportAssociate"]["AssociateId"] == 3


# --- which entity


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


# --- laws


def _sorted(value: Any) -> Any:
    """The same value with the members of its objects in order, to be compared with its types."""
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    return [_sorted(each) for each in value] if isinstance(value, list) else value


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


# --- bounds


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
