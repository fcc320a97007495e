"""Secrets out of what is told of a request: passwords, codes, tokens and tickets give way to `***`, by name and by shape.

Fails closed: a text that names a secret and cannot be read is not told at all. Works when somebody asks to be told and not while
requests are answered. Must not know who tells, or operations.
"""

from __future__ import annotations

import re
from base64 import b64decode
from urllib.parse import unquote_plus

from mockserver.calls import Value
from mockserver.errors import BadRequest
from mockserver.messages import Headers
from mockserver.wire import json

HIDDEN = "***"
_LONGEST_READ = 2**20
_HEAD = 64 * 1024
# What is shorter is hidden only under its name: elsewhere it may be any word.
_SHORTEST_SECRET = 4
_SHORTEST_FOUND = 6
_MOST_FOUND = 200

_WORDS = (
    r"passw|passphrase|pwd|secret|token|xsrf|csrf|verifier|assertion|saml|apikey|api.key|credential"
    r"|cookie|authoriz|auth.?code|ticket|session.?id|private.?key"
)
_NAME = re.compile(_WORDS.replace("ticket", "ticket$"), re.IGNORECASE)
_HARMLESS = re.compile(r"(id|ids|type|types|paths|names?|endpoint|supported|alg)$", re.IGNORECASE)
_ALWAYS = re.compile(r"id.?token|(?<!chat)session.?id", re.IGNORECASE)
# Two plain words are secret where OAuth spells them, and in any letter case at the login service.
_OAUTH = ("code", "state")
# What can hold a secret, or a name that is written in another way; anything else need not be read.
_MENTION = re.compile(rf"{_WORDS}|code|state|\\u|<!ENTITY", re.IGNORECASE)
_SHAPES = re.compile(r"\b(?:8A|7T)(?::|%3A)[^\s\"'<>&,;?#\\]+|\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)*", re.IGNORECASE)
_PAIR = re.compile(r"([?&#;])([\w.%\[\]-]+)=([^&;\s\"'<>#\\]+)")
_SCHEMES = frozenset(("basic", "bearer", "soticket", "negotiate", "ntlm", "digest"))

_TAG = re.compile(r"<([\w.-]+:)?([\w.-]+)((?:\s[^<>]*)?)(?:>|\Z)", re.ASCII)
_ATTRIBUTE = re.compile(r"([\w.:-]+)(\s*=\s*)(\"[^\"]*\"|'[^']*')")
_ENTRY = re.compile(
    r"(<(?:[\w.-]+:)?(?:Key|Name)\b[^<>]*>\s*)([^<>]+?)(\s*</(?:[\w.-]+:)?(?:Key|Name)\s*>\s*<((?:[\w.-]+:)?Value)\b[^<>]*>)"
    r"(.*?)(</\4|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_BARE_XML = re.compile(r"(\s*(?:<\?[^>]*>\s*)?<([\w.:-]+)[^<>]*>)[^<]+(</\2\s*>\s*)", re.DOTALL)
_FORM = re.compile(r"[^\s=&<>{}\"']+=\S*")


class Veil:
    """Hides the secrets of one exchange; what it once found it also hides where it stands without a name."""

    def __init__(self, headers: Headers, path: str) -> None:
        self._login = "/login/" in path.lower()
        self._call = _NAME.search(path.rstrip("/").rpartition("/")[2]) is not None
        self._seen: set[str] = set()
        for name in headers:
            if self._secret(name):
                shortest = _SHORTEST_SECRET if "authorization" in name.lower() else _SHORTEST_FOUND
                self._seen |= {each for value in headers.getall(name) for each in _credentials(value) if len(each) >= shortest}

    def query(self, query: str) -> str:
        """A query string or a form."""
        return "&".join(self._pair(each) for each in query.split("&"))

    def body(self, content: bytes | None, label: str) -> str | None:
        """A body of this Content-Type; long ones in part."""
        if content is None:
            return None
        text = _decoded(content[: _LONGEST_READ + 1], label)
        if len(content) > _LONGEST_READ:
            head = text[:_HEAD]
            return _withheld(content) if _MENTION.search(head) else f"{self.text(head)}… ({len(content)} bytes)"
        if _MENTION.search(text) or "%" in text or (self._call and text.strip()):
            read = self._read(text, label)
            if read is None:
                return _withheld(content)
            text = read
        text = self.text(text)
        return text if len(text) <= _HEAD else f"{text[:_HEAD]}… ({len(content)} bytes)"

    def text(self, text: str) -> str:
        """Any other text: what has the shape of a token, stands in an address, or was found before."""
        text = _PAIR.sub(self._in_address, _SHAPES.sub(HIDDEN, text))
        for each in sorted(self._seen, key=len, reverse=True):
            text = text.replace(each, HIDDEN)
        return text

    # --- names

    def _secret(self, name: str, *, values: bool = False) -> bool:
        """Whether what bears this name is one; `values`: so is what is called a value."""
        plain = name.rpartition(":")[2].rpartition("/")[2]
        if plain in _OAUTH or (self._login and plain.lower() in _OAUTH) or (values and plain.lower() == "value"):
            return True
        if _ALWAYS.search(plain):
            return True
        return _NAME.search(plain) is not None and _HARMLESS.search(plain) is None

    def _found(self, value: str) -> str:
        if len(value) >= _SHORTEST_FOUND and len(self._seen) < _MOST_FOUND:
            self._seen.add(value)
        return HIDDEN

    # --- forms and queries

    def _pair(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        plain = unquote_plus(name)
        if not equals:
            return HIDDEN if _MENTION.search(plain) and re.search(r"[^\w.$\[\]-]", plain) else name
        if any(self._secret(step, values=self._call) for step in re.split(r"[.\[\]]+", plain)):
            self._found(unquote_plus(value))
            self._found(value)
            return f"{name}={HIDDEN}"
        plain = unquote_plus(value)
        if plain != value and self.text(plain) != plain:
            return f"{name}={HIDDEN}"
        return pair

    def _in_address(self, found: re.Match[str]) -> str:
        before, name, _ = found.groups()
        return f"{before}{name}={HIDDEN}" if self._secret(unquote_plus(name)) else found[0]

    # --- documents

    def _read(self, text: str, label: str) -> str | None:
        """The text without its secrets, None if it cannot be read."""
        start = text.lstrip("\ufeff \t\r\n")[:1]
        if start == "<":
            return None if "<!entity" in text.lower() else self._markup(text)
        if start not in ("{", "[", '"') and ("form-urlencoded" in label.lower() or _FORM.fullmatch(text.strip())):
            return self.query(text)
        try:
            value = json.decode(text)
            if isinstance(value, str):
                return f'"{self._found(value)}"'
            return json.encode(self._without(value, values=self._call)).decode()
        except (BadRequest, RecursionError):
            return None if _MENTION.search(text) or self._call else text

    def _without(self, value: Value, *, values: bool) -> Value:
        if isinstance(value, list):
            return [self._without(each, values=values) for each in value]
        if not isinstance(value, dict):
            return value
        names = (each for name, each in value.items() if isinstance(name, str) and name.lower() in ("key", "name", "path"))
        values = values or any(self._secret(step) for each in names if isinstance(each, str) for step in each.split("/"))
        return {name: self._member(str(name), each, values=values) for name, each in value.items()}

    def _member(self, name: str, value: Value, *, values: bool) -> Value:
        if not self._secret(name, values=values):
            return self._without(value, values=values)
        if isinstance(value, (dict, list)):
            folded = name.lower()
            if folded.endswith("ticket") or "credential" in folded:  # a customer's request; a carrier with a Value
                return self._without(value, values=values or "credential" in folded)
        return self._hidden(value)

    def _hidden(self, value: Value) -> Value:
        if isinstance(value, dict):
            return {name: self._hidden(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._hidden(each) for each in value]
        if value is None or isinstance(value, bool) or value == "":
            return value
        return self._found(value) if isinstance(value, str) else HIDDEN

    def _markup(self, text: str) -> str:
        """XML and HTML, whole or not: contents of elements, attributes, and what a form's input holds."""
        if self._call and (bare := _BARE_XML.fullmatch(text)):
            return f"{bare[1]}{HIDDEN}{bare[3]}"
        text = _ENTRY.sub(self._entry, text)
        told: list[str] = []
        at = 0
        while found := _TAG.search(text, at):
            prefix, name, attributes = found[1] or "", found[2], found[3]
            told += [text[at : found.start()], f"<{prefix}{name}{self._attributes(attributes)}", found[0][-1:].replace("<", "")]
            at = found.end()
            if not self._secret(name, values=self._call) or attributes.endswith("/") or not found[0].endswith(">"):
                continue
            end = text.find(f"</{prefix}{name}", at)
            content = text[at : end if end >= 0 else len(text)]
            if name.lower() == "ticket" and _TAG.search(content):
                continue
            if content:
                self._found(content)
                told.append(HIDDEN)
            at += len(content)
        return "".join([*told, text[at:]])

    def _entry(self, found: re.Match[str]) -> str:
        return f"{found[1]}{found[2]}{found[3]}{HIDDEN}{found[6]}" if self._secret(found[2]) else found[0]

    def _attributes(self, attributes: str) -> str:
        names = [each[3][1:-1] for each in _ATTRIBUTE.finditer(attributes) if each[1].lower() in ("name", "id")]
        values = any(self._secret(each) for each in names)

        def hidden(found: re.Match[str]) -> str:
            if not self._secret(found[1], values=values):
                return found[0]
            self._found(found[3][1:-1])
            return f'{found[1]}{found[2]}"{HIDDEN}"'

        return _ATTRIBUTE.sub(hidden, attributes)


def _credentials(header: str) -> set[str]:
    """What a header that carries credentials may give away: its words, values of cookies, a Basic password."""
    words = {each for each in re.split(r"[\s;,]+", header) if each.lower() not in _SCHEMES}
    words |= {each.partition("=")[2] for each in words}
    for each in tuple(words):
        try:
            words.add(b64decode(each, validate=True).decode("latin-1").partition(":")[2])
            words.add(b64decode(each, validate=True).decode("utf-8").partition(":")[2])
        except ValueError:
            continue
    return words


def _decoded(content: bytes, label: str) -> str:
    """The text of a body, as far as it is one: in UTF-16 where it is labelled or looks so."""
    if "utf-16" in label.lower() or content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in content[:4]:
        order = "utf-16-be" if content[:2] == b"\xfe\xff" or content[:1] == b"\0" else "utf-16-le"
        return content.decode(order, "replace").lstrip("\ufeff")
    return content.decode("utf-8", "replace")


def _withheld(content: bytes) -> str:
    return f"({len(content)} bytes that name a secret and cannot be read are not told)"
