"""The words of the catalogue: operation, parameter, carrier, field, enum, entity.

Frozen values and nothing else. Must not know where they come from (`loading`) nor what is done with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property


class Kind(Enum):
    """What a value is on the wire; the names are those of `published.json`."""

    STRING = "string"
    INT32 = "int32"
    INT64 = "int64"
    DOUBLE = "double"
    BOOLEAN = "boolean"
    DATE_TIME = "date-time"
    BINARY = "byte"
    STREAM = "stream"
    ANY = "any"
    ENUM = "enum"
    CARRIER = "carrier"
    ARRAY = "array"
    MAP = "map"


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a member, parameter or answer.

    `name` is set for enums and carriers, `item` for arrays and maps (string to item).
    """

    kind: Kind
    name: str = ""
    item: Type | None = None

    def __str__(self) -> str:
        match self.kind:
            case Kind.ARRAY:
                return f"{self.item}[]"
            case Kind.MAP:
                return f"{{{self.item}}}"
            case Kind.ENUM:
                return f"enum {self.name}"
            case Kind.CARRIER:
                return self.name
            case _:
                return str(self.kind.value)

    @classmethod
    def parse(cls, text: str) -> Type:
        """Read the form `published.json` uses: `int32`, `enum AddressType`, `EntityElement[]`, `{string}`."""
        if text.endswith("[]"):
            return cls(Kind.ARRAY, item=cls.parse(text[:-2]))
        if text.startswith("{"):
            return cls(Kind.MAP, item=cls.parse(text[1:-1]))
        if text.startswith("enum "):
            return cls(Kind.ENUM, name=text[5:])
        if text in _SIMPLE:
            return cls(_SIMPLE[text])
        return cls(Kind.CARRIER, name=text)


_SIMPLE = {kind.value: kind for kind in Kind if kind not in (Kind.ENUM, Kind.CARRIER, Kind.ARRAY, Kind.MAP)}


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a carrier; `list` names the stock list it draws from, if one is published."""

    name: str
    type: Type
    list: str | None = None


@dataclass(frozen=True)
class Carrier:
    """A wire shape: members in published order. `base` is the carrier it extends in the vendor's client."""

    name: str
    fields: tuple[Field, ...]
    base: str | None = None

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """Members by lower-case name."""
        return {each.name.lower(): each for each in self.fields}


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A closed set of names with their numbers; `flags` says that names combine as `"A, B"`."""

    name: str
    members: Mapping[str, int]
    flags: bool = False


class Place(Enum):
    """Where a parameter travels."""

    PATH = "path"
    QUERY = "query"
    FORM = "form"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation, outside its body."""

    name: str
    place: Place
    type: Type
    required: bool = False


@dataclass(frozen=True)
class Operation:
    """One published operation.

    `answers` maps a status to the type of its body, None for an empty one. `agent` is the agent's name for the RPC
    half of the API and None for REST. `body` is None where no body is published.
    """

    id: str
    method: str
    path: str
    agent: str | None
    parameters: tuple[Parameter, ...]
    body: Type | None
    answers: Mapping[int, Type | None]
    consumes: tuple[str, ...]
    produces: tuple[str, ...]
    certainty: str = "documented"
    source: str = ""

    @cached_property
    def name(self) -> str:
        """The short name: `SaveContactEntity`."""
        return self.path.rsplit("/", 1)[-1] if self.agent else self.id.partition("_")[2] or self.id

    @cached_property
    def result(self) -> Type | None:
        """The type of a successful answer, None for void."""
        return self.answers.get(200)

    @cached_property
    def has_shape(self) -> bool:
        """Whether an answer of the right shape can be made from the types alone: not for free-form objects."""
        return self.result is None or self.result.kind is not Kind.ANY


@dataclass(frozen=True, slots=True)
class Binding:
    """What an operation does to the records: a verb on an entity, with what the verb must be told."""

    operation: str
    verb: str
    entity: str
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entity:
    """Something with a key that lives in the store; one file in `entities/` each.

    `computed` members are written by the double and ignored on input; `defaults` are what the tenant's settings give a
    new row; `options` are the aspects' own words.
    """

    name: str
    carrier: str
    key: str
    changed: str | None
    aspects: tuple[str, ...]
    computed: tuple[str, ...]
    defaults: Mapping[str, object]
    bindings: tuple[Binding, ...]
    options: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One hand-written behaviour and how sure we are of it: documented, recorded or guessed."""

    id: str
    says: str
    provenance: str
    source: str
