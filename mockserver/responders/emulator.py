"""Route, authenticate, negotiate, decode, act, encode: the only place where state and protocol meet.

What an operation needs is resolved once, into a `Plan`; a request walks through it. Must not know aiohttp.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass

from multidict import CIMultiDict

from mockserver.calls import Call, Constant, Result, Value
from mockserver.catalogue.model import Kind, Operation
from mockserver.catalogue.routing import ReadQuery, Router, canonical_tenant, split_tenant
from mockserver.errors import ApiError, NoSuchOperation, NotKnown
from mockserver.messages import Account, Headers, Request, Response
from mockserver.records.tenants import Tenant, Tenants
from mockserver.records.verbs import Verb, verbs
from mockserver.responders.explain import Explainer
from mockserver.settings import Settings
from mockserver.wire import json
from mockserver.wire.authentication import Authenticator
from mockserver.wire.dialects import NULL, UNEXPECTED, VOID, Links, Said, refused, with_links
from mockserver.wire.negotiation import decoder

TIER_HEADER = "X-Mock-Tier"
EXPLANATION_HEADER = "X-Mock-Explanation"
_JSON_TYPE = "application/json; charset=utf-8"
_HEADERS: Headers = CIMultiDict({"Content-Type": _JSON_TYPE})
_NO_BODY_HEADERS: Headers = CIMultiDict()


@dataclass(frozen=True, slots=True)
class Plan:
    """One operation, ready to be carried out; `verb` is None where only the shape of the answer is known."""

    operation: Operation
    verb: Verb | None
    coerce: Callable[[Value], Value] | None
    links: Links | None
    shape: Constant | None
    headers: Headers
    bare: Headers
    tier: str
    read_query: ReadQuery | None


class Emulator:
    """The end of the chain: what a tenant would answer."""

    def __init__(self, settings: Settings, tenants: Tenants) -> None:
        self._settings = settings
        self._tenants = tenants
        self._catalogue = tenants.catalogue
        self._router = Router(self._catalogue)
        self._authenticator = Authenticator(settings, tenants.principal)
        self._explainer = Explainer(self._catalogue)
        self._plans: dict[str, Plan] = {}

    async def __call__(self, request: Request) -> Response:
        """Answer in the API's words, whatever was asked; a bug of ours is a 500 with its traceback in the account."""
        # Filled in as far as the request gets, so that the account of a refusal says where it ended.
        tenant: Tenant | None = None
        plan: Plan | None = None
        try:
            name, path = split_tenant(request.path)
            tenant = self._tenant(name)
            plan, arguments = self._planned(request, path)
            principal = self._authenticator.principal(request.headers, tenant.name)
            if plan.read_query is not None:
                arguments |= plan.read_query(request.query)
            body = await self._body(request, plan)
            remark = ""
            if plan.verb is None:
                said = self._shaped(plan)
            else:
                result = plan.verb(Call(plan.operation, arguments, body, principal), tenant.store)
                said, remark = self._said(result, plan, request, name), result.remark
            account = Account("emulator", tenant.name, plan.operation.id, plan.tier, principal.user, remark)
            content = b"" if said.empty else json.encode(said.value)
            return Response(said.status, plan.bare if said.empty else plan.headers, content, account=account)
        except ApiError as error:
            return self._refused(error, request, tenant, plan)
        except Exception:  # noqa: BLE001 - our own bug must not reach the wire
            account = self._account(tenant, plan, "a bug of the double")._replace(traceback=traceback.format_exc())
            return Response(UNEXPECTED.status, _HEADERS, json.encode(UNEXPECTED.value), account=account)

    # --- the steps

    def _tenant(self, name: str) -> Tenant:
        known = self._tenants.find(name or self._settings.tenant)
        if known is None:
            known = self._tenants.find(canonical_tenant(name) or "")
        if known is None:
            raise NoSuchOperation(name, explanation=f"no tenant is named {name[:80]!r}; POST /_mock/tenants makes one")
        return known

    def _planned(self, request: Request, path: str) -> tuple[Plan, dict[str, object]]:
        try:
            operation, arguments = self._router.find(request.method, path)
        except NoSuchOperation as error:
            error.explanation = self._explainer.nearest(request.method, path)
            raise
        plan = self._plans.get(operation.id)
        if plan is None:
            plan = self._plans[operation.id] = self._plan(operation)
        return plan, arguments

    async def _body(self, request: Request, plan: Plan) -> Value:
        content = await request.body.read()
        if plan.coerce is None or not content:
            return None
        return plan.coerce(decoder(request.headers.get("Content-Type"))(content))

    def _said(self, result: Result, plan: Plan, request: Request, tenant: str) -> Said:
        if plan.operation.result is None:
            return VOID
        if plan.links is None:
            return Said(200, result.value)
        base = f"{request.origin}/{tenant}/api/v1/" if tenant else f"{request.origin}/api/v1/"
        return Said(200, with_links(result, plan.links, base))

    def _shaped(self, plan: Plan) -> Said:
        if plan.tier != "shaped":
            raise NotKnown(
                f"The double does not know what {plan.operation.id} answers.",
                detail="Bind it to a verb in mockserver/catalogue/entities/, or give its answer a type in additions.yaml.",
            )
        if plan.operation.result is None:
            return VOID
        return NULL if plan.shape is None else Said(200, plan.shape)

    def _refused(self, error: ApiError, request: Request, tenant: Tenant | None, plan: Plan | None) -> Response:
        if isinstance(error, NoSuchOperation):
            error.message = f"No HTTP resource was found that matches the request URI '{request.origin}{_target(request)}'."
            error.detail = _missing(request.path)
        said = refused(error, plan.operation if plan else None)
        headers = CIMultiDict(said.headers)
        if not said.empty:
            headers["Content-Type"] = _JSON_TYPE
        headers[EXPLANATION_HEADER] = _header_text(error.explanation)
        account = self._account(tenant, plan, error.explanation)
        return Response(said.status, headers, b"" if said.empty else json.encode(said.value), account=account)

    @staticmethod
    def _account(tenant: Tenant | None, plan: Plan | None, explanation: str) -> Account:
        """The account of a request that ended early, as far as it got."""
        operation, tier = (plan.operation.id, plan.tier) if plan else ("", "")
        return Account("emulator", tenant.name if tenant else "", operation, tier, explanation=explanation)

    # --- what is resolved once

    def _plan(self, operation: Operation) -> Plan:
        binding = self._catalogue.bindings.get(operation.id)
        if binding is None:
            return self._shaped_plan(operation)
        blueprint = self._tenants.blueprint(binding.entity)
        verb = verbs()[binding.verb](operation, binding, blueprint)
        coerce = None
        if operation.body is not None:
            whole = operation.body.name == blueprint.entity.carrier
            coerce = blueprint.coerce if whole else self._tenants.shapes.coercer(operation.body)
        links = None
        result = operation.result
        if result and result.kind is Kind.CARRIER and "_links" in self._catalogue.carrier(result.name).by_name:
            links = Links(self._catalogue.carrier(result.name), operation.path.split("/")[3])
        return Plan(
            operation, verb, coerce, links, None, _HEADERS, _NO_BODY_HEADERS, "stateful", self._router.query_reader(operation)
        )

    def _shaped_plan(self, operation: Operation) -> Plan:
        shapes = self._tenants.shapes
        result = operation.result
        known = self._settings.shaped and operation.has_shape
        shape: Constant | None = None
        if known and result is not None:
            shape = Constant(shapes.empty_carrier(result.name) if result.kind is Kind.CARRIER else shapes.empty(result))
        coerce = shapes.coercer(operation.body) if operation.body else None
        tier = "shaped" if known else "known"
        headers = CIMultiDict({"Content-Type": _JSON_TYPE, TIER_HEADER: tier})
        return Plan(
            operation,
            None,
            coerce,
            None,
            shape,
            headers,
            CIMultiDict({TIER_HEADER: tier}),
            tier,
            self._router.query_reader(operation),
        )


def _target(request: Request) -> str:
    return (f"{request.path}?{request.query}" if request.query else request.path)[:500]


def _missing(path: str) -> str:
    """The controller a path names, in the framework's words (protocol 4.1)."""
    parts = split_tenant(path)[1].split("/")[3:]
    name = parts[1] if parts[:1] and parts[0].lower() == "agents" and len(parts) > 1 else parts[0] if parts else ""
    return (
        f"No type was found that matches the controller named '{name[:100]}'."
        if name
        else "No route data was found for this request."
    )


def _header_text(text: str) -> str:
    """One line that any HTTP client can read."""
    return " ".join(text.split()).encode("ascii", "replace").decode()[:500]
