"""The life of contacts: made, saved, read and deleted in any order, beside a plain model of a few members."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from mockserver.errors import BadRequest, NotFound

from .desk import Desk, Shown, open_desk

OWN = 1
Known = dict[str, Any]
"""What the model remembers of a contact."""

TEXT = st.text("abcÅ \n", max_size=5)
# What the model knows of a new contact, beside its number.
BLANK: Known = {"Name": "", "Department": "", "Xstop": False, "Source": 0} | {
    "Business": 7,
    "Phones": [],
    "Interests": set(),
    "City": "",
}
CHOICE = st.fixed_dictionaries({"Id": st.integers(1, 4), "Selected": st.booleans()})
SENT = st.fixed_dictionaries(
    {},
    optional={
        "Name": TEXT | st.none(),
        "Department": TEXT | st.none(),
        "Xstop": st.booleans() | st.none(),
        "Source": st.integers(0, 9) | st.none(),
        "Number2": st.sampled_from(["", "X1", "X2", None]),
        "Business": st.sampled_from([{"Id": 2}, {"Value": "handel"}, {"Id": 0}, {}, None]),
        "Phones": st.lists(st.fixed_dictionaries({"Value": TEXT}), max_size=3) | st.none(),
        "Interests": st.lists(CHOICE, max_size=2) | st.none(),
        "Address": st.fixed_dictionaries({"Street": st.fixed_dictionaries({"City": TEXT})}) | st.none(),
    },
)
EMPTY: Known = {"Name": "", "Department": "", "Xstop": False, "Source": 0, "Number2": ""}


class Model:
    """Contacts by id, and the series of their numbers."""

    def __init__(self) -> None:
        self.contacts: dict[int, Known] = {}
        self.next_number = 10001

    def draw(self) -> str:
        """The next company number."""
        self.next_number += 1
        return str(self.next_number - 1)

    def lay(self, known: Known, sent: Shown) -> Known:
        """What becomes of a contact when this is laid over it; scalars have been seen to."""
        for name in EMPTY:
            if sent.get(name) is not None:
                known[name] = sent[name]
        if (business := sent.get("Business")) is not None:
            known["Business"] = business.get("Id") or (6 if business.get("Value") else None)
        if sent.get("Phones") is not None:
            known["Phones"] = [phone["Value"] for phone in sent["Phones"]]
        for item in sent.get("Interests") or ():
            if item["Id"] <= 3:
                (known["Interests"].add if item["Selected"] else known["Interests"].discard)(item["Id"])
        if sent.get("Address") is not None:
            known["City"] = sent["Address"]["Street"]["City"]
        if not known["Number2"]:
            known["Number2"] = self.draw()
        return known


def known(entity: Shown) -> Known:
    """The members of the model, as an answer shows them."""
    return {name: entity[name] for name in EMPTY} | {
        "Business": entity["Business"] and entity["Business"]["Id"],
        "Phones": [phone["Value"] for phone in entity["Phones"]],
        "Interests": {item["Id"] for item in entity["Interests"] if item["Selected"]},
        "City": entity["Address"]["Street"]["City"],
    }


class ContactLife(RuleBasedStateMachine):
    """One tenant, whose contacts do what the model does."""

    def __init__(self) -> None:
        super().__init__()
        self.desk: Desk = open_desk()
        self.model = Model()
        self.gone: set[int] = set()

    def _check(self, answer: Shown, wanted: Known) -> None:
        assert known(answer) == wanted
        assert answer["ActiveInterests"] == len(wanted["Interests"])

    def _made(self, answer: Shown, sent: Shown) -> None:
        key = answer["ContactId"]
        assert key > OWN
        assert key not in self.model.contacts
        assert key not in self.gone
        self.model.contacts[key] = self.model.lay(deepcopy(BLANK) | {"Number2": ""}, sent)
        self._check(answer, self.model.contacts[key])

    def _any(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(sorted(self.model.contacts)), label="contact")

    @rule()
    def default(self) -> None:
        """A default contact draws a number and is not stored."""
        answer = self.desk.default()
        assert answer["ContactId"] == 0
        self._check(answer, deepcopy(BLANK) | {"Number2": self.model.draw()})

    @rule(sent=SENT, how=st.sampled_from(["create", "save", "save with id 0"]))
    def make(self, sent: Shown, how: str) -> None:
        """A new contact, by any of the ways."""
        if how == "create":
            self._made(self.desk.create(**sent), sent)
        else:
            self._made(self.desk.save(sent if how == "save" else sent | {"ContactId": 0}), sent)

    @rule(sent=SENT)
    def default_filled_in(self, sent: Shown) -> None:
        """The usual way: a default contact, filled in and saved."""
        default = self.desk.default()
        entity = default | sent
        self.model.draw()
        self._made(self.desk.save(entity), entity | {"Address": sent.get("Address")})

    @rule(sent=SENT, number=st.integers(900, 999))
    def save_of_nobody(self, sent: Shown, number: int) -> None:
        """An id that does not exist makes a new contact under an id of its own."""
        self._made(self.desk.save(sent | {"ContactId": number}), sent)

    @precondition(lambda self: bool(self.model.contacts))
    @rule(data=st.data(), sent=SENT, agent=st.booleans())
    def partial_save(self, data: st.DataObject, sent: Shown, agent: bool) -> None:  # noqa: FBT001 - a parameter of the rule
        """What is not sent of the scalars goes back to empty, the rest stays."""
        key = self._any(data)
        self.model.contacts[key] = self.model.lay(self.model.contacts[key] | EMPTY, sent)
        answer = self.desk.save(sent | {"ContactId": key}) if agent else self.desk.replace(key, sent)
        assert answer["ContactId"] == key
        self._check(answer, self.model.contacts[key])

    @precondition(lambda self: bool(self.model.contacts))
    @rule(data=st.data(), sent=SENT)
    def read_change_save(self, data: st.DataObject, sent: Shown) -> None:
        """The supported way of editing."""
        key = self._any(data)
        change = {name: value for name, value in sent.items() if value is not None}
        self.model.contacts[key] = self.model.lay(self.model.contacts[key], change)
        self._check(self.desk.change(key, **change), self.model.contacts[key])

    @precondition(lambda self: bool(self.model.contacts))
    @rule(data=st.data(), sent=SENT)
    def refused(self, data: st.DataObject, sent: Shown) -> None:
        """A save that fails changes nothing; what is left is checked by the invariant."""
        key = self._any(data)
        before = self.desk.store.snapshot()
        with pytest.raises(BadRequest):
            self.desk.save(sent | {"ContactId": key, "Category": {"Id": 4711}})
        assert self.desk.store.snapshot() == before

    @precondition(lambda self: bool(self.model.contacts))
    @rule(data=st.data(), agent=st.booleans())
    def remove(self, data: st.DataObject, agent: bool) -> None:  # noqa: FBT001 - a parameter of the rule
        """Gone at once."""
        key = self._any(data)
        self.desk.result("remove", key, agent=agent)
        del self.model.contacts[key]
        self.gone.add(key)

    @rule(data=st.data())
    def nobody(self, data: st.DataObject) -> None:
        """What was deleted or never made is neither read, replaced nor deleted."""
        key = data.draw(st.sampled_from(sorted(self.gone | {99999})), label="nobody")
        for verb in ("read", "replace", "remove"):
            with pytest.raises(NotFound, match=f"Contact id {key} not found"):
                self.desk.result(verb, key, body={"Name": "x"} if verb == "replace" else None)

    @invariant()
    def all_are_as_known(self) -> None:
        """The tenant holds its own company and the model's contacts, each as the model knows it."""
        assert set(self.desk.store.keys("Contact")) == {OWN, *self.model.contacts}
        for key, wanted in self.model.contacts.items():
            answer = self.desk.read(key)
            assert answer["ContactId"] == key
            self._check(answer, wanted)


def test_contacts_live_as_the_model_says() -> None:
    """Whatever is done through the verbs, contacts are what a plain model says they are."""
    run_state_machine_as_test(ContactLife, settings=settings(deadline=None, max_examples=25, stateful_step_count=15))
