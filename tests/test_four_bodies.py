"""One entity, four bodies, one truth: the same change said in JSON, XML, json-patch and merge-patch ends in the same store."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict

from mockserver.catalogue.loading import load_catalogue
from mockserver.catalogue.model import Type
from mockserver.clock import Clock
from mockserver.messages import Body, Request, Response
from mockserver.server import Parts
from mockserver.settings import Settings
from mockserver.wire.xml import Xml

SAVE = "/api/v1/Agents/Contact/SaveContactEntity"
LOGIN = "Basic dGplMDpUamUw"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIRST = {
    "Name": "Haag, Crona and Schiller",
    "Phones": [{"Value": "00 44 847652645", "Description": "switchboard"}],
    "Interests": [{"Id": 1, "Selected": True}],
    "UserDefinedFields": {"SuperOffice:1": "before"},
    "Address": {"Street": {"Address1": "B-gaten 45", "City": "Oslo", "Zipcode": "0123"}},
}

# XML 1.0 cannot carry most control characters and turns carriage returns into line feeds.
texts = st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF, exclude_categories=("Cc", "Cs")), max_size=12)
elements = st.lists(st.fixed_dictionaries({"Value": texts, "Description": texts}), max_size=3)
changes = st.fixed_dictionaries(
    {},
    optional={
        "Name": texts,
        "Department": texts,
        "Description": texts,
        "NoMailing": st.booleans(),
        "Xstop": st.booleans(),
        "Source": st.integers(0, 2**15),
        "DbiAgentId": st.integers(-(2**31), 2**31 - 1),
        "DbiLastModified": st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - as the wire says it
            lambda when: when.replace(microsecond=0).isoformat()
        ),
        "Emails": elements,
        "Phones": elements,
        "Domains": st.lists(texts, max_size=3),
        "Category": st.sampled_from([1, 2, 3, 4]).map(lambda key: {"Id": key}),
        "Country": st.sampled_from([578, 826, 528]).map(lambda key: {"CountryId": key}),
        "UserDefinedFields": st.dictionaries(st.sampled_from(["SuperOffice:1", "SuperOffice:2"]), texts, max_size=2),
    },
).filter(bool)


class Door:
    """A server of its own with one contact in it."""

    def __init__(self) -> None:
        self.clock = Clock(START)
        self.parts = Parts(Settings(), lambda: self.clock)
        self.entity = orjson.loads(self.send(orjson.dumps(FIRST), "application/json"))

    def send(self, body: bytes, content_type: str) -> bytes:
        """Save a body of some type and answer what came back."""
        headers = CIMultiDict({"Authorization": LOGIN, "Content-Type": content_type, "Accept": "application/json"})

        async def ask() -> Response:
            return await self.parts.respond(Request("POST", SAVE, "", headers, Body(body)))

        response = asyncio.run(ask())
        assert isinstance(response.body, bytes)
        assert response.status == 200, response.body
        return response.body

    def row(self) -> Any:
        """What the store holds of the contact."""
        tenant = self.parts.tenants.find("Cust12345")
        assert tenant is not None
        return tenant.store.row("Contact", self.entity["ContactId"])


def _merged(entity: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """The whole entity with the change in it, as a client that reads, edits and saves would send it."""
    whole = entity | change
    if "UserDefinedFields" in change:
        whole["UserDefinedFields"] = entity["UserDefinedFields"] | change["UserDefinedFields"]
    return whole


@settings(deadline=None, max_examples=40)
@given(change=changes)
def test_four_bodies_one_truth(change: dict[str, Any]) -> None:
    """The same change in four formats leaves four equal rows and gets four equal answers."""
    doors = [Door() for _ in range(4)]
    entity = doors[0].entity
    whole = _merged(entity, change)
    xml = Xml(load_catalogue()).encode(whole, Type.parse("ContactEntity")).encode()
    operations = [{"op": "test", "path": "/ContactId", "value": entity["ContactId"]}]
    operations += [{"op": "replace", "path": f"/{name}", "value": value} for name, value in change.items()]

    answers = [
        doors[0].send(orjson.dumps(whole), "application/json"),
        doors[1].send(xml, "application/xml"),
        doors[2].send(orjson.dumps(operations), "application/json-patch+json"),
        doors[3].send(orjson.dumps({"ContactId": entity["ContactId"]} | change), "application/merge-patch+json"),
    ]

    rows = [door.row() for door in doors]
    assert rows[1:] == rows[:1] * 3
    assert [orjson.loads(answer) for answer in answers[1:]] == [orjson.loads(answers[0])] * 3
