"""How REST and the agents put a result or an error: status and value. The only place that knows statuses.

Must not know codecs or responders.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from mockserver.calls import Value
from mockserver.catalogue.model import Carrier, Operation, Type
from mockserver.errors import (
    NO_ENTITY,
    ApiError,
    BadRequest,
    Changed,
    Conflict,
    Forbidden,
    InvalidArgument,
    Misdirected,
    NoEntity,
    NoSuchOperation,
    NotFound,
    NotKnown,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnknownRow,
    Unreadable,
    Unsupported,
    WrongVerb,
)
from mockserver.settings import Settings

_DEFAULTS = Settings()
ERROR_SOURCE = "SuperOffice.Services.Implementation"

_STATUSES: Mapping[type[ApiError], int] = {
    BadRequest: 400,
    InvalidArgument: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    UnknownRow: 404,
    NoSuchOperation: 404,
    WrongVerb: 405,
    Conflict: 409,
    Changed: 412,
    TooLarge: 413,
    Unsupported: 415,
    Misdirected: 421,
    NotKnown: 501,
    Unavailable: 503,
}
_NO_BODY = (Changed,)
_NULL_REFERENCE = ("NullReferenceException", "Object reference not set to an instance of an object.")
_UNEXPECTED = {"Message": "An error has occurred."}


class Said(NamedTuple):
    """An answer before it is encoded.

    `empty` means no body at all, which is not the same as a null; `kind` is the value's type, None for an error object;
    `labelled` says that the value may carry the label of a patch type, which errors and lists never do; `file` is the media
    type of an answer that is the bytes of a file.
    """

    status: int
    value: Value = None
    empty: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    kind: Type | None = None
    labelled: bool = False
    file: str = ""


UNEXPECTED = Said(500, _UNEXPECTED)
VOID = Said(204, empty=True)


def refused(
    error: ApiError, operation: Operation | None, settings: Settings = _DEFAULTS, challenges: tuple[str, ...] = ()
) -> Said:
    """What the API says of an error; agents answer a missing row with null (protocol 4.3).

    `challenges` are the ways to sign in that a 401 names.
    """
    if type(error) is NotFound and operation is not None and operation.agent:
        return Said(200, None, kind=operation.result) if operation.result else VOID
    if isinstance(error, Unreadable) and operation is not None and operation.method == "PUT":
        error.message = NO_ENTITY  # the framework hands over null for what it cannot read (protocol 1.3)
    if (
        isinstance(error, NoEntity)
        and settings.agent_without_entity == "server_error"
        and operation is not None
        and operation.agent
    ):
        error.error_type, error.message = _NULL_REFERENCE
        return Said(500, _error_value(error, settings))
    status = next((_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES), 500)
    if isinstance(error, _NO_BODY):
        return Said(status, empty=True)
    headers: tuple[tuple[str, str], ...] = ()
    if isinstance(error, WrongVerb):
        headers = (("Allow", ", ".join(error.allowed)),)
    elif isinstance(error, Unauthenticated):
        headers = tuple(("WWW-Authenticate", each) for each in challenges)
    return Said(status, _error_value(error, settings), headers=headers)


def _error_value(error: ApiError, settings: Settings) -> dict[str, object]:
    """The service's own error object, or the web framework's where the call never reached the service (protocol 4.1)."""
    if error.error_type:
        own = {"Error": True, "ErrorType": error.error_type, "ErrorMessage": error.message}
        if settings.error_text == "both":
            own["Message"] = error.message
        return {**own, "ErrorSource": ERROR_SOURCE}
    value: dict[str, object] = {"Message": error.message}
    if error.detail:
        value["MessageDetail"] = error.detail
    return value


_ARCHIVES = ("Activities", "Appointments", "Documents", "Sales", "Relations", "Tickets")


class Links:
    """The `_Links` of one REST entity, ready to be given a base address and a key (person-domain, protocol 1.2).

    `keys` are the keys of the entities there are: a member that draws one of them from a list links to it, too.
    """

    def __init__(self, carrier: Carrier, resource: str, keys: Mapping[str, str]) -> None:
        self._resource = resource
        self._members = [
            (field.name, f"MDOList/{field.list}", field.type.name, keys.get(field.type.name))
            for field in carrier.fields
            if field.list
        ]

    def of(self, base: str, key: int, value: Mapping[str, Value]) -> dict[str, str]:
        """`base` ends in `/api/v1/`; `value` is the row as it is shown."""
        self_link = f"{base}{self._resource}/{key}"
        links = {
            "Self": self_link,
            "Self.Simple": f"{self_link}/Simple",
            "UdefLayout": f"{base}{self._resource}/UdefLayout/Published",
        }
        for name, path, entity, member in self._members:
            if member is not None:
                held = value.get(name)
                if isinstance(held, dict) and held.get(member):
                    links[name] = f"{base}{entity}/{held[member]}"
            links[f"{name}.List"] = base + path
        links["Archive"] = base + self._resource
        for name in _ARCHIVES:
            links[f"Archive.{name}"] = f"{self_link}/{name}"
        return links


def with_links(value: Value, key: int | None, links: Links, base: str, row: Value) -> Value:
    """A REST entity's value with `_Links` last: those of the whole row, whatever part of it the value is."""
    if isinstance(value, dict) and key is not None:
        value["_Links"] = links.of(base, key, row if isinstance(row, dict) else value)
    return value
