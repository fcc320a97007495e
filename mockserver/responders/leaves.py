"""Every text in a body, changed where it stands: JSON, XML and forms keep their order, white space and spelling.

A `Spot` says where a text stands and, where the catalogue knows it, of which type. Must not know what is secret or whose it is.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote_plus, unquote_plus
from xml.sax.saxutils import escape

import orjson

from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Type
from mockserver.errors import BadRequest
from mockserver.wire.json import decode as decode_json
from mockserver.wire.xml.tree import tree

Step = str | int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a text stands: the names and places that lead there; `name` is the last name, `above` the one before it.

    `key` says that the text is itself a name, of an entry in a dictionary where `type` is one; `bare` that it is a number.
    """

    path: tuple[Step, ...] = ()
    name: str = ""
    above: str = ""
    type: Type | None = None
    carrier: str = ""
    key: bool = False
    bare: bool = False

    @property
    def said(self) -> str:
        """`Emails[0].Value`."""
        text = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in self.path)
        return text.removeprefix(".")


Edit = Callable[[str, Spot], str]
"""The text to put in place of one; the same text leaves it alone."""

_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
_XML_TOKEN = re.compile(
    r"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<\?.*?\?>|<(/?)([^\s/>]+)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>|[^<]+", re.DOTALL
)
_ATTRIBUTE = re.compile(r"([^\s=]+)(\s*=\s*)(\"[^\"]*\"|'[^']*')")
_STEPS = re.compile(r"[^.\[\]]+")
_HARMLESS_ATTRIBUTE = re.compile(r"xmlns(:|\Z)|(\w+:)?nil\Z")


class Leaves:
    """The editor of bodies whose types are in one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    # --- one step down

    def member(self, spot: Spot, name: str, said: str | None = None) -> Spot:
        """The spot of a member; `said` is the name to show where that has been replaced."""
        kind, carrier = None, ""
        if spot.type is not None and spot.type.kind is Kind.CARRIER:
            carrier = spot.type.name
            found = self._catalogue.carrier(carrier).by_name.get(name.lower())
            kind = found.type if found else None
        elif spot.type is not None and spot.type.kind is Kind.MAP:
            kind = spot.type.item
        return Spot((*spot.path, name if said is None else said), name, spot.name, kind, carrier)

    @staticmethod
    def item(spot: Spot, index: int) -> Spot:
        """The spot of an item of an array."""
        kind = spot.type.item if spot.type is not None and spot.type.kind is Kind.ARRAY else None
        return replace(spot, path=(*spot.path, index), type=kind)

    # --- JSON

    def json(self, text: str, kind: Type | None, edit: Edit, names: Mapping[int, str] | None = None, of: str = "") -> str:
        """A JSON document edited; raises `BadRequest`.

        `names` are what the `value` of each operation of a patch is called, in the carrier `of`.
        """
        try:
            orjson.loads(text)
        except (orjson.JSONDecodeError, UnicodeEncodeError):
            text = self._strict(text)
        walk = _JsonWalk(self, kind, edit, names or {}, of)
        parts: list[str] = []
        at = 0
        for found in _JSON_TOKEN.finditer(text):
            parts += (text[at : found.start()], walk.step(found[0]))
            at = found.end()
        return "".join([*parts, text[at:]])

    @staticmethod
    def _strict(text: str) -> str:
        try:  # half a surrogate pair is JSON to the standard library
            json.loads(text)
        except (ValueError, RecursionError):
            value = decode_json(text.encode("utf-8", "replace"))
            return json.dumps(value, ensure_ascii=False)
        return text

    # --- XML

    def xml(self, text: str, kind: Type | None, edit: Edit) -> str:
        """An XML document edited; raises `BadRequest`. Comments go."""
        tree(text.removeprefix("\ufeff") if not text.lstrip("\ufeff \r\n\t").startswith("<?xml") else _undeclared(text))
        parts: list[str] = []
        spots: list[Spot] = []
        here = Spot(type=kind)
        for found in _XML_TOKEN.finditer(text):
            token = found[0]
            if token.startswith("<!--"):
                continue
            if token.startswith("<?"):
                if token.startswith("<?xml"):
                    parts.append(token)
                continue
            if token.startswith("<![CDATA["):
                changed = edit(found[1], here) if found[1].strip() else found[1]
                parts.append(token if changed == found[1] else f"<![CDATA[{changed.replace(']]>', ']]')}]]>")
            elif not token.startswith("<"):
                value = html.unescape(token)
                changed = edit(value, here) if value.strip() else value
                parts.append(token if changed == value else escape(changed))
            elif found[2]:
                here = spots.pop()
                parts.append(token)
            else:
                name = found[3].rpartition(":")[2]
                child = self._element(here, name, root=not spots)
                parts.append(self._tag(token, found[3], found[4], child, edit))
                if not found[4].endswith("/"):
                    spots.append(here)
                    here = child
        return "".join(parts)

    def _element(self, spot: Spot, name: str, *, root: bool) -> Spot:
        if root:
            # The root says its type; it names the value only where no type is known.
            return spot if spot.type is not None else Spot((), name, "")
        kind = spot.type
        # A place in XML is said by the names of its elements, also where those only say that something is an item.
        if kind is not None and kind.kind is Kind.ARRAY:
            return replace(spot, path=(*spot.path, name), type=kind.item)
        if kind is not None and kind.kind is Kind.MAP:
            if name.endswith("KeyValuePair"):
                return replace(spot, path=(*spot.path, name))
            if name == "Key":
                return Spot((*spot.path, name), name, spot.name, kind, key=True)
            return Spot((*spot.path, name), name, spot.name, kind.item)
        return self.member(spot, name)

    def _tag(self, token: str, name: str, attributes: str, spot: Spot, edit: Edit) -> str:
        if "=" not in attributes:
            return token

        def changed(found: re.Match[str]) -> str:
            if _HARMLESS_ATTRIBUTE.match(found[1]):
                value = html.unescape(found[3][1:-1])
                if value in ("true", "false") or "://" in value:
                    return f'{found[1]}{found[2]}"{escape(edit(value, Spot((*spot.path, "@"), "type")), _QUOTED)}"'
            value = html.unescape(found[3][1:-1])
            new = edit(value, Spot((*spot.path, f"@{found[1]}"), found[1], spot.name))
            return found[0] if new == value else f'{found[1]}{found[2]}"{escape(new, _QUOTED)}"'

        return f"<{name}{_ATTRIBUTE.sub(changed, attributes)}>"

    # --- forms

    def form(self, text: str, kind: Type | None, edit: Edit) -> str:
        """A form, or a query, edited field by field."""
        return "&".join(self._field(each, kind, edit) for each in text.split("&"))

    def _field(self, field: str, kind: Type | None, edit: Edit) -> str:
        raw_name, equals, raw_value = field.partition("=")
        name, value = unquote_plus(raw_name, errors="surrogateescape"), unquote_plus(raw_value, errors="surrogateescape")
        spot = Spot(type=kind)
        said = []
        for step in _STEPS.findall(name):
            if step.isascii() and step.isdigit():
                spot = self.item(spot, int(step))
                said.append(step)
            else:
                inner = replace(spot, path=(*spot.path, step), name=step, above=spot.name, key=True)
                changed = edit(step, inner)
                spot = self.member(spot, step, changed)
                said.append(changed)
        steps = iter(said)
        new_name = _STEPS.sub(lambda _: next(steps), name)
        new_value = edit(value, spot) if value.strip() else value
        if new_name != name:
            raw_name = quote_plus(new_name, errors="surrogateescape")
        if new_value != value:
            raw_value = quote_plus(new_value, errors="surrogateescape")
        return f"{raw_name}{equals}{raw_value}"


_QUOTED = {'"': "&quot;"}
_DECLARED = re.compile(r"\A[\ufeff\s]*<\?xml[^>]*\?>")


def _undeclared(text: str) -> str:
    return _DECLARED.sub("", text, count=1)


class _JsonWalk:
    """Where in a JSON document the next piece stands."""

    def __init__(self, leaves: Leaves, kind: Type | None, edit: Edit, names: Mapping[int, str], of: str) -> None:
        self._leaves = leaves
        self._edit = edit
        self._names = names
        self._of = of
        # The containers around, each with the index that comes next, or None in an object.
        self._levels: list[tuple[Spot, int | None]] = []
        self._here = Spot(type=kind)
        self._expects_key = False

    def step(self, piece: str) -> str:
        """Go past a piece, and answer what stands in its place."""
        match piece[0]:
            case "{" | "[":
                self._opened(is_list=piece == "[")
            case "}" | "]":
                self._here = self._levels.pop()[0]
                self._expects_key = False
            case ",":
                self._next()
            case ":":
                self._expects_key = False
            case '"':
                value = json.loads(piece) if "\\" in piece else piece[1:-1]
                changed = self._key(value) if self._expects_key else self._edit(value, self._here)
                return piece if changed == value else json.dumps(changed, ensure_ascii=piece.isascii())
            case first if first in "-0123456789":
                return self._edit(piece, replace(self._here, bare=True))
        return piece

    def _opened(self, *, is_list: bool) -> None:
        self._levels.append((self._here, 0 if is_list else None))
        self._expects_key = not is_list
        if is_list:
            self._here = self._leaves.item(self._here, 0)

    def _next(self) -> None:
        container, index = self._levels[-1]
        if index is None:
            self._expects_key = True
        else:
            self._levels[-1] = (container, index + 1)
            self._here = self._leaves.item(container, index + 1)

    def _key(self, name: str) -> str:
        container = self._levels[-1][0]
        spot = Spot((*container.path, name), name, container.name, container.type, container.carrier, key=True)
        changed = self._edit(name, spot)
        self._here = self._leaves.member(container, name, changed)
        if self._names and len(container.path) == 1 and name == "value":
            self._here = replace(self._here, name=self._names.get(int(container.path[0]), ""), carrier=self._of)
        return changed


def patched_names(text: str) -> dict[int, str]:
    """What the `value` of each operation of a JSON Patch is called: the last name in its `path`."""
    try:
        operations = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    named: dict[int, str] = {}
    for index, each in enumerate(operations if isinstance(operations, list) else ()):
        path = each.get("path") if isinstance(each, dict) else None
        if isinstance(path, str):
            names = [step for step in path.split("/") if step and not step.isdigit() and step != "-"]
            # `/Emails/0/Value` means e-mail addresses, as does `/Emails/-`.
            named[index] = (
                (names[-2] if len(names) > 1 and names[-1].lower() in ("value", "strippedvalue") else names[-1]) if names else ""
            )
    return named


__all__ = ["BadRequest", "Edit", "Leaves", "Spot", "patched_names"]
