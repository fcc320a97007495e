"""Members that refer to a row of a list: sent by id or by name, stored as the id, shown whole."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from mockserver.errors import BadRequest
from tests.records.desk import Desk, Shown


class Reference(NamedTuple):
    """A member, how its list calls id and name, and one recorded row of that list."""

    member: str
    key: str
    title: str
    number: int
    text: str


ROWS = [
    pytest.param(Reference("Business", "Id", "Value", 2, "Bank/Finance"), id="business"),
    pytest.param(Reference("Category", "Id", "Value", 1, "Customer"), id="category"),
    pytest.param(Reference("Country", "CountryId", "Name", 826, "United Kingdom"), id="country"),
    pytest.param(Reference("Associate", "AssociateId", "Name", 3, "BB"), id="owner"),
    pytest.param(Reference("SupportAssociate", "AssociateId", "Name", 3, "BB"), id="support associate"),
    pytest.param(Reference("TicketPriority", "Id", "Value", 2, "Medium"), id="ticket priority"),
]


@pytest.mark.parametrize("ref", ROWS)
class TestReferences:
    """The same rules for every list a contact refers to."""

    def test_an_id_alone_is_expanded(self, contacts: Desk, ref: Reference) -> None:
        """A reference may be sent as its id; the answer holds the row."""
        made = contacts.create(**{ref.member: {ref.key: ref.number}})
        assert made[ref.member][ref.key] == ref.number
        assert made[ref.member][ref.title] == ref.text
        assert contacts.read(made["ContactId"])[ref.member] == made[ref.member]

    def test_a_name_alone_is_looked_up(self, contacts: Desk, ref: Reference) -> None:
        """Without an id the row is found by its name, in any letter case."""
        for name in (ref.text, ref.text.upper(), ref.text.lower()):
            assert contacts.create(**{ref.member: {ref.title: name}})[ref.member][ref.key] == ref.number

    def test_id_zero_with_a_name_is_a_name(self, contacts: Desk, ref: Reference) -> None:
        """Id 0 is as good as no id."""
        assert contacts.create(**{ref.member: {ref.key: 0, ref.title: ref.text}})[ref.member][ref.key] == ref.number

    def test_the_id_wins_over_the_name(self, contacts: Desk, ref: Reference) -> None:
        """A caller that changed the id of an expanded reference means the id."""
        assert (
            contacts.create(**{ref.member: {ref.key: ref.number, ref.title: "something else"}})[ref.member][ref.title] == ref.text
        )

    def test_an_id_may_be_text(self, contacts: Desk, ref: Reference) -> None:
        """Ids as strings are said to work."""
        assert contacts.create(**{ref.member: {ref.key: str(ref.number)}})[ref.member][ref.title] == ref.text

    def test_names_of_members_may_be_camel_case(self, contacts: Desk, ref: Reference) -> None:
        """The TypeScript client sends camel case all the way down."""
        sent: Shown = {ref.member[0].lower() + ref.member[1:]: {ref.key[0].lower() + ref.key[1:]: ref.number}}
        assert contacts.create(**sent)[ref.member][ref.title] == ref.text

    def test_null_and_absent_leave_a_stored_reference(self, contacts: Desk, ref: Reference) -> None:
        """A reference that is not sent stays as it is."""
        made = contacts.create(**{ref.member: {ref.key: ref.number}})
        assert contacts.replace(made["ContactId"], {"Name": "a"})[ref.member] == made[ref.member]
        assert contacts.replace(made["ContactId"], {"Name": "a", ref.member: None})[ref.member] == made[ref.member]

    @pytest.mark.parametrize("how", ["id zero", "id zero and a blank name", "nothing at all"])
    def test_without_id_and_name_it_is_cleared(self, contacts: Desk, ref: Reference, how: str) -> None:
        """A reference that refers to nothing clears the member, which is then shown as null."""
        forms: dict[str, Shown] = {
            "id zero": {ref.key: 0},
            "id zero and a blank name": {ref.key: 0, ref.title: ""},
            "nothing at all": {},
        }
        sent = forms[how]
        made = contacts.create(**{ref.member: {ref.key: ref.number}})["ContactId"]
        assert contacts.change(made, **{ref.member: sent})[ref.member] is None
        assert contacts.read(made)[ref.member] is None
        assert contacts.create(**{ref.member: sent})[ref.member] is None

    @pytest.mark.parametrize("how", ["an unknown id", "a negative id", "an unknown name"])
    def test_what_the_list_does_not_have_is_refused(self, contacts: Desk, ref: Reference, how: str) -> None:
        """A reference to nothing known is the caller's mistake, and the stored row is what it was."""
        forms: dict[str, Shown] = {
            "an unknown id": {ref.key: 4711},
            "a negative id": {ref.key: -1},
            "an unknown name": {ref.title: "no such row"},
        }
        sent = forms[how]
        made = contacts.create(**{ref.member: {ref.key: ref.number}}, Name="before")
        before = contacts.store.snapshot()
        with pytest.raises(BadRequest, match=ref.member):
            contacts.replace(made["ContactId"], {"Name": "after", ref.member: sent})
        assert contacts.store.snapshot() == before
        assert contacts.read(made["ContactId"]) == made


def test_references_do_not_mix(contacts: Desk) -> None:
    """Owner and support associate are drawn from one list and are two members."""
    made = contacts.create(Associate={"AssociateId": 3}, SupportAssociate={"AssociateId": 11})
    assert (made["Associate"]["Name"], made["SupportAssociate"]["Name"]) == ("BB", "ADM0")
    cleared = contacts.change(made["ContactId"], SupportAssociate={"AssociateId": 0})
    assert (cleared["Associate"]["Name"], cleared["SupportAssociate"]) == ("BB", None)


def test_only_the_id_of_a_sent_reference_counts(contacts: Desk) -> None:
    """A list row cannot be edited by way of an entity that refers to it."""
    made = contacts.create(Business={"Id": 2, "Value": "Mine", "Tooltip": "mine"})
    assert made["Business"]["Value"] == "Bank/Finance"
    assert contacts.create(Business={"Id": 2})["Business"] == made["Business"]


def test_persons_refer_to_lists_of_their_own(persons: Desk) -> None:
    """A position is found by id and by name, and shown whole."""
    made = persons.create(Lastname="Eide", Position={"Id": 2})
    assert made["Position"]["Value"] == "Toppledelse"
    assert persons.change(made["PersonId"], Position={"Value": "salg"})["Position"]["Id"] == 4
