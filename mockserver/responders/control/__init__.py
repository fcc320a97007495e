"""`/_mock/…`: what steers a tenant from outside; JSON in and out, one module per noun.

Stands outside the journal and the faults, so that a test can always reach it. Must not know how requests are answered.
"""

from __future__ import annotations

from collections.abc import Mapping

from multidict import CIMultiDict

from mockserver.errors import ApiError, BadRequest, Conflict, NoSuchOperation, NotFound, WrongVerb
from mockserver.messages import Account, Request, Response
from mockserver.records.tenants import Tenants
from mockserver.responders import Respond
from mockserver.responders.control import clock, credentials, exchanges, scenario, standing, tenancy
from mockserver.responders.control.asking import Asked, Page, Steered, words
from mockserver.responders.faults import Faults
from mockserver.responders.journal import Journal
from mockserver.settings import Settings
from mockserver.wire import json

PREFIX = "/_mock/"
PAGES: Mapping[str, Mapping[str, Page]] = {
    "tenants": tenancy.TENANTS,
    "reset": tenancy.RESET,
    "journal": exchanges.JOURNAL,
    "clock": clock.CLOCK,
    "state": standing.STATE,
    "expire": credentials.EXPIRE,
    "scenario": scenario.SCENARIO,
}
"""Name → HTTP method → who answers."""

_JSON = CIMultiDict({"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"})
_STATUSES: Mapping[type[ApiError], int] = {BadRequest: 400, NotFound: 404, NoSuchOperation: 404, WrongVerb: 405, Conflict: 409}


class Control:
    """The responder that steers the others."""

    def __init__(self, settings: Settings, tenants: Tenants, journal: Journal, faults: Faults) -> None:
        self._steered = Steered(settings, tenants, journal, faults)

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Answer what is below the prefix, forward the rest."""
        if not request.path.startswith(PREFIX):
            return await forward(request)
        headers = _JSON
        try:
            page = _page(request)
            status, value = page(Asked(self._steered, await words(request), request.origin))
        except ApiError as error:
            status = next((_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES), 400)
            value = {"error": error.message}
            if isinstance(error, WrongVerb):
                headers = CIMultiDict(_JSON, Allow=", ".join(error.allowed))
        return Response(status, headers, json.encode(value), account=Account(by="control"))


def _page(request: Request) -> Page:
    name = request.path[len(PREFIX) :].rstrip("/").lower()
    page = PAGES.get(name)
    if page is None:
        raise NoSuchOperation(f"/_mock/ has no page {name[:100]!r}; there are {', '.join(sorted(PAGES))}")
    if request.method not in page:
        raise WrongVerb(f"/_mock/{name} takes {', '.join(sorted(page))}", tuple(sorted(page)))
    return page[request.method]
