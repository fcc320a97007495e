"""The pages of SuperId: discovery, keys, authorize, tokens, revocation, sign-out; which there are, and for which methods.

Must not know how an exchange is travelled or noted.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping

from mockserver.catalogue.routing import canonical_tenant
from mockserver.errors import ApiError, InvalidArgument, NoSuchOperation, TooLarge, WrongVerb
from mockserver.messages import Account, Request, Response
from mockserver.records.tenants import Tenants
from mockserver.responders.superid.authorize import Authorize
from mockserver.responders.superid.desk import JSON, Desk, Visit, answered
from mockserver.responders.superid.leaving import Leaving
from mockserver.responders.superid.metadata import Metadata
from mockserver.responders.superid.tokens import TokenExchange
from mockserver.settings import Settings
from mockserver.wire import json, parameters
from mockserver.wire.dialects import UNEXPECTED, Said, refused
from mockserver.wire.tokens import Keys

_LONGEST_BODY = 64 * 1024

Page = Callable[[Visit], Response]


class Service:
    """The login service."""

    def __init__(self, settings: Settings, tenants: Tenants, keys: Keys) -> None:
        desk = Desk(settings, tenants, keys)
        metadata, leaving = Metadata(desk), Leaving(desk)
        authorize, exchange = Authorize(desk), TokenExchange(desk)
        self._desk = desk
        # Of each page: its path, whether it needs `common` or a tenant before it, and who answers which method.
        self._pages: Mapping[str, tuple[bool, Mapping[str, Page]]] = {
            ".well-known/openid-configuration": (False, {"GET": metadata.configuration}),
            ".well-known/jwks": (False, {"GET": metadata.keys}),
            "oauth/authorize": (True, {"GET": authorize, "POST": authorize}),
            "oauth/tokens": (True, {"POST": exchange}),
            "oauth/revoke": (True, {"POST": leaving.revoke}),
            "logout": (False, {"GET": leaving.sign_out, "POST": leaving.sign_out}),
        }

    async def answer(self, request: Request, name: str, path: str) -> Response:
        """The answer of the page at this path; `name` is `common`, a tenant in lower case, or "" where neither was named."""
        tenant = "" if name in ("", "common") else canonical_tenant(name) or ""
        account = self._desk.account(Visit(request, tenant, {}, {}))
        try:
            page = self._page(request, name, path)
            return page(await _read(request, tenant))
        except ApiError as error:
            return _said(refused(error, None), account._replace(explanation=error.explanation))
        except Exception:  # noqa: BLE001 - our own bug must not reach the wire
            return _said(UNEXPECTED, account._replace(explanation="a bug of the double", traceback=traceback.format_exc()))

    def _page(self, request: Request, name: str, path: str) -> Page:
        needs_name, methods = self._pages.get(path, (True, {}))
        if not methods or (needs_name and not name):
            raise NoSuchOperation(
                f"No HTTP resource was found that matches the request URI '{request.origin}{request.path[:500]}'.",
                explanation="SuperId has no such page; /login/.well-known/openid-configuration names those it has",
            )
        page = methods.get(request.method)
        if page is None:
            raise WrongVerb(
                f"The requested resource does not support http method '{request.method[:20]}'.", tuple(sorted(methods))
            )
        return page


def _said(said: Said, account: Account) -> Response:
    return answered(said.status, json.encode(said.value), JSON, account, headers=said.headers)


async def _read(request: Request, tenant: str) -> Visit:
    """The request with its parameters; what is too much of them is told by the page, in its own way."""
    form = ""
    if request.method == "POST":
        body = await request.body.read()
        if len(body) > _LONGEST_BODY:
            raise TooLarge("Maximum request length exceeded.", explanation=f"the body is above {_LONGEST_BODY} bytes")
        if parameters.is_form(request.headers.get("Content-Type")):
            form = body.decode("utf-8", "replace")
    try:
        posted = parameters.read(form)
        return Visit(request, tenant, {**parameters.read(request.query), **posted}, posted)
    except InvalidArgument as error:
        return Visit(request, tenant, {}, {}, unfit=error.message)
