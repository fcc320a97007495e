"""Where a browser may be sent: registered addresses and nothing else, any port on loopback (RFC 8252, 7.3).

Addresses are compared as text, never taken apart, so that no two readers of an address can disagree about it. Must not know
why somebody is sent.
"""

from __future__ import annotations

import re

_PARTS = re.compile(r"([a-z][a-z0-9+.-]*://(?:127\.0\.0\.1|\[::1\]|localhost))(:[0-9]+)?(.*)", re.IGNORECASE)
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*://[^/?#]+)", re.IGNORECASE)
_PORT = r"(?::[0-9]{1,5})?"
_BELOW = r"(?:[/?][!$%&()*+,\-./0-9:;=?@A-Z_a-z~]*)?"


class Registered:
    """The addresses of an application, separated by blanks."""

    def __init__(self, addresses: str) -> None:
        known = addresses.split()
        self._ends = re.compile("|".join(_exactly(each) for each in known))
        self._origins = re.compile("|".join(filter(None, (_anywhere(each) for each in known))) or r"(?!)")

    def ends(self, address: str) -> bool:
        """Whether a sign-in may end here: exactly as registered, on loopback at any port."""
        return self._ends.fullmatch(address) is not None

    def returns(self, address: str) -> bool:
        """Whether a sign-out may end here: anywhere on a host that is registered."""
        return self._origins.fullmatch(address) is not None


def _exactly(address: str) -> str:
    loopback = _PARTS.fullmatch(address)
    if loopback is None:
        return re.escape(address)
    return re.escape(loopback[1]) + _PORT + re.escape(loopback[3])


def _anywhere(address: str) -> str:
    loopback, origin = _PARTS.fullmatch(address), _ORIGIN.match(address)
    if loopback is not None:
        return re.escape(loopback[1]) + _PORT + _BELOW
    return re.escape(origin[1]) + _BELOW if origin else ""
