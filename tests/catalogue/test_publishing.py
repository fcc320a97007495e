"""Tests of the publisher, on small descriptions made by hand, and of the document it made."""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.publishing import Publisher, dumped, main

Json = dict[str, Any]
MEDIA = [["application/json"], ["application/json", "text/json"], []]
TEXT, NUMBER = {"type": "string"}, {"type": "integer", "format": "int32"}


def operation(path: str, **more: Any) -> Json:
    """One operation as the Swagger extract has it."""
    agent = "/Agents/" in path
    known: Json = {
        "http": "POST" if agent else "GET",
        "path": path,
        "group": "x",
        "from": "agent" if agent else "rest",
        "parameters": [],
        "responses": {"200": {"ref": "Thing"}},
        "consumes": 2,
        "produces": 1,
    }
    return known | more


def swagger(carriers: Json | None = None, operations: Json | None = None) -> Json:
    """A Swagger extract with these carriers and operations."""
    return {
        "source": {"what": "swagger"},
        "headers_on_every_operation": ["Authorization"],
        "media": MEDIA,
        "operations": operations or {},
        "carriers": {name: {"fields": fields} for name, fields in (carriers or {}).items()},
    }


def said(kind: str, *, array: bool = False, dictionary: bool = False, enum: bool = False) -> Json:
    """One member as the client schema has it."""
    return {"type": kind, "array": array, "dict": dictionary, "enum": enum}


RIGHTS = {"TableRight": said("TableRight"), "FieldProperties": said("FieldProperty", dictionary=True)}


def client(
    carriers: Json | None = None, agents: Json | None = None, enums: Json | None = None, flags: tuple[str, ...] = ()
) -> Json:
    """A client schema; a carrier is its members, or its base and its members."""
    known: Json = {"Carrier": {"base": None, "fields": RIGHTS}}
    for name, each in (carriers or {}).items():
        base, fields = each if isinstance(each, tuple) else ("Carrier", each)
        known[name] = {"base": base, "fields": fields}
    return {
        "source": {"package": "client"},
        "carriers": known,
        "agents": agents or {},
        "enums": enums or {},
        "flags": list(flags),
        "dictionaries": {"StringDictionary": "string", "FieldPropertyDictionary": "FieldProperty"},
    }


def method(path: str, returns: str = "Thing", **more: Any) -> Json:
    """One agent method as the client schema has it."""
    return {"http": "POST", "path": path, "query": [], "returns": returns} | more


def published(described: Json, known: Json) -> tuple[Json, list[str]]:
    """The document and the disagreements."""
    publisher = Publisher(described, known)
    document = publisher.publish()
    assert document["about"]["disagreements"] == len(publisher.disagreements)
    return document, publisher.disagreements


# --- carriers


def test_members_keep_the_order_of_swagger() -> None:
    """Swagger's order, which is that of the wire, is kept; the client's keys are sorted and say nothing."""
    fields = {"Zip": TEXT, "Id": NUMBER, "Name": TEXT}
    document, disagreements = published(
        swagger({"Thing": fields}), client({"Thing": {"Id": said("number"), "Name": said("string"), "Zip": said("string")}})
    )
    assert list(document["carriers"]["Thing"]["fields"]) == ["Zip", "Id", "Name"]
    assert disagreements == []


@pytest.mark.parametrize(
    ("described", "text"),
    [
        (TEXT, "string"),
        (NUMBER, "int32"),
        ({"type": "integer", "format": "int64"}, "int64"),
        ({"type": "integer"}, "int32"),
        ({"type": "number", "format": "double"}, "double"),
        ({"type": "number"}, "double"),
        ({"type": "boolean"}, "boolean"),
        ({"type": "string", "format": "date-time"}, "date-time"),
        ({"type": "string", "format": "byte"}, "byte"),
        ({"type": "file"}, "stream"),
        ({"type": "object"}, "any"),
        ({}, "any"),
        ({"ref": "Some.Other"}, "Other"),
        ({"array": {"ref": "Some.Other"}}, "Other[]"),
        ({"array": {"array": TEXT}}, "string[][]"),
        ({"map": TEXT}, "{string}"),
        ({"ref": "Some.Other", "mdo": "business"}, "Other @business"),
    ],
    ids=str,
)
def test_a_type_has_one_notation(described: Json, text: str) -> None:
    """Types and formats of Swagger become the notation of the document."""
    document, disagreements = published(swagger({"Thing": {"X": described}, "Some.Other": {}}), client())
    assert document["carriers"]["Thing"]["fields"] == {"X": text}
    assert disagreements == []


def test_carriers_are_known_by_the_last_part_of_their_name() -> None:
    """A carrier's short name is the last part of its full one, or the last two where that is taken twice."""
    document, _ = published(swagger({"A.B.Thing": {}, "A.C.Thing": {}, "A.Other": {}}), client())
    assert list(document["carriers"]) == ["B.Thing", "C.Thing", "Other"]


def test_an_enum_is_named_and_numbered_by_the_client() -> None:
    """Swagger only lists members; the client's field gives the enum's name, and the client its numbers."""
    enums = {"Colour": {"Red": 4, "None": 0}, "Mood": {"Red": 1, "None": 0}}
    document, disagreements = published(
        swagger({"Thing": {"Tint": {"type": "string", "enum": ["None", "Red"]}}}),
        client({"Thing": {"Tint": said("Mood", enum=True)}}, enums=enums),
    )
    assert document["carriers"]["Thing"]["fields"] == {"Tint": "enum Mood"}
    assert list(document["enums"]["Colour"]["members"].items()) == [("None", 0), ("Red", 4)]
    assert disagreements == []


@pytest.mark.parametrize("members", [["None", "Red"], ["None", "Red", "UndefinedValue8"]], ids=["all", "one that is undefined"])
def test_an_enum_the_client_has_no_field_for_is_known_by_its_members(members: list[str]) -> None:
    """Where the client does not know the member, an enum with the same members is meant."""
    document, _ = published(
        swagger({"Thing": {"Tint": {"type": "string", "enum": members}}}), client(enums={"Colour": {"None": 0, "Red": 4}})
    )
    assert document["carriers"]["Thing"]["fields"] == {"Tint": "enum Colour"}


def test_flags_are_marked() -> None:
    """Only the enums that the client combines are marked as flags."""
    document, _ = published(swagger(), client(enums={"Day": {"Monday": 1}, "Colour": {"Red": 1}}, flags=("Day",)))
    assert document["enums"]["Day"].get("flags") is True
    assert "flags" not in document["enums"]["Colour"]


def test_inheritance_is_the_clients() -> None:
    """A carrier names the carrier it extends, unless that is the root of all."""
    document, disagreements = published(
        swagger({"Base": {"Id": NUMBER}, "Thing": {"Id": NUMBER, "Name": TEXT}}),
        client({"Base": {"Id": said("number")}, "Thing": ("Base", {"Name": said("string")})}),
    )
    assert "base" not in document["carriers"]["Base"]
    assert document["carriers"]["Thing"]["base"] == "Base"
    assert disagreements == []


def test_a_carrier_with_links_is_compared_with_the_one_without() -> None:
    """REST's `…WithLinks` is the client's carrier and `_Links`, which is no disagreement."""
    enum = {"type": "string", "enum": ["None", "Red"]}
    document, disagreements = published(
        swagger({"ThingWithLinks": {"Tint": enum, "_Links": {"map": TEXT}}}),
        client({"Thing": {"Tint": said("Colour", enum=True)}}, enums={"Colour": {"None": 0, "Red": 1}}),
    )
    assert document["carriers"]["ThingWithLinks"]["fields"] == {"Tint": "enum Colour", "_Links": "{string}"}
    assert not any("_Links" in each for each in disagreements)


def test_a_carrier_of_the_client_alone_is_added() -> None:
    """A carrier that only the client knows is added with the members of its bases, rights last, and listed."""
    carriers = {
        "Base": {"Id": said("number")},
        "Thing": ("Base", {"Name": said("string"), "When": said("date")}),
        "Tool": (None, {}),
    }
    document, disagreements = published(swagger(), client(carriers))
    fields = document["carriers"]["Thing"]["fields"]
    assert list(fields) == ["Id", "Name", "When", "TableRight", "FieldProperties"]
    assert [fields[each] for each in ("Id", "Name", "When")] == ["int32", "string", "date-time"]
    assert document["carriers"]["Thing"]["base"] == "Base"
    assert "Tool" not in document["carriers"]
    assert sum("only the client has this carrier" in each for each in disagreements) == 2


# --- operations


def test_an_operation_is_kept_with_all_it_says() -> None:
    """Method, path, parameters by place, body, answers and media are those of Swagger; `!` marks what is required."""
    described = operation(
        "/api/v1/Thing/{id}/{name}",
        http="PUT",
        parameters=[
            {"name": "id", "in": "path", "required": True, **NUMBER},
            {"name": "name", "in": "path", "required": True, **TEXT},
            {"name": "deep", "in": "query", "required": True, "type": "boolean"},
            {"name": "$select", "in": "query", **TEXT},
            {"name": "file", "in": "formData", "type": "file"},
        ],
        body={"name": "entity", "ref": "Thing"},
        responses={"200": {"array": {"ref": "Thing"}}, "412": None},
        consumes=0,
    )
    document, _ = published(swagger({"Thing": {}}, {"v1Thing_Put": described}), client())
    assert document["operations"] == {
        "v1Thing_Put": {
            "http": "PUT",
            "path": "/api/v1/Thing/{id}/{name}",
            "at": {"id": "int32", "name": "string"},
            "query": {"deep": "boolean!", "$select": "string"},
            "form": {"file": "stream"},
            "body": ["entity", "Thing"],
            "answers": {"200": "Thing[]", "412": None},
            "consumes": 0,
            "produces": 1,
        }
    }


def test_a_method_of_the_client_alone_is_added() -> None:
    """A method that only the client calls is published with the types it knows, marked, and listed."""
    agents = {
        "Thing": {
            "Get": method("/api/v1/Agents/Thing/Get", query=[{"name": "id", "type": "number"}]),
            "Save": method("/api/v1/Agents/Thing/Save", body={"entity": "Thing"}),
            "Drop": method("/api/v1/Agents/Thing/Drop", "void", body=[{"name": "Ids", "type": "number"}]),
        }
    }
    document, disagreements = published(swagger({"Thing": {}}), client({"Thing": {}}, agents))
    operations = document["operations"]
    assert list(operations) == ["v1ThingAgent_Get", "v1ThingAgent_Save", "v1ThingAgent_Drop"]
    assert operations["v1ThingAgent_Get"]["query"] == {"id": "int32!"}
    assert operations["v1ThingAgent_Get"]["answers"] == {"200": "Thing"}
    assert operations["v1ThingAgent_Save"]["body"][1] == "Thing"
    assert operations["v1ThingAgent_Drop"]["body"][1] == "any"
    assert operations["v1ThingAgent_Drop"]["answers"] == {"204": None}
    assert {each["source"] for each in operations.values()} == {"client schema only"}
    assert sum("only the client has this method" in each for each in disagreements) == 3


def test_what_both_describe_alike_is_no_disagreement() -> None:
    """Two descriptions that agree leave nothing to list."""
    described = operation(
        "/api/v1/Agents/Thing/Get",
        parameters=[{"name": "id", "in": "query", **NUMBER}, {"name": "$select", "in": "query", **TEXT}],
    )
    known = method("/api/v1/Agents/Thing/Get", query=[{"name": "id", "type": "number"}])
    both = {
        "Id": NUMBER,
        "Size": {"type": "number", "format": "double"},
        "Tags": {"map": TEXT},
        "Parts": {"array": {"ref": "Thing"}},
    }
    theirs = {"Id": said("number"), "Size": said("number"), "Tags": said("StringDictionary"), "Parts": said("Thing", array=True)}
    _, disagreements = published(
        swagger({"Thing": both}, {"v1ThingAgent_Get": described}), client({"Thing": theirs}, {"Thing": {"Get": known}})
    )
    assert disagreements == []


PATH = "/api/v1/Agents/Thing/Get"
METHOD = {"v1ThingAgent_Get": operation(PATH)}


@pytest.mark.parametrize(
    ("described", "known", "sentence"),
    [
        (
            swagger({"Thing": {"Id": NUMBER, "New": TEXT}}),
            client({"Thing": {"Id": said("number")}}),
            "Thing: only Swagger has New; kept",
        ),
        (
            swagger({"Thing": {"Id": NUMBER}}),
            client({"Thing": {"Id": said("number"), "Old": said("string")}}),
            "Thing: only the client has Old; left out, since order and format are unknown",
        ),
        (
            swagger({"Thing": {"Tags": TEXT}}),
            client({"Thing": {"Tags": said("StringDictionary")}}),
            "Thing.Tags: Swagger says string, the client a dictionary; Swagger kept",
        ),
        (
            swagger({"Thing": {"Tags": TEXT}}),
            client({"Thing": {"Tags": said("string", array=True)}}),
            "Thing.Tags: Swagger says string, the client string[]; Swagger kept",
        ),
        (
            swagger({"Thing": {"Id": TEXT}}),
            client({"Thing": {"Id": said("number")}}),
            "Thing.Id: Swagger says string, the client number; Swagger kept",
        ),
        (
            swagger({"Thing": {"Tint": TEXT}}),
            client({"Thing": {"Tint": said("Colour", enum=True)}}, enums={"Colour": {"Red": 1}}),
            "Thing.Tint: Swagger says string, the client enum Colour; the client kept",
        ),
        (
            swagger({"Thing": {"Tint": {"type": "string", "enum": ["Red", "Blue"]}}}),
            client({"Thing": {"Tint": said("Colour", enum=True)}}, enums={"Colour": {"Red": 1}}),
            "Thing.Tint: enum Colour differs in Blue; the client kept",
        ),
        (
            swagger({"Thing": {"Tint": {"type": "string", "enum": ["Red", "Blue"]}}}),
            client(),
            "Thing.Tint: no enum of the client has the members ['Red', 'Blue']; numbers counted from 0",
        ),
        (
            swagger(),
            client({"Thing": {"Id": said("number")}}),
            "Thing: only the client has this carrier; added, in the client's order",
        ),
        (swagger({"Thing": {}}, METHOD), client(), "v1ThingAgent_Get: only Swagger has this method; kept"),
        (
            swagger({"Thing": {}}, METHOD),
            client(agents={"Thing": {"Get": method(PATH.upper())}}),
            f"v1ThingAgent_Get: the client says POST {PATH.upper()}; Swagger kept",
        ),
        (
            swagger({"Thing": {}}, METHOD),
            client(agents={"Thing": {"Get": method(PATH, query=[{"name": "id", "type": "number"}])}}),
            "v1ThingAgent_Get: query [] in Swagger, ['id'] in the client; Swagger kept",
        ),
        (
            swagger({"Thing": {}}, METHOD),
            client(agents={"Thing": {"Get": method(PATH, "string")}}),
            "v1ThingAgent_Get: answers Thing in Swagger, string in the client; Swagger kept",
        ),
        (
            swagger({"Thing": {}}, METHOD),
            client(agents={"Thing": {"Get": method("/api/v1/Agents/Thing/Fetch")}}),
            "v1ThingAgent_Get: the client says /api/v1/Agents/Thing/Fetch, Swagger /api/v1/Agents/Thing/Get; both kept",
        ),
        (
            swagger({"Thing": {}}),
            client(agents={"Thing": {"Get": method(PATH)}}),
            "v1ThingAgent_Get: only the client has this method; added with its types",
        ),
    ],
    ids=[
        "a member of Swagger alone",
        "a member of the client alone",
        "a dictionary",
        "an array",
        "another type",
        "an enum that Swagger calls a string",
        "another member of an enum",
        "an enum of Swagger alone",
        "a carrier of the client alone",
        "a method of Swagger alone",
        "another path",
        "another query",
        "another answer",
        "one id for two paths",
        "a method of the client alone",
    ],
)
def test_a_disagreement_is_listed(described: Json, known: Json, sentence: str) -> None:
    """Where the two descriptions differ, one sentence says in what and which of them is kept."""
    _, disagreements = published(described, known)
    assert sentence in disagreements


def test_two_paths_under_one_id_are_both_published() -> None:
    """Where the client calls another path by the id that Swagger has, both are operations."""
    agents = {"Thing": {"Get": method("/api/v1/Agents/Thing/Fetch")}}
    document, _ = published(swagger({"Thing": {}}, METHOD), client(agents=agents))
    assert [each["path"] for each in document["operations"].values()] == [PATH, "/api/v1/Agents/Thing/Fetch"]


def test_an_enum_of_swagger_alone_is_counted() -> None:
    """The numbers of an enum that the client does not know are counted from 0, and marked as counted."""
    document, _ = published(swagger({"Thing": {"Tint": {"type": "string", "enum": ["Red", "Blue"]}}}), client())
    assert document["enums"] == {"Thing.Tint": {"members": {"Red": 0, "Blue": 1}, "counted": True}}
    assert document["carriers"]["Thing"]["fields"] == {"Tint": "enum Thing.Tint"}


# --- the file


def test_the_document_is_a_catalogue() -> None:
    """What the publisher makes is what the loader reads."""
    document, _ = published(swagger({"Thing": {"Id": NUMBER}}, {"v1Thing_Get": operation("/api/v1/Thing")}), client())
    catalogue = Catalogue(json.loads(dumped(document)))
    assert catalogue.operation("v1Thing_Get").produces == ("application/json", "text/json")
    assert [each.name for each in catalogue.carrier("Thing").fields] == ["Id"]


def test_the_command_writes_document_and_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command reads two files, writes the document and lists the disagreements, in a file if one is named."""
    one, two, document, report = (tmp_path / name for name in ("swagger.json", "schema.json", "out.json", "report.txt"))
    one.write_text(json.dumps(swagger({"Thing": {"New": TEXT}})), "utf-8")
    two.write_text(json.dumps(client({"Thing": {}})), "utf-8")
    monkeypatch.setattr(sys, "argv", ["publishing", str(one), str(two), "--output", str(document)])
    main()
    sentence = "Thing: only Swagger has New; kept\n"
    assert capsys.readouterr().out == sentence
    assert json.loads(document.read_text("utf-8"))["carriers"] == {"Thing": {"fields": {"New": "string"}}}
    monkeypatch.setattr(sys, "argv", [*sys.argv, "--report", str(report)])
    main()
    assert report.read_text("utf-8") == sentence
    assert capsys.readouterr().out == ""


@pytest.fixture(scope="module")
def text() -> str:
    """The generated file that is shipped."""
    return (files("mockserver.catalogue") / "published.json").read_text("utf-8")


@pytest.fixture(scope="module")
def document(text: str) -> Json:
    """What the generated file holds."""
    known: Json = json.loads(text)
    return known


def test_the_shipped_file_is_as_the_publisher_writes_it(text: str, document: Json) -> None:
    """The generated file is never edited: it is byte for byte what the publisher writes of its content."""
    assert dumped(document) == text


def test_the_shipped_file_says_where_it_is_from(document: Json) -> None:
    """The first key says from what, when and under which licence the file was made."""
    assert next(iter(document)) == "about"
    assert document["about"]["licences"]
    assert all(document["about"]["from"])


def test_the_shipped_operations_point_at_media_there_are(document: Json) -> None:
    """Media are indices into one table, statuses are numbers, and no id or route stands twice."""
    routes = set()
    for name, row in document["operations"].items():
        assert row["http"] in ("GET", "POST", "PUT", "DELETE"), name
        assert row["path"].startswith("/api/v1/"), name
        assert row["consumes"] in range(len(document["media"])), name
        assert row["produces"] in range(len(document["media"])), name
        assert row["answers"], name
        assert all(status.isdecimal() for status in row["answers"]), name
        routes.add((row["http"], row["path"].lower()))
    assert len(routes) == len(document["operations"])


def test_the_shipped_enums_are_in_the_order_of_their_numbers(document: Json) -> None:
    """Members are sorted by number, and those that were counted count from 0."""
    for name, enum in document["enums"].items():
        numbers = list(enum["members"].values())
        assert numbers == sorted(numbers), name
        if enum.get("counted"):
            assert numbers == list(range(len(numbers))), name


def test_the_shipped_carriers_end_in_their_rights(document: Json) -> None:
    """Rights come last on the wire, and `_Links` after them (protocol 1.2)."""
    for name, carrier in document["carriers"].items():
        last = [each for each in carrier["fields"] if each in ("TableRight", "FieldProperties", "_Links")]
        assert list(carrier["fields"])[len(carrier["fields"]) - len(last) :] == last, name
        assert last in ([], ["_Links"], ["TableRight", "FieldProperties"], ["TableRight", "FieldProperties", "_Links"]), name
