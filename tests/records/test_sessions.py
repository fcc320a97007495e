"""Who may call a tenant: what is taken, how long it lives on the tenant's clock, and what is said of what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.calls import Credential, CredentialKind, Principal
from mockserver.clock import Clock
from mockserver.errors import DENIED, Unauthenticated, Unproven
from mockserver.records import sessions as module
from mockserver.records.sessions import ACCESS_TOKEN_LIFE, CODE_LIFE, TICKET_LIFE, Grant, Sessions
from mockserver.settings import Settings

from .desk import NOON

CALLER = Principal("tje0", associate=17, person=7, contact=1, group=1)
OTHER = Principal("sal0", associate=18, person=8, contact=1, group=2)
GRANT = Grant("Client", OTHER, "http://127.0.0.1/callback", "challenge", "S256", "nonce")
HOUR = 3600


def opened(tenant: str = "Cust12345", clock: Clock | None = None, **settings: str) -> Sessions:
    """The sessions of a fresh tenant, whose clock stands at noon."""
    return Sessions(tenant, clock or Clock(NOON), Settings(**settings), CALLER)  # type: ignore[arg-type] # all are texts


def is_taken(sessions: Sessions, credential: Credential) -> bool:
    """Whether somebody is let in with this credential."""
    try:
        return sessions.principal(credential) is not None
    except Unauthenticated:
        return False


def why_not(sessions: Sessions, credential: Credential) -> str:
    """Why a credential is refused: the explanation, after a check of what the client is told."""
    with pytest.raises(Unauthenticated) as caught:
        sessions.principal(credential)
    assert caught.value.message == DENIED
    assert caught.value.error_type is None
    return caught.value.explanation


PASSWORD = Credential("password", "Tje0", "tje0")
TOKEN = Credential("token", "8A:Cust12345.AccessTokenOfTheDouble")
TICKET = Credential("ticket", "7T:Cust12345.TicketOfTheDouble")
PROVEN = TICKET._replace(proof="AppTokenOfTheDouble")
COOKIE = "cookie"


def cookie(sessions: Sessions) -> Credential:
    """A browser's new session, with its XSRF token."""
    session = sessions.cookie(CALLER)
    return Credential("cookie", session, proof=sessions.xsrf_token(session))


# --- what is taken where (protocol 3.1)


@pytest.mark.parametrize(
    ("installation", "credential", "taken"),
    [
        ("any", PASSWORD, True),
        ("any", TOKEN, True),
        ("any", TICKET, True),
        ("any", TICKET._replace(proof="anything"), True),
        ("any", COOKIE, True),
        ("online", PASSWORD, False),
        ("online", TOKEN, True),
        ("online", TOKEN._replace(proof="anything"), True),
        ("online", TICKET, False),
        ("online", TICKET._replace(proof="apptokenofthedouble"), False),
        ("online", TICKET._replace(proof="AppTokenOfTheDouble, AppTokenOfTheDouble"), False),
        ("online", PROVEN, True),
        ("online", COOKIE, True),
        ("onsite", PASSWORD, True),
        ("onsite", TOKEN, False),
        ("onsite", TICKET, True),
        ("onsite", TICKET._replace(proof="anything"), True),
        ("onsite", COOKIE, True),
    ],
)
def test_an_installation_takes_what_its_kind_does(installation: str, credential: Credential | str, taken: bool) -> None:  # noqa: FBT001
    """Basic is for onsite, tokens are for online, tickets want the application's token online; `any` takes everything."""
    sessions = opened(installation=installation)
    shown = cookie(sessions) if isinstance(credential, str) else credential
    assert is_taken(sessions, shown) is taken


@pytest.mark.parametrize(
    ("sent", "said"), [("", "SO-AppToken is missing"), ("s3cret-token", "SO-AppToken is not the application's")]
)
def test_a_refusal_tells_what_is_wrong_with_the_application_token(sent: str, said: str) -> None:
    """Online, who forgot the header reads that it is missing, and nobody reads what it holds."""
    told = why_not(opened(installation="online"), TICKET._replace(proof=sent))
    assert told.startswith(said)
    assert "s3cret" not in told
    assert "OfTheDouble" not in told


def test_an_issued_ticket_wants_the_application_token_too() -> None:
    """It is the kind of the credential that counts, not where it came from."""
    sessions = opened(installation="online")
    ticket = Credential("ticket", sessions.ticket(OTHER))
    assert not is_taken(sessions, ticket)
    assert sessions.principal(ticket._replace(proof="AppTokenOfTheDouble")) is OTHER


@pytest.mark.parametrize("kind", ["token", "ticket"])
def test_an_issued_credential_stands_for_whom_it_was_issued(kind: CredentialKind) -> None:
    """The principal is the one it was made for, not the default user; as another kind it opens nothing."""
    sessions = opened()
    secret = sessions.access_token(OTHER) if kind == "token" else sessions.ticket(OTHER)
    assert sessions.principal(Credential(kind, secret)) is OTHER
    others: tuple[CredentialKind, ...] = ("password", "token", "ticket", "cookie")
    assert [each for each in others if is_taken(sessions, Credential(each, secret, "tje0"))] == [kind]


def test_secrets_of_any_characters_are_compared() -> None:
    """Neither umlauts nor bytes that are no text break the comparison, sent or configured."""
    sessions = opened(password="Blåb\udcffr", installation="any")
    assert is_taken(sessions, Credential("password", "Blåb\udcffr", "tje0"))
    for sent in ("Blåbr", "\ud800", "Bl\udce5b", ""):
        assert not is_taken(sessions, Credential("password", sent, "tje0"))


# --- browsers


@pytest.mark.parametrize(("proof", "said"), [("", "is missing"), ("s3cret", "is not the session's")])
def test_a_cookie_is_nothing_without_its_token(proof: str, said: str) -> None:
    """A known session with a wrong XSRF token, or none, is refused under the service's own name for it."""
    sessions = opened()
    with pytest.raises(Unproven) as caught:
        sessions.principal(cookie(sessions)._replace(proof=proof))
    assert caught.value.error_type == "XsrfValidationException"
    assert said in caught.value.explanation
    assert "s3cret" not in f"{caught.value.explanation} {caught.value.message}"


def test_the_token_of_another_session_is_wrong() -> None:
    """Each session has a token of its own."""
    sessions = opened()
    mine, yours = cookie(sessions), cookie(sessions)
    assert mine.proof != yours.proof
    with pytest.raises(Unproven):
        sessions.principal(mine._replace(proof=yours.proof))


def test_a_failed_proof_keeps_no_session_alive() -> None:
    """Only a use slides the six hours."""
    clock = Clock(NOON)
    sessions = opened(clock=clock)
    shown = cookie(sessions)
    clock.advance(hours=5)
    assert not is_taken(sessions, shown._replace(proof=""))
    clock.advance(hours=1)
    assert not sessions.browses(shown.secret)
    assert not is_taken(sessions, shown)


def test_a_stranger_s_cookie_is_not_told_to_bring_a_token() -> None:
    """What is no session at all is refused like any other credential."""
    assert "none of tenant Cust12345's" in why_not(opened(), Credential("cookie", "s3cret", proof="s3cret"))
    assert not opened().browses("s3cret")


# --- time


def test_a_token_lives_an_hour_whether_it_is_used_or_not() -> None:
    """Access tokens do not slide (protocol 3.2)."""
    clock = Clock(NOON)
    sessions = opened(clock=clock)
    token = Credential("token", sessions.access_token(CALLER))
    clock.advance(seconds=ACCESS_TOKEN_LIFE - 1)
    assert is_taken(sessions, token)
    clock.advance(seconds=1)
    assert "expired 0 seconds ago" in why_not(sessions, token)
    clock.advance(minutes=2)
    assert "expired 120 seconds ago" in why_not(sessions, token)


@pytest.mark.parametrize("kind", ["ticket", "cookie"])
def test_tickets_and_cookies_live_six_hours_from_their_last_use(kind: str) -> None:
    """Each use starts the six hours again (protocol 3.3)."""
    clock = Clock(NOON)
    sessions = opened(clock=clock)
    shown = cookie(sessions) if kind == "cookie" else Credential("ticket", sessions.ticket(CALLER))
    for _ in range(5):
        clock.advance(seconds=TICKET_LIFE - 1)
        assert is_taken(sessions, shown)
    clock.advance(seconds=TICKET_LIFE)
    assert not is_taken(sessions, shown)


def test_the_fixed_credentials_never_expire_by_themselves() -> None:
    """A test that moves the clock by years goes on with what it was configured with."""
    clock = Clock(NOON)
    sessions = opened(clock=clock)
    clock.advance(timedelta(days=3000))
    assert all(is_taken(sessions, each) for each in (PASSWORD, TOKEN, TICKET))
    assert sessions.redeemed("Cust12345-CodeOfTheDouble") is not None
    assert sessions.refreshed("Cust12345-RefreshTokenOfTheDouble") is not None


STEPS = st.lists(st.tuples(st.integers(-3 * HOUR, 3 * HOUR), st.booleans()), max_size=30)


@given(STEPS)
def test_a_token_never_lives_longer_than_its_life(steps: list[tuple[int, bool]]) -> None:
    """However the clock is moved, once a token was seen alive it has at most an hour left, and once refused it stays refused."""
    clock = Clock(NOON)
    sessions = opened(clock=clock)
    token = Credential("token", sessions.access_token(CALLER))
    last = clock.time() + ACCESS_TOKEN_LIFE
    dead = False
    for step, looks in steps:
        clock.advance(seconds=step)
        if looks:
            taken = is_taken(sessions, token)
            assert taken is (not dead and clock.time() < last)
            dead = dead or not taken
            last = min(last, clock.time() + ACCESS_TOKEN_LIFE)


@given(STEPS)
def test_a_ticket_lives_as_long_as_it_is_used(steps: list[tuple[int, bool]]) -> None:
    """A ticket is alive exactly if less than six hours passed since its last use, however the clock was moved between."""
    clock = Clock(NOON)
    sessions = opened(clock=clock)
    ticket = Credential("ticket", sessions.ticket(CALLER))
    used, dead = clock.time(), False
    for step, looks in steps:
        clock.advance(seconds=2 * step)
        if looks:
            taken = is_taken(sessions, ticket)
            assert taken is (not dead and clock.time() < used + TICKET_LIFE)
            used, dead = clock.time(), not taken


# --- expiring on demand


def test_one_credential_expires_on_demand_and_for_good() -> None:
    """A test that wants a 401 need not wait, and a clock that is set back does not undo it."""
    clock = Clock(NOON)
    sessions = opened(clock=clock)
    token, ticket = (
        Credential("token", sessions.access_token(CALLER)),
        Credential("ticket", sessions.ticket(CALLER)),
    )
    for each in (TOKEN, token):
        sessions.expire(each)
        assert "expired" in why_not(sessions, each)
        clock.advance(hours=-2)
        assert "expired" in why_not(sessions, each)
    assert all(is_taken(sessions, each) for each in (ticket, TICKET, PASSWORD))


def test_everything_but_passwords_expires_on_demand() -> None:
    """Without a name all tokens, tickets and cookies go; who knows the password can sign in again."""
    sessions = opened()
    shown = [
        TOKEN,
        TICKET,
        Credential("token", sessions.access_token(CALLER)),
        Credential("ticket", sessions.ticket(CALLER)),
        cookie(sessions),
    ]
    sessions.expire()
    assert not any(is_taken(sessions, each) for each in shown)
    assert is_taken(sessions, PASSWORD)
    assert is_taken(sessions, Credential("token", sessions.access_token(CALLER)))


def test_what_is_unknown_expires_without_a_complaint() -> None:
    """Expiring a stranger's credential changes nothing, not even if it comes to be issued later."""
    sessions, double = opened(), opened()
    sessions.expire(Credential("token", double.access_token(CALLER)))
    assert is_taken(sessions, Credential("token", sessions.access_token(CALLER)))


# --- codes and refresh tokens


def test_a_code_is_good_once() -> None:
    """The fixed one and issued ones alike (protocol 3.2)."""
    sessions = opened()
    code = sessions.code(GRANT)
    assert sessions.redeemed(code) is GRANT
    assert sessions.redeemed(code) is None
    fixed = sessions.redeemed("Cust12345-CodeOfTheDouble")
    assert fixed is not None
    assert (fixed.client_id, fixed.principal) == ("ClientOfTheDouble", CALLER)
    assert sessions.redeemed("Cust12345-CodeOfTheDouble") is None


@pytest.mark.parametrize(("seconds", "good"), [(CODE_LIFE - 1, True), (CODE_LIFE, False)])
def test_a_code_is_good_for_ten_minutes(seconds: int, good: bool) -> None:  # noqa: FBT001
    """A code that came too late is spent as well."""
    clock = Clock(NOON)
    sessions = opened(clock=clock)
    code = sessions.code(GRANT)
    clock.advance(seconds=seconds)
    assert (sessions.redeemed(code) is GRANT) is good
    clock.advance(seconds=-seconds)
    assert sessions.redeemed(code) is None


@given(st.lists(st.integers(-(10**7), 10**8), max_size=10))
def test_a_refresh_token_is_good_until_it_is_revoked(steps: list[int]) -> None:
    """It is taken again and again, whatever the time, and never after it was revoked."""
    clock = Clock(NOON)
    sessions = opened(clock=clock)
    tokens = [sessions.refresh_token(GRANT), "Cust12345-RefreshTokenOfTheDouble"]
    for step in steps:
        clock.advance(seconds=step)
        assert all(sessions.refreshed(each) for each in tokens)
    for each in tokens:
        sessions.revoke(each)
        assert sessions.refreshed(each) is None


def test_access_tokens_tickets_and_cookies_are_revoked_too() -> None:
    """One word for all of them; what is unknown is revoked already."""
    sessions = opened()
    shown = [TOKEN, TICKET, Credential("token", sessions.access_token(CALLER)), cookie(sessions)]
    for each in shown:
        assert is_taken(sessions, each)
        sessions.revoke(each.secret)
        assert not is_taken(sessions, each)
    sessions.revoke("nobody's")
    assert is_taken(sessions, PASSWORD)


# --- who has what


def test_what_is_issued_is_the_same_in_every_run_and_never_twice() -> None:
    """Recorded runs compare: the same questions in the same order give the same secrets, each of them once."""
    made: list[list[str]] = []
    for _ in range(2):
        sessions = opened()
        makers = (sessions.access_token, sessions.ticket, sessions.cookie)
        made.append([make(CALLER) for _ in range(5) for make in makers])
        made[-1] += [sessions.code(GRANT), sessions.refresh_token(GRANT)]
    assert made[0] == made[1]
    assert len(set(made[0])) == len(made[0])
    assert made[0][0].startswith("8A:Cust12345.")
    assert made[0][1].startswith("7T:")


def test_nothing_of_one_tenant_is_taken_by_another() -> None:
    """Fixed or issued, in the same order or not."""
    mine, yours = opened("Cust1"), opened("Cust2")
    shown = [
        Credential("token", "8A:Cust1.AccessTokenOfTheDouble"),
        Credential("ticket", "7T:Cust1.TicketOfTheDouble"),
        Credential("token", mine.access_token(CALLER)),
        Credential("ticket", mine.ticket(CALLER)),
        cookie(mine),
    ]
    codes = [mine.code(GRANT), "Cust1-CodeOfTheDouble"]
    refreshing = [mine.refresh_token(GRANT), "Cust1-RefreshTokenOfTheDouble"]
    _ = [(yours.access_token(CALLER), yours.ticket(CALLER), yours.cookie(CALLER)) for _ in range(5)]
    assert all(is_taken(mine, each) for each in shown)
    assert not any(is_taken(yours, each) for each in shown)
    assert not any(yours.redeemed(each) for each in codes)
    assert not any(yours.refreshed(each) for each in refreshing)
    assert all(mine.redeemed(each) for each in codes)


@given(
    st.sampled_from(["any", "online", "onsite"]),
    st.builds(
        Credential,
        st.sampled_from(["password", "token", "ticket", "cookie"]),
        st.text(min_size=4).map("s3cret".__add__),
        st.just("tje0") | st.text(),
        st.just("") | st.just("AppTokenOfTheDouble") | st.text().map("s3cret".__add__),
    ),
)
def test_a_stranger_is_refused_and_nothing_of_his_is_repeated(installation: str, credential: Credential) -> None:
    """Whatever is sent, the answer is a refusal, and neither it nor its explanation holds a secret, sent or kept."""
    told = why_not(opened(installation=installation), credential)
    assert told
    assert "s3cret" not in told
    assert "OfTheDouble" not in told


# --- bounds


def test_a_tenant_remembers_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not used for longest is forgotten; the fixed credentials never are."""
    monkeypatch.setattr(module, "MOST", 3)
    sessions = opened()
    used, unused = sessions.access_token(CALLER), sessions.access_token(CALLER)
    refreshing, idle = sessions.refresh_token(GRANT), sessions.refresh_token(GRANT)
    for _ in range(2):
        assert is_taken(sessions, Credential("token", used))
        assert sessions.refreshed(refreshing)
        sessions.cookie(CALLER)
        sessions.refresh_token(GRANT)
        sessions.code(GRANT)
    assert is_taken(sessions, Credential("token", used))
    assert not is_taken(sessions, Credential("token", unused))
    assert sessions.refreshed(refreshing)
    assert sessions.refreshed(idle) is None
    codes = [sessions.code(GRANT) for _ in range(4)]
    assert [sessions.redeemed(each) is GRANT for each in codes] == [False, True, True, True]
    assert is_taken(sessions, TOKEN)
    assert sessions.refreshed("Cust12345-RefreshTokenOfTheDouble")
    assert sessions.redeemed("Cust12345-CodeOfTheDouble")
