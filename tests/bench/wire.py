"""Requests as bytes, made from the seed request, and a blocking connection that sends them one after another.

The connection does as little as it can: what it costs itself must not hide what the server costs.
"""

from __future__ import annotations

import base64
import json
import re
import socket
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from mockserver.catalogue.loading import load_catalogue
from mockserver.catalogue.model import Type
from mockserver.wire.xml import Xml
from tests.bench.figures import BenchError

SEED = Path(__file__).resolve().parents[1] / "data" / "seed-request.json"
SAVE = "/v1/Agents/Contact/SaveContactEntity"
READ = "/v1/Agents/Contact/GetContactEntity?contactEntityId="
REST = "/v1/Contact/"

COUNTER_WIDTH = 10
"""Digits of the number that makes the name of every request a new one."""

JSON, XML = "application/json; charset=utf-8", "application/xml; charset=utf-8"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_TIMEOUT = 15.0


class Door:
    """Where a server is reached and as whom: the address and the headers that all requests share."""

    def __init__(self, api_url: str, user: str, password: str) -> None:
        parts = urlsplit(api_url)
        if parts.hostname not in _LOOPBACK or parts.port is None:
            raise BenchError(f"only servers on loopback are measured; this one is at {api_url}")
        self.host = parts.hostname
        self.port = parts.port
        self.origin = f"http://{parts.netloc}"
        self._root = parts.path
        credential = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._shared = f"Host: {parts.netloc}\r\nAuthorization: Basic {credential}\r\n"

    def request(
        self, method: str, path: str, body: tuple[bytes, ...] | None = None, media_type: str = JSON, accept: str = JSON
    ) -> tuple[bytes, ...]:
        """A request as bytes; a body in two pieces leaves room for a counter between them, and so does the request."""
        head = f"{method} {self._root}{path} HTTP/1.1\r\n{self._shared}Accept: {accept}\r\n"
        if body is None:
            length = "Content-Length: 0\r\n" if method == "POST" else ""
            return (f"{head}{length}\r\n".encode(),)
        length = str(sum(map(len, body)) + COUNTER_WIDTH * (len(body) - 1))
        head += f"Content-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n"
        return (head.encode() + body[0], *body[1:])

    def save(self, key: int) -> tuple[bytes, ...]:
        """A save of the seed contact under a key, in two pieces: between them goes the counter that ends its name."""
        return self.request("POST", SAVE, seed_body(key))

    def save_xml(self, key: int) -> tuple[bytes, ...]:
        """The same save in XML, answered in XML."""
        return self.request("POST", SAVE, xml_body(key), XML, XML)

    def save_patch(self, key: int) -> tuple[bytes, ...]:
        """Five operations of a JSON Patch on the stored contact."""
        return self.request("POST", SAVE, patch_body(key), "application/json-patch+json")

    def save_merge(self, key: int) -> tuple[bytes, ...]:
        """A merge document with the same changes."""
        return self.request("POST", SAVE, merge_body(key), "application/merge-patch+json")

    def read(self, key: int) -> tuple[bytes, ...]:
        """The agent's way to ask for a contact."""
        return self.request("POST", f"{READ}{key}")

    def get(self, key: int) -> tuple[bytes, ...]:
        """The REST way to ask for a contact."""
        return self.request("GET", f"{REST}{key}")


@cache
def seed() -> bytes:
    """The seed request as it is posted, white space and all."""
    return SEED.read_bytes()


def seed_body(key: int) -> tuple[bytes, bytes]:
    """The bytes of the seed request with another key, cut where its name ends."""
    text = re.sub(rb'("ContactId": *)\d+', rb"\g<1>%d" % key, seed(), count=1)
    name = re.search(rb'"Name": *"[^"]*', text)
    if name is None:
        raise BenchError(f"{SEED} has no Name")
    return text[: name.end()] + b" ", text[name.end() :]


def numbered(request: tuple[bytes, ...], number: int) -> bytes:
    """A request whole, with the counter in its place."""
    return (b"%0*d" % (COUNTER_WIDTH, number)).join(request)


class Connection:
    """One kept connection; answers are (status, body). Raises `OSError` where the server is not there."""

    def __init__(self, door: Door) -> None:
        self._socket = socket.create_connection((door.host, door.port), timeout=_TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request, wait for the whole answer."""
        self._socket.sendall(request)
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:end].lower()
        length = re.search(rb"\r\ncontent-length: *(\d+)", head)
        if length is None:
            raise BenchError(f"an answer without Content-Length: {head[:200]!r}")
        whole = end + 4 + int(length[1])
        while len(received) < whole:
            received += self._more()
        return int(head[9:12]), received[end + 4 : whole]

    def _more(self) -> bytes:
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._socket.close()


@cache
def _xml_seed() -> bytes:
    """The seed request as the double itself would write it in XML, nulls and all."""
    entity = json.loads(seed())
    return Xml(load_catalogue()).encode(entity, Type.parse("ContactEntity")).encode()


def xml_body(key: int) -> tuple[bytes, bytes]:
    """The seed contact in XML under another key, cut where its name ends."""
    text = re.sub(rb"<ContactId>\d+", b"<ContactId>%d" % key, _xml_seed(), count=1)
    at = text.index(b"</Name>")
    return text[:at] + b" ", text[at:]


def patch_body(key: int) -> tuple[bytes, bytes]:
    """Five operations on a stored contact, cut where the new name ends."""
    head = f'[{{"op":"test","path":"/ContactId","value":{key}}},{{"op":"replace","path":"/Name","value":"n '
    tail = (
        '"},{"op":"replace","path":"/Department","value":"Oslo"},{"op":"replace","path":"/Phones/0/Value","value":"02"},'
        '{"op":"replace","path":"/Xstop","value":true}]'
    )
    return head.encode(), tail.encode()


def merge_body(key: int) -> tuple[bytes, bytes]:
    """The same changes as a merge document, cut where the new name ends."""
    tail = '","Department":"Oslo","Phones":[{"Value":"02"}],"Xstop":true}'
    return f'{{"ContactId":{key},"Name":"n '.encode(), tail.encode()
