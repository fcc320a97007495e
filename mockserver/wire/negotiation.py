"""What the headers of a request say about how to read its body and how to say the answer (protocol 1.1, 5, 6).

Worked out once per set of header values and kept. Must not know operations, rows or credentials.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from multidict import istr

from mockserver.calls import PatchKind, Preferences, Value
from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.model import Type
from mockserver.errors import BadRequest, Unsupported
from mockserver.messages import Headers
from mockserver.settings import Settings
from mockserver.wire import form, json, xml
from mockserver.wire.culture import Culture, Cultures
from mockserver.wire.timezones import Zone, Zones

Decode = Callable[[bytes, Type], Value]
Encode = Callable[[Value, Type | None], bytes]

PATCH_TYPES: dict[str, PatchKind] = {"application/json-patch+json": "json", "application/merge-patch+json": "merge"}
FORM_TYPE = "application/x-www-form-urlencoded"
# The service's formatters in their order, each with its media types; the form is only read.
_FORMATTERS = (json.MEDIA_TYPES, xml.MEDIA_TYPES, tuple(PATCH_TYPES))
_WHOLE_TYPES = (*json.MEDIA_TYPES, *xml.MEDIA_TYPES)
ANSWER_TYPES = tuple(each for formatter in _FORMATTERS for each in formatter)
_HEADERS = tuple(
    istr(name)  # folded once, not at every look-up
    for name in ("Content-Type", "Accept", "Accept-Charset", "Accept-Language", "SO-Language", "SO-Culture", "SO-TimeZone")
)
_CHARSETS = {"utf-8": "utf-8", "utf8": "utf-8", "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be"}
_CACHE_LIMIT = 2000


def unlabelled(body: bytes, kind: Type) -> Value:
    """Reads a body sent to an operation that publishes no media types and so checks none (PATCH): as JSON."""
    del kind
    return json.decode(body)


@dataclass(frozen=True, slots=True)
class Manner:
    """How one request speaks and wants to be spoken to.

    `decode` is None where the body has a type that nobody reads: `refusal` says so. `content_type` is the label of the
    answer, `plain_type` the one for errors and lists, which are no patch documents; `preferences` is what verbs must know.
    """

    decode: Decode | None
    refusal: str
    encode: Encode
    content_type: str
    preferences: Preferences
    culture: Culture | None
    zone: Zone | None
    plain_type: str


class Negotiator:
    """Headers → Manner, for one catalogue and its settings."""

    def __init__(self, catalogue: Catalogue, settings: Settings) -> None:
        self._xml = xml.Xml(catalogue, namespaced=settings.xml_namespace)
        self._form = form.Form(catalogue)
        self.cultures = Cultures(catalogue)
        self.zones = Zones(catalogue)
        self._known: dict[tuple[str | None, ...], Manner] = {}

    def manner(self, headers: Headers) -> Manner:
        """How this request speaks; never raises, since only a body can have an unreadable type."""
        get = headers.get
        key = tuple([get(name) for name in _HEADERS])
        known = self._known.get(key)
        if known is None:
            known = self._manner(*key)
            if len(self._known) >= _CACHE_LIMIT:
                self._known.clear()
            self._known[key] = known
        return known

    def _manner(
        self,
        content_type: str | None,
        accept: str | None,
        accept_charset: str | None,
        accept_language: str | None,
        so_language: str | None,
        so_culture: str | None,
        so_timezone: str | None,
    ) -> Manner:
        media_type = parsed(content_type or "")[0]
        decode = self._decoder(media_type, charset_of(content_type or ""))
        answer, charset = _answer_type(accept, media_type)
        charset = charset or _accepted_charset(accept_charset)
        preferences = Preferences(sends_patch=PATCH_TYPES.get(media_type), wants_patch=PATCH_TYPES.get(answer))
        culture = self.cultures.parse(accept_language, so_language, so_culture)
        zone = self.zones.parse(so_timezone)
        return Manner(
            decode=decode,
            refusal=_refusal(content_type, media_type),
            encode=self._encoder(answer, charset),
            content_type=f"{answer}; charset={charset}",
            preferences=preferences,
            culture=culture,
            zone=zone,
            plain_type=f"{json.MEDIA_TYPES[0] if preferences.wants_patch else answer}; charset={charset}",
        )

    def _decoder(self, media_type: str, charset: str) -> Decode | None:
        if media_type in json.MEDIA_TYPES or media_type in PATCH_TYPES:
            if charset == "utf-8":
                return lambda body, kind: json.decode(body)
            return lambda body, kind: json.decode(_text(body, charset, "JSON"))
        if media_type in xml.MEDIA_TYPES:
            return lambda body, kind: self._xml.decode(_text(body, charset, "XML"), kind)
        if media_type == FORM_TYPE:
            return lambda body, kind: self._form.decode(_text(body, charset, "form data"), kind)
        return None

    def _encoder(self, answer: str, charset: str) -> Encode:
        if answer in xml.MEDIA_TYPES:
            if charset == "utf-8":
                return self._xml.encode_utf8
            return lambda value, kind: self._xml.encode(value, kind).encode(charset, "replace")
        if charset == "utf-8":
            return lambda value, kind: json.encode(value)
        return lambda value, kind: json.encode(value).decode().encode(charset)


def _text(body: bytes, charset: str, what: str) -> str:
    try:
        return body.decode("utf-8-sig" if charset == "utf-8" else charset)
    except UnicodeDecodeError as error:
        message = f"The request body is not valid {what}."
        raise BadRequest(message, explanation=f"the body is not {charset}: {error.reason} at byte {error.start}") from None


def _refusal(content_type: str | None, media_type: str) -> str:
    """The framework's words for a body nobody reads."""
    if not content_type:
        return (
            "The request contains an entity body but no Content-Type header. The inferred media type "
            "'application/octet-stream' is not supported for this resource."
        )
    return f"The request entity's media type '{media_type[:100]}' is not supported for this resource."


def unsupported(manner: Manner) -> Unsupported:
    """The error for a body that the manner cannot read."""
    return Unsupported(manner.refusal)


def charset_of(content_type: str) -> str:
    """The charset a Content-Type names, UTF-8 where it names none that is known."""
    return _CHARSETS.get(parsed(content_type)[1].get("charset", "").lower(), "utf-8")


def parsed(header: str) -> tuple[str, dict[str, str]]:
    """A media type in lower case and its parameters."""
    first, *rest = header.split(";")
    parameters: dict[str, str] = {}
    for each in rest:
        name, _, value = each.partition("=")
        parameters[name.strip().lower()] = value.strip().strip('"')
    return first.strip().lower(), parameters


def _answer_type(accept: str | None, request_type: str) -> tuple[str, str | None]:
    """The media type to answer in, and the charset asked for beside it.

    Nothing acceptable, or no Accept at all: the request's own type, else JSON; never 406.
    """
    # A patch document is an answer only to those who ask for one: a request in a patch type alone does not.
    return best_offer(accept, ANSWER_TYPES) or (request_type if request_type in _WHOLE_TYPES else ANSWER_TYPES[0], None)


def best_offer(accept: str | None, offers: tuple[str, ...]) -> tuple[str, str | None] | None:
    """Which of the media types on offer an Accept header wants, and the charset asked for beside it; None if none.

    The framework's order: the best quality wins; between equals a literal type beats `type/*`, which beats `*/*`, and the
    earlier offer wins.
    """
    best: tuple[float, int, int] | None = None
    found: tuple[str, str | None] | None = None
    for header in (accept or "").split(",")[:100]:
        wanted, parameters = parsed(header)
        quality = _quality(parameters.get("q"))
        if not wanted or quality <= 0:
            continue
        rank, matches = _matches(wanted, offers)
        if matches and (best is None or (quality, -rank, -offers.index(matches)) > best):
            best = (quality, -rank, -offers.index(matches))
            found = matches, _CHARSETS.get(parameters.get("charset", "").lower())
    return found


def prefers_json(accept: str | None) -> bool:
    """Whether JSON is asked for by name before HTML is: for the few pages that are HTML otherwise."""
    offers = [parsed(each) for each in (accept or "").split(",")[:100]]
    named = {name: _quality(parameters.get("q")) for name, parameters in offers}
    json_quality = max((named.get(each, 0.0) for each in json.MEDIA_TYPES), default=0.0)
    return json_quality > 0 and json_quality >= named.get("text/html", 0.0)


def _matches(wanted: str, offers: tuple[str, ...]) -> tuple[int, str]:
    if wanted in offers:
        return 0, wanted
    if wanted == "*/*":
        return 2, offers[0]
    if wanted.endswith("/*"):
        return 1, next((each for each in offers if each.startswith(wanted[:-1])), "")
    return 3, ""


def _quality(text: str | None) -> float:
    try:
        return min(float(text), 1.0) if text is not None else 1.0
    except ValueError:
        return 1.0


def _accepted_charset(header: str | None) -> str:
    """The first charset we speak in an Accept-Charset header, by quality; UTF-8 where there is none."""
    offers = [parsed(each) for each in (header or "").split(",")[:20]]
    offers.sort(key=lambda offer: -_quality(offer[1].get("q")))
    wanted = (name for name, parameters in offers if name in _CHARSETS and _quality(parameters.get("q")) > 0)
    return _CHARSETS[next(wanted, "utf-8")]


def moment(header: str | None) -> str | None:
    """The time in a conditional header as rows keep it (UTC, whole seconds); None if there is none or it cannot be read.

    A condition that cannot be read is none (RFC 9110, 13.1).
    """
    if not header:
        return None
    try:
        when = parsedate_to_datetime(header)
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when.replace(tzinfo=None, microsecond=0).isoformat()


def http_date(kept: str) -> str:
    """A time as rows keep it, in the form of HTTP headers."""
    return format_datetime(datetime.fromisoformat(kept).replace(tzinfo=UTC), usegmt=True)
