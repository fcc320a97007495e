"""`oauth/authorize`: a browser asks for a sign-in and is sent back with codes and tokens, or with an error (protocol 3.2).

It is sent to registered addresses only. Must not know how a code is redeemed.
"""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.messages import Response
from mockserver.records.sessions import ACCESS_TOKEN_LIFE, Grant, same
from mockserver.records.tenants import Tenant
from mockserver.responders.superid.desk import Desk, Visit, answered
from mockserver.responders.superid.id_tokens import addresses, id_token
from mockserver.wire import pages, parameters

_TYPES = frozenset(frozenset(each.split()) for each in ("code", "id_token", "code id_token", "token id_token", "token"))
_MODES = ("query", "fragment", "form_post")
_METHODS = ("plain", "S256")
_ASKED = (
    "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "acr_values", "login_hint",
    "code_challenge", "code_challenge_method",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a visitor wants: which kinds of credentials, and how they travel back."""

    kinds: frozenset[str]
    address: str
    mode: str
    state: str | None


@dataclass(frozen=True, slots=True)
class _Problem:
    """Why a sign-in is refused, in OAuth's word and in one of ours; nothing of it repeats what was sent."""

    error: str
    says: str


class Authorize:
    """The page that starts a sign-in."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __call__(self, visit: Visit) -> Response:
        """Send the browser back, show it the consent page, or refuse without sending it anywhere."""
        sent, desk = visit.sent, self._desk
        if visit.unfit:
            return desk.refusal(visit, visit.unfit)
        if not same(sent.get("client_id", ""), desk.settings.client_id):
            return desk.refusal(visit, "client_id is no application of ours (setting client_id)")
        address = sent.get("redirect_uri", "")
        if not desk.registered.ends(address):
            return desk.refusal(visit, "InvalidRedirectUrl: redirect_uri is not registered (setting redirect_uri)")
        asked, problem = _asked(visit, address)
        tenant = desk.tenant(visit.tenant or _chosen(sent.get("acr_values", "")))
        decision = visit.posted.get("consent")
        if problem is None and tenant is None:
            problem = _Problem("access_denied", "there is no such tenant")
        if problem is None and decision == "deny":
            problem = _Problem("access_denied", "Denied")
        if problem is not None or tenant is None:
            assert problem is not None
            return self._back(visit, asked, _failed(asked, problem), tenant, problem.says)
        if desk.settings.consent == "page" and decision != "allow":
            return self._ask(visit, tenant)
        return self._back(visit, asked, self._granted(visit, asked, tenant), tenant)

    def _granted(self, visit: Visit, asked: _Asked, tenant: Tenant) -> list[tuple[str, str]]:
        """What the browser takes back, in the documented order."""
        sent, who = visit.sent, self._desk.tenants.principal
        nonce, challenge = sent.get("nonce", ""), sent.get("code_challenge", "")
        method = (sent.get("code_challenge_method") or "plain") if challenge else ""
        code = token = ""
        if "code" in asked.kinds:
            code = tenant.sessions.code(Grant(sent["client_id"], who, asked.address, challenge, method, nonce))
        if "token" in asked.kinds:
            token = tenant.sessions.access_token(who)
        signed = ""
        if "id_token" in asked.kinds:
            signed = id_token(self._desk, tenant, visit.request, who, nonce=nonce, code=code, access_token=token)
        state = [] if asked.state is None else [("state", asked.state)]
        if not token:
            return [*state, *((name, value) for name, value in (("code", code), ("id_token", signed)) if value)]
        soap, rest = addresses(tenant, visit.request)
        return [
            ("access_token", token),
            ("token_type", "bearer"),
            ("state", asked.state or ""),
            ("expires_in", str(ACCESS_TOKEN_LIFE)),
            *([("id_token", signed)] if signed else []),
            ("ctx", tenant.name),
            ("netserver_url", soap),
            ("webapi_url", rest),
        ]

    def _ask(self, visit: Visit, tenant: Tenant) -> Response:
        request, who = visit.request, self._desk.tenants.principal
        kept = {name: visit.sent[name] for name in _ASKED if name in visit.sent}
        hint = visit.sent.get("login_hint", "")
        page = pages.consent(self._desk.settings.client_id, tenant.name, who.user, hint, request.root + request.path, kept)
        return answered(200, page.encode(), pages.LABEL, self._desk.account(visit, tenant.name))

    def _back(
        self, visit: Visit, asked: _Asked, pairs: list[tuple[str, str]], tenant: Tenant | None, explanation: str = ""
    ) -> Response:
        account = self._desk.account(visit, tenant.name if tenant else "", explanation)
        if asked.mode == "form_post":
            return answered(200, pages.posted(asked.address, pairs).encode(), pages.LABEL, account)
        mark = "#" if asked.mode == "fragment" else "&" if "?" in asked.address else "?"
        location = ("Location", f"{asked.address}{mark}{parameters.encoded(pairs)}")
        return answered(302, b"", "", account, headers=(location,))


def _asked(visit: Visit, address: str) -> tuple[_Asked, _Problem | None]:
    """What is asked for, and what is wrong with it: that is told by the way the answer would have gone."""
    sent = visit.sent
    kinds = frozenset(sent.get("response_type", "").split())
    tokens = bool(kinds & {"token", "id_token"})
    usual = "fragment" if tokens else "query"
    mode = sent.get("response_mode") or usual
    problem = None
    if kinds not in _TYPES:
        problem = _Problem("unsupported_response_type", "response_type is none of those that are supported")
    elif mode not in _MODES or (mode == "query" and tokens):
        problem = _Problem("invalid_request", "response_mode is none that this response_type can use")
    elif "openid" not in sent.get("scope", "openid").split():
        problem = _Problem("invalid_scope", "scope must be openid")
    elif "id_token" in kinds and not sent.get("nonce"):
        problem = _Problem("invalid_request", "an id_token needs a nonce")
    elif sent.get("code_challenge") and (sent.get("code_challenge_method") or "plain") not in _METHODS:
        problem = _Problem("invalid_request", "code_challenge_method must be plain or S256")
    if mode not in _MODES or (mode == "query" and tokens):
        mode = usual
    return _Asked(kinds, address, mode, sent.get("state")), problem


def _failed(asked: _Asked, problem: _Problem) -> list[tuple[str, str]]:
    state = [] if asked.state is None else [("state", asked.state)]
    return [*state, ("error", problem.error), ("error_description", problem.says)]


def _chosen(acr_values: str) -> str:
    """The tenant among the values, "" where none is named."""
    return next((value[len("tenant:") :] for value in acr_values.split() if value.lower().startswith("tenant:")), "")
