"""A control request, read: its query and its JSON body together are its words, and one of them names the tenant.

Must not know what is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

import orjson

from mockserver.catalogue.routing import canonical_tenant
from mockserver.errors import BadRequest, NotFound
from mockserver.messages import Request
from mockserver.records.tenants import Tenant, Tenants
from mockserver.responders.faults import Faults
from mockserver.responders.journal import Journal
from mockserver.settings import Settings

_LIMIT = 2**20


@dataclass(frozen=True, slots=True)
class Steered:
    """What the control surface has in its hands."""

    settings: Settings
    tenants: Tenants
    journal: Journal
    faults: Faults


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page is asked; `origin` is the address the client used."""

    steered: Steered
    words: Mapping[str, object]
    origin: str

    def name(self) -> str:
        """The tenant that is named, the default one if none is; raises `BadRequest`."""
        sent = self.words.get("tenant", self.steered.settings.tenant)
        name = canonical_tenant(sent) if isinstance(sent, str) else None
        if name is None:
            raise BadRequest("tenant must be `Cust` and digits, such as Cust12345")
        return name

    def tenant(self) -> Tenant:
        """The tenant of this name; raises `BadRequest`, `NotFound`."""
        name = self.name()
        tenant = self.steered.tenants.found(name)
        if tenant is None:
            raise NotFound(f"no tenant is named {name}; POST /_mock/tenants makes one")
        return tenant

    def text(self, word: str) -> str | None:
        """A word that must be a text, None where it was not sent; raises `BadRequest`."""
        value = self.words.get(word)
        if value is None or isinstance(value, str):
            return value
        raise BadRequest(f"{word} must be a text")

    def only(self, *known: str) -> None:
        """Raise `BadRequest` for a word that nobody would look at."""
        for word in self.words:
            if word not in known:
                raise BadRequest(f"{word[:40]!r} is not understood; there are {', '.join(known)}")


Answer = tuple[int, object]
"""Status and JSON value."""

Page = Callable[[Asked], Answer]


async def words(request: Request) -> Mapping[str, object]:
    """The words of a request; raises `BadRequest` for a body that is no JSON object."""
    found: dict[str, object] = {
        name.lower(): values[-1] for name, values in parse_qs(request.query, keep_blank_values=True).items()
    }
    body = await request.body.read()
    if len(body) > _LIMIT:
        raise BadRequest("the body is above 1 MiB")
    if body.strip():
        try:
            sent = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise BadRequest(f"the body is not valid JSON: {error}") from None
        if not isinstance(sent, dict):
            raise BadRequest("the body must be a JSON object")
        found |= sent
    return found
