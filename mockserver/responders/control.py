"""`/_mock/…`: tenants, reset, journal; JSON in and out.

Stands outside the journal and the faults, so that a test can always reach it. Must not know how requests are answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

import orjson
from multidict import CIMultiDict

from mockserver.access import Access
from mockserver.catalogue.routing import canonical_tenant
from mockserver.errors import ApiError, BadRequest, Conflict, NoSuchOperation, NotFound, WrongVerb
from mockserver.messages import Account, Request, Response
from mockserver.records.tenants import Tenant, Tenants
from mockserver.responders import Respond
from mockserver.responders.faults import Faults
from mockserver.responders.faults import page as scenario
from mockserver.responders.journal import Journal
from mockserver.settings import Settings
from mockserver.wire import json

PREFIX = "/_mock/"
_JSON = CIMultiDict({"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"})
_STATUSES: Mapping[type[ApiError], int] = {BadRequest: 400, NotFound: 404, NoSuchOperation: 404, WrongVerb: 405, Conflict: 409}
_LIMIT = 2**20


@dataclass(frozen=True, slots=True)
class _Asked:
    """A control request, read: `words` are its query and its JSON body together."""

    method: str
    words: Mapping[str, object]
    origin: str


class Control:
    """The responder that steers the others."""

    def __init__(self, settings: Settings, tenants: Tenants, journal: Journal, faults: Faults) -> None:
        self._settings = settings
        self._tenants = tenants
        self._journal = journal
        self._pages: dict[str, dict[str, Callable[[_Asked], tuple[int, object]]]] = {
            "tenants": {"GET": self._list, "POST": self._declare, "DELETE": self._drop},
            "reset": {"POST": self._reset},
            "journal": {"GET": self._tell, "DELETE": self._forget},
            "scenario": {
                "GET": lambda asked: scenario.tell(faults, self._existing(asked)),
                "PUT": lambda asked: scenario.replace(faults, self._existing(asked), asked.words),
                "DELETE": lambda asked: scenario.forget(faults, self._existing(asked)),
            },
        }

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Answer what is below the prefix, forward the rest."""
        if not request.path.startswith(PREFIX):
            return await forward(request)
        headers = _JSON
        try:
            page = self._page(request)
            asked = _Asked(request.method, await _words(request), request.origin)
            status, value = page(asked)
        except ApiError as error:
            status = next((_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES), 400)
            value = {"error": error.message}
            if isinstance(error, WrongVerb):
                headers = CIMultiDict(_JSON, Allow=", ".join(error.allowed))
        return Response(status, headers, json.encode(value), account=Account(by="control"))

    def _page(self, request: Request) -> Callable[[_Asked], tuple[int, object]]:
        name = request.path[len(PREFIX) :].rstrip("/").lower()
        page = self._pages.get(name)
        if page is None:
            raise NoSuchOperation(f"/_mock/ has no page {name[:100]!r}; there are {', '.join(sorted(self._pages))}")
        if request.method not in page:
            raise WrongVerb(f"/_mock/{name} takes {', '.join(sorted(page))}", tuple(sorted(page)))
        return page[request.method]

    def _name(self, asked: _Asked) -> str:
        """The tenant a request names, the default one if it names none; raises `BadRequest`."""
        sent = asked.words.get("tenant", self._settings.tenant)
        name = canonical_tenant(sent) if isinstance(sent, str) else None
        if name is None:
            raise BadRequest("tenant must be `Cust` and digits, such as Cust12345")
        return name

    def _existing(self, asked: _Asked) -> Tenant:
        name = self._name(asked)
        tenant = self._tenants.find(name)
        if tenant is None:
            raise NotFound(f"no tenant is named {name}; POST /_mock/tenants makes one")
        return tenant

    def _described(self, tenant: Tenant, origin: str) -> dict[str, str]:
        return Access.to(tenant.name, origin, self._settings).told()

    def _list(self, asked: _Asked) -> tuple[int, object]:
        return 200, {"tenants": [self._described(tenant, asked.origin) for tenant in self._tenants]}

    def _declare(self, asked: _Asked) -> tuple[int, object]:
        if "tenant" not in asked.words:
            return 201, self._described(self._tenants.declare_next(), asked.origin)
        name = self._name(asked)
        if self._tenants.find(name):
            raise Conflict(f"{name} exists; POST /_mock/reset makes it fresh")
        return 201, self._described(self._tenants.declare(name), asked.origin)

    def _drop(self, asked: _Asked) -> tuple[int, object]:
        if "tenant" not in asked.words:
            raise BadRequest("name the tenant to drop")
        tenant = self._existing(asked)
        self._tenants.drop(tenant.name)
        self._journal.forget(tenant.name)
        return 200, {"dropped": tenant.name}

    def _reset(self, asked: _Asked) -> tuple[int, object]:
        tenant = self._existing(asked)
        self._journal.forget(tenant.name)
        return 200, self._described(self._tenants.declare(tenant.name), asked.origin)

    def _tell(self, asked: _Asked) -> tuple[int, object]:
        """A tenant's journal; `tenant=` with nothing behind it: requests that named no known tenant."""
        name = "" if asked.words.get("tenant") == "" else self._existing(asked).name
        return 200, {"tenant": name, "entries": [entry.told() for entry in self._journal.entries(name)]}

    def _forget(self, asked: _Asked) -> tuple[int, object]:
        tenant = self._existing(asked)
        self._journal.forget(tenant.name)
        return 200, {"tenant": tenant.name, "entries": []}


async def _words(request: Request) -> Mapping[str, object]:
    words: dict[str, object] = {
        name.lower(): values[-1] for name, values in parse_qs(request.query, keep_blank_values=True).items()
    }
    body = await request.body.read()
    if len(body) > _LIMIT:
        raise BadRequest("the body is above 1 MiB")
    if body.strip():
        try:
            sent = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise BadRequest(f"the body is not valid JSON: {error}") from None
        if not isinstance(sent, dict):
            raise BadRequest("the body must be a JSON object")
        words |= sent
    return words
