"""`people.yaml` → what a member holds, and which texts are nobody's. Must not know stand-ins, formats or HTTP.

A text is nobody's if it is a word of the API (an enum's member, an entry of a stock list, a member's name) or has a shape that
holds no words: a number, a date, an id.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from mockserver.catalogue.loading import Catalogue, check_keys, read_yaml
from mockserver.errors import CatalogueError

TEXT = "text"
KINDS = ("secret", "email", "phone", "number", "zip", "birth", "place", "coordinate", "address", "url", "name", "label")
_NEEDED = "source kinds holders carriers kept_words words shapes id_shape id_endings headers query_kept"
_NO_NAME = re.compile(r"[^a-z0-9]")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_COMPOUND = re.compile(r"[A-Za-z$@_][A-Za-z0-9$@_./:,-]{0,400}")
_SHORTEST = 2
_MOST = 4096


@dataclass(frozen=True)
class Headers:
    """Header names in lower case, by what is done with them."""

    secret: frozenset[str]
    cookies: frozenset[str]
    links: frozenset[str]
    host: frozenset[str]
    kept: frozenset[str]


class Privacy:
    """What redaction goes by, for one catalogue; raises `CatalogueError` where the data is wrong."""

    def __init__(self, catalogue: Catalogue, data: Mapping[str, Any] | None = None) -> None:
        described = data or read_yaml((Path(__file__).parent / "people.yaml").read_text("utf-8"))
        check_keys("people.yaml", described, _NEEDED)
        if unknown := set(described["kinds"]) - set(KINDS):
            raise CatalogueError(f"people.yaml: unknown kind {', '.join(sorted(unknown))}; known are {', '.join(KINDS)}")
        self._catalogue = catalogue
        self._whole: dict[str, str] = {}
        self._endings: list[tuple[str, str]] = []
        for kind, row in described["kinds"].items():
            check_keys(f"people.yaml: {kind}", row, "members", "endings")
            for name in row["members"].split():
                self._whole.setdefault(_plain(name), kind)
            self._endings += [(_plain(each), kind) for each in row.get("endings", "").split()]
        self._holders = frozenset(described["holders"].split())
        self._carriers = {name: dict(row) for name, row in described["carriers"].items()}
        for name in self._carriers:
            catalogue.carrier(name)
        self.kept_words = frozenset(described["kept_words"].split())
        self._words = frozenset(described["words"].split())
        self._shapes = re.compile("|".join(f"(?:{each})" for each in described["shapes"].values()))
        self._id_shape = re.compile(described["id_shape"])
        self._id_endings = tuple(described["id_endings"].split())
        check_keys("people.yaml: headers", described["headers"], "secret cookies links host kept")
        self.headers = Headers(**{name: frozenset(text.split()) for name, text in described["headers"].items()})
        self.query_kept = frozenset(_plain(each) for each in described["query_kept"].split())
        self.kind = lru_cache(_MOST)(self._kind)

    def _kind(self, name: str, above: str = "", carrier: str = "") -> str:
        """What a member holds; `text` where nothing is known. `above` is what holds the member."""
        plain = _plain(name)
        if found := self._carriers.get(carrier, {}).get(plain):
            return str(found)
        if above and plain in self._holders:
            holder = self._kind(above)
            if holder not in {TEXT, "label"}:
                return holder
        if found := self._whole.get(plain):
            return found
        # `contact/fullName` and `person.emails` are columns of a query, named by their last part.
        last = _plain(re.split(r"[/.:]", name.rstrip("/.:"))[-1])
        if found := self._whole.get(last):
            return found
        return next((kind for ending, kind in self._endings if last.endswith(ending)), TEXT)

    def holds_id(self, name: str) -> bool:
        """Whether a member's name says that it holds the id of a row."""
        return _plain(name).endswith(self._id_endings)

    def is_id(self, text: str) -> bool:
        """Whether a text is the id of a row."""
        return self._id_shape.fullmatch(text) is not None

    def is_nobodys(self, text: str) -> bool:
        """Whether a whole text is a word of the API or has a harmless shape."""
        return text in self._words or text in self._vocabulary or self._shapes.fullmatch(text) is not None or self._is_list(text)

    def is_name_of_the_api(self, text: str) -> bool:
        """Whether a text is put together from words of the API and nothing else: `contact/fullName`, `GetContactEntity`."""
        if text in self._vocabulary or text in self._words:
            return True
        if _COMPOUND.fullmatch(text) is None:
            return False
        parts = _PARTS.findall(text)
        return bool(parts) and all((len(each) <= _SHORTEST and each.isdigit()) or each.lower() in self._parts for each in parts)

    def _is_list(self, text: str) -> bool:
        """Whether a text is names of an enum with commas between, as flags are written."""
        return "," in text and len(text) < _MOST and all(each.strip() in self._vocabulary for each in text.split(","))

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        """Texts that the API or the stock tenant gives to everybody."""
        found: set[str] = set()
        for name in self._catalogue.enum_names:
            found.update(self._catalogue.enum(name).members)
        for stock in self._catalogue.lists.values():
            if stock.name != "associate":
                found.update(
                    text for row in stock.rows.values() for text in row.values() if isinstance(text, str) and len(text) > 1
                )
        for name in self._catalogue.carrier_names:
            found.add(name)
            found.update(each.name for each in self._catalogue.carrier(name).fields)
        return frozenset(found)

    @cached_property
    def _parts(self) -> frozenset[str]:
        """The words that names of the API are put together from, in lower case."""
        found = {part.lower() for name in self._catalogue.carrier_names for part in _PARTS.findall(name)}
        for name in self._catalogue.carrier_names:
            for field in self._catalogue.carrier(name).fields:
                found.update(part.lower() for part in _PARTS.findall(field.name))
        for row in self._catalogue.operation_rows.values():
            for step in row["path"].split("/"):
                if not step.startswith("{"):
                    found.update(part.lower() for part in _PARTS.findall(step))
        return frozenset(each for each in found if len(each) >= _SHORTEST)


def _plain(name: str) -> str:
    return _NO_NAME.sub("", name.lower())
