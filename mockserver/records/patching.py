"""Patches: JSON Patch (RFC 6902) and merge documents (RFC 7396), applied to an entity as the wire shows it, and made.

The vendor's rules are laid over the RFCs' (protocol 2, contact-domain 3.13): paths in any letter case, dictionaries and
interests that change by key, one object appended to an array. Every path is resolved against the carriers first, so
that the library `jsonpatch` is handed exact paths and values that fit. Must not know rows, verbs or bytes; what is handed
back goes through an ordinary save. The library is imported here at once: whoever needs this module imports it late.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

import jsonpatch
import orjson

from mockserver.calls import PatchKind, Value, plain
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Type
from mockserver.catalogue.shapes import Misfit, Shapes
from mockserver.errors import BadRequest, Conflict

Document = dict[str, Value]

LIMIT: Final = 10_000
"""How many operations a patch may have."""

CONFLICT: Final = "Update blocked because a 'test' operation has detected a conflict with the entity value."

_OPERATIONS = frozenset(("add", "replace", "remove", "test"))
_REFUSED = frozenset(("move", "copy"))
_RIGHTS = frozenset(("TableRight", "FieldProperties"))
_CHOICE = "SelectableMDOListItem"
_ADDRESS_PARTS = "StructuredAddress"
_COMPANIONS = (":org", ":displaytext", ":displaytooltip")
_DEEPEST = 50
_INT32 = 2**31

_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_BAD_ESCAPE = re.compile(r"~(?![01])")


# --- what was sent


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a JSON Patch; `tokens` is its path, taken apart."""

    op: str
    path: str
    tokens: tuple[str, ...]
    value: Value = None


@dataclass(frozen=True, slots=True)
class Patch:
    """A patch document that can be applied: the steps of a JSON Patch, or the members of a merge document."""

    kind: PatchKind
    steps: tuple[Step, ...] = ()
    members: Mapping[str, Value] | None = None

    @classmethod
    def read(cls, body: Value, *, kind: PatchKind | None = None, limit: int = LIMIT) -> Patch:
        """What a decoded body means; without a kind its shape decides. Raises `BadRequest` for what is no patch."""
        if kind is None:
            kind = "json" if isinstance(body, list) else "merge"
        if kind == "merge":
            if not isinstance(body, dict):
                raise BadRequest("A patch must be a JSON object of changed members or a JSON array of operations.")
            return cls("merge", members=body)
        if not isinstance(body, list):
            raise BadRequest("A JSON Patch must be a JSON array of operations.")
        if len(body) > limit:
            raise BadRequest(f"The patch has {len(body)} operations; at most {limit} are accepted.")
        return cls("json", steps=tuple(_step(number, each) for number, each in enumerate(body)))


def _step(number: int, sent: Value) -> Step:
    where = f"Operation {number} of the patch"
    if not isinstance(sent, dict):
        raise BadRequest(f"{where} must be an object with the members op and path.")
    if "op" not in sent or "path" not in sent:
        sent = {str(name).lower(): value for name, value in sent.items()}
    op, path = sent.get("op"), sent.get("path")
    if not isinstance(op, str):
        raise BadRequest(f"{where} has no op; known are add, replace, remove and test.")
    if op not in _OPERATIONS:
        op = op.lower()
        if op in _REFUSED:
            raise BadRequest(f"{where} is a '{op}', which is not supported; use add, replace, remove and test.")
        if op not in _OPERATIONS:
            raise BadRequest(f"{where} has the unknown op '{_short(op)}'; known are add, replace, remove and test.")
    if not isinstance(path, str):
        raise BadRequest(f"{where} has no path, or one that is not text.")
    if "value" not in sent and op != "remove":
        sent = {str(name).lower(): value for name, value in sent.items()}
        if "value" not in sent:
            raise BadRequest(f"{where} ({op} '{_short(path)}') has no value.")
    return Step(op, path, _tokens(path), sent.get("value"))


def _tokens(path: str) -> tuple[str, ...]:
    """The parts of a path, with or without its leading slash; `~1` is a slash and `~0` a tilde (RFC 6901)."""
    parts = path.removeprefix("/").split("/")
    if "~" not in path:
        return tuple(parts)
    if _BAD_ESCAPE.search(path):
        raise BadRequest(f"The path '{_short(path)}' has a ~ that is followed by neither 0 nor 1.")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)


def _pointer(tokens: Sequence[str | int]) -> str:
    """The exact path that the library is handed."""
    path = "/" + "/".join(map(str, tokens))
    if "~" not in path and path.count("/") == len(tokens):
        return path
    return "".join(f"/{str(token).replace('~', '~0').replace('/', '~1')}" for token in tokens)


def _nowhere(tokens: Sequence[str | int], why: str) -> BadRequest:
    return BadRequest(f"The path '{_short(_pointer(tokens))}' cannot be used: {why}.")


def _short(text: str) -> str:
    return f"{text[:80]}…" if len(text) > 80 else text


def key_of(patch: Patch, key_member: str) -> int | None:
    """The stored entity a patch names by its key: through add, replace or test, or by the member of a merge document.

    None, null, 0 and a removed key all mean a new one. The last one wins over no key; two different keys are refused.
    """
    wanted = key_member.lower()
    if patch.members is not None:
        found = [value for name, value in patch.members.items() if name.lower() == wanted]
    else:
        found = [step.value for step in patch.steps if len(step.tokens) == 1 and step.tokens[0].lower() == wanted]
    keys = [_key(value, key_member) for value in found]
    if len({key for key in keys if key}) > 1:
        raise BadRequest(f"The patch names more than one {key_member}.")
    return keys[-1] if keys else None


def _key(value: Value, key_member: str) -> int | None:
    if value is None or value == "":
        return None
    digits = isinstance(value, str) and len(value) < 20 and value.isascii() and value.strip().removeprefix("-").isdecimal()
    if digits or (isinstance(value, float) and value.is_integer()):
        value = int(cast("str | float", value))
    if type(value) is not int or not -_INT32 <= value < _INT32:
        raise BadRequest(f"{key_member} must be a whole number.")
    return value or None


# --- what it makes of an entity


class Patcher:
    """Applies patches to entities as the wire shows them."""

    def __init__(self, catalogue: Catalogue, shapes: Shapes | None = None) -> None:
        self.catalogue = catalogue
        self.shapes = shapes or Shapes(catalogue)
        self._references = {each.carrier: (each.key, each.title) for each in catalogue.lists.values() if each.carrier}

    def apply(self, patch: Patch, entity: Document, carrier: str, *, rest: bool) -> Document:
        """A changed copy of the entity, to be saved through the ordinary replace; the rights members are not copied.

        `rest` follows REST PATCH, where parts of an address and nulls cannot be reached into; an agent's save fills them.
        Raises `BadRequest` for what cannot be applied and `Conflict` for a test that fails.
        """
        draft = _Draft(self, entity, carrier, rest=rest)
        try:
            if patch.members is not None:
                draft.merge(patch.members)
            else:
                for step in patch.steps:
                    draft.change(step.op, step.tokens, step.value)
        except RecursionError:
            raise BadRequest("The patch is nested too deeply.") from None
        after = draft.entity
        for name in draft.touched:
            self._settle(name, entity, after, draft)
        if draft.touched & {"CustomFields", "UserDefinedFields", "ExtraFields"}:
            _settle_custom_fields(entity, after)
        return after

    def _settle(self, name: str, before: Document, after: Document, draft: _Draft) -> None:
        """Where a member shows one thing twice and the patch changed one of the two, make the other one give way.

        The name of a list item beside its id, and the localised view of an address beside the structured one.
        """
        old, new = before.get(name), after.get(name)
        if not isinstance(new, dict):
            return
        carrier = draft.kind_of(name)
        parts = draft.parts.get(name, ())
        if carrier in self._references:
            key, title = self._references[carrier]
            if key in parts and title not in parts:
                new[title] = ""
            elif title in parts and key not in parts and new.get(title):
                new[key] = 0
        elif carrier == "Address" and isinstance(old, dict) and new.get("LocalizedAddress") == old.get("LocalizedAddress"):
            new["LocalizedAddress"] = None

    # --- by type

    def coerced(self, kind: Type, value: Value, tokens: Sequence[str | int]) -> Value:
        """A copy of a sent value that fits the type; raises `BadRequest` with its path."""
        try:
            return self.shapes.coercer(kind)(plain(value) if isinstance(value, (dict, list)) else value)
        except Misfit as misfit:
            raise misfit.within(_short(_pointer(tokens))) from None
        except (ValueError, OverflowError):  # numbers of thousands of digits
            raise BadRequest(f"The value for '{_short(_pointer(tokens))}' does not fit {kind}.") from None

    def cleared(self, kind: Type, value: Value) -> Value:
        """What is left of a removed value: empty as its type says; a carrier with its key 0, which clears a reference."""
        if kind.kind is not Kind.CARRIER or not isinstance(value, dict):
            return self.shapes.empty(kind)
        fields = self.catalogue.carrier(kind.name).fields
        return {field.name: self.cleared(field.type, value.get(field.name)) for field in fields if field.name not in _RIGHTS}

    def same(self, kind: Type, now: Value, sent: Value) -> bool:
        """Whether two values that fit a type mean the same; null means empty, and rights are not looked at."""
        if now is None or sent is None:
            return self._is_empty(kind, now) and self._is_empty(kind, sent)
        if kind.kind is Kind.CARRIER and isinstance(now, dict) and isinstance(sent, dict):
            fields = self.catalogue.carrier(kind.name).fields
            return all(
                self.same(field.type, now.get(field.name), sent.get(field.name)) for field in fields if field.name not in _RIGHTS
            )
        if kind.kind is Kind.ARRAY and kind.item and isinstance(now, list) and isinstance(sent, list):
            item = kind.item
            return len(now) == len(sent) and all(self.same(item, *pair) for pair in zip(now, sent, strict=True))
        if kind.kind is Kind.MAP and kind.item and isinstance(now, dict) and isinstance(sent, dict):
            item = kind.item
            return now.keys() == sent.keys() and all(self.same(item, now[name], sent[name]) for name in now)
        return now == sent

    def _is_empty(self, kind: Type, value: Value) -> bool:
        if value is None:
            return True
        if kind.kind is Kind.CARRIER and isinstance(value, dict):
            fields = self.catalogue.carrier(kind.name).fields
            return all(self._is_empty(field.type, value.get(field.name)) for field in fields if field.name not in _RIGHTS)
        return value == self.shapes.empty(kind)


@dataclass(slots=True)
class _Place:
    """Where a path ends: a member, key or index of a holder, which is None where something before it is null."""

    tokens: tuple[str | int, ...]
    kind: Type
    inside: Type
    holder: Document | list[Value] | None

    @property
    def value(self) -> Value:
        """What is there now."""
        return _held(self.holder, self.tokens[-1])


def _copied(entity: Document) -> Document:
    """A copy, but for the rights: nobody may change them, and they are the larger half of an entity."""
    rights = {name: each for name, each in entity.items() if name in _RIGHTS}
    plainly = entity | dict.fromkeys(rights)
    try:
        copy: Document = orjson.loads(orjson.dumps(plainly))  # a third of the time
    except TypeError:  # what only Python can hold
        copy = {name: plain(each) for name, each in plainly.items()}
    return copy | rights


def _held(holder: Value, name: str | int) -> Value:
    if isinstance(holder, dict):
        return holder.get(name)
    return holder[name] if isinstance(holder, list) and isinstance(name, int) else None


class _Draft:
    """One entity while it is being changed."""

    def __init__(self, patcher: Patcher, entity: Document, carrier: str, *, rest: bool) -> None:
        self.entity = _copied(entity)
        self.touched: set[str] = set()
        self.parts: dict[str, set[str]] = {}
        """Members of members that were changed one by one, by the outer member."""
        self._patcher = patcher
        self._carrier = patcher.catalogue.carrier
        self._root = Type(Kind.CARRIER, carrier)
        self._rest = rest
        self._merging = False
        # For the containers met so far, each kept alive beside what is known of it: the keys of a dictionary by lower
        # case, and the items of a whole list by id.
        self._spellings: dict[int, tuple[Document, dict[str, str]]] = {}
        self._choices: dict[int, tuple[list[Value], dict[Value, Document]]] = {}

    def kind_of(self, member: str) -> str:
        """The carrier a member of the entity is, or ""."""
        field = self._carrier(self._root.name).by_name.get(member.lower())
        return field.type.name if field and field.type.kind is Kind.CARRIER else ""

    def merge(self, members: Mapping[str, Value]) -> None:
        """Carry out a merge document, turned into operations one by one."""
        self._merging = True
        self._merge(self._root.name, (), self.entity, members)

    def _merge(self, carrier: str, at: tuple[str, ...], now: Document, members: Mapping[str, Value]) -> None:
        """What the carrier does not have is ignored, as in any JSON body."""
        if len(at) > _DEEPEST:
            raise BadRequest("The patch is nested too deeply.")
        for name, value in members.items():
            field = self._carrier(carrier).by_name.get(name.lower())
            if field is None or field.name in _RIGHTS or (now.get(field.name) is None and (self._rest or value is None)):
                continue
            where, kind = (*at, field.name), field.type.kind
            if value is None:
                self.change("remove", where, None)
            elif kind is Kind.CARRIER and isinstance(value, dict):
                if now.get(field.name) is None:
                    self.change("add", where, {})
                inner = now[field.name]
                assert isinstance(inner, dict)
                self._merge(field.type.name, where, inner, value)
            elif kind is Kind.ARRAY and isinstance(value, dict):
                self.change("add", (*where, "-"), value)
            else:
                self.change("replace", where, value)

    def change(self, op: str, tokens: tuple[str, ...], value: Value) -> None:
        """Carry out one operation."""
        place = self._find(op, tokens)
        if op == "test":
            self._test(place, value)
            return
        self._note(place.tokens)
        if op == "remove":
            self._remove(place)
        elif isinstance(place.holder, list):
            self._put_item(op, place, value)
        elif value is None:
            if place.value is not None:
                self._remove(place)
        elif place.kind.kind is Kind.MAP:
            self._put_keys(place, value)
        elif _is_whole_list(place.kind):
            self._put_choices(place, value)
        else:
            self._put(place.tokens, self._patcher.coerced(place.kind, value, place.tokens))

    def _note(self, tokens: tuple[str | int, ...]) -> None:
        name = str(tokens[0])
        self.touched.add(name)
        if len(tokens) == 1:
            self.parts.pop(name, None)
        elif len(tokens) == 2:
            self.parts.setdefault(name, set()).add(str(tokens[1]))

    # --- where

    def _find(self, op: str, tokens: tuple[str, ...]) -> _Place:
        """Resolve a path against the types and what is there; containers that are null are made where something is put."""
        kind, holder = self._root, cast("Value", self.entity)
        exact: tuple[str | int, ...] = ()
        for token in tokens[:-1]:
            name, below = self._step(kind, holder, token, tokens, "")
            exact = (*exact, name)
            holder, kind = self._within(op, holder, below, exact), below
        name, below = self._step(kind, holder, tokens[-1], tokens, op)
        assert holder is None or isinstance(holder, (dict, list))
        return _Place((*exact, name), below, kind, holder)

    def _step(self, kind: Type, holder: Value, token: str, tokens: tuple[str, ...], op: str) -> tuple[str | int, Type]:
        """The exact member, index or key that one part of a path means, and its type; `op` is set for the last part."""
        if kind.kind is Kind.CARRIER:
            field = self._carrier(kind.name).by_name.get(token.lower())
            if field is None:
                raise _nowhere(tokens, f"{kind.name} has no member '{_short(token)}'")
            if field.name in _RIGHTS:
                raise _nowhere(tokens, f"{field.name} cannot be changed")
            if kind.name == _ADDRESS_PARTS and self._rest and not self._merging:
                raise _nowhere(tokens, "a part of an address cannot be changed by itself; send the whole of it")
            return field.name, field.type
        if kind.item is None:
            raise _nowhere(tokens, "it goes into something that has no members")
        if kind.kind is Kind.MAP:
            return self._spelled(holder, token), kind.item
        length = len(holder) if isinstance(holder, list) else 0
        if op == "add" and token in ("-", str(length)):
            return "-", kind.item
        if not _INDEX.fullmatch(token) or int(token) >= length:
            raise _nowhere(tokens, f"'{_short(token)}' is not an index of an array of {length}")
        if not op:
            self._choices.pop(id(holder), None)  # the path goes into an item, whose id may change
        return int(token), kind.item

    def _within(self, op: str, holder: Value, kind: Type, exact: tuple[str | int, ...]) -> Value:
        """The value that a path goes through, made where it is null and may be made."""
        inner = _held(holder, exact[-1])
        if inner is not None or op == "test":
            return inner
        if kind.kind not in (Kind.CARRIER, Kind.MAP, Kind.ARRAY):
            raise _nowhere(exact, "it has no members")
        if op == "remove" or (kind.kind is Kind.CARRIER and self._rest):
            raise _nowhere(exact, "it is null")
        self._put(exact, [] if kind.kind is Kind.ARRAY else {}, op="replace" if isinstance(holder, list) else "add")
        return _held(holder, exact[-1])

    def _spelled(self, holder: Value, key: str) -> str:
        """A key as it is spelled already, or as it was sent."""
        if not isinstance(holder, dict) or key in holder:
            return key
        if id(holder) not in self._spellings:
            self._spellings[id(holder)] = holder, {name.lower(): name for name in holder}
        return self._spellings[id(holder)][1].get(key.lower(), key)

    # --- what

    def _test(self, place: _Place, value: Value) -> None:
        """Compare by meaning, which the library cannot; what does not fit the type cannot be equal."""
        coerced = self._patcher.coerced
        try:
            sent = coerced(place.kind, value, place.tokens)
            now = coerced(place.kind, place.value, place.tokens)
        except BadRequest:
            same = False
        else:
            same = self._patcher.same(place.kind, now, sent)
        if not same:
            raise Conflict(CONFLICT, explanation=f"the test of '{_short(_pointer(place.tokens))}' failed")

    def _put(self, tokens: tuple[str | int, ...], value: Value, *, op: str = "add") -> None:
        """Add to what is there; for members and keys it is the same as replacing."""
        operation = jsonpatch.ReplaceOperation if op == "replace" else jsonpatch.AddOperation
        operation({"op": op, "path": _pointer(tokens), "value": value}).apply(self.entity)

    def _remove(self, place: _Place) -> None:
        if place.inside.kind is Kind.CARRIER:
            if place.value is not None:
                self._put(place.tokens, self._patcher.cleared(place.kind, place.value))
            return
        if isinstance(place.holder, list):
            self._choices.pop(id(place.holder), None)
        elif isinstance(place.holder, dict):
            key = str(place.tokens[-1])
            if key not in place.holder:
                raise _nowhere(place.tokens, f"there is no key '{_short(key)}'")
            if id(place.holder) in self._spellings:
                self._spellings[id(place.holder)][1].pop(key.lower(), None)
        jsonpatch.RemoveOperation({"op": "remove", "path": _pointer(place.tokens)}).apply(self.entity)

    def _put_keys(self, place: _Place, value: Value) -> None:
        """Only the keys that are named change; null removes one."""
        sent = self._patcher.coerced(place.kind, value, place.tokens)
        if place.value is None:
            self._put(place.tokens, {})
        now, item = place.value, place.kind.item
        assert isinstance(now, dict)
        assert isinstance(sent, dict)
        assert item is not None
        for name, each in sent.items():
            self._put_key(_Place((*place.tokens, self._spelled(now, name)), item, place.kind, now), each)

    def _put_key(self, place: _Place, value: Value) -> None:
        assert isinstance(place.holder, dict)
        key = str(place.tokens[-1])
        if value is None:
            if key in place.holder:
                self._remove(place)
            return
        if id(place.holder) in self._spellings:
            self._spellings[id(place.holder)][1].setdefault(key.lower(), key)
        self._put(place.tokens, value)

    def _put_item(self, op: str, place: _Place, value: Value) -> None:
        """Add an element or replace one; in a whole list the item of the same id changes instead."""
        assert isinstance(place.holder, list)
        sent = self._patcher.coerced(place.kind, value, place.tokens)
        if not _is_choice(place.kind) or not place.holder:
            self._put(place.tokens, sent, op=op)
        elif isinstance(sent, dict):
            if not sent.get("Id") and isinstance(place.value, dict):
                sent["Id"] = place.value["Id"]
            self._choose(place.holder, [sent])

    def _put_choices(self, place: _Place, value: Value) -> None:
        """Only the items that are listed change, each found by its id; what the list does not have is dropped."""
        sent = self._patcher.coerced(place.kind, value, place.tokens)
        now = place.value
        assert isinstance(sent, list)
        if isinstance(now, list) and now:
            self._choose(now, sent)
        else:
            self._put(place.tokens, sent)

    def _choose(self, now: list[Value], sent: list[Value]) -> None:
        if id(now) not in self._choices:
            self._choices[id(now)] = now, {item.get("Id"): item for item in _items(now)}
        known = self._choices[id(now)][1]
        for each in _items(sent):
            if each.get("Id") in known:
                changes = {name: value for name, value in each.items() if value is not None and name != "ChildItems"}
                known[each["Id"]].update(changes)


def _is_choice(kind: Type) -> bool:
    return kind.kind is Kind.CARRIER and kind.name == _CHOICE


def _is_whole_list(kind: Type) -> bool:
    return kind.kind is Kind.ARRAY and kind.item is not None and _is_choice(kind.item)


def _items(items: Value) -> Iterator[Document]:
    """The items of a list and of the headings in it."""
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            yield item
            yield from _items(item.get("ChildItems"))


def _settle_custom_fields(before: Document, after: Document) -> None:
    """Make the map that was patched win over the other one, which shows the same fields.

    A changed entry of `CustomFields` loses its `:org` twin, so that it counts as a change, and its twin in the older maps
    goes. An entry changed in an older map alone makes its twin in `CustomFields` go. The value of a removed key is "" in
    the other map, so that saving empties the field.
    """
    custom = _Fields("CustomFields", before, after)
    older = [_Fields(name, before, after) for name in ("UserDefinedFields", "ExtraFields")]
    for key in custom.changed:
        custom.drop(f"{key}:org")
        if key not in custom and any(key in each.changed and key in each for each in older):
            continue  # it was removed here and given there
        homes = [each for each in older if each.knows(key)]
        for each in homes:
            each.drop(key)
        if key not in custom and homes:
            homes[0].empty(key)
    for each in older:
        for key in each.changed:
            if key not in custom.changed:
                custom.drop(f"{key}:org")
                if custom.drop(key) and key not in each:
                    custom.empty(key)


class _Fields:
    """One map of custom fields before and after a patch; keys are given in lower case."""

    def __init__(self, member: str, before: Document, after: Document) -> None:
        old, new = before.get(member), after.get(member)
        old = old if isinstance(old, dict) else {}
        self._new: Document = new if isinstance(new, dict) else {}
        self._spelled = {name.lower(): name for name in (*old, *self._new)}
        self.changed: list[str] = []
        """Keys whose values differ."""
        if old != self._new:
            self.changed = [
                name.lower()
                for name in {**old, **self._new}
                if old.get(name) != self._new.get(name) and not name.lower().endswith(_COMPANIONS)
            ]

    def __contains__(self, key: str) -> bool:
        return self._spelled.get(key, key) in self._new

    def knows(self, key: str) -> bool:
        """Whether the key was here before, or is now."""
        return key in self._spelled

    def drop(self, key: str) -> bool:
        """Remove a key; whether it was there."""
        return self._new.pop(self._spelled.get(key, key), None) is not None

    def empty(self, key: str) -> None:
        """Say that the field is to be emptied."""
        self._new[self._spelled.get(key, key)] = ""
