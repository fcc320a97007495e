"""SOAP 1.1 envelopes in and out: what a message asks, what is answered, how a mistake is told.

Read like all XML: what is small to send and large to read is refused, and so are document types. Must not know what is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from mockserver.errors import BadRequest
from mockserver.wire.xml.names import INSTANCE
from mockserver.wire.xml.tree import tree

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MEDIA_TYPE = "text/xml"
CONTENT_TYPE = "text/xml; charset=utf-8"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class Message(NamedTuple):
    """A message: texts by name, without namespaces; `name` is that of the one element in its body."""

    name: str
    headers: Mapping[str, str]
    members: Mapping[str, str]


class OtherVersion(BadRequest):
    """The envelope is one of another version of SOAP."""


def read(content: bytes, namespace: str) -> Message:
    """The message in an envelope, its names in one namespace: others are passed over.

    Raises `BadRequest` for what is no envelope, of which `OtherVersion` is one.
    """
    root = tree(_text(content))
    if root.tag != f"{{{ENVELOPE}}}Envelope":
        if root.tag.endswith("}Envelope"):
            raise OtherVersion("The envelope's version is not supported.")
        raise BadRequest("The message is not an envelope.")
    head, body = root.find(f"{{{ENVELOPE}}}Header"), root.find(f"{{{ENVELOPE}}}Body")
    asked = body[0] if body is not None and len(body) else None
    if asked is None:
        raise BadRequest("The message has no body.")
    prefix = f"{{{namespace}}}"
    name = asked.tag.removeprefix(prefix) if asked.tag.startswith(prefix) else ""
    return Message(name, _texts(head, prefix), _texts(asked, prefix))


def _text(content: bytes) -> str:
    """What a declaration says of the encoding is not asked: SOAP travels in UTF-8 or, marked as such, in UTF-16."""
    try:
        return content.decode("utf-16" if content.startswith(_UTF16) else "utf-8-sig").strip()
    except UnicodeDecodeError:
        raise BadRequest("The message is not valid XML.", explanation="the envelope is neither UTF-8 nor UTF-16") from None


def _texts(parent: Element | None, prefix: str) -> dict[str, str]:
    children = () if parent is None else tuple(parent)
    return {each.tag[len(prefix) :]: (each.text or "").strip() for each in children if each.tag.startswith(prefix)}


def answer(name: str, namespace: str, members: Mapping[str, str | None]) -> bytes:
    """An envelope with one element, whose members are texts or nil."""
    inner = "".join(_member(each, text) for each, text in members.items())
    return _envelope(f'<{name} xmlns="{namespace}" xmlns:i="{INSTANCE}">{inner}</{name}>')


def fault(code: str, text: str) -> bytes:
    """An envelope that says what is wrong; `code` is one of SOAP's own: Client, VersionMismatch."""
    return _envelope(f"<s:Fault><faultcode>s:{code}</faultcode><faultstring>{escape(text)}</faultstring></s:Fault>")


def _member(name: str, text: str | None) -> str:
    return f'<{name} i:nil="true"/>' if text is None else f"<{name}>{escape(text, quote=False)}</{name}>"


def _envelope(inner: str) -> bytes:
    return f'<s:Envelope xmlns:s="{ENVELOPE}"><s:Body>{inner}</s:Body></s:Envelope>'.encode()
