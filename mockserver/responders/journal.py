"""What was asked, what was answered, and by whom; bounded, per tenant, faults included.

Credentials are never told: of the headers only the harmless ones, of the rest what a `Veil` leaves. Must not change what it sees.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from time import perf_counter
from typing import NamedTuple

from mockserver.messages import Request, Response
from mockserver.responders import Respond
from mockserver.responders.discretion import without_values
from mockserver.responders.secrets import Veil

_REFUSAL = 400
_HEADERS = ("Content-Type", "Accept", "Accept-Language", "SO-Language", "SO-Culture", "SO-TimeZone", "User-Agent")


class Entry(NamedTuple):
    """One exchange. `number` counts a tenant's exchanges from 1 and goes on when old entries are dropped."""

    number: int
    request: Request
    response: Response
    seconds: float

    def told(self) -> dict[str, object]:
        """The entry as JSON values."""
        request, response, account = self.request, self.response, self.response.account
        veil = Veil(request.headers, request.path)
        # What these find is then hidden in all the rest.
        query = veil.query(request.query)
        body = veil.body(request.body.known, request.headers.get("Content-Type", ""))
        answer = veil.body(response.body if isinstance(response.body, bytes) else None, response.headers.get("Content-Type", ""))
        if account.private:
            query, body = without_values(query), body and without_values(body)
            answer = answer if response.status >= _REFUSAL else None
        return {
            "number": self.number,
            "method": request.method,
            "path": veil.text(request.path),
            "query": veil.text(query),
            "headers": {name: veil.text(request.headers[name]) for name in _HEADERS if name in request.headers},
            "body": body and veil.text(body),
            "status": response.status,
            "answer": answer,
            "by": account.by,
            "tier": account.tier,
            "operation": account.operation,
            "user": account.user,
            "explanation": veil.text(account.explanation),
            "traceback": veil.text(account.traceback),
            "milliseconds": round(self.seconds * 1000, 3),
        }


class Journal:
    """The responder that notes every exchange; the last `limit` of each tenant."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: dict[str, deque[Entry]] = {}
        self._counts: dict[str, int] = {}

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Forward, and note what came of it."""
        started = perf_counter()
        response = await forward(request)
        tenant = response.account.tenant
        number = self._counts[tenant] = self._counts.get(tenant, 0) + 1
        entries = self._entries.get(tenant)
        if entries is None:
            entries = self._entries[tenant] = deque(maxlen=self._limit)
        entries.append(Entry(number, request, response, perf_counter() - started))
        return response

    def entries(self, tenant: str) -> Iterator[Entry]:
        """What a tenant's callers asked, oldest first; "" is for requests that named no tenant we know."""
        return iter(tuple(self._entries.get(tenant, ())))

    def forget(self, tenant: str) -> None:
        """Drop a tenant's entries."""
        self._entries.pop(tenant, None)
        self._counts.pop(tenant, None)
