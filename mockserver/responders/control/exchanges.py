"""`/_mock/journal`: what a tenant was asked and what it answered. Must not know how that was noted."""

from __future__ import annotations

from mockserver.responders.control.asking import Answer, Asked


def _tell(asked: Asked) -> Answer:
    """A tenant's journal; `tenant=` with nothing behind it: requests that named no known tenant."""
    name = "" if asked.words.get("tenant") == "" else asked.tenant().name
    return 200, {"tenant": name, "entries": [entry.told() for entry in asked.steered.journal.entries(name)]}


def _forget(asked: Asked) -> Answer:
    tenant = asked.tenant()
    asked.steered.journal.forget(tenant.name)
    return 200, {"tenant": tenant.name, "entries": []}


JOURNAL = {"GET": _tell, "DELETE": _forget}
