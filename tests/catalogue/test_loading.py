"""Tests of loading: the shipped files are whole, and a file that does not fit is refused with its name."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
import yaml

from mockserver.catalogue.loading import PROVENANCES, Catalogue, load_catalogue
from mockserver.catalogue.model import Kind, Place, Type
from mockserver.catalogue.shapes import Shapes
from mockserver.errors import CatalogueError

FOLDER = files("mockserver.catalogue")


def named(folder: str) -> list[str]:
    """The data files of a folder."""
    return sorted(each.name for each in (FOLDER / folder).iterdir() if each.name.endswith((".yaml", ".json")))


def described(path: str) -> Any:
    """What a data file holds."""
    text = (FOLDER / path).read_text("utf-8")
    return json.loads(text) if path.endswith(".json") else yaml.safe_load(text)


# --- what is shipped


def test_every_swagger_operation_is_in(catalogue: Catalogue) -> None:
    """All 3,317 operations of the vendor's Swagger files are there, 2,007 of them methods of agents."""
    swagger = [each for each in catalogue.operations() if each.source == "swagger"]
    assert len(swagger) == 3317
    assert sum(each.agent is not None for each in swagger) == 2007


def test_exactly_36_operations_patch(catalogue: Catalogue) -> None:
    """PATCH is on 36 entities and comes from the additions alone, with the statuses that were documented."""
    patches = [each for each in catalogue.operations() if each.method == "PATCH"]
    added = [name for name, row in described("additions.yaml")["operations"].items() if row["http"] == "PATCH"]
    assert sorted(each.id for each in patches) == sorted(added)
    assert len(patches) == 36
    assert {tuple(each.answers) for each in patches} == {(200, 404, 409, 412)}


def test_an_agent_operation_knows_its_agent(catalogue: Catalogue) -> None:
    """The agent's name is that in the path, and REST operations have none."""
    assert catalogue.operation("v1ContactAgent_SaveContactEntity").agent == "Contact"
    assert catalogue.operation("v1ContactEntity_GetContactEntity").agent is None
    assert all((each.agent is not None) == ("/Agents/" in each.path) for each in catalogue.operations())


def types_of(catalogue: Catalogue) -> Iterator[tuple[str, Type]]:
    """Every type that is named anywhere, with where it stands."""
    for operation in catalogue.operations():
        yield from ((f"{operation.id}({each.name})", each.type) for each in operation.parameters)
        yield from ((f"{operation.id} {status}", kind) for status, kind in operation.answers.items() if kind)
        if operation.body:
            yield f"{operation.id}(body)", operation.body
    for name in catalogue.carrier_names:
        yield from ((f"{name}.{each.name}", each.type) for each in catalogue.carrier(name).fields)


def test_every_type_names_what_exists(catalogue: Catalogue) -> None:
    """Parameters, bodies, answers and members name only carriers and enums that are published."""
    for where, kind in types_of(catalogue):
        innermost = kind
        while innermost.item:
            innermost = innermost.item
        if innermost.kind is Kind.CARRIER:
            assert catalogue.carrier(innermost.name).name == innermost.name, where
        elif innermost.kind is Kind.ENUM:
            assert catalogue.enum(innermost.name).members, where


def test_every_placeholder_is_a_parameter(catalogue: Catalogue) -> None:
    """The placeholders of a path and the path parameters of its operation are the same, whatever their letter case."""
    for each in catalogue.operations():
        placeholders = {part[1:-1].lower() for part in each.path.split("/") if part.startswith("{")}
        assert placeholders == {known.name.lower() for known in each.parameters if known.place is Place.PATH}, each.id


def test_every_base_is_a_carrier(catalogue: Catalogue) -> None:
    """A carrier extends a carrier that is published."""
    for name in catalogue.carrier_names:
        base = catalogue.carrier(name).base
        assert base is None or catalogue.carrier(base).name == base


@pytest.mark.parametrize("name", named("entities"))
def test_every_entity_file_is_loaded(catalogue: Catalogue, name: str) -> None:
    """Each file of `entities/` is an entity of the catalogue, bound to operations that are published."""
    entity = catalogue.entities[described(f"entities/{name}")["entity"]]
    assert entity.bindings
    assert all(catalogue.operation(each.operation) for each in entity.bindings)


@pytest.mark.parametrize("name", named("lists"))
def test_every_list_file_is_loaded(catalogue: Catalogue, shapes: Shapes, name: str) -> None:
    """Each file of `lists/` is a stock list whose columns are members of its carrier, or the address layouts."""
    raw = described(f"lists/{name}")
    if raw["list"] == "addressformat":
        assert catalogue.layouts.keys() == raw["layouts"].keys()
        return
    stock = catalogue.lists[raw["list"]]
    assert len(stock.rows) == len(raw["rows"]), "an id stands twice"
    for key, row in stock.rows.items():
        assert row[stock.key] == key
        assert stock.title in row
        if stock.carrier:
            assert shapes.filled(stock.carrier, row)[stock.key] == key


def test_the_rights_are_those_of_published_members(catalogue: Catalogue) -> None:
    """The field rights of the stock tenant name carriers, members, masks and nothing that is not published."""
    masks = catalogue.enum("EFieldRight").members
    for name, members in catalogue.rights.items():
        published = catalogue.carrier(name)
        for member, (mask, _, _, length) in members.items():
            assert member.lower() in published.by_name or "." in member, f"{name}.{member}"
            assert all(part in masks for part in mask.split(", ")), f"{name}.{member}"
            assert isinstance(length, int), f"{name}.{member}"


def test_custom_fields_draw_from_lists_there_are(catalogue: Catalogue) -> None:
    """The user-defined fields belong to entities, and those that choose from a list name one of the stock tenant."""
    for entity, members in catalogue.custom_fields.items():
        assert entity in catalogue.entities
        for name, field in members.items():
            assert field.get("list") is None or field["list"] in catalogue.lists, name


@pytest.mark.parametrize("name", ["rights.yaml", "custom_fields.yaml", *(f"lists/{each}" for each in named("lists"))])
def test_every_file_of_facts_has_a_provenance(name: str) -> None:
    """What the stock tenant holds says how sure we are of it and where it is from."""
    raw = described(name)
    assert raw["provenance"] in PROVENANCES
    assert raw["source"]


def test_every_behaviour_has_a_provenance(catalogue: Catalogue) -> None:
    """Each hand-written behaviour says what it does, how sure we are of it and where it is from, once."""
    assert len({each.id for each in catalogue.behaviours}) == len(catalogue.behaviours)
    for each in catalogue.behaviours:
        assert each.provenance in PROVENANCES
        assert each.says
        assert each.source


def test_guesses_are_the_guessed_ones(catalogue: Catalogue) -> None:
    """The to-do list holds what is guessed, all of it and nothing else."""
    guesses = list(catalogue.guesses())
    assert {each.provenance for each in guesses} == {"guessed"}
    wanted = {name for name, row in described("behaviours.yaml").items() if row["provenance"] == "guessed"}
    assert wanted <= {each.id for each in guesses}
    certain = {name for name, row in described("behaviours.yaml").items() if row["provenance"] != "guessed"}
    assert not certain & {each.id for each in guesses}


def test_the_catalogue_is_loaded_once() -> None:
    """All parts of one process share one catalogue."""
    assert load_catalogue() is load_catalogue()


@pytest.mark.parametrize("ask", ["operation", "carrier", "enum"])
def test_an_unknown_name_is_refused(catalogue: Catalogue, ask: str) -> None:
    """Asking for what is not published raises an error that repeats the name."""
    with pytest.raises(CatalogueError, match="NoSuchThing"):
        getattr(catalogue, ask)("NoSuchThing")


# --- small catalogues of our own

MEDIA = [["application/json"], []]


def row(http: str, path: str, **more: object) -> dict[str, object]:
    """One published operation."""
    at = {"id": "int32"} if "{id}" in path else {}
    return {"http": http, "path": path, "answers": {"200": "Thing"}, "consumes": 0, "produces": 0, "at": at, **more}


PUBLISHED: dict[str, Any] = {
    "media": MEDIA,
    "enums": {"Colour": {"members": {"None": 0, "Red": 1}}},
    "carriers": {"Thing": {"fields": {"ThingId": "int32", "Name": "string", "Updated": "date-time"}}},
    "operations": {
        "default": row("GET", "/api/v1/Thing/default"),
        "read": row("GET", "/api/v1/Thing/{id}"),
        "create": row("POST", "/api/v1/Thing", body=["entity", "Thing"]),
        "replace": row("PUT", "/api/v1/Thing/{id}", body=["entity", "Thing"]),
        "remove": row("DELETE", "/api/v1/Thing/{id}", answers={"204": None}),
        "other": row("GET", "/api/v1/Thing/{id}/Other"),
        "a_default": row("POST", "/api/v1/Agents/Thing/CreateDefaultThing"),
        "a_read": row("POST", "/api/v1/Agents/Thing/GetThing", query={"thingId": "int32!", "colour": "enum Colour"}),
        "a_save": row("POST", "/api/v1/Agents/Thing/SaveThing", body=["entity", "Thing"]),
        "a_remove": row("POST", "/api/v1/Agents/Thing/DeleteThing", answers={"204": None}),
    },
}
ENTITY: dict[str, Any] = {"entity": "Thing", "carrier": "Thing", "key": "ThingId", "rest": "Thing", "agents": "Thing"}
LIST: dict[str, Any] = {
    "list": "colours",
    "carrier": "Thing",
    "key": "ThingId",
    "name": "Name",
    "provenance": "recorded",
    "source": "a recording",
    "columns": ["ThingId", "Name"],
    "rows": [[1, "Red"], [2, "Green"]],
}
ADDITION: dict[str, Any] = row("PATCH", "/api/v1/Thing/{id}", certainty="documented", source="an old page")


@pytest.fixture
def small() -> Catalogue:
    """A catalogue of one thing, nothing bound yet."""
    return Catalogue(copy.deepcopy(PUBLISHED))


def test_a_published_row_becomes_an_operation(small: Catalogue) -> None:
    """Method, path, typed parameters, body, answers and media come from the row; `!` marks what is required."""
    read = small.operation("a_read")
    assert (read.method, read.agent, read.body, read.consumes) == ("POST", "Thing", None, ("application/json",))
    assert [(each.name, str(each.type), each.required) for each in read.parameters] == [
        ("thingId", "int32", True),
        ("colour", "enum Colour", False),
    ]
    assert small.operation("a_save").body == Type(Kind.CARRIER, "Thing")
    assert small.operation("remove").answers == {204: None}
    assert all(each.required for each in small.operation("read").parameters)


def test_families_expand_to_published_operations(small: Catalogue) -> None:
    """`rest` and `agents` bind the operations of their patterns, each with its verb."""
    small.add_entity("entities/thing.yaml", ENTITY)
    assert {name: each.verb for name, each in small.bindings.items()} == {
        "default": "default",
        "read": "read",
        "create": "create",
        "replace": "replace",
        "remove": "remove",
        "a_default": "default",
        "a_read": "read",
        "a_save": "save",
        "a_remove": "remove",
    }


def test_an_operation_is_bound_with_options(small: Catalogue) -> None:
    """What does not follow the pattern is bound by its id, and what the verb must be told goes along."""
    small.add_entity("entities/thing.yaml", ENTITY | {"operations": {"other": {"verb": "mine", "who": "contact"}}})
    binding = small.bindings["other"]
    assert (binding.verb, binding.entity, binding.options) == ("mine", "Thing", {"who": "contact"})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"aspect": []}, "unknown key aspect"),
        ({"carrier": "Thingy"}, "Thingy"),
        ({"key": "ThingKey"}, "no member ThingKey"),
        ({"changed": "UpdatedOn"}, "no member UpdatedOn"),
        ({"computed": ["Nothing"]}, "no member Nothing"),
        ({"defaults": {"Nothing": 1}}, "no member Nothing"),
        ({"rest": "Thingy"}, "GET /api/v1/Thingy/default"),
        ({"agents": "Thingy"}, "POST /api/v1/Agents/Thingy/GetThing"),
        ({"operations": {"nothing": {"verb": "read"}}}, "nothing"),
        ({"operations": {"read": {"verb": "read"}}}, "read is bound twice"),
    ],
    ids=[
        "an unknown key",
        "a carrier that is not published",
        "a key that is no member",
        "a stamp that is no member",
        "a computed member that is none",
        "a default for no member",
        "a REST family that is not published",
        "a family of agent methods that is not published",
        "an operation that is not published",
        "an operation that its family has bound",
    ],
)
def test_an_entity_that_does_not_fit_is_refused(small: Catalogue, change: dict[str, Any], says: str) -> None:
    """A file of `entities/` that does not fit the published API is refused, and the sentence says what is wrong."""
    with pytest.raises(CatalogueError) as caught:
        small.add_entity("entities/thing.yaml", ENTITY | change)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [{"aspect": []}, {"key": "X"}, {"rest": "X"}, {"carrier": "X"}, {"operations": {"x": {"verb": "read"}}}],
    ids=["an unknown key", "an unknown member", "an unknown family", "an unknown carrier", "an unknown operation"],
)
def test_a_refused_entity_is_named_by_its_file(small: Catalogue, change: dict[str, Any]) -> None:
    """Whatever is wrong with a file, the sentence begins with its name."""
    with pytest.raises(CatalogueError, match=r"^entities/thing\.yaml"):
        small.add_entity("entities/thing.yaml", ENTITY | change)


@pytest.mark.parametrize("missing", ["entity", "carrier", "key"])
def test_an_entity_without_a_needed_key_is_refused(small: Catalogue, missing: str) -> None:
    """A file that lacks what every entity needs is refused by name, not with a KeyError."""
    with pytest.raises(CatalogueError, match=missing):
        small.add_entity("entities/thing.yaml", {name: value for name, value in ENTITY.items() if name != missing})


def test_two_entities_cannot_share_an_operation(small: Catalogue) -> None:
    """An operation that another file has bound is refused, named with the file."""
    small.add_entity("entities/thing.yaml", ENTITY)
    other = {"entity": "Other", "carrier": "Thing", "key": "ThingId", "operations": {"read": {"verb": "read"}}}
    with pytest.raises(CatalogueError, match=r"^entities/other\.yaml: read is bound twice"):
        small.add_entity("entities/other.yaml", other)


def test_a_list_becomes_rows_by_id(small: Catalogue) -> None:
    """Rows are keyed by the key's column, and what is the same in all is in each."""
    small.add_list("lists/colours.yaml", LIST | {"same": {"Updated": ""}})
    assert small.lists["colours"].rows == {
        1: {"Updated": "", "ThingId": 1, "Name": "Red"},
        2: {"Updated": "", "ThingId": 2, "Name": "Green"},
    }


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"columnes": []}, "unknown key columnes"),
        ({"rows": [[1]]}, "1 cells for 2 columns"),
        ({"provenance": "rumoured"}, "needs a provenance"),
        ({"provenance": None}, "needs a provenance"),
        ({"source": ""}, "needs a provenance"),
    ],
    ids=["an unknown key", "a short row", "an unknown provenance", "no provenance", "no source"],
)
def test_a_list_that_does_not_fit_is_refused(small: Catalogue, change: dict[str, Any], says: str) -> None:
    """A file of `lists/` that does not fit is refused, named with what is wrong."""
    with pytest.raises(CatalogueError) as caught:
        small.add_list("lists/colours.yaml", LIST | change)
    assert str(caught.value).startswith("lists/colours.yaml")
    assert says in str(caught.value)


def test_what_a_list_guesses_is_among_the_guesses(small: Catalogue) -> None:
    """A guessed list and the guessed parts of a recorded one are on the to-do list, a recorded one is not."""
    small.add_list("lists/colours.yaml", LIST)
    assert list(small.guesses()) == []
    small.add_list("lists/tints.yaml", LIST | {"list": "tints", "guessed": ["Name"]})
    small.add_list("lists/hues.yaml", LIST | {"list": "hues", "provenance": "guessed"})
    assert [(each.provenance, each.source) for each in small.guesses()] == [
        ("guessed", "lists/tints.yaml"),
        ("guessed", "lists/hues.yaml"),
    ]


def test_an_addition_is_an_operation_like_any_other() -> None:
    """What `additions.yaml` describes is found by its id, with its source."""
    catalogue = Catalogue(copy.deepcopy(PUBLISHED), {"operations": {"patch": ADDITION}})
    assert (catalogue.operation("patch").method, catalogue.operation("patch").source) == ("PATCH", "an old page")


def test_a_guessed_addition_is_among_the_guesses() -> None:
    """An operation that is only guessed to exist is on the to-do list."""
    catalogue = Catalogue(copy.deepcopy(PUBLISHED), {"operations": {"patch": ADDITION | {"certainty": "guessed"}}})
    assert [(each.provenance, each.source) for each in catalogue.guesses()] == [("guessed", "an old page")]


@pytest.mark.parametrize(
    ("additions", "says"),
    [
        ({"operation": {}, "operations": {}}, "unknown key operation"),
        ({"operations": {"patch": ADDITION | {"method": "PATCH"}}}, "unknown key method"),
        ({"operations": {"patch": ADDITION | {"source": ""}}}, "needs a provenance"),
        ({"operations": {"patch": ADDITION | {"certainty": "likely"}}}, "needs a provenance"),
        ({"operations": {"read": ADDITION}}, "is published already"),
    ],
    ids=["an unknown section", "an unknown key", "no source", "an unknown certainty", "what is published"],
)
def test_an_addition_that_does_not_fit_is_refused(additions: dict[str, Any], says: str) -> None:
    """An entry of `additions.yaml` that does not fit is refused, named with the file."""
    with pytest.raises(CatalogueError) as caught:
        Catalogue(copy.deepcopy(PUBLISHED), additions)
    assert str(caught.value).startswith("additions.yaml")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [
        ({"says": "it sings", "provenance": "documented"}, "needs a provenance"),
        ({"says": "it sings", "source": "a page"}, "needs a provenance"),
        ({"says": "it sings", "provenance": "certain", "source": "a page"}, "needs a provenance"),
        ({"says": "it sings", "provenance": "documented", "source": "a page", "sure": 1}, "unknown key sure"),
    ],
    ids=["no source", "no provenance", "an unknown provenance", "an unknown key"],
)
def test_a_behaviour_that_does_not_fit_is_refused(small: Catalogue, behaviour: dict[str, Any], says: str) -> None:
    """A behaviour without provenance is refused, named with the file."""
    with pytest.raises(CatalogueError) as caught:
        small.add_behaviours("behaviours.yaml", {"singing": behaviour})
    assert str(caught.value).startswith("behaviours.yaml: singing")
    assert says in str(caught.value)
