"""SuperId at `/login/…`, the login service (protocol 3.2): which requests are its own.

Paths go by any letter case, with a tenant in place of `common` too. What else stands below `/login/` is left to others. The
service itself is imported by its first visitor. Must not know what its pages do.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from mockserver.messages import Request, Response
from mockserver.records.tenants import Tenants
from mockserver.responders import Respond
from mockserver.settings import Settings
from mockserver.wire.tokens import Keys

if TYPE_CHECKING:
    from mockserver.responders.superid.service import Service

_PREFIX = "/login/"
_PATH = re.compile(r"/login/(?:(common|cust[0-9]+)/)?(.*?)/?", re.IGNORECASE | re.ASCII | re.DOTALL)
_NAMELESS = ("oauth/", ".well-known/", "logout")


class SuperId:
    """The responder for the login service."""

    def __init__(self, settings: Settings, tenants: Tenants, keys: Keys) -> None:
        self._settings = settings
        self._tenants = tenants
        self._keys = keys

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Answer what is SuperId's, forward everything else."""
        if request.path[: len(_PREFIX)].lower() != _PREFIX:
            return await forward(request)
        found = _PATH.fullmatch(request.path)
        assert found is not None
        name, page = (found[1] or "").lower(), found[2].lower()
        if not name and not page.startswith(_NAMELESS):
            return await forward(request)
        return await self._service.answer(request, name, page)

    @cached_property
    def _service(self) -> Service:
        from mockserver.responders.superid.service import Service

        return Service(self._settings, self._tenants, self._keys)
