"""The caller's own row: the company or the person behind the login."""

from __future__ import annotations

import pytest

from mockserver.calls import Call
from mockserver.catalogue.model import Binding
from mockserver.errors import NotFound
from mockserver.records.verbs import verbs
from tests.records.desk import BB, Desk, open_desk, shown


def test_the_own_company_is_the_callers(contacts: Desk) -> None:
    """`GetMyContact` answers what a read of the caller's contact answers."""
    result = contacts.result("mine")
    assert shown(result) == contacts.read(contacts.caller.contact)
    assert result.key == contacts.caller.contact == 1


def test_the_own_company_is_a_row_like_any_other(contacts: Desk) -> None:
    """What is changed in it is seen."""
    contacts.change(1, Name="Renamed AS")
    assert shown(contacts.result("mine"))["Name"] == "Renamed AS"


def test_without_an_own_company_it_is_not_found(contacts: Desk) -> None:
    """A tenant whose own company was deleted says so."""
    contacts.remove(1)
    with pytest.raises(NotFound, match="Contact id 1 not found"):
        contacts.result("mine")


def test_the_own_person_is_the_callers() -> None:
    """Bound to persons with `who: person`, the verb answers the human being behind the login."""
    persons = open_desk("Person", user="BB")
    operation = persons.tenants.catalogue.operation("v1ContactAgent_GetMyContact")
    mine = verbs()["mine"](operation, Binding(operation.id, "mine", "Person", {"who": "person"}), persons.blueprint)
    person = shown(mine(Call(operation, {}, None, persons.caller), persons.store))
    assert person["PersonId"] == BB.person == 11
    assert (person["Firstname"], person["Lastname"]) == ("Brede", "Bredesen")
