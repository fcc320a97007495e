"""The login service as a whole: whatever is sent to it, it answers; its keys come and go with the tenants."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from typing import Any
from urllib.parse import urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver import MockServer, Settings

from .house import House
from .sign_in import AUTHORIZE, CALLBACK, CHALLENGE, CLIENT, SECRET, TOKENS, VERIFIER, exchange

METHODS = st.sampled_from(["GET", "POST", "PUT"])
PATHS = st.sampled_from([
    AUTHORIZE, TOKENS, "/login/Cust12345/oauth/authorize", "/login/common/oauth/revoke", "/login/logout",
    "/login/.well-known/openid-configuration", "/login/.well-known/jwks", "/login/common/oauth/x", "/login/Cust404/oauth/tokens",
    "/LOGIN/Common/\udcff", "/login/common/", "/login/oauth/",
])  # fmt: skip
NAMES = st.sampled_from([
    "client_id", "client_secret", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "acr_values",
    "code", "code_challenge", "code_challenge_method", "code_verifier", "grant_type", "refresh_token", "token", "consent",
    "id_token_hint", "post_logout_redirect_uri", "login_hint",
])  # fmt: skip
VALUES = st.one_of(
    st.sampled_from([
        CLIENT, SECRET, CALLBACK, CHALLENGE, VERIFIER, "code", "token id_token", "form_post", "openid", "S256", "plain", "allow",
        "authorization_code", "refresh_token", "Cust12345-RefreshTokenOfTheDouble", "tenant:Cust12345", "a.b.c",
    ]),
    st.text(),
)  # fmt: skip
USUAL = {"client_id": CLIENT, "client_secret": SECRET, "redirect_uri": CALLBACK, "response_type": "code"}


@cache
def shared() -> House:
    """One house for all examples."""
    return House(journal_limit=3)


@settings(max_examples=300, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(METHODS, PATHS, st.dictionaries(NAMES, VALUES, max_size=6), st.booleans(), st.binary(max_size=20))
def test_no_visit_is_a_bug_of_ours(method: str, path: str, given_: dict[str, Any], usual: bool, rest: bytes) -> None:  # noqa: FBT001
    """Any page, any parameters, in query and form: never a 500, never sent anywhere but to a registered host."""
    sent = urlencode((USUAL if usual else {}) | given_, errors="replace").encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    target = f"{path}?{rest.decode('utf-8', 'surrogateescape')}"
    if method == "POST":
        answer = shared().ask(method, target, sent + rest, headers, login=None)
    else:
        answer = shared().ask(method, f"{path}?{sent.decode()}&{target}", login=None)
    assert answer.status in (200, 302, 400, 404, 405), answer.account.traceback
    if answer.status == 302:
        assert answer.headers["Location"].startswith("http://127.0.0.1")
        assert answer.headers["Location"].isprintable()
    assert shared().ask("GET", "/_mock/journal").status == 200
    assert shared().ask("GET", "/_mock/journal?tenant=").status == 200


def test_a_key_goes_with_its_tenant() -> None:
    """Tests make tenants by the thousand; the keys of those that are gone are not published any longer."""
    with MockServer(Settings()) as server:
        name = server.new_sandbox().tenant
        keys = server.parts.keys
        server.call(keys.of, name)
        assert len(keys.published()["keys"]) == 1  # type: ignore[arg-type] # a JSON array
        server.drop(name)
        assert keys.published() == {"keys": []}


def test_who_never_signs_in_pays_nothing() -> None:
    """A server starts without the libraries that sign, and without the pages of the login service."""
    script = (
        "import sys; from mockserver.server import Parts; from mockserver.settings import Settings; Parts(Settings());"
        "print([name for name in sys.modules if name.startswith(('joserfc', 'cryptography', 'mockserver.responders.superid.'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


def test_sign_ins_are_the_same_in_every_run() -> None:
    """Two servers that are asked the same give the same tokens, so that what is recorded with one fits the other."""

    def token() -> str:
        answer = exchange(House(), code="Cust12345-CodeOfTheDouble", redirect_uri=None)
        return str(answer.value["access_token"])

    assert token() == token()
