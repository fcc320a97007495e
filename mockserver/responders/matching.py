"""When two requests are the same: by the parts that vcrpy's matchers name, each compared by what it means.

Credentials, the tenant's name and hosts never count; JSON, XML, forms and patches count by their values and not by their
spelling. Everything ends in keys that can be looked up. Must not know cassettes, nor what is answered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote_plus

import orjson

from mockserver.catalogue.routing import TENANT, split_tenant
from mockserver.errors import BadRequest, MockServerError
from mockserver.messages import Headers
from mockserver.wire.json import decode as decode_json
from mockserver.wire.xml.tree import check_depth, tree

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MATCHERS = ("method", "scheme", "host", "port", "path", "query", "uri", "headers", "body", "raw_body")
"""The names of vcrpy (`vcr.matchers`)."""

USUAL = ("method", "path", "query", "body")

_SECRETS = frozenset({
    "access_token", "accesstoken", "app_token", "apptoken", "applicationtoken", "client_secret", "clientsecret", "id_token",
    "idtoken", "jwt", "passphrase", "password", "refresh_token", "refreshtoken", "secret", "signature", "signed_system_token",
    "signedsystemtoken", "so-apptoken", "so_ticket", "soticket", "system_token", "systemtoken", "systemusertoken", "ticket",
    "token", "x-xsrf-token", "xsrf_token", "xsrftoken",
})  # fmt: skip
# What the login service is asked with differs from run to run, or between the tenant and its double.
_OF_A_LOGIN = frozenset({
    "assertion", "client_id", "code", "code_challenge", "code_verifier", "login_hint", "nonce", "redirect_uri", "state",
})  # fmt: skip
_OF_A_CONNECTION = frozenset({
    "accept-encoding", "authorization", "connection", "content-length", "cookie", "date", "expect", "forwarded", "host",
    "keep-alive", "proxy-authorization", "proxy-connection", "so-apptoken", "te", "traceparent", "tracestate",
    "transfer-encoding", "upgrade", "user-agent", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    "x-xsrf-token",
})  # fmt: skip
_LOGIN = "/login/"

ROOT = "<root>"
Place = tuple[str, ...]
"""The names that lead to a member, in lower case; `*` is any index."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, or what was recorded of one. `path` is raw, `host` may have a port."""

    method: str
    path: str
    query: str = ""
    scheme: str = "http"
    host: str = ""
    headers: Headers | Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def label(self) -> str:
        """The media type as it was said."""
        return self.headers.get("Content-Type", "")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is not compared: names of the query, and members of the body by name wherever they are or by place."""

    query: frozenset[str] = _SECRETS
    names: frozenset[str] = _SECRETS
    places: frozenset[Place] = frozenset()

    @classmethod
    def of(cls, path: str, marked: Iterable[str] = ()) -> LeftOut:
        """What is left out below a plain path, with marks such as `Emails[0].Value` and `?name`."""
        names = _SECRETS | _OF_A_LOGIN if path.startswith(_LOGIN) else _SECRETS
        marks = list(marked)
        query = frozenset(each[1:].lower() for each in marks if each.startswith("?"))
        places = frozenset(_place(each) for each in marks if each and not each.startswith("?"))
        # In XML a member stands below a root element, which a mark may name or not.
        below = {(ROOT, *each[start:]) for each in places for start in (0, 1) if each[start:]}
        return cls(names | query, names, places | below)


def _place(text: str) -> Place:
    return tuple("*" if each.isdecimal() else each.lower() for each in re.split(r"[.\[\]/]+", text) if each)


def chosen(names: str) -> tuple[str, ...]:
    """Matchers from `method,path,body`; raises `MockServerError`."""
    found = tuple(each.strip() for each in names.split(",") if each.strip())
    unknown = next((each for each in found if each not in MATCHERS), None)
    if unknown is not None or not found:
        raise MockServerError(f"--match-on takes names of {', '.join(MATCHERS)}, with commas; it got {unknown or names!r}")
    return found


class Matching:
    """The keys of requests under a choice of matchers."""

    def __init__(self, match_on: Iterable[str] = USUAL) -> None:
        self.match_on = frozenset(match_on)
        self._method = "method" in self.match_on
        self._path = "path" in self.match_on
        self._query = "query" in self.match_on
        self.reads_body = bool(self.match_on & {"body", "raw_body"})
        self._others = tuple(OTHERS[each] for each in MATCHERS if each in self.match_on and each in OTHERS)

    def shelf(self, method: str, path: str) -> tuple[str, str]:
        """Where recordings of a method and a raw path stand."""
        return (method if self._method else "", plain_path(path) if self._path else "")

    def rest(self, asked: Asked, left_out: LeftOut) -> tuple[object, ...]:
        """The key of all but method, path and body."""
        query = plain_query(asked.query, left_out.query) if self._query and asked.query else ""
        return (query, *[each(asked) for each in self._others]) if self._others else (query,)

    def content(self, asked: Asked, left_out: LeftOut | None) -> bytes:
        """The key of the body; without `left_out` nothing in it is looked for, which is quicker."""
        if not asked.body or not self.reads_body:
            return b""
        text = asked.body if "raw_body" in self.match_on else canonical(asked.label, asked.body, left_out)
        if text == b"null":
            return b""  # what some clients send where others send nothing
        return blake2b(text, digest_size=16).digest()


# --- paths and queries


@lru_cache(maxsize=8192)
def plain_path(path: str) -> str:
    """A path below the tenant, in lower case (as the API reads it), without tenants and needless escapes (RFC 3986, 6.2.2)."""
    if "%" in path:
        path = _ESCAPE.sub(_unescaped, path)
    below = split_tenant(path)[1].lower().rstrip("/")
    return "/".join("cust" if TENANT.fullmatch(each) else each for each in below.split("/")) or "/"


_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")


def _unescaped(found: re.Match[str]) -> str:
    char = chr(int(found[0][1:], 16))
    return char if char.isascii() and (char.isalnum() or char in "-._~") else found[0].upper()


@lru_cache(maxsize=8192)
def plain_query(query: str, left_out: frozenset[str]) -> str:
    """Names in any letter case and order, values of one name in theirs; as in vcrpy, a name without value does not count."""
    sent = [(name.lower(), value) for name, value in parse_qsl(query.lstrip("?&")) if name.lower() not in left_out]
    sent.sort(key=lambda each: each[0])
    return _neutral("\n".join(f"{name}={value}" for name, value in sent).encode("utf-8", "replace")).decode()


def open_query(query: str, left_out: LeftOut) -> str:
    """A query as it may be shown."""
    return "&".join(each for each in query.split("&") if unquote_plus(each.partition("=")[0]).lower() not in left_out.query)


def tenant_in(path: str) -> str:
    """The tenant that a raw path names, in whatever place; "" if it names none."""
    name = split_tenant(path)[0]
    return name or next((each for each in path.split("/") if TENANT.fullmatch(each)), "")


def _authority(asked: Asked) -> tuple[str, str]:
    host, _, port = asked.host.rpartition(":") if re.search(r":\d+\Z", asked.host) else (asked.host, "", "")
    return host.lower(), port or {"https": "443"}.get(asked.scheme, "80")


def _counting_headers(asked: Asked) -> object:
    return tuple(sorted(
        (name.lower(), value.strip()) for name, value in asked.headers.items() if name.lower() not in _OF_A_CONNECTION
    ))  # fmt: skip


OTHERS: Mapping[str, Callable[[Asked], object]] = {
    "scheme": lambda asked: asked.scheme,
    "host": lambda asked: _authority(asked)[0],
    "port": lambda asked: _authority(asked)[1],
    "uri": lambda asked: (asked.scheme, *_authority(asked), asked.path, asked.query),
    "headers": _counting_headers,
}


# --- bodies


def canonical(label: str, body: bytes, left_out: LeftOut | None) -> bytes:
    """One spelling for all bodies that mean the same; what cannot be read as what it says it is stays as it is."""
    kind = _kind(label)
    if kind == "multipart":
        return _without_boundary(label, body)
    value = understood(label, body)
    if value is body:
        return body
    try:
        if left_out is not None:
            value = without(value, left_out)
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        if b".0" in text and _WHOLE.search(text):
            text = orjson.dumps(_whole(value), option=orjson.OPT_SORT_KEYS)
    except (RecursionError, orjson.JSONEncodeError):
        return body  # readable, but too deep to be written
    return _neutral(text)


def without(value: object, left_out: LeftOut) -> object:
    """The value of a body, cut down to what is compared."""
    return _pruned(value, left_out.names, left_out.places)


def understood(label: str, body: bytes) -> object:
    """The value of a body by its media type, or by its look where it has none; the very bytes if it is neither."""
    kind = _kind(label) or _looks(body)
    try:
        if kind == "json":
            return decode_json(body)
        if kind == "xml":
            root = tree(_text(body))
            return {ROOT: _element(root, 0)}  # whatever its name: a body has one type (protocol 1.5)
        if kind == "form":
            return _form(body.decode("ascii"))
    except (BadRequest, UnicodeDecodeError, RecursionError):
        pass
    return body


@lru_cache(maxsize=256)
def _kind(label: str) -> str:
    media = label.partition(";")[0].strip().lower()
    if media.endswith("json"):
        return "json"
    if media.endswith("xml"):
        return "xml"
    if media == "application/x-www-form-urlencoded":
        return "form"
    if media.startswith("multipart/"):
        return "multipart"
    return "" if not media else "bytes"


def _looks(body: bytes) -> str:
    first = body.lstrip()[:1]
    return "json" if first in (b"{", b"[") else "xml" if first == b"<" else "bytes"


def _text(body: bytes) -> str:
    return body.decode("utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")


def _form(text: str) -> dict[str, object]:
    """Texts by name, several of one name as a list: as aiohttp's mappings are kept, which are forms without a label."""
    sent: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        sent.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in sent.items()}


def _element(element: Element, depth: int) -> object:
    """An element by what it holds: names without namespace, members of different names in any order (protocol 1.5)."""
    check_depth(depth)
    held: dict[str, object] = {f"@{_local(name)}": value for name, value in element.attrib.items()}
    members: dict[str, list[object]] = {}
    for child in element:
        members.setdefault(_local(child.tag), []).append(_element(child, depth + 1))
    held |= members
    if not held:
        return element.text or ""
    if not members and (element.text or "").strip():
        held["#"] = element.text
    return held


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _without_boundary(label: str, body: bytes) -> bytes:
    """Clients invent a boundary for every request."""
    found = re.search(r'boundary="?([^";,]+)', label, re.IGNORECASE)
    return body.replace(found[1].strip().encode(), b"") if found else body


def _pruned(value: object, names: frozenset[str], places: frozenset[Place]) -> object:
    """The value without members of these names, and without those at these places."""
    if isinstance(value, dict):
        return {
            name: _pruned(each, names, _below(places, folded))
            for name, each in value.items()
            if (folded := name.lower()) not in names and not (places and _place(name) in places)
        }
    if isinstance(value, list):
        below = _below(places, "*")
        # XML has lists where JSON has members, and a document of one line does not know that it could have several.
        return [_pruned(each, names, below | places) for each in value if ("*",) not in places]
    return value


def _below(places: frozenset[Place], name: str) -> frozenset[Place]:
    return frozenset(each[1:] for each in places if each[0] == name and len(each) > 1) if places else places


_WHOLE = re.compile(rb"\d\.0[,}\]]|\d\.0\Z")


def _whole(value: object) -> object:
    """1.0 is 1."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    return [_whole(each) for each in value] if isinstance(value, list) else value


_HOST = re.compile(rb"https?://[^/\"\s]+(?:/Cust[0-9]+)?(?=/(?:api|login)\b)", re.IGNORECASE)
_NAME = re.compile(rb"\bCust[0-9]+\b", re.IGNORECASE)


def _neutral(text: bytes) -> bytes:
    """Without the hosts of the API's own addresses, and without tenants' names."""
    if b"://" in text:
        text = _HOST.sub(b"", text)
    return _NAME.sub(b"cust", text) if b"Cust" in text or b"cust" in text else text
