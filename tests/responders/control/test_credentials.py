"""`/_mock/expire`: credentials that are over at once."""

from __future__ import annotations

import pytest

from tests.responders.house import LOGIN, House

EXPIRE = "/_mock/expire"
CALL = ("GET", "/Cust12345/api/v1/Contact/1")


def logins(house: House) -> dict[str, str]:
    """The Authorization headers of a fixed and an issued token and ticket, by the secret in them."""
    tenant = house.tenants.find("Cust12345")
    assert tenant is not None
    principal = house.tenants.principal
    tokens = [house.settings.access_token.format(tenant="Cust12345"), tenant.sessions.access_token(principal)]
    tickets = [house.settings.ticket.format(tenant="Cust12345"), tenant.sessions.ticket(principal)]
    return {each: f"Bearer {each}" for each in tokens} | {each: f"SOTicket {each}" for each in tickets}


def test_one_credential_expires(house: House) -> None:
    """The one that is named is refused from now on, the others are not."""
    known = logins(house)
    gone: set[str] = set()
    for secret in known:
        assert house.ask("POST", EXPIRE, {"credential": secret}, login=None).value == {"tenant": "Cust12345", "expired": 1}
        gone.add(secret)
        assert {each for each, login in known.items() if house.ask(*CALL, login=login).status == 401} == gone


def test_all_credentials_expire_but_passwords(house: House) -> None:
    """Where none is named all tokens and tickets are over; the user can sign in anew."""
    known = logins(house)
    assert house.ask("POST", EXPIRE).value == {"tenant": "Cust12345", "expired": 4}
    assert {house.ask(*CALL, login=login).status for login in known.values()} == {401}
    assert house.ask(*CALL, login=LOGIN).status == 200
    house.ask("POST", "/_mock/reset")
    assert house.ask(*CALL, login=next(iter(known.values()))).status == 200


def test_another_tenant_keeps_its_own(house: House) -> None:
    """Only the named tenant's credentials expire."""
    told = house.ask("POST", "/_mock/tenants", {"tenant": "Cust2"}).value
    house.ask("POST", EXPIRE)
    assert house.ask("GET", "/Cust2/api/v1/Contact/1", login=f"Bearer {told['access_token']}").status == 200


@pytest.mark.parametrize("secret", ["8A:Cust12345.NobodysSecret", ""])
def test_a_credential_that_nobody_has_is_404(house: House, secret: str) -> None:
    """What is not there cannot expire, and nothing else does in its place; the answer does not repeat it."""
    answer = house.ask("POST", EXPIRE, {"credential": secret})
    assert answer.status == 404
    assert "NobodysSecret" not in answer.value["error"]
    assert {house.ask(*CALL, login=login).status for login in logins(house).values()} == {200}


@pytest.mark.parametrize("words", [{"credential": 5}, {"credentials": "8A:x"}, {"tenant": "x"}])
def test_what_is_not_understood_is_400(house: House, words: dict[str, object]) -> None:
    """A misspelt word does not expire everything."""
    assert house.ask("POST", EXPIRE, words).status == 400
    assert {house.ask(*CALL, login=login).status for login in logins(house).values()} == {200}
