"""What the API says of itself, without login: `/api`, `/api/v1`, and GET on an agent method, which is not run (protocol 8).

JSON where it is asked for, else HTML for `/api` and `/api/v1`. Must not know what operations do.
"""

from __future__ import annotations

import html

from mockserver.catalogue.model import Operation, Place
from mockserver.catalogue.routing import split_tenant
from mockserver.messages import Account, Request, Response
from mockserver.records.tenants import Tenants
from mockserver.responders import Respond
from mockserver.responders.standing import welcomes
from mockserver.settings import Settings
from mockserver.wire import json
from mockserver.wire.heading import Heading
from mockserver.wire.negotiation import prefers_json

_HTML = "text/html; charset=utf-8"
_JSON = "application/json; charset=utf-8"
_AGENTS = "/api/v1/agents/"


class Discovery:
    """The responder for the API's own pages."""

    def __init__(self, settings: Settings, tenants: Tenants) -> None:
        self._settings = settings
        self._tenants = tenants
        self._heading = Heading(settings)
        self._methods: dict[str, Operation] = {}

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Answer a page, forward everything else."""
        if request.method != "GET":
            return await forward(request)
        name, path = split_tenant(request.path)
        folded = path.removesuffix("/").lower()
        tenant = self._tenants.found(name)
        if tenant is None or not (tenant.standing.ordinary or welcomes(tenant, request)):
            return await forward(request)
        base = f"{request.origin}/{name}" if name else request.origin
        if folded == "/api":
            value: dict[str, object] = self._about(base)
        elif folded == "/api/v1":
            value = self._urls(base)
        elif folded.startswith(_AGENTS) and folded in self._agent_methods():
            operation = self._agent_methods()[folded]
            value = {f"{base}{operation.path}": {operation.method: _said(operation)}}
        else:
            return await forward(request)
        account = Account("discovery", tenant.name, tier="stateful")
        if folded.startswith(_AGENTS) or prefers_json(request.headers.get("Accept")):
            return Response(200, self._heading.of(_JSON), json.encode(value), account=account)
        return Response(200, self._heading.of(_HTML), _page(value).encode(), account=account)

    def _about(self, base: str) -> dict[str, object]:
        version = self._settings.netserver_version
        return {
            "v1": f"{base}/api/v1",
            "NetServerVersion": version,
            "NetServerAssembly": f"SoDataBase, Version={version}, Culture=neutral",
            "NetServerDate": "0001-01-01T00:00:00",
            "NetServerLabel": f"Release_{version}",
            "NetServer": f"NetServer {version}",
            "Services": "Services87",
            "ServicesCurrent": "Services88",
            "Version": "v1",
        }

    def _urls(self, base: str) -> dict[str, object]:
        urls: dict[str, dict[str, str]] = {}
        for operation in self._tenants.catalogue.operations():
            urls.setdefault(f"{base}{operation.path}", {})[operation.method] = _said(operation)
        return dict(urls)

    def _agent_methods(self) -> dict[str, Operation]:
        if not self._methods:
            self._methods = {each.path.lower(): each for each in self._tenants.catalogue.operations() if each.agent}
        return self._methods


def _said(operation: Operation) -> str:
    """The help of a call: its query as a template, three blanks, and its name; the vendor's sentences are not ours to copy."""
    names = [each.name for each in operation.parameters if each.place is Place.QUERY and each.required]
    template = "&".join(f"{name}={{{name}}}" for name in names)
    return f"?{template}   {operation.name}" if template else operation.name


def _page(value: dict[str, object]) -> str:
    rows = []
    for name, each in value.items():
        text = ", ".join(f"{verb} {said}" for verb, said in each.items()) if isinstance(each, dict) else str(each)
        shown = f'<a href="{html.escape(text)}">{html.escape(text)}</a>' if text.startswith("http") else html.escape(text)
        rows.append(f"<tr><th>{html.escape(name)}</th><td>{shown}</td></tr>")
    title = "SuperOffice WebAPI"
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body><table>{''.join(rows)}</table></body></html>"
