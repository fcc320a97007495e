"""What all pages of SuperId share: who visits, which application it is, which tenant is meant, and how an answer is put.

Must not know what a page does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from multidict import CIMultiDict

from mockserver.errors import NotFound
from mockserver.messages import Account, Request, Response
from mockserver.records.sessions import same
from mockserver.records.tenants import Tenant, Tenants
from mockserver.settings import Settings
from mockserver.wire import pages, parameters
from mockserver.wire.heading import EXPLANATION_HEADER, header_text
from mockserver.wire.redirects import Registered
from mockserver.wire.tokens import Keys

JSON = "application/json; charset=utf-8"
_HEADERS = (
    ("Cache-Control", "no-cache, no-store"),
    ("Pragma", "no-cache"),
    ("Expires", "-1"),
    ("X-AspNetMvc-Version", "5.2"),
    ("X-Robots-Tag", "no-index,no-follow"),
)


class Client(Enum):
    """How an application has shown itself."""

    STRANGER = "not ours, or with a wrong secret"
    PUBLIC = "by its id alone"
    PROVEN = "with its secret"


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to SuperId: `tenant` is named in its path ("" for `common`), `sent` its query and form, `posted` its form.

    `unfit` says why its parameters could not be read.
    """

    request: Request
    tenant: str
    sent: Mapping[str, str]
    posted: Mapping[str, str]
    unfit: str = ""


class Desk:
    """The parts of the house that SuperId works with."""

    def __init__(self, settings: Settings, tenants: Tenants, keys: Keys) -> None:
        self.settings = settings
        self.tenants = tenants
        self.keys = keys
        self.registered = Registered(settings.redirect_uri)

    def tenant(self, name: str) -> Tenant | None:
        """The tenant of this name in any letter case, the default one by ""."""
        return self.tenants.found(name or self.settings.tenant)

    def named(self, visit: Visit) -> Tenant:
        """The tenant in the path, or the default one; raises `NotFound`."""
        tenant = self.tenant(visit.tenant)
        if tenant is None:
            raise NotFound("There is no such tenant.", explanation="the path names no tenant we know")
        return tenant

    def holders(self, visit: Visit) -> Iterator[Tenant]:
        """Who may hold what a visitor shows: the tenant in the path, or any, the default one first."""
        first = self.tenant(visit.tenant)
        if first is not None:
            yield first
        if not visit.tenant:
            yield from (each for each in self.tenants if each is not first)

    def client(self, visit: Visit) -> Client:
        """Which application visits: by its parameters, or by a Basic credential where they hold no secret."""
        name, secret = visit.sent.get("client_id"), visit.sent.get("client_secret")
        credential = parameters.basic(visit.request.headers) if secret is None else None
        if credential is not None:
            name, secret = credential
        if name is None or not same(name, self.settings.client_id):
            return Client.STRANGER
        if secret is None:
            return Client.PUBLIC
        return Client.PROVEN if same(secret, self.settings.app_token) else Client.STRANGER

    def account(self, visit: Visit, tenant: str = "", explanation: str = "") -> Account:
        """Who answered: nothing of these exchanges may be told but what is known to be harmless."""
        known = self.tenant(tenant or visit.tenant)
        return Account("superid", known.name if known else "", tier="stateful", explanation=explanation, private=True)

    def refusal(self, visit: Visit, says: str) -> Response:
        """A page that refuses, sending nobody anywhere."""
        page = pages.notice("Refused", says).encode()
        return answered(400, page, pages.LABEL, self.account(visit, explanation=says))


def answered(status: int, body: bytes, label: str, account: Account, *, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """An answer with the headers that were recorded; the reason of a refusal goes with it."""
    named = CIMultiDict(_HEADERS)
    if label:
        named["Content-Type"] = label
    named.update(headers)
    if account.explanation:
        named[EXPLANATION_HEADER] = header_text(account.explanation)
    return Response(status, named, body, account=account)
