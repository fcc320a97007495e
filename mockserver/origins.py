"""The origin a client asked, told from the headers of its request: `Host`, and what proxies say of the one before them.

`X-Forwarded-Proto`, `-Host`, `-Port` and `-Prefix`, or the first element of `Forwarded` (RFC 7239); of several proxies the
first one counts. What could not stand in a link is as good as absent. Must not know what links are for.
"""

from __future__ import annotations

import re
from functools import lru_cache

from multidict import MultiMapping, istr

_HOST = istr("Host")
_PROTO, _FORWARDED_HOST, _PORT, _PREFIX = (istr(f"X-Forwarded-{each}") for each in ("Proto", "Host", "Port", "Prefix"))
_FORWARDED = istr("Forwarded")
_NOBODY = "localhost"
_LONGEST = 300

_AUTHORITY = re.compile(r"(?:[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?", re.ASCII)
_PATH = re.compile(r"(?:/(?!\.+(?:/|\Z))[A-Za-z0-9_.~-]+)+", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_PAIR = re.compile(r'([A-Za-z0-9-]+)=(?:"([^"\\]*)"|([^";,\s]*))', re.ASCII)
_OWN_PORT = re.compile(r":[0-9]+\Z", re.ASCII)
_DEFAULT_PORTS = {"http": "80", "https": "443"}


def origin(scheme: str, headers: MultiMapping[str]) -> str:
    """`https://crm.example:8443/prefix`: without a slash at its end."""
    if _FORWARDED_HOST in headers or _PROTO in headers or _FORWARDED in headers or _PORT in headers or _PREFIX in headers:
        return _forwarded(scheme, headers)
    return f"{scheme}://{_authority(headers.get(_HOST, _NOBODY)) or _NOBODY}"


@lru_cache(maxsize=256)
def _authority(sent: str) -> str:
    """The host and port, "" for what is none."""
    return sent if len(sent) <= _LONGEST and _AUTHORITY.fullmatch(sent) else ""


def _forwarded(scheme: str, headers: MultiMapping[str]) -> str:
    told = _pairs(headers.get(_FORWARDED, ""))
    proto = (_first(headers, _PROTO) or told.get("proto", "")).lower()
    scheme = proto if proto in _DEFAULT_PORTS else scheme
    host = _authority(_first(headers, _FORWARDED_HOST)) or _authority(told.get("host", ""))
    host = host or _authority(headers.get(_HOST, "")) or _NOBODY
    port = _first(headers, _PORT)
    if _NUMBER.fullmatch(port):
        host = _OWN_PORT.sub("", host) + ("" if port == _DEFAULT_PORTS[scheme] else f":{port}")
    prefix = _first(headers, _PREFIX).rstrip("/")
    return f"{scheme}://{host}{prefix if len(prefix) <= _LONGEST and _PATH.fullmatch(prefix) else ''}"


def _first(headers: MultiMapping[str], name: str) -> str:
    """What the first of several proxies says."""
    return headers.get(name, "").partition(",")[0].strip()


def _pairs(header: str) -> dict[str, str]:
    """The pairs of the first element; a comma inside quotes stands in none that we could use."""
    return {name.lower(): quoted or bare for name, quoted, bare in _PAIR.findall(header[:_LONGEST].partition(",")[0])}
