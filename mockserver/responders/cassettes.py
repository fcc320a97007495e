"""Cassettes: recorded interactions in vcrpy's file format, version 1, read from and written to disk.

The only user of vcrpy, and of it only what writes a file: nothing here enters a context that patches a client library. All
forms that vcrpy has written over the years are read into one; one is written. Must not know the API, tenants or the meaning
of a body.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import orjson

from mockserver.errors import CassetteNotFound, CassetteUnreadable, MockServerError

if TYPE_CHECKING:
    import yaml

META = "x-superoffice-mockserver"
"""The key inside `response` that is ours: the one place where vcrpy keeps what it does not know (peers C5)."""

PSEUDONYMISED = "pseudonymised"
"""A member of that mapping: the places of a request where a stand-in was written, which no request is compared by.

`Emails[0].Value` is a member of the body, `?name` a parameter of the query; an index stands for any index.
"""

_VERSION = 1
_DEEPEST = 100
_MOST_VALUES = 1_000_000  # of one body that was kept as a mapping: aliases make a small file enormous
_MOST_HEADERS = 1_000
_JSON_SPACE = " \t\r\n\ufeff"

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Interaction:
    """One request and its response as they were on the wire, as far as the recording client let vcrpy see it."""

    method: str
    uri: str
    request_headers: Pairs
    request_body: bytes
    status: int
    reason: str
    response_headers: Pairs
    response_body: bytes
    meta: Mapping[str, object] = field(default_factory=dict)


def load(path: Path) -> list[Interaction]:
    """The interactions of a file; raises `CassetteNotFound` or `CassetteUnreadable`."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise CassetteNotFound(f"there is no cassette {path}") from None
    except OSError as error:
        raise CassetteUnreadable(f"{path} cannot be read: {(error.strerror or 'it is no file').lower()}") from None
    except MemoryError:
        raise CassetteUnreadable(f"{path} cannot be read: it is larger than the memory") from None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CassetteUnreadable(f"{path} is no cassette: byte {error.start} is not UTF-8 text") from None
    return parsed(text, str(path))


def save(path: Path, interactions: Iterable[Interaction]) -> None:
    """Write a cassette; it appears whole, by rename, and an older one stays as it was if that fails."""
    text = dumped(interactions)
    target = path.resolve()
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            # Opened rather than made by tempfile: a cassette is committed, so it gets the ordinary rights.
            with temporary.open("x", encoding="ascii", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise MockServerError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error


def dumped(interactions: Iterable[Interaction]) -> str:
    """The YAML text of a cassette: pure ASCII, sorted keys, bodies as text where they are UTF-8 (as vcrpy writes them)."""
    from vcr.serializers import yamlserializer

    tree = {"version": _VERSION, "interactions": [_told(each) for each in interactions]}
    text: str = yamlserializer.serialize(tree)
    return text


def parsed(text: str, name: str) -> list[Interaction]:
    """The interactions of a text, YAML or JSON, in any form that vcrpy wrote; `name` is what errors call it."""
    with _uncollected():
        tree = _tree(text, name)
    if isinstance(tree, list):
        raise CassetteUnreadable(f"{name} is a cassette of vcrpy before 1.0; `python -m vcr.migration {name}` converts it")
    if not isinstance(tree, dict) or not isinstance(tree.get("interactions"), list):
        raise CassetteUnreadable(f"{name} is no cassette: it has no list of `interactions`")
    if tree.get("version") != _VERSION:
        raise CassetteUnreadable(f"{name}: `version` must be {_VERSION}, the only one that vcrpy has")
    return [_read(each, f"{name}: interaction {number}") for number, each in enumerate(tree["interactions"], 1)]


# --- out


def _told(each: Interaction) -> dict[str, object]:
    response: dict[str, object] = {
        "status": {"code": each.status, "message": each.reason},
        "headers": _grouped(each.response_headers),
        "body": {"string": _text(each.response_body)},
    }
    if each.meta:
        response[META] = dict(each.meta)
    return {
        "request": {
            "method": each.method,
            "uri": each.uri,
            "headers": _grouped(each.request_headers),
            "body": _text(each.request_body) if each.request_body else None,
        },
        "response": response,
    }


def _grouped(headers: Pairs) -> dict[str, list[str | bytes]]:
    """Values by name, in the spelling that came first."""
    spelled: dict[str, str] = {}
    grouped: dict[str, list[str | bytes]] = {}
    for name, value in headers:
        # Names may be multidict's own kind of text, which YAML would take for an object.
        grouped.setdefault(spelled.setdefault(str(name).lower(), str(name)), []).append(_scalar(str(value)))
    return grouped


def _scalar(value: str) -> str | bytes:
    """A header that was no UTF-8 lives on as lone surrogates, which YAML cannot carry."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogateescape")
    return value


def _text(body: bytes) -> str | bytes:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


# --- in


@contextmanager
def _uncollected() -> Iterator[None]:
    """Reading makes many objects and no garbage: looking for it would take half of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _tree(text: str, name: str) -> object:
    if not text.strip(_JSON_SPACE):
        raise CassetteUnreadable(f"{name} is no cassette: it is empty")
    if text.lstrip(_JSON_SPACE).startswith("{"):
        try:
            return orjson.loads(text.lstrip("\ufeff"))
        except orjson.JSONDecodeError as error:
            raise CassetteUnreadable(f"{name} is no JSON: line {error.lineno}, column {error.colno}") from None
    return _yaml(text, name)


def _yaml(text: str, name: str) -> object:
    """The tree of a YAML text. What a YAML error says may quote the file, so only its kind and its place are told."""
    import yaml

    why = "is no YAML"
    mark: yaml.Mark | None = None
    try:
        return yaml.load(text, Loader=_loader())  # noqa: S506 - a safe loader
    except yaml.constructor.ConstructorError as error:
        why = "holds a YAML tag that is not loaded, such as one that names a Python object"
        mark = error.problem_mark
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
    except yaml.reader.ReaderError as error:
        raise CassetteUnreadable(f"{name} is no YAML: character {error.position} may not stand there") from None
    except RecursionError:
        raise CassetteUnreadable(f"{name} is no cassette: it is nested deeper than {_DEEPEST} levels") from None
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError):
        # Constructors of dates and numbers raise what they like for values that only look like one.
        raise CassetteUnreadable(f"{name} is no cassette: a value cannot be read as what its tag or look says") from None
    place = f"line {mark.line + 1}, column {mark.column + 1}" if mark is not None else "somewhere"
    raise CassetteUnreadable(f"{name} {why}: {place}")


@cache
def _loader() -> type[yaml.CSafeLoader | yaml.SafeLoader]:
    """PyYAML's safe loader, in C where there is one, with the harmless Python tags of old cassettes (peers C1).

    vcrpy's own loader knows most of them, but dies of deep nesting, and importing it imports every client library there is.
    """
    import yaml

    base: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc] # which of the two is known when it runs
        depth = 0

        def descend_resolver(self, parent: object, index: object) -> None:
            """Called for every node on the way down, before the C code recurses."""
            self.depth += 1
            if self.depth > _DEEPEST:
                raise RecursionError
            super().descend_resolver(parent, index)

        def ascend_resolver(self) -> None:
            self.depth -= 1
            super().ascend_resolver()

        def flatten_mapping(self, node: object) -> None:
            """Merge keys stay what they are, which no constructor takes: nested, they make a small file endless."""

    def made_of(name: str, make: Callable[[object], object]) -> Callable[[yaml.SafeLoader, yaml.MappingNode], object]:
        """The first of the values that a pickled object holds under a name, made into what it was."""

        def construct(loader: yaml.SafeLoader, node: yaml.MappingNode) -> object:
            held = loader.construct_mapping(node, deep=True).get(name)
            return make(held[0] if isinstance(held, (list, tuple)) and held else None)

        return construct

    python = "tag:yaml.org,2002:python/"
    for text in ("str", "unicode"):
        Loader.add_constructor(python + text, lambda loader, node: loader.construct_scalar(node))
    Loader.add_constructor(python + "tuple", lambda loader, node: tuple(loader.construct_sequence(node)))
    for home in ("multidict", "multidict._multidict", "multidict._multidict_py"):
        for way in ("new", "apply"):
            Loader.add_constructor(f"{python}object/{way}:{home}.istr", _name)
    Loader.add_constructor(python + "object/new:_io.BytesIO", made_of("state", lambda held: held or b""))
    Loader.add_constructor(python + "object/apply:builtins.iter", made_of("args", lambda held: held or []))
    return Loader


def _name(loader: yaml.SafeLoader, node: yaml.Node) -> object:
    """The name of a header as aiohttp's were pickled before vcrpy 2.1: a list of one text, or a mapping that holds it."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        held = loader.construct_mapping(node, deep=True).get("args")
    else:
        held = loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else None
    return str(held[0]) if isinstance(held, (list, tuple)) and held else ""


def _read(entry: object, place: str) -> Interaction:
    request = _mapping(_member(entry, "request", place), f"{place}: request")
    response = _mapping(_member(entry, "response", place), f"{place}: response")
    request_headers = _pairs(request.get("headers"), f"{place}: request.headers")
    response_headers = _pairs(response.get("headers"), f"{place}: response.headers")
    if "status_code" in response:  # httpx before vcrpy 6.0
        code, reason, content = response["status_code"], None, response.get("content")
    else:
        status = _mapping(_member(response, "status", f"{place}: response"), f"{place}: response.status")
        code, reason = status.get("code"), status.get("message")
        content = response.get("body")
        if isinstance(content, dict):
            content = content.get("string")  # an empty mapping where nothing was read
    meta = response.get(META)
    return Interaction(
        method=_word(request.get("method"), f"{place}: request.method").upper(),
        uri=_address(request.get("uri", request.get("url")), f"{place}: request.uri"),
        request_headers=request_headers,
        request_body=_body(request.get("body"), request_headers, f"{place}: request.body"),
        status=_code(code, f"{place}: response.status.code"),
        reason=reason if isinstance(reason, str) else "",
        response_headers=response_headers,
        response_body=_body(content, response_headers, f"{place}: response.body"),
        meta=meta if isinstance(meta, dict) else {},
    )


def _member(of: object, name: str, place: str) -> object:
    if not isinstance(of, dict) or name not in of:
        raise CassetteUnreadable(f"{place} has no `{name}`")
    return of[name]


def _mapping(value: object, place: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise CassetteUnreadable(f"{place} must be a mapping")
    return value


def _word(value: object, place: str) -> str:
    if not isinstance(value, str) or not value:
        raise CassetteUnreadable(f"{place} must be a text")
    return value


def _address(value: object, place: str) -> str:
    text = _word(value, place)
    try:
        urlsplit(text)
    except ValueError:
        raise CassetteUnreadable(f"{place} must be an address") from None
    return text


def _code(value: object, place: str) -> int:
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 4 else value
    if not isinstance(number, int) or number not in range(200, 600):
        raise CassetteUnreadable(f"{place} must be a number from 200 to 599")
    return number


def _pairs(headers: object, place: str) -> Pairs:
    """Headers as a mapping to a value or a list of values, or as a list of pairs; scalars of any kind become texts."""
    if headers is None:
        return ()
    if isinstance(headers, dict):
        found = [(name, value) for name, values in headers.items() for value in _several(values)]
    elif isinstance(headers, list) and all(isinstance(each, (list, tuple)) and len(each) == 2 for each in headers):
        found = [(name, value) for name, values in headers for value in _several(values)]
    else:
        raise CassetteUnreadable(f"{place} must be a mapping")
    if len(found) > _MOST_HEADERS:
        raise CassetteUnreadable(f"{place} has more than {_MOST_HEADERS} values")
    return tuple((_header(name, place), _header(value, place)) for name, value in found)


def _several(values: object) -> Sequence[object]:
    return values if isinstance(values, (list, tuple)) else (values,)


def _header(value: object, place: str) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    if value is None:
        return ""
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value)
    raise CassetteUnreadable(f"{place} holds what is no text")


def _body(value: object, headers: Pairs, place: str) -> bytes:
    """The bytes of a body, however it was kept; a mapping is what aiohttp was given as `json` or `data` (peers C4)."""
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, list) and value and all(isinstance(each, bytes) for each in value):
        return b"".join(value)
    if not isinstance(value, (dict, list)):
        return str(value).encode()
    _check(value, place)
    kind = next((text for name, text in headers if name.lower() == "content-type"), "")
    if isinstance(value, list) and value and all(isinstance(each, tuple) and len(each) == 2 for each in value):
        return urlencode(value).encode()
    if isinstance(value, dict) and "form-urlencoded" in kind.lower():
        return urlencode(value, doseq=True).encode()
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        raise CassetteUnreadable(f"{place} holds what JSON cannot carry") from None


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    raise TypeError


def _check(value: object, place: str) -> None:
    """Refuse a body that is small in the file and endless when it is written out."""
    left = _MOST_VALUES
    waiting = [(value, 0)]
    while waiting:
        each, depth = waiting.pop()
        left -= 1
        if left < 0 or depth > _DEEPEST:
            raise CassetteUnreadable(f"{place} is too large or too deep once its aliases are followed")
        if isinstance(each, dict):
            waiting += [(inner, depth + 1) for inner in each.values()]
        elif isinstance(each, (list, tuple)):
            waiting += [(inner, depth + 1) for inner in each]
