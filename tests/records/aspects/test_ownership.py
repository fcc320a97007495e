"""Whose row it is, and which group it belongs to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.records.desk import BB, Desk, Shown


def owner(entity: Shown) -> tuple[str, int]:
    """The owner's login and the row's group."""
    return entity["Associate"]["Name"], entity["GroupId"]


def test_a_new_row_is_its_makers(contacts: Desk) -> None:
    """Nobody was named, so the caller owns it, and it belongs to the caller's primary group."""
    contacts.caller = BB
    assert owner(contacts.create()) == ("BB", 2)
    assert owner(contacts.default()) == ("BB", 2)


@pytest.mark.parametrize(
    "associate",
    [
        pytest.param({"AssociateId": 3}, id="named by id"),
        pytest.param({"Name": "BB"}, id="named by login"),
    ],
)
def test_the_group_follows_the_owner_who_is_named(contacts: Desk, associate: Shown) -> None:
    """Brede Bredesen is of group 2, the caller of group 1."""
    assert owner(contacts.create(Associate=associate)) == ("BB", 2)
    assert owner(contacts.save({"Associate": associate})) == ("BB", 2)


def test_the_group_follows_a_new_owner(contacts: Desk) -> None:
    """Handing a row over hands it to the new owner's group, and back again."""
    made = contacts.create()
    assert owner(made) == ("tje0", 1)
    assert owner(contacts.change(made["ContactId"], Associate={"AssociateId": 3})) == ("BB", 2)
    assert owner(contacts.change(made["ContactId"], Associate={"AssociateId": 17})) == ("tje0", 1)


def test_a_group_cannot_be_sent(contacts: Desk) -> None:
    """The group is the server's."""
    made = contacts.create(GroupId=5)
    assert owner(made) == ("tje0", 1)
    assert owner(contacts.change(made["ContactId"], GroupId=5)) == ("tje0", 1)


@pytest.mark.parametrize("sent", [{}, {"Associate": None}], ids=["when it is absent", "when it is null"])
def test_the_owner_stays_who_it_is(contacts: Desk, sent: Shown) -> None:
    """Somebody else may save the row; it stays its owner's."""
    made = contacts.create(Name="Colina AS")
    contacts.caller = BB
    assert owner(contacts.replace(made["ContactId"], {"Name": "Colina"} | sent)) == ("tje0", 1)


def test_a_row_may_be_nobodys(contacts: Desk) -> None:
    """'Our contact' may be left empty; saving such a row does not give it to the caller."""
    key = contacts.create(Associate={"AssociateId": 0})["ContactId"]
    assert contacts.read(key)["Associate"] is None
    assert contacts.change(key, Name="still nobody's")["Associate"] is None


def test_the_group_does_not_follow_later_regrouping(contacts: Desk) -> None:
    """The group is the owner's at the moment the owner is set: a save that leaves the owner leaves the group."""
    made = contacts.create(Name="Colina AS")
    contacts.caller = replace(contacts.caller, group=5)
    assert owner(contacts.change(made["ContactId"], Name="Colina")) == ("tje0", 1)
