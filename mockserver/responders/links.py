"""Links of a live tenant that must lead to the double: in bodies, `Location` and cookies, however they are written.

Where an answer holds none it stays as it is, byte for byte. Must not know who asks or what is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from urllib.parse import quote, urlsplit

from multidict import CIMultiDict

from mockserver.errors import SecretFound
from mockserver.messages import Request, Response
from mockserver.responders.packing import unpacked
from mockserver.wire.negotiation import charset_of, parsed

_IN_TEXT = ("json", "xml", "html", "javascript", "urlencoded", "text/")
_LINKS = ("Location", "Content-Location", "Link", "Refresh", "Access-Control-Allow-Origin")
_BACK = ("Origin", "Referer")
_SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda url: url,
    lambda url: url.replace("/", "\\/"),
    lambda url: quote(url, safe=""),
    lambda url: quote(url, safe="").lower(),
)


class Links:
    """The rewriting of links between some upstream origins (`https://sod2.superoffice.com`) and the double's own."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = tuple(origins)
        self._hosts = {(urlsplit(each).hostname or "").lower() for each in self._origins}
        self._known: dict[str, tuple[re.Pattern[str], Mapping[str, str]]] = {}

    def rewrites(self, response: Response) -> bool:
        """Whether the body is of a kind that may hold links."""
        media = parsed(response.headers.get("Content-Type", ""))[0]
        return any(each in media for each in _IN_TEXT)

    def upstream(self, request: Request) -> Request:
        """The request as it would have been sent to the upstream: where it comes from is said with its origin."""
        if not any(name in request.headers for name in _BACK):
            return request
        headers = CIMultiDict(request.headers)
        for name in _BACK:
            if name in headers:
                headers[name] = headers[name].replace(request.origin, self._origins[0])
        return replace(request, headers=headers)

    def headers(self, response: Response, ours: str) -> Response:
        """The answer with links and cookies that work on the double."""
        changed: CIMultiDict[str] = CIMultiDict()
        for name, value in response.headers.items():
            if name.title() in _LINKS:
                changed.add(name, self._text(value, ours))
            else:
                changed.add(name, self._cookie(value, ours) if name.lower() == "set-cookie" else value)
        return replace(response, headers=changed)

    def body(self, response: Response, body: bytes, ours: str) -> bytes:
        """A body with links that lead to the double; packed and encoded as it was."""
        pairs = tuple(response.headers.items())
        try:
            plain, pack = unpacked(pairs, body, "the body")
            charset = charset_of(response.headers.get("Content-Type", ""))
            text = plain.decode(charset, "surrogateescape" if charset == "utf-8" else "strict")
        except (SecretFound, UnicodeDecodeError):
            return body
        new = self._text(text, ours)
        return body if new == text else pack(new.encode(charset, "surrogateescape" if charset == "utf-8" else "strict"))

    def _text(self, text: str, ours: str) -> str:
        pattern, targets = self._known.get(ours) or self._compiled(ours)
        return pattern.sub(lambda found: targets[_plain(found[0])], text)

    def _compiled(self, ours: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
        targets: dict[str, str] = {}
        for origin in self._origins:
            for each in _with_port(origin):
                for spelled in _SPELLINGS:
                    targets.setdefault(_plain(spelled(each)), spelled(ours))
        found = "|".join(re.escape(each) for each in sorted(targets, key=len, reverse=True))
        known = re.compile(rf"(?:{found})(?![A-Za-z0-9:-]|\.[A-Za-z0-9])(?!%3[aA][0-9])", re.IGNORECASE), targets
        if len(self._known) > 100:
            self._known.clear()
        self._known[ours] = known
        return known

    def _cookie(self, value: str, ours: str) -> str:
        """A cookie for the double: of no other host, and not for TLS only where the double has none."""
        kept = []
        for each in value.split(";"):
            name, _, of = each.strip().partition("=")
            other_host = name.lower() == "domain" and any(
                host == of.lstrip(".").lower() or host.endswith(f".{of.lstrip('.').lower()}") for host in self._hosts
            )
            if not other_host and not (name.lower() == "secure" and ours.startswith("http://")):
                kept.append(each)
        return ";".join(kept)


def _plain(spelled: str) -> str:
    return spelled.lower()


def _with_port(origin: str) -> tuple[str, ...]:
    parts = urlsplit(origin)
    if parts.port is None:
        return origin, f"{origin}:{443 if parts.scheme == 'https' else 80}"
    return (origin,)
