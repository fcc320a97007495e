"""The server: its own thread and loop, for `with`, `async with`, start and stop; and the application by itself."""

from __future__ import annotations

import asyncio
import gc
import http.client
import json
import socket
import sys
import threading
from base64 import b64encode
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from mockserver import MockServer, MockServerError, Settings, StartError, create_app

LOGIN = {"Authorization": "Basic " + b64encode(b"tje0:Tje0").decode()}
SAVE = "/api/v1/Agents/Contact/SaveContactEntity"
SETTINGS = Settings()

AiohttpClient = Callable[[web.Application], Awaitable[TestClient[web.Request, web.Application]]]


def ask(url: str, method: str, path: str, value: object = None) -> tuple[int, Any]:
    """One request on a connection of its own, with the default login."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    try:
        body = None if value is None else json.dumps(value)
        connection.request(method, path, body, LOGIN | ({"Content-Type": "application/json"} if body else {}))
        reply = connection.getresponse()
        content = reply.read()
        return reply.status, json.loads(content) if content else None
    finally:
        connection.close()


def listens(port: int) -> bool:
    """Whether anybody answers on a port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


# --- starting and stopping


def test_a_with_block_serves() -> None:
    """Inside the block the server answers, on a port that was free; outside nobody listens there."""
    with MockServer(SETTINGS) as server:
        assert server.port > 0
        assert server.url == f"http://127.0.0.1:{server.port}"
        status, made = ask(server.url, "POST", SAVE, {"Name": "Served"})
        assert (status, made["Name"]) == (200, "Served")
        port = server.port
    assert not listens(port)


async def test_an_async_with_block_serves() -> None:
    """The same inside a running loop, which goes on turning meanwhile."""
    async with MockServer(SETTINGS) as server, aiohttp.ClientSession(headers=LOGIN) as session:
        async with session.post(f"{server.url}{SAVE}", json={"Name": "Served"}) as reply:
            assert reply.status == 200
            assert (await reply.json())["Name"] == "Served"
        port = server.port
    assert not listens(port)


def test_start_and_stop_do_what_the_block_does() -> None:
    """Without a block: start returns when the first request can be sent, stop when nobody listens any more."""
    server = MockServer(SETTINGS)
    assert server.start() is server
    try:
        port = server.port
        assert ask(server.url, "GET", "/api/v1/Contact/1")[0] == 200
    finally:
        server.stop()
    assert not listens(port)
    server.stop()


def test_a_server_can_be_started_again() -> None:
    """A second start is a fresh server: nothing is left of the first."""
    server = MockServer(SETTINGS)
    for _ in range(2):
        with server:
            assert ask(server.url, "GET", "/api/v1/Contact/2")[0] == 404
            assert ask(server.url, "POST", SAVE, {"Name": "Mine"})[1]["ContactId"] == 2


def test_a_server_cannot_be_started_twice() -> None:
    """Starting what runs is a mistake of the caller and is told so; the server goes on."""
    with MockServer(SETTINGS) as server:
        with pytest.raises(StartError, match="runs already"):
            server.start()
        assert ask(server.url, "GET", "/api/v1/Contact/1")[0] == 200


def test_stopping_takes_less_than_a_second() -> None:
    """Stop does not wait for clients that keep their connection open, nor for one in the middle of its request."""
    server = MockServer(SETTINGS).start()
    idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    idle.request("GET", "/api/v1/Contact/1", headers=LOGIN)
    idle.getresponse().read()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as busy:
        busy.sendall(b"POST /api/v1/Contact HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nContent-Type: application/json\r\n")
        busy.sendall(f"Authorization: {LOGIN['Authorization']}\r\n\r\nhalf".encode())
        assert ask(server.url, "GET", "/api/v1/Contact/1")[0] == 200
        started = perf_counter()
        server.stop()
        assert perf_counter() - started < 1
    idle.close()


@pytest.mark.filterwarnings("error")
def test_stopping_leaves_no_connection_open() -> None:
    """A client that has just connected when the server stops is hung up on: no socket is left for the garbage collector."""
    complaints: list[object] = []
    hook, sys.unraisablehook = sys.unraisablehook, lambda told: complaints.append(told.exc_value)
    try:
        for _ in range(5):
            server = MockServer(SETTINGS).start()
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
                server.stop()
                gc.collect()
                client.settimeout(10)
                assert client.recv(1) == b""
    finally:
        sys.unraisablehook = hook
    assert complaints == []


def test_stopping_leaves_no_thread() -> None:
    """After stop the server's thread is gone."""
    before = set(threading.enumerate())
    with MockServer(SETTINGS):
        assert set(threading.enumerate()) - before
    assert not [each for each in threading.enumerate() if each not in before and each.name == "mockserver"]


def test_a_block_that_fails_stops_the_server() -> None:
    """What is raised inside the block comes out of it, and the server is stopped."""
    ports: list[int] = []

    def fails() -> None:
        with MockServer(SETTINGS) as server:
            ports.append(server.port)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert not listens(ports[0])


def test_a_taken_port_is_told_to_the_caller() -> None:
    """Who starts a server on a taken port gets one sentence that names it, in the thread that called."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = MockServer(SETTINGS, port=port)
        with pytest.raises(StartError, match=rf"127\.0\.0\.1:{port}") as caught:
            server.start()
        assert "\n" not in str(caught.value)
        with pytest.raises(MockServerError, match="not running"):
            _ = server.tenants
    with server:
        assert server.port == port


async def test_a_taken_port_is_told_to_an_async_caller() -> None:
    """The same for `async with`."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(StartError, match="cannot listen"):
        await MockServer(SETTINGS, port=taken.getsockname()[1]).__aenter__()


def test_an_address_that_is_not_ours_is_told_to_the_caller() -> None:
    """A host that cannot be listened on is a `StartError` too."""
    with pytest.raises(StartError, match=r"192\.0\.2\.1"):
        MockServer(SETTINGS, host="192.0.2.1").start()


def test_what_does_not_run_says_so() -> None:
    """Asking a server for its tenants before it runs is a mistake with a sentence."""
    server = MockServer(SETTINGS)
    with pytest.raises(MockServerError, match="not running"):
        server.new_sandbox()
    with pytest.raises(MockServerError, match="not running"):
        server.sandbox()


# --- side by side


def test_two_servers_share_nothing() -> None:
    """Servers side by side have tenants, rows, numbers and journals of their own, under the same names."""
    with MockServer(SETTINGS) as one, MockServer(SETTINGS) as two:
        assert one.port != two.port
        made = ask(one.url, "POST", SAVE, {"Name": "Mine"})[1]
        assert ask(two.url, "GET", f"/api/v1/Contact/{made['ContactId']}")[0] == 404
        tenant = one.new_sandbox().tenant
        assert ask(two.url, "GET", f"/{tenant}/api/v1/Contact/1")[0] == 404
        assert len(ask(one.url, "GET", "/_mock/journal")[1]["entries"]) == 1
        assert ask(two.url, "POST", SAVE, {"Name": "Yours"})[1]["ContactId"] == made["ContactId"]
        two.stop()
        assert ask(one.url, "GET", f"/api/v1/Contact/{made['ContactId']}")[0] == 200


def test_sandboxes_of_one_server_share_nothing() -> None:
    """Tenants of one server do not see each other's contacts, and a dropped one is gone."""
    with MockServer(SETTINGS) as server:
        one, two = server.new_sandbox(), server.new_sandbox()
        assert one.tenant != two.tenant
        assert one.token != two.token
        one.contacts.add(Name="Mine")
        assert (len(one.contacts), len(two.contacts)) == (1, 0)
        server.drop(one.tenant)
        assert ask(one.login_url, "GET", f"/{one.tenant}/api/v1/Contact/1")[0] == 404
        with pytest.raises(MockServerError, match=one.tenant):
            list(one.contacts)
        with pytest.raises(MockServerError, match=one.tenant):
            server.sandbox(one.tenant)


def test_a_sandbox_is_found_as_a_caller_finds_a_tenant() -> None:
    """In any letter case; and made where the setting says that first use makes it."""
    with MockServer(Settings(tenants="first_use")) as server:
        assert server.sandbox().tenant == "Cust12345"
        assert server.sandbox("cust777").tenant == "Cust777"
        assert len(server.sandbox("Cust777").contacts) == 0
        with pytest.raises(MockServerError, match="nobody"):
            server.sandbox("nobody")


def test_many_threads_may_use_one_server() -> None:
    """Calls from many threads are all carried out, each once."""
    with MockServer(SETTINGS) as server:
        sandbox = server.new_sandbox()

        def work(number: int) -> None:
            for turn in range(10):
                sandbox.contacts.add(Name=f"{number}-{turn}")
                ask(server.url, "POST", f"/{sandbox.tenant}{SAVE}", {"Name": f"wire {number}-{turn}"})

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert len(sandbox.contacts) == 160
        assert len({contact["ContactId"] for contact in sandbox.contacts}) == 160
        assert len({contact["Number2"] for contact in sandbox.contacts}) == 160


def test_a_function_that_fails_in_the_server_s_loop_fails_for_its_caller() -> None:
    """`call` hands over what a function raises, and the loop goes on."""
    with MockServer(SETTINGS) as server:
        with pytest.raises(ZeroDivisionError):
            server.call(lambda: 1 // 0)
        assert server.call(lambda: threading.current_thread().name) == "mockserver"
        assert ask(server.url, "GET", "/api/v1/Contact/1")[0] == 200


# --- the sandbox


def test_a_sandbox_tells_its_doors() -> None:
    """Addresses and credentials of a sandbox are those that work."""
    with MockServer(Settings(tenant="Cust777", user="me", password="secret")) as server:
        sandbox = server.sandbox()
        assert sandbox.tenant == "Cust777"
        assert sandbox.url == f"{server.url}/Cust777"
        assert sandbox.api_url == f"{server.url}/Cust777/api"
        assert sandbox.login_url == server.url
        assert (sandbox.user, sandbox.password) == ("me", "secret")
        assert ask(server.url, "GET", "/Cust777/api/v1/Contact/1")[0] == 401


def test_a_sandbox_adds_and_reads_contacts() -> None:
    """`add` takes wire names in any letter case and answers the entity; reading by id and iteration give the same."""
    with MockServer(SETTINGS) as server:
        contacts = server.new_sandbox().contacts
        made = contacts.add(name="First AS", Business={"Id": 2})
        assert made["Name"] == "First AS"
        key = made["ContactId"]
        assert isinstance(key, int)
        assert contacts[key] == made
        assert list(contacts) == [made]
        assert key in contacts
        with pytest.raises(KeyError):
            contacts[4711]


def test_a_sandbox_refuses_what_the_api_would_ignore_or_refuse() -> None:
    """A misspelt member, which the API would drop in silence, and a bad value are mistakes with a sentence."""
    with MockServer(SETTINGS) as server:
        contacts = server.new_sandbox().contacts
        with pytest.raises(MockServerError, match="did you mean Name"):
            contacts.add(Nmae="Typo")
        with pytest.raises(MockServerError, match="Business"):
            contacts.add(Name="x", Business={"Id": 987654})
        assert len(contacts) == 0


# --- the application


async def test_the_application_works_with_aiohttp_s_own_test_client(aiohttp_client: AiohttpClient) -> None:
    """`aiohttp_client(create_app())` is all that a user of pytest-aiohttp needs."""
    client = await aiohttp_client(create_app())
    async with client.post(SAVE, json={"Name": "Tested"}, headers=LOGIN) as reply:
        assert reply.status == 200
        made = await reply.json()
    async with client.get(f"/Cust12345/api/v1/Contact/{made['ContactId']}", headers=LOGIN) as reply:
        assert (await reply.json())["Name"] == "Tested"
    async with client.get("/_mock/journal") as reply:
        assert len((await reply.json())["entries"]) == 2


async def test_two_applications_share_nothing(aiohttp_client: AiohttpClient) -> None:
    """Each application has tenants of its own."""
    one, two = await aiohttp_client(create_app()), await aiohttp_client(create_app())
    async with one.post(SAVE, json={"Name": "Mine"}, headers=LOGIN) as reply:
        made = await reply.json()
    async with two.get(f"/api/v1/Contact/{made['ContactId']}", headers=LOGIN) as reply:
        assert reply.status == 404


async def test_below_a_prefix_links_and_refusals_carry_it(aiohttp_client: AiohttpClient) -> None:
    """Mounted as a sub-application, paths work below the prefix, and absolute addresses in answers have it."""
    outer = web.Application()
    outer.add_subapp("/crm", create_app(SETTINGS))
    client = await aiohttp_client(outer)
    origin = str(client.make_url("")).rstrip("/")
    async with client.get("/crm/Cust12345/api/v1/Contact/1", headers=LOGIN) as reply:
        assert reply.status == 200
        links = (await reply.json())["_Links"]
    assert links["Self"] == f"{origin}/crm/Cust12345/api/v1/Contact/1"
    async with client.get("/crm/api/v1/Nonsense", headers=LOGIN) as reply:
        assert f"'{origin}/crm/api/v1/Nonsense'" in (await reply.json())["Message"]
    async with client.get("/crm/_mock/tenants") as reply:
        assert (await reply.json())["tenants"][0]["url"] == f"{origin}/crm/Cust12345"
    async with client.get("/api/v1/Contact/1", headers=LOGIN) as reply:
        assert reply.status == 404
    async with client.get(links["Self"].removeprefix(origin), headers=LOGIN) as reply:
        assert reply.status == 200


async def test_an_ordinary_aiohttp_runner_serves_it() -> None:
    """What `web.run_app` does, an application runner with a site, serves the double as any other application."""
    runner = web.AppRunner(create_app(SETTINGS))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        status, told = await asyncio.to_thread(ask, origin, "POST", SAVE, {"Name": "Run"})
        assert (status, told["Name"]) == (200, "Run")
    finally:
        await runner.cleanup()


async def test_settings_given_to_the_application_are_in_force(aiohttp_client: AiohttpClient) -> None:
    """Tenant, user and body limit of the settings hold for the application."""
    client = await aiohttp_client(create_app(Settings(tenant="Cust777", user="me", password="secret", body_limit=100)))
    login = {"Authorization": "Basic " + b64encode(b"me:secret").decode()}
    async with client.get("/Cust777/api/v1/Contact/1", headers=login) as reply:
        assert reply.status == 200
    async with client.get("/Cust12345/api/v1/Contact/1", headers=login) as reply:
        assert reply.status == 404
    async with client.post("/Cust777" + SAVE, json={"Name": "x" * 100}, headers=login) as reply:
        assert reply.status == 413
