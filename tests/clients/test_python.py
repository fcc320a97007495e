"""Python's usual HTTP clients against the mock server: one journey, written once, for all of them."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import urllib.error
import urllib.request
from contextlib import contextmanager
from http import HTTPMethod, HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import aiohttp
import httpx
import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .tenant import Tenant

TIMEOUT = 10.0


class Answer(NamedTuple):
    """What came back: the status, the headers (names in lower case), and the body, parsed if it is JSON."""

    status: int
    headers: dict[str, str]
    body: Any


class Client(Protocol):
    """The one call that each client is reduced to."""

    def send(self, method: str, url: str, json: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request, with a body if `json` is given, and return whatever came back, errors too."""


def answer(status: int, headers: Mapping[str, str], content: bytes) -> Answer:
    """Bring the answer of any client into one form."""
    names = {name.lower(): value for name, value in headers.items()}
    is_json = names.get("content-type", "").startswith("application/json")
    return Answer(status, names, json.loads(content) if is_json else content)


class Requests:
    """The library requests, with a session."""

    def __init__(self, session: requests.Session) -> None:
        """Use this session, without proxies or a .netrc."""
        self.session = session
        session.trust_env = False

    def send(self, method: str, url: str, json: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request with the session."""
        reply = self.session.request(method, url, json=json, headers=headers, timeout=TIMEOUT)
        return answer(reply.status_code, reply.headers, reply.content)


class Httpx:
    """The library httpx, with its synchronous client."""

    def __init__(self, client: httpx.Client) -> None:
        """Use this client."""
        self.client = client

    def send(self, method: str, url: str, json: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request with the client."""
        reply = self.client.request(method, url, json=json, headers=headers)
        return answer(reply.status_code, reply.headers, reply.content)


class Aiohttp:
    """The library aiohttp, with one session in a loop of its own."""

    def __init__(self, runner: asyncio.Runner, session: aiohttp.ClientSession) -> None:
        """Use this session, which lives in the loop of the runner."""
        self.runner = runner
        self.session = session

    def send(self, method: str, url: str, json: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request in the loop, and wait for the answer."""
        return self.runner.run(self._send(method, url, json, headers))

    async def _send(self, method: str, url: str, json: object, headers: Mapping[str, str] | None) -> Answer:
        async with self.session.request(method, url, json=json, headers=headers) as reply:
            return answer(reply.status, reply.headers, await reply.read())


class Urllib:
    """The standard library alone."""

    def __init__(self) -> None:
        """Open addresses without a proxy."""
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def send(self, method: str, url: str, json: object = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a request, and take an error status for an answer like any other."""
        request = urllib.request.Request(url, method=method, headers=dict(headers or {}))
        if json is not None:
            request.data = dumped(json)
            request.add_header("Content-Type", "application/json")
        try:
            reply = self.opener.open(request, timeout=TIMEOUT)
        except urllib.error.HTTPError as error:
            reply = error
        with reply:
            return answer(reply.status, reply.headers, reply.read())


def dumped(value: object) -> bytes:
    """Write a value as JSON in UTF-8 without escapes, unlike the libraries, which escape or not as they like."""
    return json.dumps(value, ensure_ascii=False).encode()


async def open_session() -> aiohttp.ClientSession:
    """Open a session inside the running loop, as aiohttp demands."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))


@contextmanager
def client_named(name: str) -> Iterator[Client]:
    """Open a client for the duration of a test."""
    match name:
        case "requests":
            with requests.Session() as session:
                yield Requests(session)
        case "httpx":
            with httpx.Client(timeout=TIMEOUT, trust_env=False) as client:
                yield Httpx(client)
        case "aiohttp":
            with asyncio.Runner() as runner:
                aio_session = runner.run(open_session())
                try:
                    yield Aiohttp(runner, aio_session)
                finally:
                    runner.run(aio_session.close())
        case "urllib":
            yield Urllib()
        case _:
            pytest.fail(f"there is no client named {name}")


@pytest.fixture(params=["requests", "httpx", "aiohttp", "urllib"])
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    """Give each client in turn."""
    with client_named(request.param) as opened:
        yield opened


@pytest.fixture(params=["basic", "bearer", "soticket"])
def sign_in(request: pytest.FixtureRequest, superoffice: Tenant) -> dict[str, str]:
    """Give the headers of each way to sign in, in turn."""
    env = superoffice.env()
    match request.param:
        case "basic":
            pair = base64.b64encode(f"{superoffice.user}:{superoffice.password}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        case "bearer":
            return {"Authorization": f"Bearer {superoffice.token}"}
        case _:
            return {
                "Authorization": f"SOTicket {env['SUPEROFFICE_TICKET']}",
                "SO-AppToken": env["SUPEROFFICE_APP_TOKEN"],
            }


class Api(Protocol):
    """The five things one can do with a contact, each with the answer of the server."""

    def default(self) -> Answer:
        """Get a blank contact."""

    def create(self, entity: dict[str, Any]) -> Answer:
        """Store a new contact."""

    def read(self, contact_id: int) -> Answer:
        """Get a stored contact."""

    def update(self, entity: dict[str, Any]) -> Answer:
        """Store a changed contact."""

    def delete(self, contact_id: int) -> Answer:
        """Delete a contact."""


class Agents:
    """Contacts through the agents: everything is a POST, ids are in the query."""

    def __init__(self, client: Client, api_url: str, headers: dict[str, str]) -> None:
        """Call the agents below this address with these headers."""
        self.client = client
        self.base = f"{api_url}/v1/Agents/Contact"
        self.headers = headers

    def _post(self, method: str, body: object = None) -> Answer:
        return self.client.send(HTTPMethod.POST.value, f"{self.base}/{method}", json=body, headers=self.headers)

    def default(self) -> Answer:
        """Call CreateDefaultContactEntity."""
        return self._post("CreateDefaultContactEntity")

    def create(self, entity: dict[str, Any]) -> Answer:
        """Call SaveContactEntity with an id of 0."""
        return self._post("SaveContactEntity", entity)

    def read(self, contact_id: int) -> Answer:
        """Call GetContactEntity."""
        return self._post(f"GetContactEntity?contactEntityId={contact_id}")

    def update(self, entity: dict[str, Any]) -> Answer:
        """Call SaveContactEntity with the id of a contact."""
        return self._post("SaveContactEntity", entity)

    def delete(self, contact_id: int) -> Answer:
        """Call DeleteContactEntity."""
        return self._post(f"DeleteContactEntity?contactEntityId={contact_id}")


class Rest:
    """Contacts as REST resources."""

    def __init__(self, client: Client, api_url: str, headers: dict[str, str]) -> None:
        """Use the resource below this address with these headers."""
        self.client = client
        self.base = f"{api_url}/v1/Contact"
        self.headers = headers

    def _send(self, method: HTTPMethod, url: str, body: object = None) -> Answer:
        return self.client.send(method.value, url, json=body, headers=self.headers)

    def default(self) -> Answer:
        """GET Contact/default."""
        return self._send(HTTPMethod.GET, f"{self.base}/default")

    def create(self, entity: dict[str, Any]) -> Answer:
        """POST the contact."""
        return self._send(HTTPMethod.POST, self.base, entity)

    def read(self, contact_id: int) -> Answer:
        """GET the contact."""
        return self._send(HTTPMethod.GET, f"{self.base}/{contact_id}")

    def update(self, entity: dict[str, Any]) -> Answer:
        """PUT the contact."""
        return self._send(HTTPMethod.PUT, f"{self.base}/{entity['ContactId']}", entity)

    def delete(self, contact_id: int) -> Answer:
        """DELETE the contact."""
        return self._send(HTTPMethod.DELETE, f"{self.base}/{contact_id}")


def entity_in(reply: Answer) -> dict[str, Any]:
    """Take the contact out of an answer that must be a success."""
    assert reply.status == HTTPStatus.OK, reply.body
    assert reply.headers["content-type"] == "application/json; charset=utf-8"
    assert isinstance(reply.body, dict)
    return reply.body


def live(api: Api, tenant: Tenant) -> int:
    """Take a contact through its life up to its deletion, and return the id that it had."""
    before = {contact["ContactId"] for contact in tenant.contacts}

    blank = entity_in(api.default())
    assert (blank["ContactId"], blank["Name"], blank["Emails"]) == (0, "", [])

    edited = blank | {
        "Name": "Blåbær & Sønner",
        "Department": "Ærøskøbing",
        "OrgNr": "NO 123 456",
        "NoMailing": True,
        "Emails": [{"Value": "post@example.com", "Description": "Office"}],
    }
    created = entity_in(api.create(edited))
    contact_id = int(created["ContactId"])
    assert contact_id > 0
    assert contact_id not in before

    read = entity_in(api.read(contact_id))
    for entity in (created, read):
        assert entity["ContactId"] == contact_id
        assert entity["Name"] == "Blåbær & Sønner"
        assert entity["Department"] == "Ærøskøbing"
        assert entity["OrgNr"] == "NO 123 456"
        assert entity["NoMailing"] is True
        assert [(email["Value"], email["Description"]) for email in entity["Emails"]] == [("post@example.com", "Office")]
    assert tenant.contacts[contact_id]["Name"] == "Blåbær & Sønner"

    changed = entity_in(api.update(read | {"Name": "Bringebær & Døtre", "Department": "", "NoMailing": False}))
    for entity in (changed, entity_in(api.read(contact_id))):
        assert entity["ContactId"] == contact_id
        assert entity["Name"] == "Bringebær & Døtre"
        assert entity["Department"] == ""
        assert entity["OrgNr"] == "NO 123 456"
        assert entity["NoMailing"] is False
        assert entity["CreatedDate"] == created["CreatedDate"]
    assert {contact["ContactId"] for contact in tenant.contacts} == before | {contact_id}

    deleted = api.delete(contact_id)
    assert (deleted.status, deleted.body) == (HTTPStatus.NO_CONTENT, b"")
    assert {contact["ContactId"] for contact in tenant.contacts} == before
    return contact_id


def test_agents(client: Client, superoffice: Tenant, sign_in: dict[str, str]) -> None:
    """A client signed in any way creates, reads, updates and deletes through agents, and then reads null."""
    api = Agents(client, superoffice.api_url, sign_in)
    contact_id = live(api, superoffice)

    gone = api.read(contact_id)

    assert (gone.status, gone.body) == (HTTPStatus.OK, None)
    assert gone.headers["content-type"] == "application/json; charset=utf-8"


def test_rest(client: Client, superoffice: Tenant, sign_in: dict[str, str]) -> None:
    """A client signed in any way creates, reads, updates and deletes through REST, and then gets a 404."""
    api = Rest(client, superoffice.api_url, sign_in)
    contact_id = live(api, superoffice)

    gone = api.read(contact_id)

    assert gone.status == HTTPStatus.NOT_FOUND
    assert gone.body == {
        "Error": True,
        "ErrorType": "SoNotFoundException",
        "ErrorMessage": f"Contact id {contact_id} not found",
        "ErrorSource": "SuperOffice.Services.Implementation",
    }


def test_no_sign_in(client: Client, superoffice: Tenant) -> None:
    """A client that does not sign in gets a 401 from agents and REST, and stores nothing."""
    before = {contact["ContactId"] for contact in superoffice.contacts}

    for api in (Agents(client, superoffice.api_url, {}), Rest(client, superoffice.api_url, {})):
        assert api.create({"Name": "Nobody's"}).status == HTTPStatus.UNAUTHORIZED

    assert {contact["ContactId"] for contact in superoffice.contacts} == before


@pytest.mark.parametrize("name", ["requests", "httpx"])  # the jar of aiohttp keeps nothing of a numeric address
def test_a_session_of_the_start_page_calls_the_api(superoffice: Tenant, name: str) -> None:
    """A cookie jar keeps the page's session, which the API takes with the page's XSRF token and not without it."""
    contact = f"{superoffice.api_url}/v1/Contact"
    with client_named(name) as client:
        page = client.send("GET", f"{superoffice.url}/")
        found = re.search(rb'name="XSRF_TOKEN" value="([^"]+)"', page.body)
        assert found
        token = {"X-XSRF-TOKEN": found[1].decode()}
        assert client.send("GET", f"{contact}/1", headers=token).status == HTTPStatus.OK
        made = client.send("POST", contact, {"Name": "From a page"}, token)
        assert (made.status, made.body["Name"]) == (HTTPStatus.OK, "From a page")
        forged = client.send("POST", contact, {"Name": "Forged"})
        assert (forged.status, forged.body["ErrorType"]) == (HTTPStatus.UNAUTHORIZED, "XsrfValidationException")
    assert [each["Name"] for each in superoffice.contacts] == ["From a page"]
