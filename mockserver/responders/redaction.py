"""An exchange as it was on the wire → an exchange that may be kept; or a refusal that names the field, never the value.

Fails closed: every text is replaced unless data says that it is nobody's, what cannot be read is replaced as a whole, and what
comes out is scanned before anybody gets it. Must not know disks, files or who answers.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import quote, unquote, unquote_plus, urlsplit, urlunsplit

from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Kind, Operation, Place, Type
from mockserver.catalogue.privacy import Privacy
from mockserver.catalogue.routing import TENANT, Router, split_tenant
from mockserver.errors import ApiError, BadRequest, SecretFound
from mockserver.responders.cassettes import PSEUDONYMISED, Interaction
from mockserver.responders.known_secrets import Secrets
from mockserver.responders.leaves import Edit, Leaves, Spot, patched_names
from mockserver.responders.packing import Pairs, decoded, header_of, unpacked
from mockserver.responders.people import People
from mockserver.responders.scan import looks_like, repeats
from mockserver.wire.negotiation import FORM_TYPE, charset_of, parsed

_STRICT = frozenset(("name", "email", "phone", "number", "zip", "birth", "place", "address"))
_BARE = frozenset(("phone", "birth", "coordinate", "secret"))
_TOLD_APART = frozenset(("email", "phone"))
_NO_TEXT = (Kind.ENUM, Kind.BOOLEAN, Kind.INT32, Kind.INT64, Kind.DOUBLE)
_LONG_NAME = 8
_MOST_NAMES = 20_000
_SHOWN = 8
_INDEX = re.compile(r"\[[0-9]+\]")
_LITERAL = re.compile(r"'((?:[^']|'')*)'|([^\s()',]+)")
_PADDED = re.compile(r"[A-Za-z0-9+/\r\n]+={0,2}\s*\Z")


@dataclass(slots=True)
class _Part:
    """One part of an exchange while it is redacted.

    `marks` are the places where something was replaced, `told` those that a player must know (of a replaced name it is what holds
    it: nobody finds the name again), `originals` what was replaced that says who is meant. `patches` is the carrier that a patch
    is of.
    """

    where: str
    patches: str = ""
    marks: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    originals: set[str] = field(default_factory=set)


class Redactor:
    """Redacts with one key; remembers the credentials it has seen."""

    def __init__(self, catalogue: Catalogue, key: bytes, hosts: Iterable[str] = (), allow: Sequence[str] = ()) -> None:
        self._privacy = Privacy(catalogue)
        self._router = Router(catalogue)
        self._catalogue = catalogue
        self._leaves = Leaves(catalogue)
        self._people = People(key, self._privacy.kept_words)
        self.secrets = Secrets(self._people.digest)
        self._known_names: set[tuple[str, str]] = set()
        self._allowed = [_pattern(each) for each in allow]
        for each in hosts:
            self.secrets.learn_host(each)

    def redacted(self, raw: Interaction) -> Interaction:
        """The exchange without secrets and people; raises `SecretFound` where something is left or cannot be looked at."""
        made, parts = self._once(raw)
        if self.secrets.learnt_anything:
            # What was learnt at the end of an exchange may stand at its beginning.
            made, parts = self._once(raw)
        self._scan(made, parts)
        return made

    def scrubbed(self, kept: Interaction) -> Interaction:
        """An exchange that was kept before a credential of it was known, without that credential."""
        scrub = self.secrets.scrub_known
        bodies = []
        for headers, body in ((kept.request_headers, kept.request_body), (kept.response_headers, kept.response_body)):
            text, pack = unpacked(headers, body, "kept")
            changed = scrub(text.decode("latin-1")).encode("latin-1")
            bodies.append(body if changed == text else pack(changed))
        return replace(
            kept,
            uri=scrub(kept.uri),
            request_headers=_measured(tuple((name, scrub(value)) for name, value in kept.request_headers), bodies[0]),
            response_headers=_measured(tuple((name, scrub(value)) for name, value in kept.response_headers), bodies[1]),
            request_body=bodies[0],
            response_body=bodies[1],
        )

    def _once(self, raw: Interaction) -> tuple[Interaction, dict[str, _Part]]:
        parts = {name: _Part(where) for name, where in _PARTS.items()}
        operation = self._operation(raw.method, urlsplit(raw.uri).path)
        request_headers = self._headers(raw.request_headers, parts["request_headers"])
        response_headers = self._headers(raw.response_headers, parts["response_headers"])
        uri = self._uri(raw.uri, operation, parts["path"], parts["query"])
        result = operation.result if operation else None
        parts["request"].patches = result.name if result is not None and result.kind is Kind.CARRIER else ""
        request_body = self._body(raw.request_headers, raw.request_body, operation.body if operation else None, parts["request"])
        answer = operation.answers.get(raw.status) if operation else None
        response_body = self._body(raw.response_headers, raw.response_body, answer, parts["response"])
        marks = dict.fromkeys([*(f"?{each}" for each in parts["query"].marks), *parts["request"].told])
        made = replace(
            raw,
            uri=uri,
            reason=self.secrets.scrub(raw.reason),
            request_headers=_measured(request_headers, request_body),
            response_headers=_measured(response_headers, response_body, bodiless=raw.method == "HEAD"),
            request_body=request_body,
            response_body=response_body,
            meta={**raw.meta, **({PSEUDONYMISED: list(marks)} if marks else {})},
        )
        return made, parts

    # --- one text

    def _editor(self, part: _Part) -> Edit:
        def edit(text: str, spot: Spot) -> str:
            if not text.strip():
                return text
            if spot.key and (text, spot.carrier) in self._known_names:
                return text
            if self._allowed and self._is_allowed(part.where, spot.said):
                return self.secrets.scrub(text)
            new = self._key(text, spot) if spot.key else self._value(text, spot, part)
            if new == text:
                if spot.key and len(self._known_names) < _MOST_NAMES:
                    self._known_names.add((text, spot.carrier))
                return text
            above = replace(spot, path=spot.path[:-1])
            part.marks.append(replace(spot, path=(*above.path, new)).said if spot.key else spot.said)
            part.told.append(above.said if spot.key else spot.said)
            return new

        return edit

    def _key(self, text: str, spot: Spot) -> str:
        known = self._privacy.is_name_of_the_api(text) or self._privacy.is_nobodys(text)
        if spot.type is not None and spot.type.kind is Kind.CARRIER:
            known = known or text.lower() in self._catalogue.carrier(spot.type.name).by_name
        return text if known else self._people.stand_in("label", self.secrets.scrub(text))

    def _value(self, text: str, spot: Spot, part: _Part) -> str:
        kind = self._privacy.kind(spot.name, spot.above, spot.carrier)
        if spot.bare:
            return self._number(kind, text)
        typed = spot.type.kind if spot.type is not None else None
        if kind == "secret":
            return self.secrets.learn(text)
        if typed in {Kind.BINARY, Kind.STREAM} or (typed is None and len(text) > 200 and _PADDED.match(text)):
            return base64.b64encode(bytes(len(text) * 3 // 4)).decode()[: len(text)]
        is_plain = typed in _NO_TEXT or (typed is Kind.DATE_TIME and kind != "birth")
        if is_plain and self._is_typed(text, spot.type):
            return text
        if self._has_our_host(text):
            return self._uri(text, None, part, part)
        if self._stays(kind, text, spot.name):
            return text
        made = self._people.stand_in(kind if kind != "secret" else "text", text)
        if made != text and len(text.strip()) >= _LONG_NAME and (kind in _TOLD_APART or (kind == "name" and " " in text.strip())):
            part.originals.add(text.strip())
        return made

    def _stays(self, kind: str, text: str, name: str) -> bool:
        """Whether a text is nobody's, as a member of its kind."""
        if kind in _STRICT:
            # An address book has columns for times, and dictionaries for fields: neither is anybody's.
            return kind == "email" and "@" not in text and self._privacy.is_nobodys(text)
        if self._privacy.is_nobodys(text):
            return True
        if self._privacy.holds_id(name) and self._privacy.is_id(text):
            return True
        return kind == "label" and self._is_expression_of_names(text)

    def _is_expression_of_names(self, text: str) -> bool:
        """Whether a text is names of the API with commas, blanks or slashes between: columns, patch paths, sort orders."""
        steps = [each for each in re.split(r"[,\s/]+", text) if each]
        return all(self._privacy.is_name_of_the_api(each) or self._privacy.is_nobodys(each) for each in steps)

    def _number(self, kind: str, text: str) -> str:
        if kind not in _BARE:
            return text
        if kind == "coordinate" or not text.isdigit():
            return "0.0" if "." in text else "0"
        made = self._people.number(text)
        return str(int(made[-6:] if kind == "secret" else made)) if kind != "birth" else str(1 + int(made) % 12)

    def _is_typed(self, text: str, kind: Type | None) -> bool:
        assert kind is not None
        if kind.kind is Kind.ENUM:
            names = self._catalogue.enum(kind.name).members
            return all(each.strip() in names for each in text.split(",")) or self._privacy.is_nobodys(text)
        return self._privacy.is_nobodys(text) or self._privacy.is_id(text)

    def _has_our_host(self, text: str) -> bool:
        try:
            parts = urlsplit(text)
        except ValueError:
            return False
        return "://" in text and bool(parts.netloc) and self.secrets.is_host(parts.netloc)

    # --- addresses

    def _operation(self, method: str, path: str) -> Operation | None:
        try:
            return self._router.find(method, split_tenant(path)[1])[0]
        except ApiError:
            return None

    def _uri(self, uri: str, operation: Operation | None, path: _Part, query: _Part) -> str:
        """An address without its host, tenant, people and credentials."""
        try:
            parts = urlsplit(uri)
            host = parts.hostname or ""
        except ValueError:
            return self._people.stand_in("url", uri)
        netloc = parts.netloc.rpartition("@")[2]
        if netloc:
            ours = self.secrets.is_host(netloc) or self.secrets.is_host(host)
            netloc = self.secrets.learn_host(netloc) if ours else self._people.url(host)
        new_path = self._path(parts.path, operation, path)
        new_query = self._query(parts.query, operation, query) if parts.query else ""
        fragment = self._query(parts.fragment, None, query) if parts.fragment else ""
        return urlunsplit((parts.scheme, netloc, new_path, new_query, fragment))

    def _path(self, path: str, operation: Operation | None, part: _Part) -> str:
        tenant, below = split_tenant(path)
        template = operation.path.split("/") if operation else []
        steps = []
        for index, raw in enumerate(below.split("/")):
            step = unquote(raw)
            name = template[index][1:-1] if index < len(template) and template[index].startswith("{") else ""
            new = self._step(step, name, literal=bool(template) and not name)
            if new != step:
                part.marks.append(str(index))
            steps.append(raw if new == step else quote(new, safe=":@!$&'()*+,;=~"))
        below = "/".join(steps)
        if not tenant:
            return below
        told = self.secrets.tenant(tenant) if TENANT.fullmatch(tenant) else tenant
        return f"/{told if told != tenant or self._privacy.is_name_of_the_api(told) else self._people.name(told)}{below}"

    def _step(self, step: str, name: str, *, literal: bool) -> str:
        """One segment of a path: fixed, an id, or somebody's."""
        if literal or not step or self._privacy.is_id(step):
            return step
        scrubbed = self.secrets.scrub(step)
        if scrubbed != step:
            return scrubbed
        kind = self._privacy.kind(name) if name else "label"
        if kind not in _STRICT and (self._privacy.is_nobodys(step) or self._privacy.is_name_of_the_api(step.lstrip("."))):
            return step
        return self.secrets.learn(step) if kind == "secret" else self._people.stand_in(kind, step)

    def _query(self, query: str, operation: Operation | None, part: _Part) -> str:
        known = {each.name.lower(): each for each in operation.parameters if each.place is Place.QUERY} if operation else {}

        def edit(text: str, spot: Spot) -> str:
            if spot.key or not text.strip():
                return text if not spot.key or self._privacy.is_name_of_the_api(text) else self._people.stand_in("label", text)
            new = self._parameter(text, spot, part, known[spot.name.lower()].type if spot.name.lower() in known else None)
            if new != text:
                part.marks.append(spot.name)
            return new

        return self._leaves.form(query, None, edit)

    def _parameter(self, text: str, spot: Spot, part: _Part, kind: Type | None) -> str:
        if self._is_allowed(part.where, spot.name):
            return self.secrets.scrub(text)
        plain = spot.name.lower()
        if plain == "$filter":
            return self._filter(text)
        if plain in self._query_kept and self._is_expression_of_names(text):
            return text
        return self._value(text, replace(spot, type=kind), part)

    @property
    def _query_kept(self) -> frozenset[str]:
        return self._privacy.query_kept | {f"${each}" for each in self._privacy.query_kept}

    def _filter(self, text: str) -> str:
        """A filter with stand-ins for what is compared with."""
        column = ""

        def literal(found: re.Match[str]) -> str:
            nonlocal column
            if found[1] is None:
                word = found[2]
                if self._privacy.is_name_of_the_api(word) and not self._privacy.is_id(word):
                    if self._privacy.kind(word) != "text" or not column:
                        column = word
                    return word
                return word if self._is_plain(word, column) else self._compared(word, column)
            value = found[1].replace("''", "'")
            if not value.strip() or self._is_plain(value, column):
                return found[0]
            made = self._compared(value, column).replace("'", "''")
            return f"'{made}'"

        return _LITERAL.sub(literal, text)

    def _is_plain(self, value: str, column: str) -> bool:
        kind = self._privacy.kind(column) if column else "text"
        return kind not in _STRICT and (self._privacy.is_nobodys(value) or self._privacy.is_id(value))

    def _compared(self, value: str, column: str) -> str:
        kind = self._privacy.kind(column) if column else "name"
        scrubbed = self.secrets.scrub(value)
        return scrubbed if scrubbed != value else self._people.stand_in(kind if kind in _STRICT else "name", value)

    # --- headers

    def _headers(self, headers: Pairs, part: _Part) -> Pairs:
        return tuple((name, self._header(name.lower(), value, part)) for name, value in headers)

    def _header(self, name: str, value: str, part: _Part) -> str:
        known = self._privacy.headers
        if name in known.secret:
            return self._credential(value)
        if name in known.cookies:
            return self._cookies(value, first_only=name == "set-cookie")
        if name in known.host:
            return self.secrets.learn_host(value) if self.secrets.is_host(value) else self._people.url(value)
        if name in known.links:
            return self._uri(value, None, part, part)
        if name in known.kept or self._is_allowed(part.where, name):
            return self.secrets.scrub(value)
        if self._privacy.is_nobodys(value) or not value.strip():
            return value
        part.marks.append(name)
        return self._people.stand_in("text", value)

    def _credential(self, value: str) -> str:
        scheme, blank, secret = value.strip().partition(" ")
        if not blank:
            return self.secrets.learn(value.strip())
        if scheme.lower() == "basic":
            try:
                user, _, password = base64.b64decode(secret, validate=True).decode("latin-1").partition(":")
            except ValueError:
                user = password = ""
            self.secrets.learn(password)
            made = self.secrets.learn(secret)
            return f"{scheme} {base64.b64encode(f'{self._people.name(user)}:{made}'.encode()).decode()}"
        return f"{scheme} {self.secrets.learn(secret.strip())}"

    def _cookies(self, value: str, *, first_only: bool) -> str:
        made = []
        for index, each in enumerate(value.split(";")):
            name, equals, secret = each.partition("=")
            if equals and secret and (index == 0 or not first_only):
                made.append(f"{name}={self.secrets.learn(secret.strip())}")
            else:
                made.append(self.secrets.scrub(each))
        return ";".join(made)

    # --- bodies

    def _body(self, headers: Pairs, body: bytes, kind: Type | None, part: _Part) -> bytes:
        if not body:
            return body
        plain, pack = unpacked(headers, body, part.where)
        label = header_of(headers, "content-type")
        media, charset = parsed(label)[0], charset_of(label)
        text = decoded(plain, charset)
        if text is None:
            part.marks.append("")
            part.told.append("")
            return pack(bytes(len(plain)))
        new = self._text(text, _shape_of(media, text), kind, part)
        return body if new == text else pack(new.encode(charset, "surrogateescape"))

    def _text(self, text: str, shape: str, kind: Type | None, part: _Part) -> str:
        edit = self._editor(part)
        try:
            match shape:
                case "json":
                    # A patch is known by its operations, whatever it is labelled as.
                    names = patched_names(text)
                    of = part.patches if names else ""
                    return self._leaves.json(text, None if names else kind, edit, names, of)
                case "xml":
                    return self._leaves.xml(text, kind, edit)
                case "form":
                    return self._leaves.form(text, kind, edit)
        except (BadRequest, ValueError, RecursionError):
            part.marks.clear()
            part.told.clear()
        if self._privacy.is_nobodys(text.strip()):
            return text
        part.marks.append("")
        part.told.append("")
        self.secrets.scrub(text)  # learns the credentials in it
        return self._people.text(text)

    # --- the look afterwards

    def _scan(self, made: Interaction, parts: dict[str, _Part]) -> None:
        found: list[str] = []
        originals = {each for part in parts.values() for each in part.originals}

        def look(text: str, place: str, *, marked: bool) -> None:
            if self._is_allowed_place(place) and not self.secrets.found_in(text):
                return
            what = "a credential, tenant or host that was seen" if self.secrets.found_in(text) else None
            if what is None and not marked:
                what = looks_like(text) or ("something that was replaced elsewhere" if repeats(text, originals) else None)
            if what:
                found.append(f"{place} holds {what}")

        look(made.uri, "uri", marked=True)
        look(unquote(made.uri), "uri", marked=True)
        for piece in re.split(r"[/?&=#]", made.uri):
            if not self._privacy.is_name_of_the_api(piece):
                look(unquote_plus(piece), "uri", marked=False)
        for side, headers in (("request", made.request_headers), ("response", made.response_headers)):
            secret = self._privacy.headers.secret | self._privacy.headers.cookies
            for name, value in headers:
                marked = name.lower() in secret or name.lower() in parts[f"{side}_headers"].marks
                look(value, f"{side}.headers.{name}", marked=marked)
        for side, headers, body in (
            ("request", made.request_headers, made.request_body),
            ("response", made.response_headers, made.response_body),
        ):
            if body:
                self._scan_body(headers, body, parts[side], look)
        if found:
            raise SecretFound("; ".join(dict.fromkeys(found[:_SHOWN])))

    def _scan_body(self, headers: Pairs, body: bytes, part: _Part, look: _Look) -> None:
        label = header_of(headers, "content-type")
        media, charset = parsed(label)[0], charset_of(label)
        text = decoded(unpacked(headers, body, part.where)[0], charset)
        if text is None:
            return
        marks = set(part.marks)
        whole = "" in marks
        walked = False

        clean: set[str] = set()

        def seen(value: str, spot: Spot) -> str:
            if value not in clean and not spot.bare:
                marked = whole or spot.said in marks
                look(value, f"{part.where}.{spot.said}", marked=marked)
                if not marked:
                    clean.add(value)  # or it has been found, and once is enough
            return value

        try:
            shape = "text" if whole else _shape_of(media, text)
            if shape in {"json", "xml", "form"}:
                getattr(self._leaves, shape)(text, None, seen)
                walked = True
        except (BadRequest, ValueError, RecursionError):
            pass
        # Whatever stands between the values is looked at, too.
        look(text, part.where, marked=walked or whole)

    def _is_allowed(self, where: str, said: str) -> bool:
        return bool(self._allowed) and self._is_allowed_place(f"{where}.{said}")

    def _is_allowed_place(self, place: str) -> bool:
        place = _INDEX.sub("[]", place)
        return any(each.fullmatch(place) or each.fullmatch(place.partition(".body.")[2]) for each in self._allowed)


class _Look(Protocol):
    """Look at one text; `marked` says that a stand-in stands there."""

    def __call__(self, text: str, place: str, *, marked: bool) -> None:
        """Note what is wrong."""


_PARTS = {
    "request": "request.body",
    "response": "response.body",
    "path": "uri.path",
    "query": "uri.query",
    "request_headers": "request.headers",
    "response_headers": "response.headers",
}


def _pattern(allowed: str) -> re.Pattern[str]:
    text = re.escape(_INDEX.sub("[]", allowed)).replace(r"\*", ".*")
    return re.compile(text, re.IGNORECASE)


def _measured(headers: Pairs, body: bytes, *, bodiless: bool = False) -> Pairs:
    """The headers with the length that the body has now."""
    if bodiless or not body:
        return headers
    return tuple((name, str(len(body)) if name.lower() == "content-length" else value) for name, value in headers)


def _shape_of(media: str, text: str) -> str:
    if media.endswith(("json", "+json")):
        return "json"
    if media.endswith(("/xml", "+xml")):
        return "xml"
    if media == FORM_TYPE:
        return "form"
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if not media or media == "application/octet-stream":
        return "json" if start and start in "{[" else "xml" if start == "<" else "text"
    return "text"
