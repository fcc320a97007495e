"""What goes back for a recording: its answer, with headers that are true of it and with links that lead to the double.

Whatever a client library did to the body before vcrpy saw it (peers C4), the bytes decide. Must not know which request is
answered, or how it was found.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit

from multidict import CIMultiDict

from mockserver.catalogue.routing import TENANT
from mockserver.messages import AT_ONCE, Account, Delivery, Headers, Request, Response
from mockserver.responders.cassettes import Interaction
from mockserver.responders.matching import tenant_in

# Of one connection or one moment (RFC 9110, 7.6.1); or said by the double itself, and twice would be wrong.
_DROPPED = frozenset({
    "access-control-allow-credentials", "access-control-allow-origin", "connection", "content-length", "date", "keep-alive",
    "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_LINE_ENDS = re.compile(r"[\r\n\0]+\s*")
_GZIP = b"\x1f\x8b"
_LARGEST = 2**31  # of what a small compressed body may become
_SLOWEST = 3600.0


class Answers:
    """The answers of recordings that were made of the same hosts; `latency` makes them take as long as they did."""

    def __init__(self, interactions: Iterable[Interaction], *, latency: bool = False) -> None:
        self._links = _Links({urlsplit(each.uri).hostname or "" for each in interactions})
        self._latency = latency
        self._headers: dict[tuple[tuple[str, str], ...], Headers] = {}

    def of(self, interaction: Interaction) -> Answer:
        """The answer of one recording, ready to be given."""
        body, headers = _plain(interaction)
        kept = self._headers.setdefault(headers, CIMultiDict(headers))  # shared, so that the transport writes them once
        linked = self._links.stand_in(body, headers)
        delivery = Delivery(delay=_seconds(interaction.meta)) if self._latency else AT_ONCE
        return Answer(interaction.status, kept, body, delivery, self._links if linked else None)


class Answer:
    """One recorded answer, given as often as it is asked for."""

    __slots__ = ("_body", "_delivery", "_headers", "_links", "_status")

    def __init__(self, status: int, headers: Headers, body: bytes, delivery: Delivery, links: _Links | None) -> None:
        self._status = status
        self._headers = headers
        self._body = body
        self._delivery = delivery
        self._links = links

    def given(self, request: Request, account: Account) -> Response:
        """The response to a request, with links to the address that it came to."""
        headers, body = self._headers, self._body
        if self._links is not None:
            headers, body = self._links.led_here(request, headers, body)
        return Response(self._status, headers, body, self._delivery, account)


class _Links:
    """Addresses of the recorded hosts, wherever they stand, in each of the three ways in which bodies spell them."""

    def __init__(self, hosts: Iterable[str]) -> None:
        names = "|".join(sorted((re.escape(each) for each in hosts if each), key=len, reverse=True))
        self._found = re.compile(
            rf"https?(?P<sep>://|:\\/\\/|%3A%2F%2F)(?:{names})(?:(?::|%3A)\d+)?(?![\w.:@-])"
            rf"(?:(?P<slash>/|\\/|%2F){TENANT.pattern}\b)?".encode(),
            re.IGNORECASE,
        )
        self._any = bool(names)

    def stand_in(self, body: bytes, headers: tuple[tuple[str, str], ...]) -> bool:
        """Whether there is anything to change."""
        if not self._any:
            return False
        if any(name.lower() == "set-cookie" for name, _ in headers):
            return True
        return any(self._found.search(each) for each in (body, *(_bytes(value) for _, value in headers)))

    def led_here(self, request: Request, headers: Headers, body: bytes) -> tuple[Headers, bytes]:
        """Headers and body with the request's own origin and tenant in all links."""
        tenant = tenant_in(request.path)

        def here(found: re.Match[bytes]) -> bytes:
            slash = found["slash"]
            address = request.origin
            # Where no tenant is in the path there is one server per tenant, and the recorded name means nothing.
            if slash is not None and tenant:
                address += f"/{tenant}"
            if found["sep"] == b"://":
                return address.encode("utf-8", "surrogateescape")
            return _spelled(address, escaped=found["sep"].startswith(b":\\")).encode("utf-8", "surrogateescape")

        changed = CIMultiDict[str]()
        for name, value in headers.items():
            text = self._found.sub(here, _bytes(value)).decode("utf-8", "surrogateescape")
            changed.add(name, _cookie(text, request.scheme) if name.lower() == "set-cookie" else text)
        return changed, self._found.sub(here, body)


def _spelled(address: str, *, escaped: bool) -> str:
    return address.replace("/", "\\/") if escaped else quote(address, safe="")


def _cookie(value: str, scheme: str) -> str:
    """A cookie that the client will send to the double: of its host, and without TLS where there is none."""
    first, *attributes = value.split(";")
    kept = [each for each in attributes if not each.strip().lower().startswith("domain=")]
    if scheme != "https":
        kept = [each for each in kept if each.strip().lower() not in ("secure", "samesite=none")]
    return ";".join([first, *kept])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _seconds(meta: Mapping[str, object]) -> float:
    duration = meta.get("duration")
    if isinstance(duration, (int, float)) and 0 < duration < _SLOWEST:
        return float(duration)
    return 0.0


# --- what the bytes are


def _plain(interaction: Interaction) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """The body without its compression, and the headers that are true of it."""
    body, coded = _decoded(interaction)
    dropped = _DROPPED if coded else _DROPPED | {"content-encoding"}
    named = {each.strip().lower() for name, value in interaction.response_headers if name.lower() == "connection"
             for each in value.split(",")}  # fmt: skip
    return body, tuple(
        (name, _LINE_ENDS.sub(" ", value))
        for name, value in interaction.response_headers
        if name.lower() not in dropped and name.lower() not in named and _TOKEN.fullmatch(name)
    )


def _decoded(interaction: Interaction) -> tuple[bytes, bool]:
    """The body, and whether it is still compressed in a way that cannot be undone here."""
    body = interaction.response_body
    said = [each.strip() for name, value in interaction.response_headers if name.lower() == "content-encoding"
            for each in value.lower().split(",")]  # fmt: skip
    said = [each for each in said if each not in ("", "identity")]
    if not said or not body:
        return body, False
    if len(said) == 1 and said[0] in ("gzip", "x-gzip", "deflate"):
        # Most clients show vcrpy a body that is unpacked already, and headers that say it is not.
        unpacked = _inflated(body, said[0])
        return (body if unpacked is None else unpacked), False
    return body, not _reads_as_text(body)


def sent_plainly(headers: Headers, body: bytes) -> bytes:
    """The body of a request without its compression, which the transport may have undone already."""
    coding = headers.get("Content-Encoding", "").strip().lower()
    if coding not in ("gzip", "x-gzip", "deflate"):
        return body
    unpacked = _inflated(body, coding)
    return body if unpacked is None else unpacked


def _inflated(body: bytes, coding: str) -> bytes | None:
    if coding != "deflate" and not body.startswith(_GZIP):
        return None
    for window in (31,) if coding != "deflate" else (15, -15):
        packer = zlib.decompressobj(window)
        try:
            unpacked = packer.decompress(body, _LARGEST)
        except zlib.error:
            continue
        if packer.eof:
            return unpacked
    return None


def _reads_as_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
