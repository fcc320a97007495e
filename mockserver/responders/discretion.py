"""What of an exchange may be told: credentials stay out of the journal, whatever they came in.

Of an exchange that is private only values known to be harmless are told; of any other everything but parameters that carry
credentials, which a browser brings to wherever a sign-in sends it. Must not know who asks.
"""

from __future__ import annotations

import re

from mockserver.messages import Headers

_HEADERS = ("Content-Type", "Accept", "Accept-Language", "SO-Language", "SO-Culture", "SO-TimeZone", "User-Agent")
_HARMLESS = frozenset({
    "acr_values", "client_id", "code_challenge_method", "consent", "grant_type", "post_logout_redirect_uri", "prompt",
    "redirect_uri", "response_mode", "response_type", "scope", "token_type_hint",
})  # fmt: skip
_SECRET = (
    "access_token", "client_secret", "code", "code_challenge", "code_verifier", "id_token", "id_token_hint", "login_hint",
    "nonce", "refresh_token", "state", "token",
)  # fmt: skip
_CARRIES = re.compile(r"((?:^|[?&])(?:access_token|client_secret|code|code_verifier|id_token|refresh_token)=)[^&\s\"'<>]+")
_OWN_PARAMETERS = re.compile(r"(?:[?#]|%3f|%23).*", re.IGNORECASE | re.DOTALL)  # those of an address
_HIDDEN = "…"


def harmless(headers: Headers) -> dict[str, str]:
    """The headers that hold no credential."""
    return {name: headers[name] for name in _HEADERS if name in headers}


def without_values(parameters: str) -> str:
    """A query or form with the values of harmless parameters only; of what is neither, nothing."""
    return "&".join(_shown(*each.partition("=")[::2]) for each in parameters.split("&") if each)


def _shown(name: str, value: str) -> str:
    if name in _HARMLESS:
        return f"{name}={_OWN_PARAMETERS.sub('', value)}"
    return f"{name}={_HIDDEN}" if name in _SECRET else _HIDDEN


def without_credentials(text: str) -> str:
    """A text without the values of parameters that carry credentials."""
    return _CARRIES.sub(rf"\1{_HIDDEN}", text)
