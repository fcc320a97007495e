"""The id token of a sign-in: who it was, where the tenant is reached, signed by the tenant (protocol 3.2).

Must not know how the sign-in came about.
"""

from __future__ import annotations

import base64
from hashlib import sha256

from mockserver.calls import Principal
from mockserver.messages import Request
from mockserver.records.tenants import Tenant
from mockserver.responders.superid.desk import Desk
from mockserver.wire.tokens import serial

_PREFIX = "http://schemes.superoffice.net/identity/"
_EARLIER = 60
_LIFE = 360
_ADMINISTRATORS = 1


def addresses(tenant: Tenant, request: Request) -> tuple[str, str]:
    """Where the tenant's services are: `netserver_url` and `webapi_url`, on the host that the tenant lives on."""
    base = f"{tenant.standing.origin or request.origin}/{tenant.name}"
    return f"{base}/Remote/Services86/", f"{base}/api/"


def id_token(
    desk: Desk, tenant: Tenant, request: Request, who: Principal, *, nonce: str = "", code: str = "", access_token: str = ""
) -> str:
    """A signed token; of a code and an access token that travel beside it, it holds the hashes (OpenID Connect Core 3.3.2.11)."""
    settings = desk.settings
    issued = int(tenant.clock.time())
    said_as_text = settings.id_token_iat == "text"  # noqa: S105 - no password
    soap, rest = addresses(tenant, request)
    email = _email(tenant, who)
    claims: dict[str, object] = {
        "sub": email,
        f"{_PREFIX}associateid": str(who.associate),
        f"{_PREFIX}identityprovider": "central-superid",
        f"{_PREFIX}email": email,
        f"{_PREFIX}upn": email,
        f"{_PREFIX}is_administrator": str(who.group == _ADMINISTRATORS),
        f"{_PREFIX}ctx": tenant.name,
        f"{_PREFIX}company_name": str((tenant.store.row("Contact", who.contact) or {}).get("Name") or ""),
        f"{_PREFIX}serial": serial(tenant.name),
        f"{_PREFIX}netserver_url": soap,
        f"{_PREFIX}webapi_url": rest,
        f"{_PREFIX}system_token": settings.system_token.format(tenant=tenant.name),
        "iat": str(issued) if said_as_text else issued,
        f"{_PREFIX}initials": _initials(tenant, who),
        f"{_PREFIX}so_primary_email_address": email,
    }
    with_it = {"nonce": nonce, "c_hash": code and _half(code), "at_hash": access_token and _half(access_token)}
    claims |= {name: value for name, value in with_it.items() if value}
    claims |= {
        "nbf": issued - _EARLIER,
        "exp": issued - _EARLIER + _LIFE,
        "iss": request.origin,
        "aud": settings.client_id,
    }
    return desk.keys.signed(tenant.name, claims)


def _email(tenant: Tenant, who: Principal) -> str:
    """The first address of the caller's person, else one that is made up."""
    emails = (tenant.store.row("Person", who.person) or {}).get("Emails")
    first = emails[0] if isinstance(emails, list) and emails else {}
    value = first.get("Value") if isinstance(first, dict) else None
    return str(value) if value else f"{who.user}@{tenant.name}.example".lower()


def _initials(tenant: Tenant, who: Principal) -> str:
    row = tenant.store.row("Person", who.person) or {}
    names = f"{row.get('Firstname') or ''} {row.get('Lastname') or ''}".split()
    return "".join(name[0] for name in names).upper()


def _half(value: str) -> str:
    """The left half of a SHA-256, as hashes of codes and tokens are told."""
    return base64.urlsafe_b64encode(sha256(value.encode()).digest()[:16]).decode().rstrip("=")
