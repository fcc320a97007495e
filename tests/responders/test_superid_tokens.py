"""The token endpoint: codes and refresh tokens become access tokens, in the recorded bodies, or are refused (protocol 3.2)."""

from __future__ import annotations

import re
from base64 import b64encode

import pytest

from .house import Answer, House
from .sign_in import (
    CALLBACK,
    CHALLENGE,
    CLIENT,
    SECRET,
    TOKENS,
    VERIFIER,
    authorize,
    code,
    exchange,
    post,
    present,
    refresh,
    unpacked,
)

BAD_CODE = b'{ "error": "access_denied", "error_description": "Invalid client_id/client_secret/authorization_code"}'
BAD_REFRESH = b'{ "error": "access_denied"}'


def basic(name: str, secret: str) -> str:
    """A client's Basic credential."""
    return "Basic " + b64encode(f"{name}:{secret}".encode()).decode()


def reads(house: House, token: str, tenant: str = "Cust12345") -> int:
    """The status of an API call with a token."""
    return house.ask("GET", f"/{tenant}/api/v1/Contact/1", login=f"Bearer {token}").status


def refused(answer: Answer, body: bytes = BAD_CODE) -> bool:
    """Whether an answer is the recorded refusal."""
    return (answer.status, answer.headers["Content-Type"], answer.body) == (400, "application/json; charset=utf-8", body)


def test_a_code_becomes_tokens_in_the_recorded_body(house: House) -> None:
    """Blanks, line breaks and order are literal."""
    answer = exchange(house, code=code(house))
    assert answer.status == 200
    assert re.fullmatch(
        r'\{"token_type": "Bearer", "access_token": "8A:Cust12345\.[^"]+",\n "expires_in": 3600,\n '
        r'"refresh_token":"[^"]+", "id_token": "[^".]+\.[^".]+\.[^".]+" \}',
        answer.body.decode(),
    )
    assert reads(house, answer.value["access_token"]) == 200


def test_a_refresh_is_the_same_without_a_refresh_token(house: House) -> None:
    """The refresh token stays good for any number of them, and the new id token repeats no nonce."""
    first = exchange(house, code=code(house, nonce="n")).value
    assert unpacked(first["id_token"])[1]["nonce"] == "n"
    for _ in range(3):
        answer = refresh(house, first["refresh_token"])
        assert re.fullmatch(
            r'\{"token_type": "Bearer", "access_token": "8A:Cust12345\.[^"]+",\n "expires_in": 3600,\n "id_token": "[^"]+" \}',
            answer.body.decode(),
        )
        assert answer.value["access_token"] != first["access_token"]
        assert reads(house, answer.value["access_token"]) == 200
        assert "nonce" not in unpacked(answer.value["id_token"])[1]


def test_the_answer_carries_the_recorded_headers(house: House) -> None:
    """On success and on failure alike."""
    for answer in (exchange(house, code=code(house)), exchange(house, code="wrong")):
        headers = answer.headers
        assert headers["Content-Type"] == "application/json; charset=utf-8"
        assert (headers["Cache-Control"], headers["Pragma"], headers["Expires"]) == ("no-cache, no-store", "no-cache", "-1")
        assert (headers["Access-Control-Allow-Origin"], headers["Access-Control-Allow-Methods"]) == ("*", "GET")
        assert (headers["X-AspNetMvc-Version"], headers["X-Robots-Tag"]) == ("5.2", "no-index,no-follow")
        assert re.fullmatch(r"appId=cid-v1:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", headers["Request-Context"])
        session, affinity = headers.getall("Set-Cookie")
        assert re.fullmatch(r"SOOnline=[^;]+; path=/; HttpOnly", session)
        assert affinity.startswith("ARRAffinity=")


def test_a_browser_gets_one_allowed_origin(house: House) -> None:
    """Two of them would keep the answer from the page that asked."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://localhost:3000"}
    answer = house.ask("POST", TOKENS, b"grant_type=refresh_token", headers, login=None)
    assert answer.headers.getall("Access-Control-Allow-Origin") == ["http://localhost:3000"]


def test_the_parameters_may_be_in_the_query(house: House) -> None:
    """As the vendor's samples send them, with a body of another type or none."""
    given = present({
        "client_id": CLIENT, "client_secret": SECRET, "grant_type": "authorization_code", "redirect_uri": CALLBACK,
        "code": code(house),
    })  # fmt: skip
    assert house.ask("POST", f"{TOKENS}?{given}", b"", {"Content-Type": "application/json"}, login=None).status == 200


def test_a_secret_may_be_in_a_basic_credential(house: House) -> None:
    """client_secret_basic, with the id in the credential or in both places."""
    for name in (None, CLIENT):
        given = code(house)
        assert refused(exchange(house, client_id=name, client_secret=None, login=basic(CLIENT, "wrong"), code=given))
        assert exchange(house, client_id=name, client_secret=None, login=basic(CLIENT, SECRET), code=given).status == 200
    assert refused(exchange(house, client_secret=None, login="Basic ====", code=code(house)))


def test_a_code_is_good_once(house: House) -> None:
    """The second use is refused like a wrong one."""
    given = code(house)
    assert exchange(house, code=given).status == 200
    assert refused(exchange(house, code=given))


def test_the_code_of_the_settings_is_good_once(house: House) -> None:
    """It waits for a client that has no browser; the refresh token of the settings is good until it is revoked."""
    given = {"code": "Cust12345-CodeOfTheDouble", "redirect_uri": None}
    assert exchange(house, **given).status == 200
    assert refused(exchange(house, **given))
    assert refresh(house, "Cust12345-RefreshTokenOfTheDouble").status == 200


def test_a_code_lives_ten_minutes_and_a_token_an_hour(house: House) -> None:
    """On the tenant's clock, whatever the machine's says."""
    tenant = house.tenants.find("Cust12345")
    assert tenant is not None
    tenant.clock.freeze()
    early, late = code(house), code(house)
    tenant.clock.advance(minutes=9, seconds=59)
    token = exchange(house, code=early).value["access_token"]
    tenant.clock.advance(seconds=1)
    assert refused(exchange(house, code=late))
    tenant.clock.advance(minutes=59, seconds=58)
    assert reads(house, token) == 200
    tenant.clock.advance(seconds=1)
    assert reads(house, token) == 401


@pytest.mark.parametrize(("challenge", "method"), [(CHALLENGE, "S256"), (VERIFIER, "plain"), (VERIFIER, None)])
def test_a_verifier_answers_its_challenge_and_stands_in_for_the_secret(house: House, challenge: str, method: str | None) -> None:
    """Both methods, plain where none is named, as a native application without a secret and as one with it."""
    for secret in (None, SECRET):
        asked = {"code_challenge": challenge, "code_challenge_method": method}
        for wrong in (VERIFIER + "x", VERIFIER.lower(), None, ""):
            assert refused(exchange(house, client_secret=secret, code=code(house, **asked), code_verifier=wrong))
        tokens = exchange(house, client_secret=secret, code=code(house, **asked), code_verifier=VERIFIER).value
        assert refresh(house, tokens["refresh_token"], client_secret=secret).status == 200


def test_without_a_challenge_the_secret_is_needed(house: House) -> None:
    """A verifier that answers nothing proves nothing, at an exchange and at a refresh."""
    assert refused(exchange(house, client_secret=None, code=code(house), code_verifier=VERIFIER))
    given = code(house)
    assert refused(exchange(house, client_secret=None, code=given))
    token = exchange(house, code=given).value["refresh_token"]
    assert refused(refresh(house, token, client_secret=None), BAD_REFRESH)


@pytest.mark.parametrize(
    "given",
    [
        {"client_id": "Somebody"},
        {"client_id": None},
        {"client_secret": "wrong"},
        {"client_secret": ""},
        {"redirect_uri": "http://127.0.0.1:1/callback"},
        {"redirect_uri": None},
        {"code": ""},
        {"code": None},
        {"code": "\x00ø\ud800".encode("utf-8", "surrogatepass").decode("latin-1")},
        {"code": "x" * 8000},
    ],
    ids=str,
)
def test_a_wrong_exchange_is_refused_in_the_recorded_words(house: House, given: dict[str, str | None]) -> None:
    """Whatever is wrong, the answer is the same; why is in the explanation."""
    answer = exchange(house, **({"code": code(house)} | given))
    assert refused(answer)
    assert answer.headers["X-Mock-Explanation"] == answer.account.explanation != ""


@pytest.mark.parametrize(
    "given", [{"refresh_token": "wrong"}, {"refresh_token": None}, {"client_id": "Somebody"}, {"client_secret": "wrong"}], ids=str
)
def test_a_wrong_refresh_is_refused_in_the_recorded_words(house: House, given: dict[str, str | None]) -> None:
    """Not invalid_grant and not 401."""
    usual: dict[str, str | None] = {"grant_type": "refresh_token", "refresh_token": "Cust12345-RefreshTokenOfTheDouble"}
    assert refused(exchange(house, **(usual | given)), BAD_REFRESH)


@pytest.mark.parametrize("kind", [None, "", "password", "client_credentials", "x" * 9000])
def test_an_unknown_grant_is_refused(house: House, kind: str | None) -> None:
    """400 in OAuth's word."""
    answer = exchange(house, grant_type=kind)
    assert (answer.status, answer.value) == (400, {"error": "unsupported_grant_type"})


def test_a_code_belongs_to_its_tenant(house: House) -> None:
    """A token works at the tenant that was chosen and nowhere else; a path that names a tenant looks at no other."""
    other = house.tenants.declare_next().name
    asked = {"acr_values": f"tenant:{other}"}
    token = exchange(house, code=code(house, **asked)).value["access_token"]
    assert token.startswith(f"8A:{other}.")
    assert (reads(house, token, other), reads(house, token)) == (200, 401)
    assert refused(exchange(house, "/login/Cust12345/oauth/tokens", code=code(house, **asked)))
    assert refused(exchange(house, "/login/Cust404/oauth/tokens", code=code(house, **asked)))
    assert exchange(house, f"/login/{other}/oauth/tokens", code=code(house, **asked)).status == 200


def test_a_body_that_is_no_form_is_not_read(house: House) -> None:
    """JSON is no way to send parameters, and a body that is too long is 413."""
    body = {"grant_type": "refresh_token", "refresh_token": "Cust12345-RefreshTokenOfTheDouble", "client_id": CLIENT}
    assert house.ask("POST", TOKENS, body, login=None).value == {"error": "unsupported_grant_type"}
    assert post(house, TOKENS, code="x" * 70_000).status == 413


def test_a_reset_tenant_has_forgotten_its_sign_ins(house: House) -> None:
    """Codes and refresh tokens go with the tenant."""
    given, tokens = code(house), exchange(house, code=code(house)).value
    house.tenants.declare("Cust12345")
    assert refused(exchange(house, code=given))
    assert refused(refresh(house, tokens["refresh_token"]), BAD_REFRESH)


def test_an_exchange_is_told_to_the_tenants_journal(house: House) -> None:
    """By whom and for whom; without what was exchanged."""
    other = house.tenants.declare_next().name
    exchange(house, code=code(house, acr_values=f"tenant:{other}"))
    started, exchanged = house.told(other)
    assert (started["by"], started["status"]) == (exchanged["by"], 302) == ("superid", 302)
    assert "redirect_uri=" in started["query"]
    assert (exchanged["user"], exchanged["status"], exchanged["answer"]) == ("tje0", 200, None)
    assert exchanged["body"].startswith(f"client_id={CLIENT}&client_secret=***&grant_type=authorization_code&")
    assert authorize(house).account.private
