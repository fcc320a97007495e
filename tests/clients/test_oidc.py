"""A standard OpenID Connect client, authlib on requests, against the login service: it is told an issuer and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet

from mockserver import MockServer, Settings

TIMEOUT = 10.0
CALLBACK = "http://127.0.0.1:51234/callback"
WEBAPI_URL = "http://schemes.superoffice.net/identity/webapi_url"
CTX = "http://schemes.superoffice.net/identity/ctx"


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    """A running server with two tenants."""
    with MockServer(Settings()) as running:
        running.new_sandbox()
        yield running


@pytest.fixture
def provider(server: MockServer) -> dict[str, Any]:
    """What discovery says."""
    answer = requests.get(f"{server.url}/login/.well-known/openid-configuration", timeout=TIMEOUT)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    assert told["issuer"] == server.url
    return told


def application(**given: Any) -> OAuth2Session:
    """The client, as an application configures it."""
    settings = Settings()
    usual = {"client_secret": settings.app_token, "scope": "openid", "redirect_uri": CALLBACK, "code_challenge_method": "S256"}
    session = OAuth2Session(settings.client_id, **(usual | given))
    session.trust_env = False
    session.default_timeout = TIMEOUT
    return session


def browser(address: str) -> str:
    """Where a browser ends that follows an address without anybody typing."""
    answer = requests.get(address, allow_redirects=False, timeout=TIMEOUT)
    assert answer.status_code == 302
    return answer.headers["Location"]


def verified(provider: dict[str, Any], token: str, now: float, nonce: str | None = None) -> dict[str, Any]:
    """The claims of an id token, its signature checked by the published keys and its claims by the client library."""
    keys = KeySet.import_key_set(requests.get(provider["jwks_uri"], timeout=TIMEOUT).json())
    decoded = jwt.decode(token, keys, algorithms=provider["id_token_signing_alg_values_supported"])
    options = {"iss": {"value": provider["issuer"]}, "aud": {"value": Settings().client_id}}
    claims = CodeIDToken(decoded.claims, decoded.header, options, {"nonce": nonce, "client_id": Settings().client_id})
    claims.validate(now=int(now))
    return dict(claims)


@pytest.mark.parametrize("method", ["client_secret_post", "client_secret_basic", "none"])
@pytest.mark.parametrize("chosen", ["the default tenant", "another tenant"])
def test_a_standard_client_signs_in_refreshes_and_outlives_its_token(
    server: MockServer, provider: dict[str, Any], method: str, chosen: str
) -> None:
    """Code with PKCE, id token by JWKS, an API call; two hours later 401, a refresh, and the call works again."""
    name = server.settings.tenant if chosen == "the default tenant" else server.new_sandbox().tenant
    tenant = server.tenants.find(name)
    assert tenant is not None
    client = application(token_endpoint_auth_method=method, **({"client_secret": None} if method == "none" else {}))
    verifier, nonce = generate_token(48), generate_token()
    chosen_by = {} if name == server.settings.tenant else {"acr_values": f"tenant:{name}"}
    address, state = client.create_authorization_url(
        provider["authorization_endpoint"], code_verifier=verifier, nonce=nonce, **chosen_by
    )
    back = browser(address)
    assert back.startswith(f"{CALLBACK}?")
    assert dict(parse_qsl(urlsplit(back).query))["state"] == state

    token = client.fetch_token(provider["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier)
    claims = verified(provider, token["id_token"], server.call(tenant.clock.time), nonce)
    assert claims[CTX] == name

    contact = f"{claims[WEBAPI_URL]}v1/Contact/1"
    assert client.get(contact).json()["Name"] == "Own Company AS"
    server.call(tenant.clock.advance, timedelta(hours=2))
    old = {"Authorization": f"Bearer {token['access_token']}"}
    assert requests.get(contact, headers=old, timeout=TIMEOUT).status_code == 401
    again = client.refresh_token(provider["token_endpoint"], refresh_token=token["refresh_token"])
    assert again["access_token"] != token["access_token"]
    assert client.get(contact).json()["ContactId"] == 1
    assert verified(provider, again["id_token"], server.call(tenant.clock.time))["sub"] == claims["sub"]

    client.revoke_token(provider["revocation_endpoint"], token=token["refresh_token"])
    with pytest.raises(OAuthError, match="access_denied"):
        client.refresh_token(provider["token_endpoint"], refresh_token=token["refresh_token"])


def test_a_client_that_lost_its_verifier_is_refused(server: MockServer, provider: dict[str, Any]) -> None:
    """The library sees the vendor's error, not one of its own."""
    client = application()
    address, state = client.create_authorization_url(provider["authorization_endpoint"], code_verifier=generate_token(48))
    back = browser(address)
    with pytest.raises(OAuthError, match="access_denied: Invalid client_id/client_secret/authorization_code"):
        client.fetch_token(provider["token_endpoint"], authorization_response=back, state=state, code_verifier=generate_token(48))


def test_a_token_of_another_server_does_not_verify(provider: dict[str, Any]) -> None:
    """The keys are this server's own: two of them share nothing but the names of their tenants."""
    with MockServer(Settings()) as other:
        client = application()
        address, state = client.create_authorization_url(f"{other.url}/login/common/oauth/authorize")
        token = client.fetch_token(f"{other.url}/login/common/oauth/tokens", authorization_response=browser(address), state=state)
    with pytest.raises(InvalidKeyIdError):
        verified(provider, token["id_token"], 0)
