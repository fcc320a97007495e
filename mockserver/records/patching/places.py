"""Where paths lead: resolved against the carriers and what is there, with every container on the way made the draft's own.

A container is copied when a path first leads through it and never again; what no path leads through is shared with the entity
that is patched. Must not know what is put there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from mockserver.calls import Value
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Type
from mockserver.records.patching.documents import Document, nowhere, short
from mockserver.records.patching.values import RIGHTS, held

_ADDRESS_PARTS = "StructuredAddress"
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


class Place(NamedTuple):
    """Where a path ends: a member, key or index of a holder, which is None where something before it is null."""

    tokens: tuple[str | int, ...]
    kind: Type
    inside: Type
    holder: Document | list[Value] | None

    @property
    def value(self) -> Value:
        """What is there now."""
        return held(self.holder, self.tokens[-1])


class Places:
    """The places of one entity while it is being changed.

    `entered` is told of each array into an element of which a path leads. `whole_addresses` says that parts of an address
    cannot be reached.
    """

    def __init__(
        self, entity: Document, carrier: str, catalogue: Catalogue, entered: Callable[[list[Value]], None], *, rest: bool
    ) -> None:
        self.entity = dict(entity)
        self.root = Type(Kind.CARRIER, carrier)
        self.whole_addresses = rest
        self._carrier = catalogue.carrier
        self._entered = entered
        self._rest = rest
        # Containers by their id, each kept alive so that its id stays its own: those that may be changed, and the keys of
        # dictionaries by lower case.
        self._owned: dict[int, Value] = {}
        self._spellings: dict[int, tuple[Document, dict[str, str]]] = {}

    def find(self, op: str, tokens: tuple[str, ...]) -> Place:
        """Resolve a path; what is null is made on the way where something is put behind it."""
        kind: Type = self.root
        holder: Document | list[Value] | None = self.entity
        exact: tuple[str | int, ...] = ()
        for token in tokens[:-1]:
            name, below = self._step(kind, holder, token, tokens, "")
            exact = (*exact, name)
            holder, kind = self._within(op, holder, below, exact), below
        name, below = self._step(kind, holder, tokens[-1], tokens, op)
        return Place((*exact, name), below, kind, holder)

    def own(self, holder: Document | list[Value], name: str | int) -> Document | list[Value] | None:
        """The container there, to be changed in place; None where there is none."""
        inner = held(holder, name)
        if not isinstance(inner, (dict, list)):
            return None
        if id(inner) not in self._owned:
            inner = inner.copy()
            self._owned[id(inner)] = inner
            holder[name] = inner  # type: ignore[index]
        return inner

    def spelled(self, holder: Value, key: str) -> str:
        """A key as it is spelled already, or as it was sent."""
        if not isinstance(holder, dict) or key in holder:
            return key
        if id(holder) not in self._spellings:
            self._spellings[id(holder)] = holder, {name.lower(): name for name in holder}
        return self._spellings[id(holder)][1].get(key.lower(), key)

    def gone(self, holder: Document, key: str) -> None:
        """Take note of a key that was removed."""
        if id(holder) in self._spellings:
            self._spellings[id(holder)][1].pop(key.lower(), None)

    def given(self, holder: Document, key: str) -> None:
        """Take note of a key that was put."""
        if id(holder) in self._spellings:
            self._spellings[id(holder)][1].setdefault(key.lower(), key)

    def _step(self, kind: Type, holder: Value, token: str, tokens: tuple[str, ...], op: str) -> tuple[str | int, Type]:
        """The exact member, index or key that one part of a path means, and its type; `op` is set for the last part."""
        if kind.kind is Kind.CARRIER:
            field = self._carrier(kind.name).by_name.get(token.lower())
            if field is None:
                raise nowhere(tokens, f"{kind.name} has no member '{short(token)}'")
            if field.name in RIGHTS:
                raise nowhere(tokens, f"{field.name} cannot be changed")
            if self.whole_addresses and kind.name == _ADDRESS_PARTS:
                raise nowhere(tokens, "a part of an address cannot be changed by itself; send the whole of it")
            return field.name, field.type
        if kind.item is None:
            raise nowhere(tokens, "it goes into something that has no members")
        if kind.kind is Kind.MAP:
            return self.spelled(holder, token), kind.item
        items = holder if isinstance(holder, list) else []
        if op == "add" and token in ("-", str(len(items))):
            return "-", kind.item
        if not _INDEX.fullmatch(token) or int(token) >= len(items):
            raise nowhere(tokens, f"'{short(token)}' is not an index of an array of {len(items)}")
        if not op:
            self._entered(items)
        return int(token), kind.item

    def _within(
        self, op: str, holder: Document | list[Value] | None, kind: Type, exact: tuple[str | int, ...]
    ) -> Document | list[Value] | None:
        """The container that a path goes through, made where it is null and may be made."""
        inner = held(holder, exact[-1])
        if op == "test" or holder is None:
            return inner if isinstance(inner, (dict, list)) else None
        if inner is not None:
            return self.own(holder, exact[-1])
        if kind.kind not in (Kind.CARRIER, Kind.MAP, Kind.ARRAY):
            raise nowhere(exact, "it has no members")
        if op == "remove" or (kind.kind is Kind.CARRIER and self._rest):
            raise nowhere(exact, "it is null")
        holder[exact[-1]] = [] if kind.kind is Kind.ARRAY else {}  # type: ignore[index]
        return self.own(holder, exact[-1])
