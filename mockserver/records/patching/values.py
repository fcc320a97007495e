"""Values by their types, as patches need them: made to fit, compared by meaning, emptied. Must not know paths or entities."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.calls import Constant, Value, plain
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Type
from mockserver.catalogue.shapes import Misfit, Shapes
from mockserver.errors import BadRequest
from mockserver.records.patching.documents import pointer, short

RIGHTS = frozenset(("TableRight", "FieldProperties"))
"""Members that nobody may change."""


def held(holder: Value, name: str | int) -> Value:
    """What a container has there, itself if it is a constant's; None where there is nothing."""
    value: Value = None
    if type(holder) is dict:
        value = holder.get(name)
    elif type(holder) is list and isinstance(name, int):
        value = holder[name]
    return value.value if type(value) is Constant else value


class Values:
    """What can be done with the values of all types of one catalogue."""

    def __init__(self, catalogue: Catalogue, shapes: Shapes) -> None:
        self._catalogue = catalogue
        self._shapes = shapes

    def coerced(self, kind: Type, value: Value, tokens: Sequence[str | int]) -> Value:
        """A copy of a sent value that fits the type; raises `BadRequest` with its path."""
        try:
            return self._shapes.coercer(kind)(plain(value) if isinstance(value, (dict, list)) else value)
        except Misfit as misfit:
            raise misfit.within(short(pointer(tokens))) from None
        except (ValueError, OverflowError):  # numbers of thousands of digits
            raise BadRequest(f"The value for '{short(pointer(tokens))}' does not fit {kind}.") from None

    def cleared(self, kind: Type, value: Value) -> Value:
        """What is left of a removed value: empty as its type says; a carrier with its key 0, which clears a reference."""
        if kind.kind is not Kind.CARRIER or not isinstance(value, dict):
            return self._shapes.empty(kind)
        fields = self._catalogue.carrier(kind.name).fields
        return {field.name: self.cleared(field.type, held(value, field.name)) for field in fields if field.name not in RIGHTS}

    def same(self, kind: Type, now: Value, sent: Value) -> bool:
        """Whether two values that fit a type mean the same; null means empty, and rights are not looked at."""
        if now is None or sent is None:
            return self._is_empty(kind, now) and self._is_empty(kind, sent)
        if kind.kind is Kind.CARRIER and isinstance(now, dict) and isinstance(sent, dict):
            fields = self._catalogue.carrier(kind.name).fields
            return all(
                self.same(field.type, now.get(field.name), sent.get(field.name)) for field in fields if field.name not in RIGHTS
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
            fields = self._catalogue.carrier(kind.name).fields
            return all(self._is_empty(field.type, value.get(field.name)) for field in fields if field.name not in RIGHTS)
        return value == self._shapes.empty(kind)
