"""Route, authenticate, negotiate, decode, act, render, encode: the only place where state and protocol meet.

What an operation needs stands in its `Plan`, how a request speaks in its `Manner`. Must not know aiohttp.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from mockserver.calls import Call, Preferences, Result, Value, plain
from mockserver.catalogue.model import Kind, Operation, Type
from mockserver.catalogue.routing import Router, split_tenant
from mockserver.errors import ApiError, BadRequest, Conflict, InvalidArgument, NoSuchOperation, NotKnown, Unreadable
from mockserver.messages import Account, Request, Response
from mockserver.records.tenants import Tenant, Tenants
from mockserver.responders.explain import Explainer
from mockserver.responders.plans import ANYTHING, SELECT, Plan, Plans
from mockserver.responders.secrets import Veil
from mockserver.responders.standing import check
from mockserver.settings import Settings
from mockserver.wire.authentication import Authenticator
from mockserver.wire.dialects import UNEXPECTED, VOID, Said, refused, with_links
from mockserver.wire.differences import diff
from mockserver.wire.files import raw
from mockserver.wire.heading import EXPLANATION_HEADER, Heading, header_text
from mockserver.wire.negotiation import Manner, Negotiator, http_date, moment, unlabelled, unsupported
from mockserver.wire.projection import Projections, selection

_REPEATING = (BadRequest, InvalidArgument, NoSuchOperation, Conflict)
"""Errors whose words may repeat something of the request."""


@dataclass(slots=True)
class _Reached:
    """How far a request got: filled in on the way, so that a refusal can say where it ended."""

    manner: Manner
    tenant: Tenant | None = None
    plan: Plan | None = None
    sent: Value = None


class Emulator:
    """The end of the chain: what a tenant would answer."""

    def __init__(self, settings: Settings, tenants: Tenants) -> None:
        self._settings = settings
        self._tenants = tenants
        self._router = Router(tenants.catalogue)
        self._plans = Plans(settings, tenants, self._router)
        self._authenticator = Authenticator(settings)
        self._negotiator = Negotiator(tenants.catalogue, settings)
        self._projections = Projections(tenants.catalogue, tenants.shapes)
        self._heading = Heading(settings)
        self._explainer = Explainer(tenants.catalogue)

    async def __call__(self, request: Request) -> Response:
        """Answer in the API's words, whatever was asked; a bug of ours is a 500 with its traceback in the account."""
        reached = _Reached(self._negotiator.manner(request.headers))
        try:
            return await self._answer(request, reached)
        except ApiError as error:
            return self._refused(error, request, reached)
        except Exception:  # noqa: BLE001 - our own bug must not reach the wire
            account = _account(reached, "a bug of the double")._replace(traceback=traceback.format_exc())
            return self._response(UNEXPECTED, reached.manner, "", account)

    async def _answer(self, request: Request, reached: _Reached) -> Response:
        name, path = split_tenant(request.path)
        tenant = reached.tenant = self._tenant(name)
        if not tenant.standing.ordinary:
            check(tenant, request)
        operation, arguments = self._found(request, path)
        plan = reached.plan = self._plans.of(operation)
        principal = tenant.sessions.principal(self._authenticator.credential(request.headers))
        if plan.read_query is not None:
            arguments |= plan.read_query(request.query)
        body = await self._body(request, reached)
        if plan.verb is None:
            result = _shaped(plan, arguments, request)
        else:
            preferences = reached.manner.preferences
            if operation.agent is None:
                preferences = _conditional(request, preferences)
            result = plan.verb(Call(operation, arguments, body, principal, preferences), tenant.store)
        said = self._said(result, reached, arguments, request, name)
        account = Account("emulator", tenant.name, operation.id, plan.tier, principal.user, result.remark)
        return self._response(said, reached.manner, plan.tier, account)

    # --- the steps

    def _tenant(self, name: str) -> Tenant:
        known = self._tenants.found(name)
        if known is None:
            raise NoSuchOperation(name, explanation=f"no tenant is named {name[:80]!r}; POST /_mock/tenants makes one")
        return known

    def _found(self, request: Request, path: str) -> tuple[Operation, dict[str, object]]:
        try:
            return self._router.find(request.method, path)
        except NoSuchOperation as error:
            error.explanation = self._explainer.nearest(request.method, path)
            raise

    async def _body(self, request: Request, reached: _Reached) -> Value:
        """The body, fitted to the operation's type; a patch document stays as it was sent."""
        content = await request.body.read()
        plan, manner = reached.plan, reached.manner
        assert plan is not None
        if plan.coerce is None or not content:
            if plan.file_body is not None:
                plan.file_body.go_without()
            return None
        if plan.file_body is not None and plan.file_body.reads(request.headers.get("Content-Type")):
            return plan.file_body.decode(content, request.headers["Content-Type"])
        decode = manner.decode
        if decode is None:
            if plan.operation.consumes:
                raise unsupported(manner)
            decode = unlabelled
        is_patch = plan.patches == "always" or (plan.patches == "labelled" and manner.preferences.sends_patch is not None)
        # A patch document in XML or a form is a merge document, and that has the entity's members.
        kind = (plan.operation.result if is_patch else plan.operation.body) or ANYTHING
        try:
            value = decode(content, kind)
        except BadRequest as error:
            raise Unreadable(error.message, explanation=error.explanation) from None
        if manner.preferences.wants_patch and not is_patch:
            reached.sent = decode(content, kind)  # a copy of its own: fitting works in place
        if manner.zone is not None:
            value = self._negotiator.zones.into(value, kind, manner.zone)
        return value if is_patch else plan.coerce(value)

    def _said(self, result: Result, reached: _Reached, arguments: Mapping[str, object], request: Request, tenant: str) -> Said:
        """The answer to a call that was carried out: the value as it is to be shown, or a patch document."""
        plan, manner = reached.plan, reached.manner
        assert plan is not None
        kind = plan.operation.result
        if kind is None:
            return VOID
        if plan.file_answer is not None and (label := plan.file_answer.label(request.headers.get("Accept"))):
            return Said(200, result.value, file=label)
        headers: tuple[tuple[str, str], ...] = ()
        if plan.operation.agent is None and result.changed and request.method == "GET":
            headers = (("Last-Modified", http_date(result.changed)),)
            since = moment(request.headers.get("If-Modified-Since"))
            if since is not None and result.changed <= since:
                return Said(304, empty=True, headers=headers)
        show = partial(self._shown, kind, result.key, plan, manner, arguments.get(SELECT), request, tenant)
        value = show(result.value)
        if manner.zone is not None:
            headers = (*headers, ("SO-TimeZone", header_text(request.headers["SO-TimeZone"])))
        wanted = manner.preferences.wants_patch
        if wanted is None or kind.kind is not Kind.CARRIER or value is None:
            return Said(200, value, kind=kind, headers=headers)
        if self._settings.patch_answers == "patch":
            before = show(result.before) if result.before is not None else reached.sent
            value, kind = diff(before if isinstance(before, dict) else {}, value, wanted), ANYTHING
        return Said(200, value, kind=kind, headers=headers, labelled=True)

    def _shown(
        self, kind: Type, key: int | None, plan: Plan, manner: Manner, chosen: object, request: Request, tenant: str, value: Value
    ) -> Value:
        """A value as the caller wants to see it: cut down, in his zone and language, with its links."""
        row = value
        if isinstance(chosen, str):
            value = self._projections.cut(value, kind, selection(chosen))
        if manner.zone is not None:
            value = self._negotiator.zones.out(value, kind, manner.zone)
        if manner.culture is not None:
            value = self._negotiator.cultures.out(value, kind, manner.culture)
        if plan.links is not None:
            base = f"{request.origin}/{tenant}/api/v1/" if tenant else f"{request.origin}/api/v1/"
            value = with_links(value, key, plan.links, base, row)
        return value

    def _refused(self, error: ApiError, request: Request, reached: _Reached) -> Response:
        plan = reached.plan
        if isinstance(error, NoSuchOperation):
            error.message = f"No HTTP resource was found that matches the request URI '{request.origin}{_target(request)}'."
            error.detail = _missing(request.path)
        if isinstance(error, _REPEATING):
            _silence(error, request)
        said = refused(error, plan.operation if plan else None, self._settings, self._authenticator.challenges)
        said = said._replace(headers=(*said.headers, (EXPLANATION_HEADER, header_text(error.explanation))))
        return self._response(said, reached.manner, plan.tier if plan else "", _account(reached, error.explanation))

    def _response(self, said: Said, manner: Manner, tier: str, account: Account) -> Response:
        label = "" if said.empty else manner.content_type if said.labelled else manner.plain_type
        if said.file:
            return Response(said.status, self._heading.of(said.file, tier), raw(plain(said.value)), account=account)
        headers = self._heading.extended(said.headers, label, tier) if said.headers else self._heading.of(label, tier)
        return Response(said.status, headers, b"" if said.empty else manner.encode(said.value, said.kind), account=account)


def _shaped(plan: Plan, arguments: Mapping[str, object], request: Request) -> Result:
    """The result of an operation of which only the shape is known; raises `NotKnown` where not even that is."""
    if plan.tier != "shaped":
        raise NotKnown(
            f"The double does not know what {plan.operation.id} answers.",
            detail="Bind it to a verb in mockserver/catalogue/entities/, or give its answer a type in additions.yaml.",
        )
    if plan.file_answer is not None:
        return Result(plan.file_answer.missing(arguments, request.headers.get("Accept")))
    return Result(plan.shape)


def _conditional(request: Request, preferences: Preferences) -> Preferences:
    """The preferences with the condition a REST call was made under (protocol 5)."""
    since = moment(request.headers.get("If-Unmodified-Since"))
    return preferences if since is None else replace(preferences, unmodified_since=since)


def _account(reached: _Reached, explanation: str) -> Account:
    """The account of a request that ended early, as far as it got."""
    plan, tenant = reached.plan, reached.tenant
    operation, tier = (plan.operation.id, plan.tier) if plan else ("", "")
    return Account("emulator", tenant.name if tenant else "", operation, tier, explanation=explanation)


def _target(request: Request) -> str:
    """Path and query as they were sent, but for what may be a secret."""
    query = Veil(request.headers, request.path).query(request.query)
    return (f"{request.path}?{query}" if query else request.path)[:500]


def _silence(error: ApiError, request: Request) -> None:
    """Take out of what is said of a request the secrets that it held."""
    veil = Veil(request.headers, request.path)
    veil.query(request.query)
    veil.body(request.body.known, request.headers.get("Content-Type", ""))
    error.message, error.explanation = veil.text(error.message), veil.text(error.explanation)
    error.detail = error.detail and veil.text(error.detail)


def _missing(path: str) -> str:
    """The controller a path names, in the framework's words (protocol 4.1)."""
    parts = split_tenant(path)[1].split("/")[3:]
    if not parts or not parts[0]:
        return "No route data was found for this request."
    name = parts[1] if parts[0].lower() == "agents" and len(parts) > 1 else parts[0]
    return f"No type was found that matches the controller named '{name[:100]}'."
