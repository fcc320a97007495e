"""The vendor's two descriptions → `published.json`; run by hand when the API moves.

    python -m mockserver.catalogue.publishing SWAGGER.json SCHEMA.json [--report FILE]

Swagger wins on order, formats and statuses; the client schema on enums, flags and inheritance. Names, types and values
only. Every disagreement is listed, none is dropped in silence. Must not know the rest of the catalogue: it is a
tool, and nothing imports it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

# What the client calls its types, in our words. Its `number` covers int and double: int32 is assumed where Swagger is
# silent, and the assumption is listed.
_CLIENT_TYPES = {
    "string": "string",
    "number": "int32",
    "boolean": "boolean",
    "date": "date-time",
    "binary": "byte",
    "Blob": "stream",
    "any": "any",
    "object": "any",
    "void": "",
    "int": "int32",
}


class Publisher:
    """One run: two descriptions in, one document and a list of disagreements out."""

    def __init__(self, swagger: Json, client: Json) -> None:
        self.swagger = swagger
        self.client = client
        self.disagreements: list[str] = []
        self.short = _short_names(swagger["carriers"])
        self.client_carriers = {name: carrier for name, carrier in client["carriers"].items() if name != "Carrier"}
        self.enums: dict[str, Json] = {
            name: {"members": dict(sorted(members.items(), key=lambda item: item[1]))}
            | ({"flags": True} if name in client["flags"] else {})
            for name, members in client["enums"].items()
        }
        self.by_members: dict[frozenset[str], str] = {}
        for name, members in client["enums"].items():
            self.by_members.setdefault(frozenset(members), name)

    def publish(self) -> Json:
        """The whole document."""
        carriers = {self.short[name]: self._carrier(name, each) for name, each in self.swagger["carriers"].items()}
        carriers |= self._client_only_carriers(carriers)
        operations = {name: self._operation(name, each) for name, each in self.swagger["operations"].items()}
        operations |= self._client_only_operations(operations, carriers)
        return {
            "about": {
                "what": "names, types and values of the SuperOffice web API; generated, never edited",
                "made_by": "mockserver.catalogue.publishing",
                "from": [self.swagger["source"], self.client["source"]],
                "licences": ["MIT (Swagger files)", "ISC (client package)"],
                "disagreements": len(self.disagreements),
            },
            "headers": self.swagger["headers_on_every_operation"],
            "media": self.swagger["media"],
            "enums": dict(sorted(self.enums.items())),
            "carriers": carriers,
            "operations": operations,
        }

    def _say(self, sentence: str) -> None:
        self.disagreements.append(sentence)

    # --- carriers

    def _carrier(self, full: str, carrier: Json) -> Json:
        short = self.short[full]
        known = self.client_carriers.get(short.removesuffix("WithLinks"))
        fields: dict[str, str] = {}
        for name, described in carrier["fields"].items():
            client_field = known["fields"].get(name) if known else None
            fields[name] = self._field(f"{short}.{name}", described, client_field)
        row: Json = {"fields": fields}
        if known:
            if known["base"] not in (None, "Carrier"):
                row["base"] = known["base"]
            self._compare_names(short, fields, known)
        return row

    def _compare_names(self, carrier: str, fields: dict[str, str], known: Json) -> None:
        theirs = set(known["fields"])
        base = known["base"]
        while base:
            theirs |= set(self.client["carriers"][base]["fields"])
            base = self.client["carriers"][base]["base"]
        if missing := sorted(set(fields) - theirs - {"_Links"}):
            self._say(f"{carrier}: only Swagger has {', '.join(missing)}; kept")
        if extra := sorted(theirs - set(fields) - {"TableRight", "FieldProperties"}):
            self._say(f"{carrier}: only the client has {', '.join(extra)}; left out, since order and format are unknown")

    def _field(self, where: str, described: Json, client_field: Json | None) -> str:
        enum = client_field["type"] if client_field and client_field["enum"] else None
        text = self._type(where, described, enum)
        if client_field:
            self._compare_types(where, text, client_field)
        return f"{text} @{described['mdo']}" if "mdo" in described else text

    def _compare_types(self, where: str, text: str, client_field: Json) -> None:
        theirs = client_field["type"]
        if client_field["enum"]:
            return
        if client_field["dict"] or theirs in self.client["dictionaries"]:
            if not text.startswith("{"):
                self._say(f"{where}: Swagger says {text}, the client a dictionary; Swagger kept")
            return
        if client_field["array"] != text.endswith("[]"):
            self._say(f"{where}: Swagger says {text}, the client {theirs}{'[]' * client_field['array']}; Swagger kept")
            return
        mine = text.replace("[]", "")
        same = _CLIENT_TYPES.get(theirs, theirs)
        numbers = {"int32", "int64", "double"}
        if mine != same and not (same == "int32" and mine in numbers) and not mine.endswith(f".{same}"):
            self._say(f"{where}: Swagger says {text}, the client {theirs}; Swagger kept")

    def _type(self, where: str, described: Json, enum: str | None = None) -> str:
        if "ref" in described:
            return self.short[described["ref"]]
        if "array" in described:
            return self._type(where, described["array"], enum) + "[]"
        if "map" in described:
            return "{" + self._type(where, described["map"], enum) + "}"
        if "enum" in described:
            return "enum " + self._enum(where, described["enum"], enum)
        if enum:
            self._say(f"{where}: Swagger says {described.get('type')}, the client enum {enum}; the client kept")
            return f"enum {enum}"
        kind = str(described.get("format") or described.get("type", "any"))
        return {"integer": "int32", "number": "double", "object": "any", "file": "stream", "binary": "stream"}.get(kind, kind)

    def _enum(self, where: str, members: list[str], named: str | None) -> str:
        """The name of an enum that Swagger only lists: by the client's field, else by its members."""
        name = named or self.by_members.get(frozenset(members)) or self._nearest_enum(members)
        if name is None:
            name = where
            self.enums[name] = {"members": {member: number for number, member in enumerate(members)}, "counted": True}
            self.by_members[frozenset(members)] = name
            self._say(f"{where}: no enum of the client has the members {members}; numbers counted from 0")
            return name
        known = self.enums[name]["members"]
        if odd := sorted(set(members) ^ set(known)):
            self._say(f"{where}: enum {name} differs in {', '.join(odd)}; the client kept")
        return name

    def _nearest_enum(self, members: list[str]) -> str | None:
        """An enum that differs only in `UndefinedValue…` or in one member such as `…All`."""
        defined = {each for each in members if not each.startswith("UndefinedValue")}
        for name, each in self.client["enums"].items():
            if defined and defined <= set(each) and len(set(each) - defined) <= 1:
                return str(name)
        return None

    def _client_only_carriers(self, carriers: Json) -> Json:
        """Carriers that only the client knows, which polymorphic members may hold (`FieldInfoInt`, `WorkflowStep…`)."""
        added: Json = {}
        # Entries without members or base are the client's utility classes, not wire shapes.
        for name, each in sorted(self.client_carriers.items()):
            if name in carriers or not (each["fields"] or each["base"]):
                continue
            chain = [each]
            while chain[0]["base"]:
                chain.insert(0, self.client["carriers"][chain[0]["base"]])
            fields = {field: spec for link in chain for field, spec in link["fields"].items()}
            rights = [field for field in ("TableRight", "FieldProperties") if field in fields]
            order = [field for field in fields if field not in rights] + rights
            added[name] = {"fields": {field: self._client_type(fields[field], carriers) for field in order}}
            if each["base"] not in (None, "Carrier"):
                added[name]["base"] = each["base"]
            self._say(f"{name}: only the client has this carrier; added, in the client's order")
        return added

    def _client_type(self, spec: Json, carriers: Json) -> str:
        name: str = spec["type"]
        if name in self.client["dictionaries"]:
            inner: str = self.client["dictionaries"][name]
            return "{" + _CLIENT_TYPES.get(inner, inner) + "}"
        if spec["enum"] or name in self.client["enums"]:
            text = f"enum {name}"
        else:
            text = _CLIENT_TYPES.get(name, name)
            if text == name and name not in carriers and name not in self.client_carriers and name not in _CLIENT_TYPES:
                text = "any"
        if spec["dict"]:
            text = "{" + text + "}"
        return text + "[]" if spec["array"] else text

    # --- operations

    def _operation(self, name: str, described: Json) -> Json:
        row: Json = {"http": described["http"], "path": described["path"]}
        for parameter in described.get("parameters", []):
            place = {"path": "at", "query": "query", "formData": "form"}[parameter["in"]]
            # A parameter's enum belongs to the parameter's name, whatever operation it stands in.
            where = parameter["name"] if "enum" in parameter else f"{name}({parameter['name']})"
            text = self._type(where, parameter)
            required = "!" if parameter.get("required") and place != "at" else ""
            row.setdefault(place, {})[parameter["name"]] = text + required
        if "body" in described:
            row["body"] = [described["body"]["name"], self._type(f"{name}(body)", described["body"])]
        row["answers"] = {
            status: self._type(f"{name} {status}", answer) if answer else None
            for status, answer in described["responses"].items()
        }
        row["consumes"], row["produces"] = described["consumes"], described["produces"]
        if described["from"] == "agent":
            self._compare_method(name, described, row)
        return row

    def _compare_method(self, name: str, described: Json, row: Json) -> None:
        agent, method = described["path"].rsplit("/", 2)[1:]
        known = self.client["agents"].get(agent, {}).get(method)
        if known is None:
            self._say(f"{name}: only Swagger has this method; kept")
            return
        if known["http"] != described["http"] or known["path"] != described["path"]:
            self._say(f"{name}: the client says {known['http']} {known['path']}; Swagger kept")
        ours = sorted(p for p in row.get("query", {}) if not p.startswith("$"))
        theirs = sorted(p["name"] for p in known["query"])
        if ours != theirs:
            self._say(f"{name}: query {ours} in Swagger, {theirs} in the client; Swagger kept")
        result = row["answers"].get("200")
        returns = known["returns"]
        plain = result.removeprefix("enum ") if result else ""
        wanted = _CLIENT_TYPES.get(returns.removesuffix("[]"), returns.removesuffix("[]"))
        wanted += "[]" if returns.endswith("[]") else ""
        numbers = {"int32", "int64", "double"}
        if (
            plain != wanted
            and not (wanted == "int32" and plain in numbers)
            and not (wanted.removesuffix("[]") in self.client["dictionaries"] and plain.startswith("{"))
        ):
            self._say(f"{name}: answers {result} in Swagger, {returns} in the client; Swagger kept")

    def _client_only_operations(self, operations: Json, carriers: Json) -> Json:
        """Methods that only the client calls: published, with the types it knows."""
        known = {row["path"].lower() for row in operations.values()}
        added: Json = {}
        for agent, methods in self.client["agents"].items():
            for method, each in methods.items():
                if each["path"].lower() in known:
                    continue
                name = f"v1{agent}Agent_{method}"
                if name in operations:
                    self._say(f"{name}: the client says {each['path']}, Swagger {operations[name]['path']}; both kept")
                    name += "_client"
                row: Json = {"http": each["http"], "path": each["path"]}
                for parameter in each["query"]:
                    text = self._client_type({"enum": False, "dict": False, "array": False} | parameter, carriers)
                    row.setdefault("query", {})[parameter["name"]] = text + "!"
                if each.get("body"):
                    row["body"] = ["request", self._client_body(each["body"], carriers)]
                returns = each["returns"]
                array = returns.endswith("[]")
                result = self._client_type(
                    {"type": returns.removesuffix("[]"), "enum": False, "dict": False, "array": array}, carriers
                )
                row["answers"] = {"200": result} if result else {"204": None}
                row["consumes"], row["produces"] = (0 if each.get("body") else 2), (1 if result else 2)
                row["certainty"], row["source"] = "documented", "client schema only"
                added[name] = row
                self._say(f"{name}: only the client has this method; added with its types")
        return added

    def _client_body(self, body: object, carriers: Json) -> str:
        if isinstance(body, dict) and set(body) == {"entity"} and body["entity"] in carriers | self.client_carriers:
            return str(body["entity"])
        return "any"


def _short_names(carriers: Json) -> dict[str, str]:
    """Full carrier name → its last part, or the last two where the last is taken twice."""
    seen = Counter(name.rsplit(".", 1)[-1] for name in carriers)
    return {
        name: ".".join(name.split(".")[-2:]) if seen[name.rsplit(".", 1)[-1]] > 1 and "." in name else name.rsplit(".", 1)[-1]
        for name in carriers
    }


def dumped(document: Json) -> str:
    """One line per operation, carrier and enum: readable, and small in a diff."""
    return "".join(_lines(document))


def _lines(document: Json) -> Iterator[str]:
    yield "{\n"
    for index, (section, content) in enumerate(document.items()):
        last = "," if index < len(document) - 1 else ""
        if section in ("enums", "carriers", "operations"):
            yield f"{json.dumps(section)}: {{\n"
            rows = [f"{json.dumps(name)}: {_compact(row)}" for name, row in content.items()]
            yield ",\n".join(rows) + f"\n}}{last}\n"
        else:
            yield f"{json.dumps(section)}: {_compact(content)}{last}\n"
    yield "}\n"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    """Write `published.json` beside this module and list the disagreements."""
    parser = argparse.ArgumentParser(description="Make published.json from the vendor's descriptions.")
    parser.add_argument("swagger", type=Path)
    parser.add_argument("schema", type=Path)
    parser.add_argument("--report", type=Path, help="write the disagreements here instead of to standard output")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("published.json"))
    options = parser.parse_args()
    publisher = Publisher(json.loads(options.swagger.read_text("utf-8")), json.loads(options.schema.read_text("utf-8")))
    document = publisher.publish()
    options.output.write_text(dumped(document), "utf-8")
    report = "".join(f"{line}\n" for line in publisher.disagreements)
    if options.report:
        options.report.write_text(report, "utf-8")
    else:
        sys.stdout.write(report)
    sys.stderr.write(
        f"{len(document['operations'])} operations, {len(document['carriers'])} carriers, {len(document['enums'])} enums, "
        f"{len(publisher.disagreements)} disagreements\n"
    )


if __name__ == "__main__":
    main()
