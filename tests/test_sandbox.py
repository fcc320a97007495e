"""One tenant as the person who tests sees it: rows by domain words, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from mockserver.access import Access
from mockserver.calls import Credential
from mockserver.catalogue.loading import load_catalogue
from mockserver.clock import Clock
from mockserver.errors import MockServerError, Unauthenticated
from mockserver.records.tenants import Tenant, Tenants
from mockserver.responders.faults import Faults
from mockserver.sandbox import Rows, Sandbox
from mockserver.settings import Settings

T = TypeVar("T")
ORIGIN = "http://127.0.0.1:8080"


class OneThread:
    """A host whose tenants live in a thread of their own, as those of a server do."""

    def __init__(self) -> None:
        self.tenants = Tenants(load_catalogue(), Settings(), lambda: Clock(datetime(2026, 3, 1, 12, tzinfo=UTC)))
        self.faults = Faults(Settings(), self.tenants)
        self.calls = 0
        self._thread = ThreadPoolExecutor(1)

    def call(self, function: Callable[..., T], *arguments: object) -> T:
        """Run a function in that thread."""
        self.calls += 1
        return self._thread.submit(function, *arguments).result()

    def private_key_file(self) -> str:
        """A file that nobody makes."""
        return "/some/key.pem"

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown()


@pytest.fixture
def host() -> Iterator[OneThread]:
    """A host without a server."""
    host = OneThread()
    yield host
    host.close()


@pytest.fixture
def sandbox(host: OneThread) -> Sandbox:
    """A fresh tenant on it."""
    host.tenants.declare("Cust1")
    return Sandbox(host, "Cust1", Access.to("Cust1", ORIGIN, Settings()))


@pytest.fixture
def contacts(sandbox: Sandbox) -> Rows:
    """The contacts of a fresh tenant."""
    return sandbox.contacts


def value(entity: Mapping[str, object], *path: str | int) -> Any:
    """A member of a member."""
    found: Any = entity
    for step in path:
        found = found[step]
    return found


# --- the door


def test_a_sandbox_is_what_a_client_is_configured_with(sandbox: Sandbox) -> None:
    """Every address and credential names the tenant it belongs to."""
    assert sandbox.url == f"{ORIGIN}/Cust1"
    assert sandbox.api_url == f"{ORIGIN}/Cust1/api"
    assert sandbox.login_url == ORIGIN
    assert (sandbox.user, sandbox.password) == ("tje0", "Tje0")
    assert "Cust1" in sandbox.token
    for secret in (sandbox.ticket, sandbox.auth_code, sandbox.refresh_token, sandbox.system_token):
        assert "Cust1" in secret
    assert sandbox.client_secret == sandbox.app_token
    assert (sandbox.client_id, sandbox.redirect_uri) == (Settings().client_id, "http://127.0.0.1/callback")
    assert sandbox.private_key_file == sandbox.env()["SUPEROFFICE_PRIVATE_KEY_FILE"] == "/some/key.pem"
    assert sandbox.ca_file == ""
    assert "SUPEROFFICE_CA_FILE" not in sandbox.env()
    assert sandbox.env()["SUPEROFFICE_API_URL"] == sandbox.api_url
    assert repr(sandbox) == f"<Sandbox {ORIGIN}/Cust1>"


# --- rows


def test_a_fresh_tenant_has_no_rows(contacts: Rows, sandbox: Sandbox) -> None:
    """The company and the person a tenant is born with are not what a test looks for."""
    assert len(contacts) == 0
    assert list(contacts) == []
    assert len(sandbox.persons) == 0
    assert list(sandbox.persons) == []
    assert 1 not in contacts
    assert 7 not in sandbox.persons


def test_the_own_company_can_still_be_asked_for(contacts: Rows) -> None:
    """It is left out of walks and counts, not out of the world."""
    assert contacts[1]["ContactId"] == 1


def test_what_is_added_is_there(contacts: Rows) -> None:
    """By its key, in the count, in a walk, and by asking."""
    made = contacts.add(Name="Amadeus AS", Department="Oslo")
    key = value(made, "ContactId")
    assert contacts[key] == made
    assert (made["Name"], made["Department"]) == ("Amadeus AS", "Oslo")
    assert len(contacts) == 1
    assert list(contacts) == [made]
    assert key in contacts
    assert key + 1 not in contacts


def test_what_is_added_is_made_as_the_api_makes_it(contacts: Rows) -> None:
    """Settings first, references by id or name, numbers drawn, stamps set."""
    made = contacts.add(name="Amadeus AS", business={"value": "handel"}, phones=[{"value": "00 44 847652645"}])
    assert value(made, "Business", "Id") == 6
    assert value(made, "Category", "Id") == 3
    assert value(made, "Phones", 0, "StrippedValue") == "0044847652645"
    assert made["Number2"] == "10001"
    assert made["CreatedDate"] == "2026-03-01T12:00:00"


def test_rows_come_in_the_order_they_were_added(contacts: Rows) -> None:
    """A walk through the rows is a walk through the test's story."""
    for name in ("c", "a", "b"):
        contacts.add(Name=name)
    assert [each["Name"] for each in contacts] == ["c", "a", "b"]


def test_rows_are_plain_values(contacts: Rows) -> None:
    """Whatever the store keeps, a test sees dictionaries, lists, texts and numbers, and may write into them."""

    def check(each: object) -> None:
        assert type(each) in (dict, list, str, int, float, bool, type(None))
        for inner in each.values() if isinstance(each, dict) else each if isinstance(each, list) else ():
            check(inner)

    made = contacts.add(Name="Amadeus AS", Phones=[{"Value": "02"}])
    check(dict(made))
    before = deepcopy(made)
    value(made, "Phones").clear()
    value(made, "Country")["Name"] = "Atlantis"
    value(made, "FieldProperties").clear()
    assert contacts[value(before, "ContactId")] == before


def test_an_unknown_key_is_a_key_error(contacts: Rows) -> None:
    """As of any mapping."""
    with pytest.raises(KeyError):
        contacts[4711]


def test_odd_keys_are_not_contained(contacts: Rows) -> None:
    """Asking for what can be no key is answered with no."""
    contacts.add(Name="Amadeus AS")
    assert "Amadeus AS" not in contacts
    assert None not in contacts


def test_persons_are_rows_too(sandbox: Sandbox) -> None:
    """Apart from the contacts, and able to refer to them."""
    company = sandbox.contacts.add(Name="Amadeus AS")
    person = sandbox.persons.add(Firstname="Erik", Lastname="Eide", Contact={"ContactId": company["ContactId"]})
    assert [each["Lastname"] for each in sandbox.persons] == ["Eide"]
    assert value(person, "Contact", "Name") == "Amadeus AS"
    assert len(sandbox.contacts) == 1


def test_tenants_do_not_see_each_others_rows(host: OneThread, contacts: Rows) -> None:
    """What one test adds, no other test finds."""
    host.tenants.declare("Cust2")
    other = Sandbox(host, "Cust2", Access.to("Cust2", ORIGIN, Settings()))
    contacts.add(Name="Amadeus AS")
    assert list(other.contacts) == []


def test_what_is_handed_in_is_left_as_it_was(contacts: Rows) -> None:
    """A test may use its own dictionaries again: nothing is written into them, however deep."""
    members: dict[str, Any] = {
        "name": "Amadeus AS",
        "business": {"id": "2"},
        "phones": [{"value": "02", "TableRight": None}],
        "customFields": {"SuperOffice:3": "[I:1]"},
        "address": {"street": {"city": "Oslo"}, "unknown": 1},
    }
    before = deepcopy(members)
    contacts.add(**members)
    assert members == before


def test_a_row_may_be_added_again(contacts: Rows) -> None:
    """What was read can be handed in whole; it makes a row of its own and is itself unchanged."""
    made = contacts.add(Name="Amadeus AS", Phones=[{"Value": "02"}], Address={"Street": {"City": "Oslo"}})
    before = deepcopy(made)
    copy = contacts.add(**made)
    assert made == before
    assert copy["ContactId"] != made["ContactId"]
    assert value(copy, "Address") == value(made, "Address")


# --- misuse


@pytest.mark.parametrize(
    ("misspelt", "nearest"),
    [
        ("Nmae", "Name"),
        ("departement", "Department"),
        ("Phone", "Phones"),
        ("ContactID_", "ContactId"),
        ("UserdefinedField", "UserDefinedFields"),
    ],
)
def test_a_misspelt_member_is_named_with_the_nearest(contacts: Rows, misspelt: str, nearest: str) -> None:
    """The API would ignore it and the test would look for hours; nothing is added."""
    with pytest.raises(MockServerError, match=rf"no member {misspelt}; did you mean {nearest}\?"):
        contacts.add(**{"Name": "Amadeus AS", misspelt: "x"})
    assert len(contacts) == 0


def test_what_the_api_would_refuse_is_an_error_in_one_sentence(contacts: Rows) -> None:
    """Not the API's error: the test is holding it wrong."""
    with pytest.raises(MockServerError, match=r"cannot add to Contact: Business: .*4711"):
        contacts.add(Business={"Id": 4711})
    with pytest.raises(MockServerError, match=r"cannot add to Contact: Source: .*many"):
        contacts.add(Source="many")
    assert len(contacts) == 0


def test_a_dropped_tenant_says_so(host: OneThread, contacts: Rows) -> None:
    """A sandbox that outlived its tenant is found out at the first touch."""
    host.tenants.drop("Cust1")
    touches: list[Callable[[], object]] = [
        lambda: len(contacts),
        lambda: list(contacts),
        lambda: contacts[1],
        lambda: 1 in contacts,
        lambda: contacts.add(Name="x"),
    ]
    for touch in touches:
        with pytest.raises(MockServerError, match="tenant Cust1 was dropped"):
            touch()


def test_a_deleted_own_company_does_not_hide_a_new_contact(host: OneThread, contacts: Rows) -> None:
    """A client deletes the company the tenant was born with, then makes one: the test sees the new one."""
    tenant = host.tenants.find("Cust1")
    assert tenant is not None
    host.call(tenant.store.remove, "Contact", 1)
    contacts.add(Name="new")
    assert [each["Name"] for each in contacts] == ["new"]


# --- threads


def test_every_touch_runs_where_the_tenants_live(host: OneThread, contacts: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing reads or writes a tenant from the test's own thread."""
    tenant = host.tenants.find("Cust1")
    assert tenant is not None
    threads = set[int]()

    def find(name: str) -> Tenant:
        threads.add(threading.get_ident())
        return tenant

    monkeypatch.setattr(host.tenants, "find", find)
    touches: list[Callable[[], object]] = [
        lambda: contacts.add(Name="x"),
        lambda: len(contacts),
        lambda: list(contacts),
        lambda: contacts[1],
        lambda: 1 in contacts,
    ]
    for touch in touches:
        before = host.calls
        touch()
        assert host.calls > before
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_many_threads_may_use_a_running_servers_tenant(superoffice: Sandbox) -> None:
    """Rows are added and read from eight threads at once, and none is lost."""
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for step in range(5):
                made = superoffice.contacts.add(Name=f"{number}.{step}")
                assert superoffice.contacts[value(made, "ContactId")] == made
                assert len(superoffice.contacts) > 0
        except BaseException as failure:
            failures.append(failure)
            raise

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    names = [each["Name"] for each in superoffice.contacts]
    assert sorted(map(str, names)) == sorted(f"{number}.{step}" for number in range(8) for step in range(5))
    assert len({each["ContactId"] for each in superoffice.contacts}) == 40


# --- time, standing, credentials


def test_the_clock_is_the_tenant_s(host: OneThread, sandbox: Sandbox) -> None:
    """What is told and turned is the clock that the tenant goes by, in the tenant's thread."""
    assert sandbox.clock.now() == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert sandbox.clock.frozen
    sandbox.clock.advance(hours=7)
    sandbox.clock.advance(timedelta(days=1))
    tenant = host.tenants.find("Cust1")
    assert tenant is not None
    assert tenant.clock.stamp() == "2026-03-02T19:00:00"
    assert host.calls == 4


def test_the_clock_is_set_by_a_time_or_a_text(sandbox: Sandbox) -> None:
    """Both need a zone; what cannot be leaves the clock as it was."""
    sandbox.clock.set(datetime(2027, 1, 1, tzinfo=UTC))
    assert sandbox.clock.now() == datetime(2027, 1, 1, tzinfo=UTC)
    sandbox.clock.set("2026-03-29T03:30:00+02:00")
    assert sandbox.clock.now() == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    for wrong in ("2026-03-29T01:30:00", "tomorrow", datetime(2026, 3, 29)):  # noqa: DTZ001 - the mistake that is tested
        for act in (sandbox.clock.set, sandbox.clock.freeze):
            with pytest.raises(ValueError, match=r"zone|isoformat"):
                act(wrong)
    with pytest.raises(OverflowError):
        sandbox.clock.advance(days=10**9)
    assert sandbox.clock.now() == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_the_clock_runs_and_stands_still(sandbox: Sandbox) -> None:
    """Let go it goes on from where it is, and is frozen there or at a time."""
    sandbox.clock.run()
    assert not sandbox.clock.frozen
    assert timedelta() <= sandbox.clock.now() - datetime(2026, 3, 1, 12, tzinfo=UTC) < timedelta(minutes=5)
    sandbox.clock.freeze()
    assert sandbox.clock.now() == sandbox.clock.now()
    sandbox.clock.run()
    sandbox.clock.freeze("2026-03-29T01:30:00Z")
    assert (sandbox.clock.now(), sandbox.clock.frozen) == (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), True)


def test_the_state_is_read_and_set(host: OneThread, sandbox: Sandbox) -> None:
    """The states are those of the service; another is refused and the old one stays."""
    assert sandbox.state == "Running"
    sandbox.state = "suspended"
    tenant = host.tenants.find("Cust1")
    assert tenant is not None
    assert sandbox.state == tenant.standing.state == "Suspended"
    with pytest.raises(ValueError, match="OfflineMaintenance"):
        sandbox.state = "Asleep"
    assert sandbox.state == "Suspended"


def test_the_tenant_is_moved(host: OneThread, sandbox: Sandbox) -> None:
    """Where it lives changes; the address that the client was given does not."""
    tenant = host.tenants.find("Cust1")
    assert tenant is not None
    sandbox.move_to("http://localhost:8080")
    assert (tenant.standing.origin, sandbox.url) == ("http://localhost:8080", f"{ORIGIN}/Cust1")
    with pytest.raises(ValueError, match="origin"):
        sandbox.move_to("localhost")
    sandbox.move_to("")
    assert tenant.standing.ordinary


def test_credentials_expire_on_demand(host: OneThread, sandbox: Sandbox) -> None:
    """One or all; what nobody has is none."""
    tenant = host.tenants.find("Cust1")
    assert tenant is not None
    assert tenant.sessions.principal(Credential("token", sandbox.token)) == host.tenants.principal
    assert sandbox.expire("nobody's") == 0
    assert sandbox.expire(sandbox.token) == 1
    with pytest.raises(Unauthenticated):
        tenant.sessions.principal(Credential("token", sandbox.token))
    assert tenant.sessions.principal(Credential("ticket", sandbox.ticket)) == host.tenants.principal
    assert sandbox.expire() == 2
    with pytest.raises(Unauthenticated):
        tenant.sessions.principal(Credential("ticket", sandbox.ticket))


@pytest.mark.parametrize(
    "act",
    [
        lambda sandbox: sandbox.clock.now(),
        lambda sandbox: sandbox.clock.advance(hours=1),
        lambda sandbox: sandbox.state,
        lambda sandbox: sandbox.move_to(""),
        lambda sandbox: sandbox.expire(),
    ],
    ids=["clock", "advance", "state", "move_to", "expire"],
)
def test_a_dropped_tenant_has_neither_time_nor_state(host: OneThread, sandbox: Sandbox, act: Callable[[Sandbox], object]) -> None:
    """Whatever is asked of a tenant that was dropped says so."""
    host.tenants.drop("Cust1")
    with pytest.raises(MockServerError, match="Cust1 was dropped"):
        act(sandbox)
