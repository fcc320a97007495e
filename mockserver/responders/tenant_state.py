"""The tenant-state service, `GET /api/state/{tenant}`: where a tenant lives and whether it runs, without login (protocol 3.4).

Answers on every host and in every state: it is what a client asks when the API does not answer. Must not know the API.
"""

from __future__ import annotations

from multidict import CIMultiDict

from mockserver.clock import Clock
from mockserver.messages import Account, Request, Response
from mockserver.records.tenants import Tenants
from mockserver.responders import Respond
from mockserver.settings import Settings
from mockserver.wire import json
from mockserver.wire.heading import EXPLANATION_HEADER, Heading

_PAGE = "/api/state/"
_JSON = "application/json; charset=utf-8"
_VALID = 300
_UNKNOWN = "Unknown"
_LONGEST = 80


class TenantState:
    """The responder for the page; `clock` tells the time of tenants that nobody knows."""

    def __init__(self, settings: Settings, tenants: Tenants, clock: Clock) -> None:
        self._tenants = tenants
        self._clock = clock
        self._heading = Heading(settings)
        self._version = f"Release_{settings.netserver_version}"

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Answer the page, forward everything else."""
        if request.path[: len(_PAGE)].lower() != _PAGE:
            return await forward(request)
        name = request.path[len(_PAGE) :].removesuffix("/")
        if not name or "/" in name:
            return await forward(request)
        if request.method != "GET":
            return self._wrong_verb(request.method)
        tenant = self._tenants.found(name)
        if tenant is None:
            explanation = f"no tenant is named {name[:_LONGEST]!r}; POST /_mock/tenants makes one"
            value = self._value(name[:_LONGEST], _UNKNOWN, "", self._clock, running=False)
            return Response(200, self._heading.of(_JSON), json.encode(value), account=Account("state", explanation=explanation))
        standing = tenant.standing
        endpoint = f"{standing.origin + request.root if standing.origin else request.origin}/{tenant.name}"
        value = self._value(tenant.name, standing.state, endpoint, tenant.clock, running=standing.running)
        return Response(200, self._heading.of(_JSON), json.encode(value), account=Account("state", tenant.name, tier="stateful"))

    def _value(self, name: str, state: str, endpoint: str, clock: Clock, *, running: bool) -> dict[str, object]:
        known = state != _UNKNOWN
        return {
            "ContextIdentifier": name,
            "Endpoint": endpoint if known else None,
            "State": state,
            "IsRunning": running,
            "ValidUntil": f"{clock.later(_VALID):%Y-%m-%dT%H:%M:%S.%f}0Z",
            "Api": f"{endpoint}/api" if known else None,
            "Version": self._version if known else None,
        }

    def _wrong_verb(self, method: str) -> Response:
        sentence = f"The requested resource does not support http method '{method[:20]}'."
        headers = CIMultiDict(self._heading.of(_JSON))
        headers["Allow"] = "GET"
        headers[EXPLANATION_HEADER] = "the tenant-state service is asked with GET"
        account = Account("state", explanation=headers[EXPLANATION_HEADER])
        return Response(405, headers, json.encode({"Message": sentence}), account=account)
