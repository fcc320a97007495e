"""aiohttp out: a request goes on to another server, and what comes back streams through as it is.

The plan had aiohttp in one file; the way out shares nothing with the way in (`transport`) but the library, and only
recording needs it. Nothing is decompressed, followed, joined or kept; what goes wrong is a 502 with one sentence. Must not
know what is recorded.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import orjson
from multidict import CIMultiDict
from yarl import URL

from mockserver.errors import MockServerError, SettingsError
from mockserver.messages import Account, Request, Response

CONNECT_SECONDS = 10.0
SILENT_SECONDS = 120.0
_LONGEST = 64 * 1024
_HOP_BY_HOP = frozenset((
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "upgrade",
))  # fmt: skip
_ALWAYS_SAID = ("Accept", "Accept-Encoding", "User-Agent", "Content-Type")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
BY = "upstream"


class UpstreamBroken(MockServerError):
    """The upstream's answer broke off; one sentence."""


class Where:
    """Which address a path of the double stands for.

    `base` is the tenant's address; the login service of an online tenant has a host of its own (protocol 3.2, 3.4), and an onsite
    installation a prefix that callers leave out.
    """

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
            raise SettingsError("--upstream takes the address of a tenant, such as https://sod2.superoffice.com/Cust12345")
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.prefix = parts.path.rstrip("/")
        found = _ONLINE.fullmatch(parts.netloc.lower())
        self.login = f"{parts.scheme}://{found[1]}.superoffice.com" if found else self.origin

    @property
    def origins(self) -> tuple[str, ...]:
        """All of them: links to these lead to the double instead."""
        return tuple(dict.fromkeys((self.origin, self.login)))

    def url(self, path: str, query: str) -> str:
        """The address of a raw path."""
        target = f"{path}?{query}" if query else path
        folded = path.lower()
        if folded.startswith(("/login/", "/api/state/")):
            return f"{self.login}{target}"
        prefix = self.prefix.lower()
        if not prefix or folded == prefix or folded.startswith(f"{prefix}/") or not _API.match(folded):
            return f"{self.origin}{target}"
        return f"{self.origin}{self.prefix}{target}"


_ONLINE = re.compile(r"(sod|qaonline|online)[0-9]*\.superoffice\.com(?::443)?")
_API = re.compile(r"/api(/|\Z)")


class Upstream:
    """The end of the chain that asks another server; opened and closed inside one event loop."""

    def __init__(
        self, where: Where, *, ca_file: Path | None = None, connect: float = CONNECT_SECONDS, silent: float = SILENT_SECONDS
    ) -> None:
        self._where = where
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=silent)
        self._silent = silent
        try:
            self._tls = ssl.create_default_context()
            if ca_file is not None:
                self._tls.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(f"{ca_file} holds no certificates that can be read: {_why(error)}") from None
        self._proxies = getproxies()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=self._tls),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
            auto_decompress=False,
            skip_auto_headers=_ALWAYS_SAID,
            max_line_size=_LONGEST,
            max_field_size=_LONGEST,
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._session is not None:
            await self._session.close()

    async def __call__(self, request: Request) -> Response:
        """What the upstream answers, its body still on the way; 502 where it does not answer, or not in HTTP."""
        assert self._session is not None
        url = self._where.url(request.path, request.query)
        try:
            answer = await self._session.request(
                request.method,
                URL(url, encoded=True),
                headers=_onward(request),
                data=_payload(request),
                allow_redirects=False,
                proxy=self._proxy(url),
            )
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            return failed(self._sentence(error))
        headers = _headers(answer.raw_headers)
        lengths = headers.getall("Content-Length", [])
        if len(set(lengths)) > 1 or any(not (each.isascii() and each.isdigit()) for each in lengths):
            answer.close()
            return failed("the upstream's answer has two lengths, or one that is no number, so where it ends cannot be told")
        return Response(answer.status, headers, self._body(answer), reason=_reason(answer.reason))

    async def _body(self, answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        """The bytes as they come; raises `UpstreamBroken`."""
        try:
            async for chunk in answer.content.iter_any():
                yield chunk
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            raise UpstreamBroken(self._sentence(error)) from None
        finally:
            # What was not read to its end cannot be followed by another answer.
            answer.close() if not answer.content.at_eof() else answer.release()

    def _proxy(self, url: str) -> str | None:
        """The proxy that the environment names for an address; its .netrc is not looked at, as it would add credentials."""
        parts = urlsplit(url)
        proxy = self._proxies.get(parts.scheme) or self._proxies.get("all")
        return None if proxy is None or proxy_bypass(parts.netloc) else proxy

    def _sentence(self, error: BaseException) -> str:
        match error:
            case aiohttp.ClientConnectorCertificateError():
                return "the upstream's certificate is not one we trust; name the authority's file with --upstream-ca"
            case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
                return "the proxy named by the environment does not let us through"
            case aiohttp.ClientConnectorError():
                return f"the upstream cannot be reached: {_why(error.os_error)}"
            case asyncio.TimeoutError():
                return f"the upstream did not answer, or said nothing for {self._silent:g} s"
            case aiohttp.ClientPayloadError():
                return "the upstream's answer ended before it was complete"
            case aiohttp.ServerDisconnectedError() | ConnectionResetError() | BrokenPipeError():
                return "the upstream closed the connection without an answer"
            case aiohttp.ClientResponseError() | ValueError():
                return "the upstream's answer is not HTTP that can be read"
            case _:
                return f"the upstream cannot be used: {_why(error)}"


def failed(sentence: str) -> Response:
    """A 502 of ours, told apart from the upstream's own by its account."""
    headers = CIMultiDict({"Content-Type": "application/json; charset=utf-8", "X-Mock-Explanation": _CONTROL.sub(" ", sentence)})
    return Response(
        502, headers, orjson.dumps({"Message": f"mockserver: {sentence}."}), account=Account(BY, explanation=sentence)
    )


def _onward(request: Request) -> CIMultiDict[str]:
    """The request's headers without those that are about one connection only (RFC 9110, 7.6.1)."""
    named = {each.strip().lower() for value in request.headers.getall("Connection", []) for each in value.split(",")}
    dropped = _HOP_BY_HOP | named | {"host", "expect", "transfer-encoding"}
    # aiohttp keeps both values of a repeated name only where it is spelled the same.
    spelled: dict[str, str] = {}
    headers: CIMultiDict[str] = CIMultiDict()
    for name, value in request.headers.items():
        if name.lower() not in dropped:
            headers.add(spelled.setdefault(name.lower(), name), value)
    if request.body.known is not None:
        headers.popall("Content-Length", None)
    return headers


def _payload(request: Request) -> bytes | AsyncIterator[bytes] | None:
    if request.body.known is not None:
        return request.body.known or None
    if "Content-Length" in request.headers or "Transfer-Encoding" in request.headers:
        return request.body.chunks()
    return None


def _headers(raw: tuple[tuple[bytes, bytes], ...]) -> CIMultiDict[str]:
    pairs = [(name.decode("utf-8", "surrogateescape"), value.decode("utf-8", "surrogateescape")) for name, value in raw]
    return CIMultiDict([(name, value) for name, value in pairs if name.lower() not in _HOP_BY_HOP])


def _reason(text: str | None) -> str:
    return _CONTROL.sub(" ", text or "")


def _why(error: BaseException) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return _CONTROL.sub(" ", text).strip().lower()[:200] or type(error).__name__
