"""What crosses the wire: Request, Response, Headers, Body, Delivery.

Must not know aiohttp, the API or a tenant. `multidict` is the type of headers because repeated headers must survive.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from multidict import CIMultiDict, MultiMapping

from mockserver.origins import origin

Headers = MultiMapping[str]
"""Header values by case-insensitive name, repetitions kept."""


class Body:
    """The bytes of a request, read once and only when somebody asks: a fault may answer before that."""

    __slots__ = ("_chunks", "_read", "known")

    def __init__(
        self, read: Callable[[], Awaitable[bytes]] | bytes, chunks: Callable[[], AsyncIterator[bytes]] | None = None
    ) -> None:
        self.known: bytes | None = None
        self._read: Callable[[], Awaitable[bytes]] | None = None
        self._chunks = chunks
        if isinstance(read, bytes):
            self.known = read
        else:
            self._read = read

    async def read(self) -> bytes:
        """All the bytes; raises `ApiError` (TooLarge) above the transport's limit."""
        if self.known is None:
            assert self._read is not None
            self.known = await self._read()
            self._read = self._chunks = None  # lets go of the transport's request, which the journal would otherwise keep alive
        return self.known

    async def chunks(self) -> AsyncIterator[bytes]:
        """The bytes as they come, without limit and only once: for those who pass them on."""
        chunks, self._chunks = self._chunks, None
        if self.known is not None or chunks is None:
            yield await self.read()
            return
        self._read = None
        async for chunk in chunks():
            yield chunk


@dataclass(frozen=True, slots=True)
class Request:
    """What came. `path` is raw (still percent-encoded) and below `root`, where the application is mounted."""

    method: str
    path: str
    query: str = ""
    headers: Headers = field(default_factory=CIMultiDict)
    body: Body = field(default_factory=lambda: Body(b""))
    scheme: str = "http"
    root: str = ""

    @property
    def origin(self) -> str:
        """Scheme, host and root as the client addressed us, through proxies too: absolute links are built on it."""
        return origin(self.scheme, self.headers) + self.root


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a response travels; faults change it, only the transport carries it out.

    `delay`: seconds before the first byte. `cut`: how many bytes of the body go out, None for all. `piece`, `pause`: bytes at
    a time and seconds between them, 0 for all at once. `length`: what Content-Length says instead of the truth, -1 for a
    chunked body whose first chunk is malformed. `ending`: `keep` the connection as HTTP has it, `close` it, `reset` it, or
    `hang` until the client leaves. `silent`: not one byte, so that only the ending is seen.
    """

    delay: float = 0.0
    cut: int | None = None
    piece: int = 0
    pause: float = 0.0
    length: int | None = None
    ending: Ending = "keep"
    silent: bool = False


Ending = Literal["keep", "close", "reset", "hang"]
AT_ONCE = Delivery()


class Account(NamedTuple):
    """Who answered and why, for the journal: never sent as part of the API's answer.

    `by` is the responder, `tier` how well the answer is known (stateful, shaped, known), `operation` a published id;
    `private`: credentials were exchanged, so the journal tells only what it knows to be harmless.
    """

    by: str = ""
    tenant: str = ""
    operation: str = ""
    tier: str = ""
    user: str = ""
    explanation: str = ""
    traceback: str = ""
    private: bool = False


NO_ACCOUNT = Account()


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back; `body` is an iterator only when an upstream answer streams through.

    Then the headers say how it is framed (Content-Length, else chunks), and they say it for a HEAD as well. `reason` stands
    beside the status where somebody else chose it.
    """

    status: int
    headers: Headers = field(default_factory=CIMultiDict)
    body: bytes | AsyncIterator[bytes] = b""
    delivery: Delivery = AT_ONCE
    account: Account = NO_ACCOUNT
    reason: str = ""
