"""What was seen as a credential stands nowhere afterwards; its stand-in tells nothing and is always the same."""

from __future__ import annotations

from hashlib import sha256

import pytest

from mockserver.responders.known_secrets import Secrets

TOKEN = "8A:Cust54321.AbCd/EfGh+IjKl"


@pytest.fixture
def secrets() -> Secrets:
    """Nothing seen yet."""
    return Secrets(lambda purpose, text: sha256(f"{purpose} {text}".encode()).digest())


@pytest.mark.parametrize("text", [f"a {TOKEN} b", "q=8A%3ACust54321.AbCd%2FEfGh%2BIjKl&x", "8A:Cust54321.AbCd\\/EfGh+IjKl"])
def test_a_credential_goes_in_every_spelling(secrets: Secrets, text: str) -> None:
    """Plain, encoded for URLs, escaped for JSON."""
    secrets.learn(TOKEN)
    made = secrets.scrub(text)
    assert "EfGh" not in made
    assert "54321" not in made
    assert not secrets.found_in(made)
    assert secrets.found_in(text)


def test_a_stand_in_looks_like_what_it_stands_for(secrets: Secrets) -> None:
    """And what is one already is left alone."""
    made = secrets.learn(TOKEN)
    assert made.startswith("8A:Cust")
    assert secrets.learn(TOKEN) == made
    assert secrets.learn(made) == made
    assert secrets.scrub(made) == made


def test_a_short_secret_is_replaced_only_where_it_stands_alone(secrets: Secrets) -> None:
    """`Tje0` inside other texts is a coincidence."""
    made = secrets.learn("Tje0")
    assert secrets.scrub("Tje0") == made
    assert secrets.scrub("xTje0x") == "xTje0x"


def test_hosts_and_tenants_have_one_stand_in_each(secrets: Secrets) -> None:
    """With a port or without, in any letter case."""
    made = secrets.learn_host("crm.firma.example:8443")
    assert secrets.scrub("https://CRM.firma.example:8443/a, crm.firma.example") == f"https://{made}/a, {made}"
    assert secrets.scrub("cust54321 Cust54321").lower().split()[0] == secrets.scrub("Cust54321").lower()
