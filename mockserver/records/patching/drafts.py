"""One entity while it is being changed, operation by operation. Must not know what is shown twice in it (`settling`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockserver.calls import Value
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind
from mockserver.errors import BadRequest, Conflict
from mockserver.records.patching.choices import Choices, is_choice, is_whole_list
from mockserver.records.patching.documents import Document, nowhere, pointer, short
from mockserver.records.patching.places import Place, Places
from mockserver.records.patching.values import RIGHTS, Values, held

CONFLICT: Final = "Update blocked because a 'test' operation has detected a conflict with the entity value."

_DEEPEST = 50


class Draft:
    """A copy of an entity, with what was changed in it: `touched` are its members.

    `parts` are the members of members that were changed one by one, by the outer member.
    """

    def __init__(self, catalogue: Catalogue, values: Values, entity: Document, carrier: str, *, rest: bool) -> None:
        self.touched: set[str] = set()
        self.parts: dict[str, set[str]] = {}
        self._choices = Choices()
        self._places = Places(entity, carrier, catalogue, self._choices.forget, rest=rest)
        self.entity = self._places.entity
        self.own = self._places.own
        self._values = values
        self._carrier = catalogue.carrier
        self._rest = rest

    def kind_of(self, member: str) -> str:
        """The carrier a member of the entity is, or ""."""
        field = self._carrier(self._places.root.name).by_name.get(member.lower())
        return field.type.name if field and field.type.kind is Kind.CARRIER else ""

    # --- a merge document

    def merge(self, members: Mapping[str, Value]) -> None:
        """Carry out a merge document, turned into operations one by one."""
        self._places.whole_addresses = False
        self._merge(self._places.root.name, (), self.entity, members)

    def _merge(self, carrier: str, at: tuple[str, ...], now: Document, members: Mapping[str, Value]) -> None:
        """What the carrier does not have is ignored, as in any JSON body."""
        if len(at) > _DEEPEST:
            raise BadRequest("The patch is nested too deeply.")
        for name, value in members.items():
            field = self._carrier(carrier).by_name.get(name.lower())
            if field is None or field.name in RIGHTS:
                continue
            is_null = held(now, field.name) is None
            if is_null and (self._rest or value is None):
                continue
            where, kind = (*at, field.name), field.type.kind
            if value is None:
                self.change("remove", where, None)
            elif kind is Kind.CARRIER and isinstance(value, dict):
                if is_null:
                    self.change("add", where, {})
                inner = self.own(now, field.name)
                assert isinstance(inner, dict)
                self._merge(field.type.name, where, inner, value)
            elif kind is Kind.ARRAY and isinstance(value, dict):
                self.change("add", (*where, "-"), value)
            else:
                self.change("replace", where, value)

    # --- one operation

    def change(self, op: str, tokens: tuple[str, ...], value: Value) -> None:
        """Carry out one operation."""
        place = self._places.find(op, tokens)
        if op == "test":
            self._test(place, value)
            return
        exact, kind, _, holder = place
        assert holder is not None
        self._note(exact)
        if op == "remove":
            self._remove(place, holder)
        elif isinstance(holder, list):
            self._put_item(op, place, holder, value)
        elif value is None:
            if place.value is not None:
                self._remove(place, holder)
        elif kind.kind is Kind.MAP:
            self._put_keys(place, holder, value)
        elif is_whole_list(kind):
            self._put_choices(place, holder, value)
        else:
            self._put(holder, exact, self._values.coerced(kind, value, exact))

    def _note(self, tokens: tuple[str | int, ...]) -> None:
        name = str(tokens[0])
        self.touched.add(name)
        if len(tokens) == 1:
            self.parts.pop(name, None)
        elif len(tokens) == 2:
            self.parts.setdefault(name, set()).add(str(tokens[1]))

    def _test(self, place: Place, value: Value) -> None:
        """Compare by meaning, which the library cannot; what does not fit the type cannot be equal."""
        coerced = self._values.coerced
        try:
            sent = coerced(place.kind, value, place.tokens)
            now = coerced(place.kind, place.value, place.tokens)
        except BadRequest:
            same = False
        else:
            same = self._values.same(place.kind, now, sent)
        if not same:
            raise Conflict(CONFLICT, explanation=f"the test of '{short(pointer(place.tokens))}' failed")

    def _put(self, holder: Document, tokens: tuple[str | int, ...], value: Value) -> None:
        """Set a member or a key; for these, adding is the same as replacing."""
        holder[str(tokens[-1])] = value

    def _remove(self, place: Place, holder: Document | list[Value]) -> None:
        if place.inside.kind is Kind.CARRIER:
            if place.value is not None:
                assert isinstance(holder, dict)
                self._put(holder, place.tokens, self._values.cleared(place.kind, place.value))
        elif isinstance(holder, list):
            self._choices.forget(holder)
            _in_array("remove", holder, place.tokens[-1])
        else:
            key = str(place.tokens[-1])
            if key not in holder:
                raise nowhere(place.tokens, f"there is no key '{short(key)}'")
            self._places.gone(holder, key)
            del holder[key]

    def _put_keys(self, place: Place, holder: Document, value: Value) -> None:
        """Only the keys that are named change; null removes one."""
        sent = self._values.coerced(place.kind, value, place.tokens)
        if place.value is None:
            self._put(holder, place.tokens, {})
        now, item = self.own(holder, place.tokens[-1]), place.kind.item
        assert isinstance(now, dict)
        assert isinstance(sent, dict)
        assert item is not None
        for name, each in sent.items():
            key = self._places.spelled(now, name)
            if each is not None:
                self._places.given(now, key)
                now[key] = each
            elif key in now:
                self._remove(Place((*place.tokens, key), item, place.kind, now), now)

    def _put_item(self, op: str, place: Place, holder: list[Value], value: Value) -> None:
        """Add an element or replace one; in a whole list the item of the same id changes instead."""
        sent = self._values.coerced(place.kind, value, place.tokens)
        if not is_choice(place.kind) or not holder:
            _in_array(op, holder, place.tokens[-1], sent)
        elif isinstance(sent, dict):
            if not sent.get("Id") and isinstance(place.value, dict):
                sent["Id"] = place.value["Id"]
            self._choices.choose(holder, [sent], self.own)

    def _put_choices(self, place: Place, holder: Document, value: Value) -> None:
        """Only the items that are listed change, each found by its id; what the list does not have is dropped."""
        sent = self._values.coerced(place.kind, value, place.tokens)
        assert isinstance(sent, list)
        if place.value:
            now = self.own(holder, place.tokens[-1])
            assert isinstance(now, list)
            self._choices.choose(now, sent, self.own)
        else:
            self._put(holder, place.tokens, sent)


def _in_array(op: str, holder: list[Value], index: str | int, value: Value = None) -> None:
    """An operation of the library on an array that is the draft's own; heavy to import, and few patches need it."""
    import jsonpatch

    kinds = {"add": jsonpatch.AddOperation, "replace": jsonpatch.ReplaceOperation, "remove": jsonpatch.RemoveOperation}
    kinds[op]({"op": op, "path": f"/{index}", "value": value}).apply(holder)
