"""Form bodies in: `application/x-www-form-urlencoded` (protocol 1.1, as the jQuery and MVC binders of the framework read it).

Only read, never written. Every way of saying a place is understood: `Business[Id]`, `Business.Id`, `Emails[0].Value`,
`Ids[]`, repeated names, `CustomFields[SuperOffice:1]`, `CustomFields[0].Key`. What comes out is loose, with text for
scalars; `catalogue.shapes` makes it fit. Must not know operations or rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from mockserver.calls import Value
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Type
from mockserver.errors import BadRequest

MEDIA_TYPES = ("application/x-www-form-urlencoded",)

_MOST_FIELDS = 100_000
_DEEPEST = 64
_MOST_DIGITS = 6
_ANY = Type(Kind.ANY)
_NESTS = (Kind.CARRIER, Kind.ARRAY, Kind.MAP)
_FIRST = re.compile(r"[^.\[\]]*")
_STEP = re.compile(r"\[([^\[\]]*)\]|\.([^.\[\]]+)")


@dataclass(slots=True)
class _Nest:
    """Something with members, while the fields come in.

    `inside` is by published name, by key, or by index; an int in a dictionary is an entry said as `[0].Key` and
    `[0].Value`, whose key stands in `keys`. `following` is the index that `[]` means.
    """

    kind: Type
    inside: dict[str | int, Value] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    following: int = 0


class Form:
    """The reader for all types of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def decode(self, text: str, kind: Type) -> Value:
        """The loose value of a form; nothing at all is null; raises `BadRequest`.

        Unknown members are left out, indices only give the order (gaps close), and of a scalar said twice the first counts,
        as in the framework's binder. A bare name without a value is an empty array or dictionary, and a null carrier.
        """
        if not text.strip():
            return None
        try:
            fields = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS)
        except ValueError:
            raise _refused(f"it has more than {_MOST_FIELDS} fields") from None
        # The body is the one member of a nest that has no name: `=5` is a scalar, `[0]=5` an array.
        top = _Nest(_ANY)
        for name, value in fields:
            try:
                self._put(top, "", kind, _steps(name), value)
            except BadRequest as refusal:
                shown = name if len(name) <= 60 else f"{name[:60]}…"
                raise _refused(f"the field {shown}: {refusal.explanation}") from None
        found = top.inside.get("")
        return _finished(found) if found is not None else None

    def _put(self, nest: _Nest, place: str | int, kind: Type, rest: list[str], value: str) -> None:
        """Lay a value at a place, or along the steps that go on from there."""
        if not rest and (kind.kind not in _NESTS or (kind.kind is Kind.CARRIER and not value)):
            nest.inside.setdefault(place, value if kind.kind not in _NESTS else None)
            return
        if kind.kind not in _NESTS and kind.kind is not Kind.ANY:
            raise _refused(f"{kind} has no members; a key with dots stands in brackets")
        inner = nest.inside.get(place)
        if inner is None:
            inner = nest.inside[place] = _Nest(kind)
        elif not isinstance(inner, _Nest):
            raise _refused("has both a value and members")
        if rest:
            self._step(inner, rest, value)
        elif value:
            if kind.kind is not Kind.ARRAY:
                raise _refused(f"{kind} is no single value")
            self._step(inner, [""], value)

    def _step(self, nest: _Nest, steps: list[str], value: str) -> None:
        """Go one step into a nest."""
        step, rest = steps[0], steps[1:]
        item = nest.kind.item or _ANY
        match nest.kind.kind:
            case Kind.CARRIER:
                member = self._catalogue.carrier(nest.kind.name).by_name.get(step.lower())
                if member is not None:
                    self._put(nest, member.name, member.type, rest, value)
            case Kind.ARRAY:
                self._put(nest, _index(nest, step), item, rest, value)
            case Kind.MAP if rest and self._is_entry(item, step, rest[0]):
                if rest[0].lower() == "key":
                    nest.keys.setdefault(_index(nest, step), value)
                else:
                    self._put(nest, _index(nest, step), item, rest[1:], value)
            case Kind.MAP:
                self._put(nest, step, item, rest, value)
            case _:
                self._put(nest, step or _index(nest, step), _ANY, rest, value)

    def _is_entry(self, item: Type, step: str, part: str) -> bool:
        """Whether `[0].Key` or `[0].Value` say an entry, and not a member of what is kept under the key 0."""
        if part.lower() not in ("key", "value") or not (step.isascii() and step.isdigit()):
            return False
        return item.kind is not Kind.CARRIER or part.lower() not in self._catalogue.carrier(item.name).by_name


def _refused(why: str) -> BadRequest:
    return BadRequest("The request body is not valid form data.", explanation=why)


def _steps(name: str) -> list[str]:
    """`Emails[0].Value` → Emails, 0, Value; a name that begins with a bracket goes into a root array."""
    found = _FIRST.match(name)
    at = found.end() if found else 0
    steps = [name[:at]] if at else []
    while at < len(name):
        step = _STEP.match(name, at)
        if step is None:
            raise _refused("a bracket without its other half, or a dot without a name")
        if len(steps) == _DEEPEST:
            raise _refused(f"more than {_DEEPEST} levels")
        steps.append(step[2] or step[1] or "")
        at = step.end()
    return steps


def _index(nest: _Nest, step: str) -> int:
    """The index a step says; `[]` is the next one."""
    if not step:
        index = nest.following
    elif len(step) <= _MOST_DIGITS and step.isascii() and step.isdigit():
        index = int(step)
    else:
        raise _refused(f"an index of an array is a number of at most {_MOST_DIGITS} digits")
    nest.following = max(nest.following, index + 1)
    return index


def _finished(value: Value) -> Value:
    """The loose value of what was collected."""
    if not isinstance(value, _Nest):
        return value
    inside = value.inside
    match value.kind.kind:
        case Kind.ARRAY:
            return [_finished(inside[index]) for index in sorted(inside, key=int)]
        case Kind.MAP:
            if unnamed := [place for place in inside if isinstance(place, int) and place not in value.keys]:
                raise _refused(f"the entry {unnamed[0]} of a dictionary has a value and no key")
            entries: dict[str, Value] = {key: _finished(inside.get(index)) for index, key in sorted(value.keys.items())}
            return entries | {place: _finished(each) for place, each in inside.items() if isinstance(place, str)}
        case Kind.ANY if all(isinstance(place, int) or (place.isascii() and place.isdigit()) for place in inside):
            return [_finished(each) for each in inside.values()]
        case _:
            return {str(name): _finished(each) for name, each in inside.items()}
