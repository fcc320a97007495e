"""How a tenant stands with the online service: its state and the host it lives on (protocol 3.4).

Must not know who asks or how it is answered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

STATES: Mapping[str, int] = {
    "Unknown": 0,
    "Provisioning": 1,
    "Running": 2,
    "Deleted": 3,
    "Suspended": 4,
    "OnlineMaintenance": 5,
    "OfflineMaintenance": 6,
    "ProvisioningFailed": 8,
    "Deleting": 10,
    "DeleteFailed": 11,
    "MigrationPending": 12,
}
"""All states and their numbers, as the tenant-state service names them."""

_RUNNING = ("Running", "OnlineMaintenance")
_STATE = {name.lower(): name for name in STATES}
_ORIGIN = re.compile(r"https?://(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.ASCII)
_DEFAULT_PORT = re.compile(r":(?:80|443)\Z")


class Standing:
    """One tenant's; running, and at home wherever it is asked for, until somebody says otherwise.

    `ordinary` is what every request asks first: whether there is nothing more to ask.
    """

    __slots__ = ("_host", "_origin", "_state", "ordinary")

    def __init__(self) -> None:
        self._state = "Running"
        self._origin = self._host = ""
        self.ordinary = True

    @property
    def state(self) -> str:
        """One of `STATES`; set in any letter case. Raises ValueError for another."""
        return self._state

    @state.setter
    def state(self, name: str) -> None:
        known = _STATE.get(name.lower())
        if known is None:
            raise ValueError(f"state must be one of {', '.join(STATES)}")
        self._state = known
        self._look()

    @property
    def origin(self) -> str:
        """Where the tenant was moved to, "" for wherever it is asked for. Raises ValueError for what is no origin."""
        return self._origin

    @origin.setter
    def origin(self, origin: str) -> None:
        folded = origin.lower().removesuffix("/")
        if folded and not _ORIGIN.fullmatch(folded):
            raise ValueError('origin must be scheme and host, such as http://localhost:8080, or "" to be at home everywhere')
        self._origin, self._host = folded, _host(folded)
        self._look()

    @property
    def running(self) -> bool:
        """Whether the API answers."""
        return self._state in _RUNNING

    def lives_at(self, origin: str) -> bool:
        """Whether somebody who asks at this origin asks the right host; a proxy may speak another scheme than its client."""
        return not self._host or _host(origin) == self._host

    def _look(self) -> None:
        self.ordinary = self.running and not self._origin


def _host(origin: str) -> str:
    """`https://Online2.example:443/sub` → `online2.example`."""
    return _DEFAULT_PORT.sub("", origin.partition("://")[2].partition("/")[0].lower())
