"""What was asked, what was answered, and by whom; bounded, per tenant, faults included.

Credentials never get in: of the headers only the harmless ones are kept. Must not change what it sees.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from time import perf_counter
from typing import NamedTuple

from mockserver.messages import Headers, Request, Response
from mockserver.responders import Respond

_BODY_LIMIT = 64 * 1024
_HEADERS = ("Content-Type", "Accept", "Accept-Language", "SO-Language", "SO-Culture", "SO-TimeZone", "User-Agent")


class Entry(NamedTuple):
    """One exchange. `number` counts a tenant's exchanges from 1 and goes on when old entries are dropped."""

    number: int
    request: Request
    response: Response
    seconds: float

    def told(self) -> dict[str, object]:
        """The entry as JSON values."""
        account = self.response.account
        return {
            "number": self.number,
            "method": self.request.method,
            "path": self.request.path,
            "query": self.request.query,
            "headers": _harmless(self.request.headers),
            "body": _text(self.request.body.known),
            "status": self.response.status,
            "answer": _text(self.response.body if isinstance(self.response.body, bytes) else None),
            "by": account.by,
            "tier": account.tier,
            "operation": account.operation,
            "user": account.user,
            "explanation": account.explanation,
            "traceback": account.traceback,
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


def _harmless(headers: Headers) -> dict[str, str]:
    return {name: headers[name] for name in _HEADERS if name in headers}


def _text(body: bytes | None) -> str | None:
    if body is None:
        return None
    text = body[:_BODY_LIMIT].decode("utf-8", "replace")
    return text if len(body) <= _BODY_LIMIT else f"{text}… ({len(body)} bytes)"
