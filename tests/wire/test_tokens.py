"""Signing keys: what a tenant's key signed is told from everything else."""

from __future__ import annotations

import base64
import hmac
import json

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from mockserver.wire.tokens import Keys


@pytest.fixture(scope="module")
def keys() -> Keys:
    """The keys of two tenants."""
    made = Keys()
    made.of("Cust1")
    made.of("Cust2")
    return made


def test_a_signed_token_is_verified_by_the_published_keys(keys: Keys) -> None:
    """A standard library finds the right key among them."""
    token = keys.signed("Cust2", {"sub": "me"})
    published = KeySet.import_key_set(keys.published())  # type: ignore[arg-type] # typed as what JSON gives
    assert jwt.decode(token, published, algorithms=["RS256"]).claims == {"sub": "me"}
    assert keys.claims(token) == {"sub": "me"}


def test_a_key_stays_until_it_is_forgotten(keys: Keys) -> None:
    """A tenant has one key; a forgotten one verifies nothing."""
    assert keys.of("Cust1") is keys.of("Cust1")
    own = Keys()
    token = own.signed("Cust1", {})
    assert own.claims(token) == {}
    own.forget("Cust1")
    own.forget("Cust1")
    assert own.claims(token) is None
    assert own.published() == {"keys": []}


def encoded(content: bytes) -> str:
    """Base64 as JWTs have it."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def part(value: object) -> str:
    """A part of a JWT."""
    return encoded(json.dumps(value).encode())


def test_what_others_signed_says_nothing(keys: Keys) -> None:
    """Another server's key, no algorithm, a shared secret made of the public key, a changed claim."""
    token = keys.signed("Cust1", {"sub": "me"})
    header, _, signature = token.split(".")
    changed, unsigned = part({"sub": "you"}), part({"alg": "none"})
    confused = f"{part({'alg': 'HS256', 'kid': keys.of('Cust1').kid})}.{changed}"
    public = keys.of("Cust1").as_pem(private=False)
    for other in (
        Keys().signed("Cust1", {"sub": "me"}),
        f"{header}.{changed}.{signature}",
        f"{unsigned}.{changed}.",
        f"{confused}.{encoded(hmac.digest(public, confused.encode(), 'sha256'))}",
        "ø",
        "",
    ):
        assert keys.claims(other) is None
