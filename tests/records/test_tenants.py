"""Tenants: declared by name, born with their own rows, independent of each other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mockserver.calls import Principal
from mockserver.catalogue.loading import load_catalogue
from mockserver.clock import Clock
from mockserver.records.tenants import Tenants
from mockserver.settings import Settings

from .desk import NOON, Desk


def make(user: str = "tje0") -> Tenants:
    """A server's tenants, none declared."""
    return Tenants(load_catalogue(), Settings(user=user), lambda: Clock(NOON))


@pytest.fixture
def tenants() -> Tenants:
    """A server's tenants, none declared."""
    return make()


def test_nobody_is_declared_at_first(tenants: Tenants) -> None:
    """A server has the tenants it was told of and no others."""
    assert list(tenants) == []
    assert tenants.find("Cust12345") is None


def test_a_declared_tenant_is_found_by_its_name(tenants: Tenants) -> None:
    """Under exactly that name."""
    tenant = tenants.declare("Cust1")
    assert tenant.name == "Cust1"
    assert tenants.find("Cust1") is tenant
    assert tenants.find("cust1") is None
    assert list(tenants) == [tenant]


def test_a_caller_finds_a_tenant_in_any_letter_case(tenants: Tenants) -> None:
    """And the default one where no name is said; what is not declared is not there."""
    tenant = tenants.declare("Cust1")
    default = tenants.declare("Cust12345")
    assert tenants.found("Cust1") is tenants.found("CUST1") is tenant
    assert tenants.found("") is default
    assert [tenants.found(name) for name in ("Cust2", "nobody", "Cust", "Cust1 ", "Cust\u0661")] == [None] * 5
    assert list(tenants) == [tenant, default]


def test_first_use_makes_a_tenant_where_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A well-formed name is enough, up to a number and a length that memory does not mind."""
    monkeypatch.setattr("mockserver.records.tenants._MOST", 3)
    tenants = Tenants(load_catalogue(), Settings(tenants="first_use"), lambda: Clock(NOON))
    made = tenants.found("cust1")
    assert made is not None
    assert made.name == "Cust1"
    assert tenants.found("Cust1") is made
    assert tenants.find("Cust2") is None
    assert [tenants.found(name) for name in ("nobody", "Cust", "Cust" + "1" * 11)] == [None] * 3
    assert tenants.found("Cust" + "1" * 10) is not None
    assert tenants.found("") is not None
    assert tenants.found("Cust4") is None
    assert tenants.found("Cust1") is made


def test_a_tenant_is_born_with_the_callers_company_and_person(tenants: Tenants) -> None:
    """The default user tje0 is Terje Eide, person 7, of contact 1; these rows are named as the stock."""
    tenant = tenants.declare("Cust1")
    assert tenant.stock == {("Contact", 1), ("Person", 7)}
    person = Desk(tenants, tenant, "Person").read(7)
    company = Desk(tenants, tenant, "Contact").read(1)
    assert (person["Firstname"], person["Lastname"]) == ("Terje", "Eide")
    assert person["Contact"]["ContactId"] == 1
    assert person["Contact"]["Name"] == company["Name"] != ""
    assert company["Associate"]["PersonId"] == 7


@pytest.mark.parametrize(
    ("user", "principal"),
    [
        pytest.param("tje0", Principal("tje0", associate=17, person=7, contact=1, group=1), id="the default user"),
        pytest.param("ADM0", Principal("ADM0", associate=11, person=147, contact=1, group=1), id="a user of the stock list"),
        pytest.param("bb", Principal("bb", associate=3, person=11, contact=1, group=2), id="a login in other letter case"),
        pytest.param("integration", Principal("integration", associate=17, person=7, contact=1, group=1), id="an unknown user"),
    ],
)
def test_the_login_is_one_of_the_associates(user: str, principal: Principal) -> None:
    """Who calls is the associate of that name, and the default associate under any other."""
    tenants = make(user)
    assert tenants.principal == principal
    tenant = tenants.declare("Cust1")
    assert tenant.store.has("Person", principal.person)


def test_tenants_do_not_see_each_other(tenants: Tenants) -> None:
    """A row of one is no row of another, and their numbers are drawn apart."""
    one, other = (Desk(tenants, tenants.declare(name), "Contact") for name in ("Cust1", "Cust2"))
    made = one.create(Name="only here")
    assert not other.store.has("Contact", made["ContactId"])
    assert other.create(Name="there")["Number2"] == made["Number2"]


def test_declaring_again_starts_afresh(tenants: Tenants) -> None:
    """The tenant under that name is replaced by a new one with nothing but the stock."""
    old = Desk(tenants, tenants.declare("Cust1"), "Contact")
    old.create(Name="gone")
    old.remove(1)
    new = Desk(tenants, tenants.declare("Cust1"), "Contact")
    assert list(new.store.keys("Contact")) == [1]
    assert len(list(tenants)) == 1
    assert tenants.find("Cust1") is new.tenant


def test_each_tenant_has_a_clock_of_its_own(tenants: Tenants) -> None:
    """Moving one tenant's time leaves the others where they are."""
    one, other = (Desk(tenants, tenants.declare(name), "Contact") for name in ("Cust1", "Cust2"))
    one.clock.advance(timedelta(days=1))
    assert one.clock.now() - other.clock.now() == timedelta(days=1)


def test_fresh_names_are_names_nobody_has(tenants: Tenants) -> None:
    """Made-up names look like the service's, differ from each other and step over declared ones."""
    first = tenants.declare_next().name
    number = int(first.removeprefix("Cust"))
    taken = tenants.declare(f"Cust{number + 1}")
    names = [first, *(tenants.declare_next().name for _ in range(3))]
    assert len(set(names)) == 4
    assert taken.name not in names
    assert tenants.find(taken.name) is taken


def test_a_name_is_not_given_to_a_second_tenant(tenants: Tenants) -> None:
    """A client that still talks to a dropped tenant never reaches the next test's."""
    first = tenants.declare_next().name
    tenants.drop(first)
    assert tenants.declare_next().name != first


def test_a_dropped_tenant_is_forgotten(tenants: Tenants) -> None:
    """Dropping says whether there was one."""
    tenants.declare("Cust1")
    assert tenants.drop("Cust1")
    assert tenants.find("Cust1") is None
    assert not tenants.drop("Cust1")


def test_tenants_may_be_dropped_while_they_are_gone_through(tenants: Tenants) -> None:
    """A walk through the tenants is not disturbed by what is done on the way."""
    for number in range(3):
        tenants.declare(f"Cust{number}")
    for tenant in tenants:
        tenants.drop(tenant.name)
    assert list(tenants) == []


def test_new_rows_never_meet_those_a_tenant_was_born_with(tenants: Tenants) -> None:
    """New companies and persons come under ids of their own, however many there are."""
    tenant = tenants.declare("Cust1")
    made = {Desk(tenants, tenant, "Person").create(Lastname=f"no. {number}")["PersonId"] for number in range(10)}
    assert len(made) == 10
    assert 7 not in made
    assert Desk(tenants, tenant, "Contact").create(Name="new")["ContactId"] != 1


def test_the_id_of_the_own_company_is_not_given_again(tenants: Tenants) -> None:
    """Whoever deletes the company a tenant was born with does not find a new one under its id."""
    desk = Desk(tenants, tenants.declare("Cust1"), "Contact")
    desk.remove(1)
    assert desk.create(Name="new")["ContactId"] != 1


def test_the_first_company_number_of_a_fresh_tenant_is_the_first_of_the_series(tenants: Tenants) -> None:
    """The series begins at 10001, whatever the tenant was born with."""
    assert Desk(tenants, tenants.declare("Cust1"), "Contact").create(Name="first")["Number2"] == "10001"
