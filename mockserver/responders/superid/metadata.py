"""What SuperId says of itself: the OpenID configuration and the keys that verify its tokens (protocol 3.2).

Must not know who signs in.
"""

from __future__ import annotations

from mockserver.messages import Response
from mockserver.responders.superid.desk import JSON, Desk, Visit, answered
from mockserver.wire import json


class Metadata:
    """The two pages below `.well-known`; every address is on the origin that was asked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def configuration(self, visit: Visit) -> Response:
        """The discovery document; one that names a tenant names it in its addresses, too."""
        self._desk.named(visit)
        origin = visit.request.origin
        known = f"{origin}/login/{visit.tenant}/.well-known" if visit.tenant else f"{origin}/login/.well-known"
        oauth = f"{origin}/login/{visit.tenant or 'common'}/oauth"
        return self._public(
            visit,
            {
                "issuer": origin,
                "authorization_endpoint": f"{oauth}/authorize",
                "token_endpoint": f"{oauth}/tokens",
                "end_session_endpoint": f"{origin}/login/logout",
                "revocation_endpoint": f"{oauth}/revoke",
                "jwks_uri": f"{known}/jwks",
                "scopes_supported": ["openid"],
                "response_modes_supported": ["form_post", "fragment", "query"],
                "response_types_supported": ["code", "id_token", "code id_token", "token id_token", "token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "grant_types_supported": ["implicit", "authorization_code", "refresh_token"],
            },
        )

    def keys(self, visit: Visit) -> Response:
        """Every key there is, the default tenant's and the named one's at least."""
        for tenant in (self._desk.named(visit), self._desk.tenant("")):
            if tenant is not None:
                self._desk.keys.of(tenant.name)
        return self._public(visit, self._desk.keys.published())

    def _public(self, visit: Visit, value: object) -> Response:
        account = self._desk.account(visit)._replace(private=False)
        return answered(200, json.encode(value), JSON, account)
