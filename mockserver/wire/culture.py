"""Languages and cultures: multi-language strings, `[SR_…]` resources and formatted texts of an answer (protocol 6.1).

An answer is translated only for a caller who asked for a language. Resource texts are data (`catalogue/resources.yaml`),
read when the first resource is met; formats are Babel's, loaded when the first number or date is. Must not know
zones, codecs or rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.calls import Constant, Value
from mockserver.catalogue import loading
from mockserver.catalogue.loading import Catalogue, check_keys, check_provenance, read_yaml
from mockserver.catalogue.model import Kind, Type
from mockserver.errors import CatalogueError
from mockserver.wire.renderings import Renderings

if TYPE_CHECKING:
    from babel import Locale

# The codes inside strings, which are not ISO (protocol 6.1), by ISO language.
_CODES = {
    "en": "US",
    "nb": "NO",
    "nn": "NO",
    "no": "NO",
    "de": "GE",
    "sv": "SW",
    "da": "DA",
    "fr": "FR",
    "es": "SP",
    "it": "IT",
    "nl": "NL",
    "fi": "FI",
    "pl": "PL",
    "ru": "RU",
    "cs": "CZ",
    "ja": "JP",
    "zh": "CN",
}
_KNOWN_CODES = frozenset(_CODES.values())
_FALLBACK_LANGUAGE, _FALLBACK_CODE = "en", "US"
_SWITCHED_OFF = ("", "*", "-", "x")
_LONGEST = 1000
_LONGEST_TAG = 35
_DIGITS = 30
_LONGEST_DISPLAY = 64

_TAG = re.compile(
    r"(?P<language>[A-Za-z]{2,3})(?:[-_][A-Za-z]{4})?(?:[-_](?P<region>[A-Za-z]{2}|[0-9]{3}))?(?:[-_][A-Za-z0-9]{1,8})*"
)
_PART = re.compile(r'\s*(?P<code>[A-Z]{2}):"(?P<text>(?:[^"\\]|\\.|"")*+)"\s*(?:;|$)', re.DOTALL)
_QUOTE = re.compile(r'\\"|""')
_RESOURCE = re.compile(r"\[(SR_[A-Z0-9_]+)\]")
_DISPLAY = ":DisplayText"
_MONIKER = re.compile(r"\[(?P<kind>[A-Z]{1,2}):(?P<value>[^\[\]]*)\]")
_DATES = ("%m/%d/%Y", "%m/%d/%Y %H:%M:%S")
# What cannot hold a text that is for people to read.
_WORDLESS = (Kind.INT32, Kind.INT64, Kind.DOUBLE, Kind.BOOLEAN, Kind.DATE_TIME, Kind.ENUM, Kind.BINARY, Kind.STREAM)


@dataclass(frozen=True, slots=True)
class Culture:
    """The language a caller asked for, its code inside strings, and the locale that formats numbers and dates in texts."""

    language: str
    code: str
    formats: str


class Resources:
    """The data file, checked: texts of resource ids by language."""

    def __init__(self, where: str, described: Mapping[str, Any]) -> None:
        self._texts: dict[str, Mapping[str, str]] = {}
        for name, row in described.items():
            check_keys(f"{where}: {name}", row, "texts provenance source", "recorded")
            check_provenance(f"{where}: {name}", row)
            texts = row["texts"]
            if not isinstance(texts, dict) or not all(type(each) is str for pair in texts.items() for each in pair):
                raise CatalogueError(f"{where}: {name}: texts must name languages and their texts")
            if missing := [each for each in (_FALLBACK_LANGUAGE, *row.get("recorded", ())) if each not in texts]:
                raise CatalogueError(f"{where}: {name}: the text in {', '.join(missing)} is missing")
            self._texts[name] = texts

    def text(self, name: str, language: str) -> str | None:
        """The text of a resource, in English where the language has none; None for an unknown resource."""
        texts = self._texts.get(name)
        return None if texts is None else texts.get(language, texts[_FALLBACK_LANGUAGE])


class Cultures:
    """What languages a catalogue speaks, and its answers said in them."""

    def __init__(self, catalogue: Catalogue) -> None:
        del catalogue  # no list of its depends on a language yet
        self._renderings = Renderings()

    @cached_property
    def resources(self) -> Resources:
        """The texts there are; raises `CatalogueError`."""
        file = Path(loading.__file__).with_name("resources.yaml")
        return Resources(file.name, read_yaml(file.read_text("utf-8")))

    def parse(self, accept_language: str | None, so_language: str | None, so_culture: str | None) -> Culture | None:
        """The culture that the values of the three headers ask for; None if nothing is to be translated.

        `SO-Language` comes first; `*`, `x`, `-` or nothing in it switch translation off, and one that names no language
        counts as not sent. `SO-Culture` means nothing without a language.
        """
        if so_language is not None and so_language.strip().lower() in _SWITCHED_OFF:
            return None
        tag = next(_languages(so_language), None) or next(_languages(accept_language), None)
        if tag is None:
            return None
        language = tag.partition("_")[0]
        formats = next(_languages(so_culture), tag)
        return Culture("nb" if language in ("nn", "no") else language, _CODES.get(language, _FALLBACK_CODE), formats)

    def out(self, value: Value, kind: Type, culture: Culture) -> Value:
        """The value with its texts in the caller's language; what needs no translation is shared, not copied.

        The walk goes by the values alone: which texts are to be translated can be told by their form, and a catalogue has
        texts nearly everywhere.
        """
        while kind.item:
            kind = kind.item
        return value if kind.kind in _WORDLESS else self._said(value, culture)

    def text(self, text: str, culture: Culture) -> str:
        """One text in the caller's language."""
        if ':"' in text:
            text = _chosen(text, culture.code)
        return _RESOURCE.sub(lambda found: self._resource(found, culture), text) if "[SR_" in text else text

    def _resource(self, found: re.Match[str], culture: Culture) -> str:
        return self.resources.text(found[1], culture.language) or found[0]

    def _said(self, value: Value, culture: Culture) -> Value:
        match value:
            case str():
                return self.text(value, culture) if ':"' in value or "[SR_" in value else value
            case dict():
                return self._members(value, culture)
            case list():
                said = [self._said(each, culture) for each in value]
                return said if any(new is not old for new, old in zip(said, value, strict=True)) else value
            case Constant():
                return self._renderings.of(value, culture, partial(self._said, culture=culture))
            case _:
                return value

    def _members(self, value: dict[str, Value], culture: Culture) -> Value:
        changed: dict[str, Value] = {}
        for name, each in value.items():
            if type(each) is str:
                # The quick look at a text stands here and not in a call: most texts need no more.
                said: Value = self.text(each, culture) if ':"' in each or "[SR_" in each else each
                if name.endswith(_DISPLAY):
                    said = _formatted(str(said), value.get(name.removesuffix(_DISPLAY)), culture.formats)
            elif each is None or type(each) is int or type(each) is bool:
                continue
            else:
                said = self._said(each, culture)
            if said is not each:
                changed[name] = said
        return {**value, **changed} if changed else value


# --- headers


def _languages(header: str | None) -> Iterator[str]:
    """The languages a header names, best first, as `nb` or `nb_NO`; whatever else it says is passed over.

    Semicolons may stand between languages too: the vendor's pages send `en-us; en-gb`.
    """
    offers: list[tuple[float, str]] = []
    for part in re.split("[,;]", (header or "")[:_LONGEST]):
        name, equals, quality = part.partition("=")
        if equals and name.strip().lower() == "q" and offers:
            offers[-1] = (_quality(quality), offers[-1][1])
        else:
            offers.append((1.0, part.strip()))
    for quality, offer in sorted(offers, key=lambda each: -each[0]):
        tag = _TAG.fullmatch(offer) if len(offer) <= _LONGEST_TAG else None
        if tag and quality > 0 and _exists(tag["language"].lower()):
            yield "_".join(filter(None, (tag["language"].lower(), (tag["region"] or "").upper())))


def _quality(text: str) -> float:
    try:
        quality = float(text)
    except ValueError:
        return 1.0
    return quality if 0 <= quality <= 1 else 1.0


@lru_cache(maxsize=1024)
def _exists(language: str) -> bool:
    if language in _CODES:
        return True
    from babel import localedata

    return localedata.exists(language)


# --- multi-language strings


@lru_cache(maxsize=4096)
def _chosen(text: str, code: str) -> str:
    """The part of `US:"Customer";NO:"Kunde";` in this language, else the American one, else the first.

    A text is multi-language only as a whole, and with at least one known code; any other stays as it is.
    """
    parts: dict[str, str] = {}
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            return text
        parts.setdefault(part["code"], part["text"])
        at = part.end()
    if not parts.keys() & _KNOWN_CODES:
        return text
    chosen = parts.get(code, parts.get(_FALLBACK_CODE, next(iter(parts.values()))))
    return _QUOTE.sub('"', chosen)


# --- numbers and dates inside texts


def _formatted(shown: str, encoded: Value, formats: str) -> str:
    """A display text that repeats an encoded number or date in its invariant form, as the culture writes it."""
    moniker = _MONIKER.fullmatch(encoded) if isinstance(encoded, str) and len(encoded) < _LONGEST_DISPLAY else None
    if moniker is None or not 0 < len(shown) < _LONGEST_DISPLAY:
        return shown
    match moniker["kind"]:
        case "F" | "M":
            return _number(shown, formats)
        case "D" | "DT":
            return _date(shown, formats, timed=moniker["kind"] == "DT")
        case _:
            return shown


def _number(shown: str, formats: str) -> str:
    from babel.numbers import format_decimal

    try:
        number = Decimal(shown)
    except InvalidOperation:
        return shown
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS:
        return shown
    return format_decimal(number, locale=_locale(formats), decimal_quantization=False, group_separator=False)


def _date(shown: str, formats: str, *, timed: bool) -> str:
    from babel.dates import format_date, format_time

    moment = _moment(shown)
    if moment is None or moment.year == 1:
        return shown
    day = format_date(moment, "short", locale=_locale(formats))
    return f"{day} {format_time(moment, 'short', locale=_locale(formats))}" if timed else day


def _moment(shown: str) -> datetime | None:
    text = shown.partition(".")[0]
    for form in _DATES:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - a clock's time, in whatever zone it is meant
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _locale(formats: str) -> Locale:
    """Babel's locale; without the region where it does not know the pair."""
    from babel import Locale, UnknownLocaleError

    for name in (formats, formats.partition("_")[0]):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(_FALLBACK_LANGUAGE)
