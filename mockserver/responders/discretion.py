"""What of a private exchange may be told: of its parameters, the values that are known to be harmless, and nothing else.

For exchanges that are about credentials, where hiding what looks like one is not enough; all others a `Veil` tells. Must not know
who asks.
"""

from __future__ import annotations

import re

from mockserver.responders.secrets import HIDDEN

_HARMLESS = frozenset({
    "acr_values", "client_id", "code_challenge_method", "consent", "grant_type", "post_logout_redirect_uri", "prompt",
    "redirect_uri", "response_mode", "response_type", "scope", "token_type_hint",
})  # fmt: skip
_SECRET = (
    "access_token", "client_secret", "code", "code_challenge", "code_verifier", "id_token", "id_token_hint", "login_hint",
    "nonce", "refresh_token", "state", "token",
)  # fmt: skip
_OWN_PARAMETERS = re.compile(r"(?:[?#]|%3f|%23).*", re.IGNORECASE | re.DOTALL)  # those of an address


def without_values(parameters: str) -> str:
    """A query or form with the values of harmless parameters only; of what is neither, nothing."""
    return "&".join(_shown(*each.partition("=")[::2]) for each in parameters.split("&") if each)


def _shown(name: str, value: str) -> str:
    if name in _HARMLESS:
        return f"{name}={_OWN_PARAMETERS.sub('', value)}"
    return f"{name}={HIDDEN}" if name in _SECRET else HIDDEN
