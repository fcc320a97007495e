"""The web client's start page: logs a browser in and hands out its session cookie and XSRF token, as the real pages do.

What scripts of an integration read is there: the cookies and the hidden input (protocol 3.1). Nobody is asked for a password: the
default user is logged in. Must not know how calls are answered.
"""

from __future__ import annotations

import html
import re

from mockserver.messages import Account, Request, Response
from mockserver.records.tenants import Tenant, Tenants
from mockserver.responders import Respond
from mockserver.settings import Settings
from mockserver.wire.authentication import SESSION_COOKIE, XSRF_COOKIE, session_of
from mockserver.wire.heading import Heading

XSRF_INPUT = "XSRF_TOKEN"
_PATH = re.compile(r"/([^/]+)(?:/(?:default\.aspx)?)?", re.IGNORECASE | re.ASCII)
_HTML = "text/html; charset=utf-8"


class Browser:
    """The responder for `/Cust12345/` and `/Cust12345/default.aspx`."""

    def __init__(self, settings: Settings, tenants: Tenants) -> None:
        self._tenants = tenants
        self._heading = Heading(settings)

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Answer the page of a tenant we know, forward everything else."""
        found = _PATH.fullmatch(request.path) if request.method == "GET" else None
        tenant = self._tenants.found(found[1]) if found else None
        if found is None or tenant is None:
            return await forward(request)
        return self._page(request, tenant, f"{request.root}/{found[1]}")

    def _page(self, request: Request, tenant: Tenant, path: str) -> Response:
        """`path` is where the cookies belong: one browser may have sessions of several tenants."""
        sessions, who = tenant.sessions, self._tenants.principal
        attributes = f"path={path}{'; Secure' if request.scheme == 'https' else ''}; SameSite=Lax"
        cookies: tuple[tuple[str, str], ...] = ()
        session = session_of(request.headers)
        if not sessions.browses(session):
            session = sessions.cookie(who)
            cookies = (("Set-Cookie", f"{SESSION_COOKIE}={session}; {attributes}; HttpOnly"),)
        token = sessions.xsrf_token(session)
        cookies = (*cookies, ("Set-Cookie", f"{XSRF_COOKIE}={token}; {attributes}"))
        page = _PAGE.format(
            tenant=html.escape(tenant.name), user=html.escape(who.user), input=XSRF_INPUT, token=html.escape(token)
        )
        account = Account("browser", tenant.name, tier="stateful", user=who.user)
        return Response(200, self._heading.extended(cookies, _HTML), page.encode(), account=account)


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{tenant}</title></head>
<body>
<form><input type="hidden" id="{input}" name="{input}" value="{token}"></form>
<p>{user} is logged in to {tenant}, a tenant of superoffice-mockserver.</p>
</body>
</html>
"""
