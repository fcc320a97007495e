"""Too many calls of a tenant in a window of its clock: 429, as an option (protocol 8, 11 no. 10).

Only the API is counted; what stands outside it comes earlier in the chain or has no tenant. The vendor documents no wire form,
so this one is the usual one, and says so. Must not know how calls are counted.
"""

from __future__ import annotations

from email.utils import format_datetime
from math import ceil

from mockserver.catalogue.routing import split_tenant
from mockserver.clock import Clock
from mockserver.messages import Account, Request, Response
from mockserver.records.tenants import Tenants
from mockserver.responders import Respond
from mockserver.settings import Settings
from mockserver.wire import json
from mockserver.wire.heading import EXPLANATION_HEADER, Heading

_JSON = "application/json; charset=utf-8"
_ALMOST = 0.999_999  # of a second: what makes cutting off the broken part a rounding up
_BODY = json.encode({"Message": "Too many requests."})


class Throttling:
    """The responder in front of the API."""

    def __init__(self, settings: Settings, tenants: Tenants) -> None:
        self._tenants = tenants
        self._heading = Heading(settings)
        self._retry_after = settings.retry_after
        calls, seconds = settings.calls_per_second * settings.throttle_window, settings.throttle_window
        self._explanation = (
            f"more than {calls} calls in {seconds} seconds of the tenant's clock (calls_per_second, throttle_window); "
            "the vendor documents no such answer, this is the usual form"
        )

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Forward as many calls as the setting allows."""
        name, path = split_tenant(request.path)
        if path[:4].lower() != "/api":
            return await forward(request)
        tenant = self._tenants.found(name)
        wait = tenant.window.wait() if tenant is not None else 0.0
        if tenant is None or not wait:
            return await forward(request)
        more = ((EXPLANATION_HEADER, self._explanation), *self._when(wait, tenant.clock))
        account = Account("throttling", tenant.name, explanation=self._explanation)
        return Response(429, self._heading.extended(more, _JSON), _BODY, account=account)

    def _when(self, wait: float, clock: Clock) -> tuple[tuple[str, str], ...]:
        """The header that says when there is room again, rounded up to whole seconds."""
        if self._retry_after == "none":
            return ()
        if self._retry_after == "seconds":
            return (("Retry-After", str(ceil(wait))),)
        at = clock.later(wait + _ALMOST).replace(microsecond=0)
        return (("Retry-After", format_datetime(at, usegmt=True)),)
