"""How a tenant stands with the online service: its state and the host it lives on (protocol 3.4).

Must not know who asks or how it is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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


@dataclass(slots=True)
class Standing:
    """`state` is one of `STATES`; `origin` is where the tenant was moved to, "" for wherever it is asked for."""

    state: str = "Running"
    origin: str = ""

    @property
    def running(self) -> bool:
        """Whether the API answers."""
        return self.state in _RUNNING
