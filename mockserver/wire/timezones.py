"""`SO-TimeZone`: dates of an answer as a zone's clocks show them, dates of a body read by those clocks (protocol 6.2).

Values come in and go out in UTC, the base zone of the stock tenant; zones and the members that no zone moves are data
(`catalogue/timezones.yaml`), read when the first zone is asked for. Must not know languages, codecs or rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mockserver.calls import Constant, Value
from mockserver.catalogue import loading
from mockserver.catalogue.loading import Catalogue, check_keys, check_provenance, read_yaml
from mockserver.catalogue.model import Field, Kind, Type
from mockserver.errors import CatalogueError
from mockserver.wire.renderings import Renderings

_INCLUDE = "includetzoffset"
_LONGEST = 1000
_LONGEST_DATE = 64
_EMPTY_DAYS = ("0000-12-30", "0000-12-31", "0001-01-01", "0001-01-02")
_EMPTY_TIME = datetime(1, 1, 1)  # noqa: DTZ001 - a clock's time; the zone is what is asked about
_FAR_END = "9999-12-31T23:59:59"


@dataclass(frozen=True, slots=True)
class Zone:
    """The zone a caller asked for; `offset` says that dates are to carry theirs."""

    name: str
    zone: ZoneInfo
    offset: bool


class Treated(Enum):
    """What a zone does to a date of an answer: move it, or one of the recorded exceptions."""

    MOVED = "moved"
    UTC = "utc"
    DAY = "day"
    FIXED = "fixed"


Leaf = Callable[[Treated, Value, Zone], Value]
Walk = Callable[[Value, Zone], Value]
Step = Callable[[Walk, Value, Zone], Value]


class Table:
    """The data file, checked: tz names by lower-case code and number, and how members are treated."""

    def __init__(self, where: str, described: Mapping[str, Any]) -> None:
        check_keys(where, described, "groups members")
        self.zones: dict[str, tuple[str, str]] = {}
        self._treated: dict[tuple[str, str], Treated] = {}
        for group in described["groups"]:
            check_keys(where, group, "zones provenance source")
            check_provenance(where, group)
            for row in group["zones"]:
                self._add(where, row)
        for row in described["members"]:
            check_keys(where, row, "member treated provenance source", "carrier")
            check_provenance(f"{where}: {row['member']}", row)
            if row["treated"] not in ("utc", "day", "fixed"):
                raise CatalogueError(f"{where}: {row['member']}: treated must be utc, day or fixed, not {row['treated']}")
            self._treated[row.get("carrier", ""), row["member"]] = Treated(row["treated"])

    def _add(self, where: str, row: object) -> None:
        match row:
            case [int() | None as number, str() | None as code, str(name)] if number or code:
                for key in filter(None, (code, str(number or ""))):
                    if key.lower() in self.zones:
                        raise CatalogueError(f"{where}: the zone {key} is there twice")
                    self.zones[key.lower()] = (code or str(number), name)
            case _:
                raise CatalogueError(f"{where}: {row} is not [number, code, name in the tz data base]")

    def treated(self, carrier: str, member: str) -> Treated:
        """How the dates of a member are treated."""
        named = self._treated.get((carrier.removesuffix("WithLinks"), member))
        return named or self._treated.get(("", member), Treated.MOVED)


class Zones:
    """The zones of a catalogue, and the dates of its carriers moved into them and back."""

    def __init__(self, catalogue: Catalogue, base: str = "UTC") -> None:
        self._base = base
        self._made: dict[tuple[str, bool], Zone] = {}
        self._renderings = Renderings()
        self._out = _Walks(catalogue, self, _shown, self._through)
        self._into = _Walks(catalogue, self, _understood, _call, loose=True)

    @cached_property
    def table(self) -> Table:
        """The zones and exceptions there are; raises `CatalogueError`."""
        file = Path(loading.__file__).with_name("timezones.yaml")
        return Table(file.name, read_yaml(file.read_text("utf-8")))

    def parse(self, header: str | None) -> Zone | None:
        """The zone that the value of the header asks for; None if it asks for none that is known.

        `includeTZOffset` alone asks for the base zone with its offset. Of several zones the first known one counts.
        """
        if not header:
            return None
        parts = [part.strip().lower() for part in header[:_LONGEST].split(",")]
        offset = _INCLUDE in parts
        named = [part for part in parts if part and part != _INCLUDE]
        if not named and offset:
            named = [self._base.lower()]
        for part in named:
            if part in self.table.zones:
                return self._zone(part, offset=offset)
        return None

    def _zone(self, key: str, *, offset: bool) -> Zone:
        known = self._made.get((key, offset))
        if known is None:
            name, place = self.table.zones[key]
            known = self._made[key, offset] = Zone(name, ZoneInfo(place), offset)
        return known

    def out(self, value: Value, kind: Type, zone: Zone) -> Value:
        """The value with its dates, which are in UTC, as the zone shows them; what holds no date is shared, not copied."""
        walk = self._out.of(kind)
        return value if walk is None else walk(value, zone)

    def into(self, value: Value, kind: Type, zone: Zone) -> Value:
        """The value, still loose, with dates that say no offset taken as the zone's and put into UTC.

        A list where a carrier belongs is a JSON Patch of it. What is no date stays as it is, for `catalogue.shapes` to refuse.
        """
        try:
            if isinstance(value, list) and kind.kind is Kind.CARRIER:
                return [self._operation(each, kind, zone) for each in value]
            walk = self._into.of(kind)
            return value if walk is None else walk(value, zone)
        except RecursionError:
            return value

    def _operation(self, operation: Value, kind: Type, zone: Zone) -> Value:
        """One operation of a JSON Patch, its value read by what its path leads to; a path to nowhere is others' to refuse."""
        names = {str(name).lower(): name for name in operation} if isinstance(operation, dict) else {}
        if not isinstance(operation, dict) or not names.keys() >= {"path", "value"}:
            return operation
        path, value = operation[names["path"]], operation[names["value"]]
        walk = self._into.at(kind, path.removeprefix("/")) if isinstance(path, str) else None
        return operation if walk is None else {**operation, names["value"]: walk(value, zone)}

    def _through(self, walk: Walk, value: Value, zone: Zone) -> Value:
        """What the walk makes of a value that may be a constant; a constant is made into another once."""
        if type(value) is not Constant:
            return walk(value, zone)
        return self._renderings.of(value, (id(walk), zone), lambda inner: self._through(walk, inner, zone))


class _Walks:
    """Ways through values to their dates, one per type that can hold any; compiled when first asked for."""

    def __init__(self, catalogue: Catalogue, zones: Zones, leaf: Leaf, through: Step, *, loose: bool = False) -> None:
        self._catalogue = catalogue
        self._zones = zones
        self._leaf = leaf
        self._through = through
        self._loose = loose
        self._types: dict[Type, Walk | None] = {}
        self._members: dict[str, dict[str, Walk]] = {}
        self._dated: dict[str, bool] = {}

    def of(self, kind: Type) -> Walk | None:
        """The way through a value of this type, None where there can be no date in it."""
        if kind not in self._types:
            self._types[kind] = self._compiled(kind, Treated.MOVED)
        return self._types[kind]

    def at(self, kind: Type, path: str) -> Walk | None:
        """The way through a value that stands at a path of member names and indexes."""
        treated = Treated.MOVED
        for step in path.split("/"):
            if kind.kind is Kind.CARRIER:
                field = self._catalogue.carrier(kind.name).by_name.get(step.strip().lower())
                if field is None:
                    return None
                kind, treated = field.type, self._zones.table.treated(kind.name, field.name)
            elif kind.item:
                kind = kind.item
            else:
                return None
        return self._compiled(kind, treated)

    def _compiled(self, kind: Type, treated: Treated) -> Walk | None:
        inner: Walk | None = None
        shape: Step = _in_list
        match kind.kind:
            case Kind.DATE_TIME:
                inner, shape = partial(self._leaf, treated), _call
            case Kind.CARRIER if self._has_dates(kind.name):
                # Compiled when walked: carriers may hold themselves, and most are never met.
                inner, shape = partial(self._carrier, kind.name), _call
            case Kind.ARRAY | Kind.MAP if kind.item:
                inner, shape = self._compiled(kind.item, treated), _in_list if kind.kind is Kind.ARRAY else _in_map
            case _:
                return None
        return None if inner is None else partial(self._through, partial(shape, inner))

    def _carrier(self, name: str, value: Value, zone: Zone) -> Value:
        if not isinstance(value, dict):
            return value
        walks = self._members.get(name)
        if walks is None:
            walks = self._members[name] = self._of_members(name)
        if self._loose:
            found = [(member, walks[member.lower()]) for member in value if member.lower() in walks]
        else:
            found = [(member, walk) for member, walk in walks.items() if member in value]
        changed: dict[str, Value] = {}
        for member, walk in found:
            moved = walk(value[member], zone)
            if moved is not value[member]:
                changed[member] = moved
        return {**value, **changed} if changed else value

    def _of_members(self, name: str) -> dict[str, Walk]:
        """By their published names, in lower case for what clients send."""
        walks: dict[str, Walk] = {}
        for field in self._catalogue.carrier(name).fields:
            walk = self._member(name, field)
            if walk is not None:
                walks[field.name.lower() if self._loose else field.name] = walk
        return walks

    def _member(self, carrier: str, field: Field) -> Walk | None:
        return self._compiled(field.type, self._zones.table.treated(carrier, field.name))

    def _has_dates(self, name: str) -> bool:
        """Whether a date can be reached from a carrier."""
        known = self._dated.get(name)
        if known is None:
            seen, waiting, known = {name}, [name], False
            while waiting and not known:
                for field in self._catalogue.carrier(waiting.pop()).fields:
                    kind = field.type
                    while kind.item:
                        kind = kind.item
                    if kind.kind is Kind.DATE_TIME:
                        known = True
                    elif kind.kind is Kind.CARRIER and kind.name not in seen:
                        seen.add(kind.name)
                        waiting.append(kind.name)
            self._dated[name] = known
        return known


def _call(walk: Walk, value: Value, zone: Zone) -> Value:
    return walk(value, zone)


def _in_list(walk: Walk, value: Value, zone: Zone) -> Value:
    if not isinstance(value, list):
        return value
    moved = [walk(each, zone) for each in value]
    return moved if any(new is not old for new, old in zip(moved, value, strict=True)) else value


def _in_map(walk: Walk, value: Value, zone: Zone) -> Value:
    if not isinstance(value, dict):
        return value
    moved = {name: walk(each, zone) for name, each in value.items()}
    return moved if any(moved[name] is not old for name, old in value.items()) else value


# --- one date, out


def _shown(treated: Treated, value: Value, zone: Zone) -> Value:
    return _shown_text(treated, value, zone) if isinstance(value, str) else value


@lru_cache(maxsize=8192)
def _shown_text(treated: Treated, text: str, zone: Zone) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is not None:
        return text
    if treated in (Treated.UTC, Treated.DAY):
        return f"{text}Z" if zone.offset else text
    if text[:10] in _EMPTY_DAYS:
        return _empty(zone) if zone.offset else text
    if treated is Treated.MOVED and not text.startswith(_FAR_END):
        moment = _moved(moment, zone)
    return moment.isoformat() + (_suffix(_offset_of(moment, zone), zone) if zone.offset else "")


def _moved(moment: datetime, zone: Zone) -> datetime:
    """A moment of UTC by the zone's clocks; beyond the ends of the calendar nothing moves."""
    try:
        there = moment.replace(tzinfo=UTC).astimezone(zone.zone)
        offset = there.utcoffset() or timedelta()
        # `fold` is kept: it tells the doubled hours apart until the offset is written. Local mean times have seconds.
        return (moment + _whole_minutes(offset)).replace(fold=there.fold)
    except OverflowError:
        return moment


def _offset_of(moment: datetime, zone: Zone) -> timedelta:
    """What the zone's clocks are ahead of UTC when they show this time."""
    try:
        return _whole_minutes(moment.replace(tzinfo=zone.zone).utcoffset() or timedelta())
    except OverflowError:
        return timedelta()


def _whole_minutes(offset: timedelta) -> timedelta:
    return timedelta(minutes=offset // timedelta(minutes=1))


def _suffix(offset: timedelta, zone: Zone) -> str:
    """`Z` for the zone UTC, else `+01:00`: the framework writes a local time's offset even where it is nothing."""
    if zone.zone.key == "UTC":
        return "Z"
    sign, minutes = ("-", -offset) if offset < timedelta() else ("+", offset)
    hours, minutes_left = divmod(minutes // timedelta(minutes=1), 60)
    return f"{sign}{hours:02d}:{minutes_left:02d}"


@lru_cache(maxsize=512)
def _empty(zone: Zone) -> str:
    """The empty date in a zone, recorded as `0001-01-01T01:00:00+01:00`; west of Greenwich the calendar ends and it stays."""
    offset = _standard(zone.zone)
    return (_EMPTY_TIME + max(offset, timedelta())).isoformat() + _suffix(offset, zone)


def _standard(zone: ZoneInfo) -> timedelta:
    """The offset without daylight saving, as of today's rules."""
    halves = (datetime(2020, month, 1, tzinfo=zone).utcoffset() or timedelta() for month in (1, 7))
    return _whole_minutes(min(halves))


# --- one date, in


def _understood(treated: Treated, value: Value, zone: Zone) -> Value:
    if not isinstance(value, str) or len(value) >= _LONGEST_DATE:
        return value
    return _understood_text(treated, value, zone)


@lru_cache(maxsize=4096)
def _understood_text(treated: Treated, text: str, zone: Zone) -> str:
    if text.lstrip()[:4] in ("0000", "0001"):
        return text
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    naive = moment.replace(tzinfo=None)
    if naive.isoformat().startswith(_FAR_END):
        return f"{_FAR_END}Z"  # the far end went out without being moved
    try:
        if treated is Treated.FIXED:
            # It went out unmoved with the zone's offset: what the zone's clocks show is what is stored.
            there = naive if moment.tzinfo is None else _moved(moment.astimezone(UTC).replace(tzinfo=None), zone)
            return f"{there.isoformat()}Z"
        if moment.tzinfo is not None:
            return text
        return f"{naive.isoformat()}Z" if treated is not Treated.MOVED else f"{_to_utc(naive, zone).isoformat()}Z"
    except OverflowError:
        return text


def _to_utc(moment: datetime, zone: Zone) -> datetime:
    """The moment when the zone's clocks show this time.

    A time that they show twice is the later one, in standard time; one that they jump over is read with the offset from
    before the jump. In both cases that is the smaller of the two offsets.
    """
    offsets = (_offset_of(moment.replace(fold=fold), zone) for fold in (0, 1))
    return moment - min(offsets)
