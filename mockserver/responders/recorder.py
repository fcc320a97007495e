"""Forward to the live tenant, let the client see every byte, and keep the exchange once it is redacted.

A client stays on the double: links are rewritten on their way to it, and on that way only. What cannot be kept is passed on all
the same, and counted. Must not know aiohttp, files or what is secret.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import translate
from time import perf_counter
from typing import Protocol

from mockserver.errors import ApiError, MockServerError, SecretFound
from mockserver.messages import Account, Body, Request, Response
from mockserver.responders import Respond
from mockserver.responders.cassettes import Interaction
from mockserver.responders.links import Links

RECORDER = "recorder"
Play = Callable[[Request], Awaitable[Response | None]]
"""What a cassette has for a request; None where it has nothing."""


class Keep(Protocol):
    """Redact an exchange and keep it; raises `MockServerError` where it may not or cannot be kept."""

    def __call__(self, exchange: Interaction) -> None:
        """Keep it, or raise."""


@dataclass(slots=True)
class Counts:
    """What came of the exchanges."""

    kept: int = 0
    refused: int = 0
    passed: int = 0
    played: int = 0


Tell = Callable[[Counts, str], None]
"""Hears of every exchange; the text is empty, or one sentence about why it was not kept."""


class Paths:
    """Which paths are recorded: all, or those that match one of `only`, and none that match one of `never` (`*/Contact/*`)."""

    def __init__(self, only: Sequence[str] = (), never: Sequence[str] = ()) -> None:
        self._only = [re.compile(translate(each), re.IGNORECASE) for each in only]
        self._never = [re.compile(translate(each), re.IGNORECASE) for each in never]

    def take(self, path: str) -> bool:
        """Whether exchanges with this path are kept."""
        if any(each.match(path) for each in self._never):
            return False
        return not self._only or any(each.match(path) for each in self._only)


class Recorder:
    """The responder between a client and a live tenant; `where` turns a path and a query into the upstream's address.

    `keep` is None where nothing is kept, `failed` says a sentence as the answer to a request that has none.
    """

    def __init__(
        self,
        where: Callable[[str, str], str],
        links: Links,
        keep: Keep | None,
        *,
        play: Play | None = None,
        paths: Paths | None = None,
        failed: Callable[[str], Response],
        limit: int,
        tell: Tell = lambda counts, why: None,
    ) -> None:
        self._where = where
        self._links = links
        self._keep = keep
        self._play = play
        self._paths = paths or Paths()
        self._failed = failed
        self._limit = limit
        self._tell = tell
        self.counts = Counts()

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """What the cassette has, if it is asked; else what the upstream answers."""
        if self._play is not None:
            played = await self._play(request)
            if played is not None:
                self.counts.played += 1
                self._tell(self.counts, "")
                return played
        sent = _Copy(self._limit)
        exchange = _Exchange(request, sent, datetime.now(UTC), perf_counter())
        onward = self._links.upstream(await self._copied(request, sent))
        response = await forward(onward)
        if isinstance(response.body, bytes):  # a failure of ours: there was no answer to keep
            self._count(f"{request.method} {_place(request)}: {response.account.explanation}")
            return response
        exchange.request = onward
        answered = replace(response, account=Account(RECORDER))
        seen = self._links.headers(answered, request.origin)
        if request.method != "HEAD" and self._links.rewrites(response):
            return await self._rewritten(exchange, answered, seen, response.body)
        return replace(seen, body=self._passed(exchange, answered, response.body))

    async def _copied(self, request: Request, sent: _Copy) -> Request:
        """The request with a body of which a copy is kept while it is sent."""
        length = request.headers.get("Content-Length", "")
        chunked = "Transfer-Encoding" in request.headers
        if not chunked and (not length.isdigit() or int(length) <= self._limit):
            try:
                sent.add(await request.body.read())
            except ApiError:
                sent.overflows = True
            else:
                return request

        async def chunks() -> AsyncIterator[bytes]:
            async for chunk in request.body.chunks():
                sent.add(chunk)
                yield chunk

        return replace(request, body=Body(request.body.read, chunks))

    async def _rewritten(self, exchange: _Exchange, answered: Response, seen: Response, body: AsyncIterator[bytes]) -> Response:
        """A body that may hold links: it is looked at as a whole, up to the limit."""
        copy = _Copy(self._limit)
        held: list[bytes] = []
        try:
            async for chunk in body:
                held.append(chunk)
                copy.add(chunk)
                if copy.overflows:
                    self._count(self._too_large(exchange, "response"))
                    return replace(seen, body=_joined(held, body))
        except MockServerError as error:
            self._count(f"{exchange.request.method} {_place(exchange.request)}: {error}")
            return self._failed(str(error))
        whole = b"".join(held)
        self._finished(exchange, answered, whole)
        changed = self._links.body(answered, whole, exchange.origin)
        if changed != whole and "Content-Length" in seen.headers:
            headers = seen.headers.copy()  # type: ignore[attr-defined]
            headers["Content-Length"] = str(len(changed))
            seen = replace(seen, headers=headers)
        return replace(seen, body=_joined([changed]))

    async def _passed(self, exchange: _Exchange, answered: Response, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """A body that goes through as it comes; it is kept before its end reaches the client."""
        copy = _Copy(self._limit)
        last = b""
        try:
            async for chunk in body:
                copy.add(chunk)
                if last:
                    yield last
                last = chunk
        except MockServerError as error:
            self._count(f"{exchange.request.method} {_place(exchange.request)}: {error}")
            raise
        if copy.overflows:
            self._count(self._too_large(exchange, "response"))
        else:
            self._finished(exchange, answered, copy.whole)
        if last:
            yield last

    def _finished(self, exchange: _Exchange, answered: Response, body: bytes) -> None:
        """Keep an exchange that is complete; whatever goes wrong, the client has its answer."""
        request = exchange.request
        if self._keep is None or not self._paths.take(request.path):
            self.counts.passed += 1
            self._tell(self.counts, "")
            return
        if exchange.sent.overflows:
            self._count(self._too_large(exchange, "request"))
            return
        kept = Interaction(
            method=request.method,
            uri=self._where(request.path, request.query),
            request_headers=_request_headers(request, self._where(request.path, "")),
            request_body=exchange.sent.whole,
            status=answered.status,
            reason=answered.reason,
            response_headers=tuple(answered.headers.items()),
            response_body=body,
            meta={
                "recorded_at": exchange.began.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "duration": round(perf_counter() - exchange.started, 6),
            },
        )
        try:
            self._keep(kept)
        except SecretFound as error:
            self._count(f"{request.method} {_place(request)} was not kept: {error}; --allow FIELD takes what is harmless")
        except MockServerError as error:
            self._count(f"{request.method} {_place(request)}: {error}")
        except Exception as error:  # noqa: BLE001 - what cannot be redacted is not kept, and its traceback could quote it
            self._count(f"{request.method} {_place(request)} was not kept: it cannot be redacted ({type(error).__name__})")
        else:
            self.counts.kept += 1
            self._tell(self.counts, "")

    def _too_large(self, exchange: _Exchange, side: str) -> str:
        asked = f"{exchange.request.method} {_place(exchange.request)}"
        return f"{asked} was not kept: the body of its {side} is above {self._limit} bytes (body_limit)"

    def _count(self, why: str) -> None:
        self.counts.refused += 1
        self._tell(self.counts, why)


@dataclass(slots=True)
class _Exchange:
    """An exchange under way."""

    request: Request
    sent: _Copy
    began: datetime
    started: float
    origin: str = ""

    def __post_init__(self) -> None:
        self.origin = self.request.origin


class _Copy:
    """The bytes of a body as they pass, up to a limit; above it none are held."""

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._chunks: list[bytes] = []
        self.overflows = False

    def add(self, chunk: bytes) -> None:
        self._left -= len(chunk)
        if self._left < 0:
            self.overflows = True
            self._chunks.clear()
        else:
            self._chunks.append(chunk)

    @property
    def whole(self) -> bytes:
        return b"".join(self._chunks)


async def _joined(held: list[bytes], rest: AsyncIterator[bytes] | None = None) -> AsyncIterator[bytes]:
    while held:
        yield held.pop(0)
    if rest is not None:
        async for chunk in rest:
            yield chunk


def _request_headers(request: Request, url: str) -> tuple[tuple[str, str], ...]:
    """The headers as the upstream got them: with its own name in Host."""
    host = re.sub(r"\A[a-z]+://([^/]*).*\Z", r"\1", url, flags=re.DOTALL)
    return tuple((name, host if name.lower() == "host" else value) for name, value in request.headers.items())


def _place(request: Request) -> str:
    """The names of a path that are no data: a sentence for the terminal must not tell what a search was for."""
    found = re.search(r"/(?:api|login)(?:/[A-Za-z][A-Za-z0-9]*){0,5}", request.path)
    return found[0][:200] if found else "a request"
