"""The answer that a fault gives in place of the real one: the API's own error object, any body, or nothing.

Must not know when a fault happens, nor how answers travel.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus

from multidict import CIMultiDict

from mockserver.clock import Clock
from mockserver.errors import DENIED, ApiError, Changed, Unauthenticated, UnknownRow
from mockserver.messages import Request, Response
from mockserver.responders.scenarios.model import Fault
from mockserver.settings import Settings
from mockserver.wire.authentication import Authenticator
from mockserver.wire.dialects import Said, refused
from mockserver.wire.heading import Heading
from mockserver.wire.negotiation import Manner, Negotiator

_UNSAID = "An error has occurred."
# The framework's words by status; 421 is documented (protocol 3.4), the rest are the names of RFC 9110.
_SENTENCES = {421: "Wrong subdomain used to access tenant", 500: _UNSAID}
_BODILESS = (204, 205, 304)
# A status for those who look at a silent answer in the journal: what a proxy would have said.
_NOTHING = 503


class Answers:
    """Makes answers out of faults."""

    def __init__(self, settings: Settings, negotiator: Negotiator) -> None:
        self._settings = settings
        self._challenges = Authenticator(settings).challenges
        self._heading = Heading(settings)
        self._negotiator = negotiator

    def of(self, fault: Fault, request: Request, clock: Clock) -> Response:
        """The answer of a fault that answers by itself, in the format the request asks for."""
        if fault.silent:
            return Response(_NOTHING)
        manner = self._negotiator.manner(request.headers)
        said = self._said(fault)
        label, content = self._content(fault, said, manner)
        headers = CIMultiDict(self._heading.extended(said.headers, label))
        for each in retry_after(fault.retry_after, clock):
            headers.add("Retry-After", each)
        return Response(said.status, headers, content)

    def _said(self, fault: Fault) -> Said:
        status = fault.status
        if fault.error is not None:
            said = refused(error(fault.error, fault.message), None, self._settings, self._challenges)
            return said if status is None else said._replace(status=status)
        if fault.body is not None:
            return Said(status or 200)
        if status is None:
            status = 429  # a Retry-After alone
        if status == 401:
            return refused(Unauthenticated(DENIED), None, self._settings, self._challenges)
        if status in _BODILESS or status == 412:
            return Said(status, empty=True)
        return Said(status, {"Message": _SENTENCES.get(status) or _phrase(status)})

    def _content(self, fault: Fault, said: Said, manner: Manner) -> tuple[str, bytes]:
        if isinstance(fault.body, str):
            return "text/plain; charset=utf-8", fault.body.encode()
        if fault.body is not None:
            return manner.plain_type, manner.encode(fault.body, None)
        if said.empty:
            return "", b""
        return manner.plain_type, manner.encode(said.value, None)


def error(name: str, message: str | None) -> ApiError:
    """An error by the name of its exception, or by our own name for it."""
    if name in _OURS:
        return _OURS[name](message or (DENIED if name == "Unauthenticated" else _UNSAID))
    kind = _KINDS.get(name)
    if kind is not None:
        return kind(message or _UNSAID)
    return ApiError(message or _UNSAID, error_type=name)


def _families() -> dict[str, type[ApiError]]:
    found: dict[str, type[ApiError]] = {}
    fresh = [ApiError]
    while fresh:
        for each in fresh.pop().__subclasses__():
            if each.__module__ == ApiError.__module__ and each.__init__ is ApiError.__init__:
                found[each.__name__] = each
            fresh.append(each)
    return found


_OURS = _families() | {"NotFound": UnknownRow, "Changed": Changed}
_KINDS = {kind.error_type: kind for kind in reversed(_OURS.values()) if kind.error_type}


def retry_after(said: object, clock: Clock) -> list[str]:
    """The values of the header, one for each that is said."""
    if said is None:
        return []
    return [_one(each, clock) for each in (said if isinstance(said, (list, tuple)) else [said])]


def _one(said: object, clock: Clock) -> str:
    if isinstance(said, dict):
        at = datetime.fromtimestamp(int(clock.time()), UTC) + timedelta(seconds=said["date"])
        match said.get("form", "imf"):
            case "rfc850":
                return f"{_DAYS[at.weekday()]}, {at.day:02}-{_MONTHS[at.month - 1]}-{at.year % 100:02} {at:%H:%M:%S} GMT"
            case "asctime":
                return f"{_DAYS[at.weekday()][:3]} {_MONTHS[at.month - 1]} {at.day:2} {at:%H:%M:%S} {at.year}"
            case _:
                return format_datetime(at, usegmt=True)
    return str(said)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return _UNSAID


# strftime would speak the machine's language.
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
