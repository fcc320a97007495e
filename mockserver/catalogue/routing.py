"""(method, path) → operation and typed arguments, in any letter case, with and without a tenant in front.

37 pairs of published operations share a path once letter case and parameter names are ignored: only the *type* of the
parameter tells them apart, so candidates are tried from the most to the least particular (literal, number, enum, text).
Must not know bodies, credentials or rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, unquote

from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Operation, Parameter, Place, Type
from mockserver.errors import InvalidArgument, NoSuchOperation, WrongVerb

TENANT = re.compile(r"Cust[0-9]+", re.IGNORECASE | re.ASCII)
_API = re.compile(r"/api(?=/|\Z)", re.IGNORECASE | re.ASCII).search
INT32 = range(-(2**31), 2**31)
INT64 = range(-(2**63), 2**63)


def split_tenant(path: str) -> tuple[str, str]:
    """`/Cust12345/api/v1/Contact` → (`Cust12345`, `/api/v1/Contact`); the tenant is "" where there is none."""
    at = path.find("/api/")
    if at < 0 or "/" in path[1:at]:  # in another letter case, at the end, or not the first of them
        found = _API(path)
        at = found.start() if found else 0
    return path[1:at], path[at:]


def canonical_tenant(name: str) -> str | None:
    """`cust12345` → `Cust12345`; None if it is no tenant's name."""
    return f"Cust{name[4:]}" if TENANT.fullmatch(name) else None


ReadQuery = Callable[[str], dict[str, object]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One operation whose path holds parameters."""

    operation: str
    method: str
    literals: tuple[str | None, ...]
    parameters: tuple[tuple[int, str, Type], ...]
    rank: tuple[int, ...]


class Router:
    """All operations of a catalogue, ready to be found."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._literal: dict[str, dict[str, str]] = {}
        self._exact: dict[tuple[str, str], str] = {}
        # By number of segments and the first of them; made into candidates when a request first needs them.
        self._rows: dict[tuple[int, str], list[str]] = {}
        self._patterns: dict[tuple[int, str], list[_Candidate]] = {}
        for name, row in catalogue.operation_rows.items():
            method, path = row["http"], row["path"]
            if "{" in path:
                segments = path.split("/")
                self._rows.setdefault((len(segments) - 3, segments[3].lower()), []).append(name)
            else:
                self._exact[method, path] = name
                self._literal.setdefault(path.lower(), {})[method] = name

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, object]]:
        """The operation and its path arguments for a path below the tenant (`/api/v1/…`, raw).

        Raises `NoSuchOperation`, `WrongVerb` with the methods there are, `InvalidArgument` where only the type of a path
        argument is wrong.
        """
        name = self._exact.get((method, path))
        if name is not None:
            return self._catalogue.operation(name), {}
        if "%" in path:
            path = _UNRESERVED(_decoded, path)
        folded = path.rstrip("/").lower()
        methods = self._literal.get(folded, {})
        if method in methods:
            return self._catalogue.operation(methods[method]), {}
        segments = path.rstrip("/").split("/")[3:] if folded.startswith("/api/v1/") else []
        allowed = set(methods)
        spoiled: tuple[_Candidate, Type] | None = None
        for candidate in self._matching(segments):
            arguments = self._arguments(candidate, segments)
            if candidate.method == method and isinstance(arguments, dict):
                return self._catalogue.operation(candidate.operation), arguments
            if isinstance(arguments, dict):
                allowed.add(candidate.method)
            elif candidate.method == method and spoiled is None:
                spoiled = candidate, arguments
        if spoiled and not methods:
            candidate, wanted = spoiled
            parameter = next(name for _, name, each in candidate.parameters if each is wanted)
            raise _unusable(self._catalogue.operation(candidate.operation), parameter, wanted)
        if allowed:
            raise WrongVerb(f"The requested resource does not support http method '{method}'.", tuple(sorted(allowed)))
        raise NoSuchOperation(path)

    def _matching(self, segments: list[str]) -> list[_Candidate]:
        if not segments:
            return []
        folded = [each.lower() for each in segments]
        known = self._candidates(len(segments), folded[0])
        return [
            each
            for each in known
            if all(literal is None or literal == segment for literal, segment in zip(each.literals, folded, strict=True))
        ]

    def _candidates(self, length: int, first: str) -> list[_Candidate]:
        """All patterns of so many segments below a first one, the most particular first."""
        known = self._patterns.get((length, first))
        if known is None:
            names = self._rows.get((length, first))
            if names is None:
                return []
            known = sorted(map(self._candidate, names), key=lambda each: each.rank)
            self._patterns[length, first] = known
        return known

    def _candidate(self, name: str) -> _Candidate:
        row = self._catalogue.operation_rows[name]
        types: Mapping[str, str] = row.get("at", {})
        literals: list[str | None] = []
        parameters: list[tuple[int, str, Type]] = []
        rank: list[int] = []
        known = {each.lower(): Type.parse(text) for each, text in types.items()}
        spelled = {each.lower(): each for each in types}
        for index, segment in enumerate(row["path"].split("/")[3:]):
            if segment.startswith("{"):
                key = segment[1:-1].lower()
                kind = known[key]
                literals.append(None)
                parameters.append((index, spelled[key], kind))
                rank.append({Kind.INT32: 1, Kind.INT64: 1, Kind.ENUM: 2}.get(kind.kind, 3))
            else:
                literals.append(segment.lower())
                rank.append(0)
        return _Candidate(name, row["http"], tuple(literals), tuple(parameters), tuple(rank))

    def query_reader(self, operation: Operation) -> ReadQuery | None:
        """A function from a raw query to the operation's arguments by published name, typed; None if it takes none.

        It raises `InvalidArgument` where one is missing or unusable.
        """
        known = {each.name.lower(): each for each in operation.parameters if each.place is Place.QUERY}
        required = [name for name, each in known.items() if each.required and each.type.kind in _NON_NULLABLE]
        if not known:
            return None

        def read(query: str) -> dict[str, object]:
            sent = _query(query)
            for name in required:
                if name not in sent:
                    raise _unusable(operation, known[name].name, known[name].type)
            found: dict[str, object] = {}
            for name, texts in sent.items():
                parameter = known.get(name)
                if parameter is not None:
                    found[parameter.name] = self._query_argument(operation, parameter, texts)
            return found

        return read

    def _query_argument(self, operation: Operation, parameter: Parameter, texts: list[str]) -> object:
        try:
            if parameter.type.kind is Kind.ARRAY and parameter.type.item:
                return [self._converted(text, parameter.type.item) for text in texts]
            return self._converted(texts[-1], parameter.type)
        except ValueError:
            raise _unusable(operation, parameter.name, parameter.type) from None

    def _arguments(self, candidate: _Candidate, segments: list[str]) -> dict[str, object] | Type:
        """The path arguments, or the type that refused its segment."""
        found: dict[str, object] = {}
        for index, name, kind in candidate.parameters:
            try:
                found[name] = self._converted(unquote(segments[index]), kind)
            except ValueError:
                return kind
        return found

    def _converted(self, text: str, kind: Type) -> object:
        """One text of a path or query as a value of a type; raises ValueError."""
        match kind.kind:
            case Kind.INT32 | Kind.INT64:
                return _integer(text, INT32 if kind.kind is Kind.INT32 else INT64)
            case Kind.DOUBLE:
                return float(text)
            case Kind.BOOLEAN:
                if text.strip().lower() not in _BOOLEANS:
                    raise ValueError(text)
                return _BOOLEANS[text.strip().lower()]
            case Kind.DATE_TIME:
                datetime.fromisoformat(text)
                return text
            case Kind.ENUM:
                members = self._catalogue.enum(kind.name).members
                if not (text.isdecimal() or any(text.lower() == each.lower() for each in members)):
                    raise ValueError(text)
                return text
            case _:
                return text


def _query(query: str) -> dict[str, list[str]]:
    """Texts by lower-case name; one plain `name=text`, which is what most calls have, is not parsed at length."""
    if not query:
        return {}
    if _PLAIN_QUERY(query):
        name, _, text = query.partition("=")
        return {name.lower(): [text]}
    sent: dict[str, list[str]] = {}
    for name, text in parse_qsl(query.lstrip("?&"), keep_blank_values=True):
        sent.setdefault(name.lower(), []).append(text)
    return sent


_PLAIN_QUERY = re.compile(r"\w+=\w+", re.ASCII).fullmatch
# Encoded letters, digits, `-`, `.`, `_` and `~` are the same as plain ones (RFC 3986, 6.2.2.2).
_UNRESERVED = re.compile(r"%(?:4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9AE]|3[0-9]|2[DE]|5F)", re.IGNORECASE).sub


def _decoded(found: re.Match[str]) -> str:
    return chr(int(found[0][1:], 16))


_NON_NULLABLE = {Kind.INT32, Kind.INT64, Kind.DOUBLE, Kind.BOOLEAN, Kind.DATE_TIME, Kind.ENUM}
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_CLR = {
    Kind.INT32: "System.Int32",
    Kind.INT64: "System.Int64",
    Kind.DOUBLE: "System.Double",
    Kind.BOOLEAN: "System.Boolean",
    Kind.DATE_TIME: "System.DateTime",
}


def _unusable(operation: Operation, name: str, kind: Type) -> InvalidArgument:
    """The framework's refusal (protocol 4.1): a wrong value and a missing one are told in the same words."""
    clr = _CLR.get(kind.kind, f"SuperOffice.CRM.{kind.name}" if kind.name else "System.String")
    return InvalidArgument(
        "The request is invalid.",
        detail=f"The parameters dictionary contains a null entry for parameter '{name}' of non-nullable type '{clr}' for "
        f"method '{operation.name}' in 'SuperOffice.Services.WebApi.v1'. An optional parameter must be a reference type, a "
        "nullable type, or be declared as an optional parameter.",
        explanation=f"{operation.id} needs the argument {name} as {kind}",
    )


def _integer(text: str, bounds: range) -> int:
    stripped = text.strip()
    digits = stripped[1:] if stripped[:1] in ("+", "-") else stripped
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
        raise ValueError(text)
    number = int(stripped)
    if number not in bounds:
        raise ValueError(text)
    return number
