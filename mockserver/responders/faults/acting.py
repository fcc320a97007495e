"""What a fault does to a tenant or to a caller: a token expires, somebody else saves the record, the tenant is moved.

Must not know answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from mockserver.calls import Credential
from mockserver.catalogue.model import Operation
from mockserver.errors import CatalogueError
from mockserver.records.tenants import Tenant, Tenants
from mockserver.records.verbs.keys import key_argument
from mockserver.responders.scenarios.model import Fault


def expire(tenant: Tenant, credential: Credential | None) -> str:
    """Let the caller's token expire; what there is to say of it."""
    if credential is None:
        return "the request carries no token that could expire"
    if credential.kind == "password":
        return "a password does not expire; sign in with a token or a ticket"
    tenant.sessions.expire(credential)
    return ""


def steer(tenant: Tenant, fault: Fault) -> None:
    """Suspend or move the tenant."""
    if fault.tenant is not None:
        tenant.standing.state = fault.tenant
    if fault.move is not None:
        tenant.standing.origin = fault.move


def key_of(operation: Operation, arguments: Mapping[str, object], body: object, member: str) -> int | None:
    """The key of the row that a request is about: in its path or query, else in its body."""
    try:
        named = key_argument(operation)
    except CatalogueError:
        named = ""
    found = arguments.get(named)
    if found is None and isinstance(body, dict):
        found = next((each for name, each in body.items() if name.lower() == member.lower()), None)
    if isinstance(found, str) and found.isascii() and found.isdecimal() and len(found) < 11:
        found = int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def bump(tenant: Tenant, tenants: Tenants, entity: str, key: int | None, members: object) -> str:
    """Somebody else saves a row: its stamp is later than any that was handed out; what there is to say of it."""
    row = tenant.store.row(entity, key) if key is not None else None
    if key is None or row is None:
        return "the request names no record that somebody else could have changed"
    if isinstance(members, dict):
        row |= members
    changed = tenants.blueprint(entity).changed
    if changed is not None:
        row[changed] = _later(str(row.get(changed, "")), tenant.clock.stamp())
    tenant.store.put(entity, key, row)
    return ""


def _later(kept: str, now: str) -> str:
    """The time now, or a second after what is kept: rows are stamped in whole seconds."""
    try:
        after = (datetime.fromisoformat(kept) + timedelta(seconds=1)).isoformat()
    except (ValueError, OverflowError):
        return now
    return max(after, now)
