"""Values from types: the empty value of a type, and a decoded value made to fit one.

Compiled once per type from the carriers, so that nothing is looked up per request. Stands below both `wire` (which needs
empty values for projections) and `records` (which needs coerced ones); the plan of the house had it in `records`.
Must not know rows, verbs or bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from math import isfinite

from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Enumeration, Field, Kind, Type
from mockserver.errors import BadRequest

EMPTY_DATE = "0001-01-01T00:00:00"
Coerce = Callable[[object], object]

_EMPTY_DAYS = frozenset(("0000-12-30", "0000-12-31", "0001-01-01", "0001-01-02"))

_INT32_MAX, _INT32_MIN = 2**31 - 1, -(2**31)
_INT64_MAX, _INT64_MIN = 2**63 - 1, -(2**63)
_DOUBLE_END = 10**308
_MOST_ITEMS = 500_000
_RIGHTS = ("TableRight", "FieldProperties")


class Misfit(BadRequest):
    """A decoded value does not fit its type; `where` grows on the way out, so that it ends as a path."""

    def __init__(self, value: object, wanted: str) -> None:
        super().__init__(f"Could not convert {_shown(value)} to {wanted}.")
        self.wanted = wanted
        self.where = ""

    def within(self, step: str) -> Misfit:
        """The same misfit, seen from one level further out."""
        self.where = f"{step}.{self.where}" if self.where else step
        self.explanation = f"{self.where}: {self.message}"
        return self


def _shown(value: object) -> str:
    """A short description of a value that never repeats much of it."""
    if isinstance(value, (dict, list)):
        return {dict: "an object", list: "an array"}[type(value)]
    if isinstance(value, int) and abs(value) > _INT64_MAX:
        return "a number that is too big"
    text = str(value)
    return f"'{text[:40]}…'" if len(text) > 40 else f"'{text}'"


class Shapes:
    """All shapes of one catalogue, compiled at first use and kept."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._carriers: dict[tuple[str, frozenset[str]], Coerce] = {}
        self._enums: dict[str, Coerce] = {}

    # --- empty values

    def empty(self, kind: Type) -> object:
        """What a member of this type holds when nobody set it: a fresh value each time.

        A member that is a carrier is null (protocol 1.2), a carrier asked for by itself is `empty_carrier`.
        """
        if kind.kind is Kind.ENUM:
            return self._first(self._catalogue.enum(kind.name))
        if kind.kind is Kind.ARRAY:
            return []
        return {} if kind.kind is Kind.MAP else _EMPTY.get(kind.kind)

    def empty_carrier(self, name: str) -> dict[str, object]:
        """A carrier with every member in published order, each with its empty value."""
        return {field.name: self.empty(field.type) for field in self._catalogue.carrier(name).fields}

    def filled(self, name: str, values: Mapping[str, object]) -> dict[str, object]:
        """An empty carrier with these members set; names must be published ones."""
        carrier = self.empty_carrier(name)
        for member, value in values.items():
            if member not in carrier:
                raise KeyError(f"{name} has no member {member}")
            carrier[member] = value
        return carrier

    @staticmethod
    def _first(enum: Enumeration) -> str:
        return min(enum.members, key=lambda name: (enum.members[name] != 0, enum.members[name]))

    # --- coerced values

    def coercer(self, kind: Type, ignore: Iterable[str] = ()) -> Coerce:
        """A function from a decoded value to one that fits the type; it raises `Misfit`.

        It takes the value over: carriers and arrays are fitted in place, since nobody else holds what was just decoded.
        Carriers keep only the members that were sent, under their published names whatever case came in; unknown members
        are dropped unless they are null, those in `ignore` are not looked at. Null is the same as absent.
        """
        match kind.kind:
            case Kind.ENUM:
                return self._enum(kind.name)
            case Kind.CARRIER:
                return self._carrier(kind.name, frozenset(ignore))
            case Kind.ARRAY if kind.item:
                return _array(self.coercer(kind.item))
            case Kind.MAP if kind.item:
                return _map(self.coercer(kind.item))
            case _:
                return _COERCERS.get(kind.kind, _unchanged)

    def _enum(self, name: str) -> Coerce:
        if name not in self._enums:
            self._enums[name] = _enum(self._catalogue.enum(name))
        return self._enums[name]

    def _carrier(self, name: str, ignore: frozenset[str]) -> Coerce:
        known = self._carriers.get((name, ignore))
        if known is None:
            known = self._carriers[name, ignore] = self._compiled(name, ignore)
        return known

    def _compiled(self, name: str, ignore: frozenset[str]) -> Coerce:
        exact: dict[str, type] = {}
        convert: dict[str, Coerce] = {}
        # Known before its members are: carriers may hold themselves.
        coerce = self._carriers[name, ignore] = _carrier(name, exact, convert, ignore)
        for field in self._catalogue.carrier(name).fields:
            if field.name not in ignore and field.name not in _RIGHTS:
                convert[field.name] = self._member(field)
                if field.type.kind in _EXACT:
                    exact[field.name] = _EXACT[field.type.kind]
        if len(exact) == len(convert) and set(exact.values()) == {str}:
            coerce = self._carriers[name, ignore] = _textual(frozenset(exact), coerce)
        return coerce

    def _member(self, field: Field) -> Coerce:
        if field.type.kind is Kind.CARRIER:
            # Looked up when called: compiling every carrier that is reachable would compile most of the API.
            return self._later(field.type.name)
        return self.coercer(field.type)

    def _later(self, name: str) -> Coerce:
        known: Coerce | None = None

        def coerce(value: object) -> object:
            nonlocal known
            if known is None:
                known = self._carrier(name, frozenset())
            return known(value)

        return coerce


# Kinds whose decoded form, if it has this Python type, needs no further look. Whole numbers have bounds.
_EXACT: dict[Kind, type] = {Kind.STRING: str, Kind.BOOLEAN: bool, Kind.DOUBLE: float}
_EMPTY: dict[Kind, object] = {
    Kind.STRING: "",
    Kind.INT32: 0,
    Kind.INT64: 0,
    Kind.DOUBLE: 0.0,
    Kind.BOOLEAN: False,
    Kind.DATE_TIME: EMPTY_DATE,
    Kind.BINARY: "",
    Kind.STREAM: "",
}


def _unchanged(value: object) -> object:
    return value


def _text(value: object) -> object:
    if value is None or type(value) is str:
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) <= _INT64_MAX):
        return str(value)
    raise Misfit(value, "System.String")


def _int32(value: object) -> object:
    if type(value) is not int:
        value = _integer(value, "System.Int32")
    if value is not None and not _INT32_MIN <= value <= _INT32_MAX:
        raise Misfit(value, "System.Int32")
    return value


def _int64(value: object) -> object:
    if type(value) is not int:
        value = _integer(value, "System.Int64")
    if value is not None and not _INT64_MIN <= value <= _INT64_MAX:
        raise Misfit(value, "System.Int64")
    return value


def _integer(value: object, wanted: str) -> int | None:
    """A number as other forms say it: `"5"` and `5.0` are 5, text that is empty or null is null."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        text = value.strip()
        if len(text) <= 20 and text.removeprefix("-").isdecimal() and text.isascii():
            return int(text)
    raise Misfit(value, wanted)


def _double(value: object) -> object:
    if value is None or value == "":
        return None
    if isinstance(value, float) or (isinstance(value, int) and abs(value) < _DOUBLE_END):
        return float(value)
    if isinstance(value, str) and len(value) < 400 and "_" not in value:
        try:
            number = float(value)
        except ValueError:
            raise Misfit(value, "System.Double") from None
        if isfinite(number):
            return number
    raise Misfit(value, "System.Double")


def _boolean(value: object) -> object:
    if value is None or value == "":
        return None
    if isinstance(value, (bool, int)):
        return bool(value)
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    raise Misfit(value, "System.Boolean")


def date_time(value: object) -> object:
    """An ISO date in any of the forms clients send → `yyyy-MM-ddTHH:mm:ss` in UTC; "" and null are null.

    Everything before the third of January of the year 1 is the empty date: clients that read it as local time send it back
    shifted, even into the year 0. A date without an offset is taken as UTC, the base zone of the stock tenant; fractions
    are cut (protocol 1.2, 1.3).
    """
    if value is None or value == "":
        return None
    if type(value) is str and len(value) < 64:
        return _instant(value)
    raise Misfit(value, "System.DateTime")


@lru_cache(maxsize=2048)
def _instant(text: str) -> str:
    text = text.strip()
    # The year 0 is no year of Python's: the time behind it is read as if it were the first day.
    empty = text[:10] in _EMPTY_DAYS
    try:
        moment = datetime.fromisoformat("0001-01-01" + text[10:] if empty else text)
        if empty:
            return EMPTY_DATE
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Misfit(text, "System.DateTime") from None
    kept = moment.replace(tzinfo=None, microsecond=0).isoformat()
    return EMPTY_DATE if kept[:10] in _EMPTY_DAYS else kept


def _carrier(name: str, exact: dict[str, type], convert: dict[str, Coerce], ignore: frozenset[str]) -> Coerce:
    """One loop over what was sent; a member that fits as it is costs a look-up and a comparison, and stays in place."""
    spelled: dict[str, str] = {}

    def respell(value: dict[str, object], sent: str) -> None:
        """A member in another letter case goes under its published name, an unknown one goes."""
        if not spelled:
            spelled.update((known.lower(), known) for known in convert)
        each, known = value.pop(sent), spelled.get(sent.lower())
        if known is not None:
            value[known] = convert[known](each)

    def coerce(value: object) -> object:
        if value is None:
            return None
        if type(value) is not dict:
            raise Misfit(value, name)
        odd = []
        try:
            for sent, each in value.items():
                if each is None or type(each) is exact.get(sent):
                    continue
                if sent in convert:
                    value[sent] = convert[sent](each)
                elif sent not in ignore:
                    odd.append(sent)
            for sent in odd:
                respell(value, sent)
        except Misfit as misfit:
            raise misfit.within(sent) from None
        except RecursionError:
            raise Misfit(value, name) from None
        return value

    return coerce


def _textual(names: frozenset[str], general: Coerce) -> Coerce:
    """A carrier of texts only (phones and e-mails come by the dozen): one look at each member where all is as published."""

    def coerce(value: object) -> object:
        if type(value) is not dict:
            return general(value)
        for sent, each in value.items():
            if (type(each) is not str and each is not None) or sent not in names:
                return general(value)
        return value

    return coerce


def _array(item: Coerce) -> Coerce:
    def coerce(value: object) -> object:
        if value is None:
            return None
        if type(value) is not list:
            raise Misfit(value, "an array")
        if len(value) > _MOST_ITEMS:
            raise Misfit(value, f"an array of at most {_MOST_ITEMS} items")
        index = 0
        try:
            for index, each in enumerate(value):
                value[index] = item(each)
        except Misfit as misfit:
            raise misfit.within(f"[{index}]") from None
        return value

    return coerce


def _map(item: Coerce) -> Coerce:
    def coerce(value: object) -> object:
        if value is None:
            return None
        if type(value) is not dict:
            raise Misfit(value, "a dictionary")
        try:
            return {name: item(each) for name, each in value.items()}
        except Misfit as misfit:
            raise misfit.within("{}") from None

    return coerce


def _enum(enum: Enumeration) -> Coerce:
    """Names in any case, numbers, numbers as text; for flags also `A, B` and sums. Answers the name, flags as `A, B`."""
    by_name = {name.lower(): name for name in enum.members}
    by_number: dict[int, str] = {}
    for name, number in enum.members.items():
        by_number.setdefault(number, name)
    single = {number: name for number, name in by_number.items() if number > 0 and number & (number - 1) == 0}

    def numbered(number: int) -> str:
        if number in by_number:
            return by_number[number]
        if enum.flags and number > 0:
            bits = [bit for bit in single if number & bit]
            if sum(bits) == number:
                return ", ".join(single[bit] for bit in bits)
        raise Misfit(number, enum.name)

    def coerce(value: object) -> object:
        if value is None:
            return None
        if type(value) is str:
            if value in enum.members:
                return value
            parts = [by_name.get(part.strip().lower()) for part in value.split(",")] if value else []
            if parts and None not in parts and (len(parts) == 1 or enum.flags):
                return ", ".join(part for part in parts if part)
            if len(value) < 12 and value.strip().removeprefix("-").isdecimal():
                return numbered(int(value))
        elif type(value) is int:
            return numbered(value)
        raise Misfit(value, enum.name)

    return coerce


_COERCERS: dict[Kind, Coerce] = {
    Kind.STRING: _text,
    Kind.BINARY: _text,
    Kind.STREAM: _text,
    Kind.INT32: _int32,
    Kind.INT64: _int64,
    Kind.DOUBLE: _double,
    Kind.BOOLEAN: _boolean,
    Kind.DATE_TIME: date_time,
}
