"""Cassettes between us and vcrpy, both ways: with requests, httpx and aiohttp, and in pytest-recording's nested runs.

Ours are replayed by vcrpy in a Python client, without any server; those that vcrpy recorded of a Python client are replayed here,
to another client.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import httpx
import pytest
import requests
import vcr

from mockserver import MockServer, Replay, Settings
from mockserver.responders.cassettes import Interaction, load, save
from tests import journeys

Send = Callable[[str, str, object, Mapping[str, str]], tuple[int, bytes]]
"""Method, address, JSON body or None, headers → status and body."""

LOGIN = {"Authorization": "Bearer 8A:Cust12345.AccessTokenOfTheDouble", "Accept": "application/json"}


def with_requests(method: str, url: str, body: object, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """The library requests."""
    with requests.Session() as session:
        session.trust_env = False
        reply = session.request(method, url, json=body, headers=headers, timeout=20)
        return reply.status_code, reply.content


def with_httpx(method: str, url: str, body: object, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """The library httpx."""
    with httpx.Client(trust_env=False) as client:
        reply = (
            client.request(method, url, json=body, headers=headers, timeout=20)
            if body is not None
            else client.request(method, url, headers=headers, timeout=20)
        )
        return reply.status_code, reply.content


def with_aiohttp(method: str, url: str, body: object, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """The library aiohttp."""

    async def sent() -> tuple[int, bytes]:
        async with aiohttp.ClientSession() as session, session.request(method, url, json=body, headers=headers) as reply:
            return reply.status, await reply.read()

    return asyncio.run(sent())


CLIENTS: Mapping[str, Send] = {"requests": with_requests, "httpx": with_httpx, "aiohttp": with_aiohttp}


def said(each: Interaction) -> object:
    """The body a request was sent with, as a Python client is given it."""
    return json.loads(each.request_body) if each.request_body else None


def label(each: Interaction) -> dict[str, str]:
    """The media types of a request, in Python's clients as in the recording."""
    return dict(each.request_headers)


@pytest.mark.parametrize("client", CLIENTS)
def test_vcrpy_replays_ours(client: str) -> None:
    """Vcrpy answers a Python client from our cassette, in mode `none`, matching on the body where it can."""
    path = journeys.FOLDER / "company.yaml"
    # Of what aiohttp sends, vcrpy sees the Python value and never the bytes (peers C4); and httpx has no request without a
    # body, only empty ones, which vcrpy tells apart from what requests sends.
    match_on = ["method", "scheme", "host", "port", "path", "query", *(["body"] if client == "requests" else [])]
    with vcr.use_cassette(str(path), record_mode="none", match_on=match_on) as played:
        for each in load(path):
            status, body = CLIENTS[client](each.method, each.uri, said(each), label(each))
            assert (status, body) == (each.status, each.response_body), each.uri
        assert played.all_played


def _lived(send: Send, url: str) -> list[tuple[int, bytes]]:
    """A company is saved, read, changed and removed; the answers."""
    contacts = f"{url}/api/v1/Contact"
    agent = f"{url}/api/v1/Agents/Contact"
    made = send("POST", f"{agent}/SaveContactEntity", {"ContactId": 0, "Name": "Tømrer AS"}, LOGIN)
    key = json.loads(made[1])["ContactId"]
    patch = [{"op": "replace", "path": "/Department", "value": "Ærø"}]
    return [
        made,
        send("GET", f"{contacts}/{key}?$select=name,contactId", None, LOGIN),
        send("PATCH", f"{contacts}/{key}", patch, {**LOGIN, "Content-Type": "application/json-patch+json"}),
        send("POST", f"{agent}/GetContactEntity?contactEntityId={key}", None, LOGIN),
        send("DELETE", f"{contacts}/{key}", None, LOGIN),
        send("POST", f"{agent}/GetContactEntity?contactEntityId={key}", None, LOGIN),
    ]


def _told(answers: list[tuple[int, bytes]], origin: str) -> list[tuple[int, str]]:
    """The answers, with the address of the server that gave them left out."""
    return [(status, body.decode().replace(origin, "")) for status, body in answers]


# vcrpy cannot write as JSON what httpx leaves compressed (peers C1).
RECORDED = [(client, form) for client in CLIENTS for form in ("yaml", "json") if (client, form) != ("httpx", "json")]


@pytest.mark.parametrize(("client", "form"), RECORDED)
def test_we_replay_what_vcrpy_recorded(tmp_path: Path, client: str, form: str) -> None:
    """Whatever client vcrpy recorded, each of the others gets the same answers from the double, without credentials.

    The recorded server compresses, so that headers are false in two of three recordings (peers C4).
    """
    path = tmp_path / f"recorded.{form}"
    with MockServer(Settings()) as server:
        origin = server.url
        with vcr.use_cassette(str(path), record_mode="all", serializer=form):
            live = _lived(CLIENTS[client], f"{origin}/Cust12345")
    assert [status for status, _ in live] == [200, 200, 200, 200, 204, 200]
    for other, send in CLIENTS.items():
        with MockServer(Settings(), replay=Replay(cassettes=[path])) as double:
            replayed = _lived(send, f"{double.url}/Cust12345")
            assert _told(replayed, double.url) == _told(live, origin), other


def test_a_recording_of_vcrpy_survives_our_hands(tmp_path: Path) -> None:
    """Loaded and saved here, a recording of vcrpy's is still replayed by vcrpy."""
    path = tmp_path / "recorded.yaml"
    with MockServer(Settings()) as server:
        url = f"{server.url}/Cust12345"
        with vcr.use_cassette(str(path), record_mode="all"):
            live = _lived(with_requests, url)
    save(path, load(path))
    with vcr.use_cassette(str(path), record_mode="none", match_on=["method", "uri", "body"]):
        assert _lived(with_requests, url) == live


NESTED = """
import pytest, requests

@pytest.mark.vcr
def test_company():
    url = "{upstream}/api/v1/Agents/Contact/GetContactEntity?contactEntityId=2"
    reply = requests.post(url, headers={{"Accept": "application/json", **{headers}}}, timeout=20)
    assert reply.status_code == 200
    assert reply.json()["Name"] == "Recorded AS"
"""


def nested(folder: Path, upstream: str, mode: str, headers: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """pytest-recording in a run of its own, with nothing else loaded."""
    (folder / "test_nested.py").write_text(NESTED.format(upstream=upstream, headers=dict(headers)), "utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "MOCKSERVER_"))}
    environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    command = [sys.executable, "-m", "pytest", "-p", "pytest_recording.plugin", "-p", "no:cacheprovider", "-q"]
    return subprocess.run(
        [*command, f"--record-mode={mode}", "test_nested.py"],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_pytest_recording_replays_ours(tmp_path: Path) -> None:
    """One of our cassettes, put where pytest-recording looks for it (peers C6), answers its test with the network blocked."""
    folder = tmp_path / "cassettes" / "test_nested"
    folder.mkdir(parents=True)
    save(folder / "test_company.yaml", load(journeys.FOLDER / "company.yaml"))
    done = nested(tmp_path, journeys.UPSTREAM, "none", {})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_we_replay_what_pytest_recording_recorded(tmp_path: Path) -> None:
    """A test that ran against the emulator leaves a cassette that answers other clients here."""
    with MockServer(Settings()) as server:
        upstream = server.sandbox()
        upstream.contacts.add(Name="Recorded AS")
        done = nested(tmp_path, upstream.url, "once", LOGIN)
        assert done.returncode == 0, done.stdout + done.stderr
    cassette = tmp_path / "cassettes" / "test_nested" / "test_company.yaml"
    with MockServer(Settings(), replay=Replay(cassettes=[cassette])) as double:
        path = urlsplit(load(cassette)[0].uri)
        for send in CLIENTS.values():
            url = f"{double.new_sandbox().url}/api/v1/Agents/Contact/GetContactEntity?{path.query}"
            assert json.loads(send("POST", url, None, {})[1])["Name"] == "Recorded AS"
