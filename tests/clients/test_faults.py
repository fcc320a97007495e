"""Every fault against the clients that people use: aiohttp, httpx, requests and, in Node, the official TypeScript client.

What a client makes of a broken answer is its own: an outcome is the status and the parsed body, or the name of what went wrong.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from typing import Any

import aiohttp
import httpx
import pytest
import requests

from mockserver import Sandbox

from .test_typescript import NO_PROXY, node, run

__all__ = ["node"]

PATIENCE = 1.0
LONG = 0.3
BROKEN = "broken"
LATE = "late"
Outcome = Any
"""A status, `broken` for an answer that does not come or cannot be used, `late` for one that does not come in time."""


def with_requests(superoffice: Sandbox) -> Outcome:
    """Save with requests."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.post(
                url(superoffice), json={"Name": "Åse"}, headers={"Authorization": f"Bearer {superoffice.token}"}, timeout=PATIENCE
            )
            return told(answer.status_code, answer.headers.get("Content-Type", ""), answer.content)
        except requests.Timeout:
            return LATE
        except requests.RequestException as error:
            return LATE if "timed out" in str(error) else BROKEN


def with_httpx(superoffice: Sandbox) -> Outcome:
    """Save with httpx."""
    try:
        with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
            answer = client.post(url(superoffice), json={"Name": "Åse"}, headers={"Authorization": f"Bearer {superoffice.token}"})
            return told(answer.status_code, answer.headers.get("Content-Type", ""), answer.content)
    except httpx.TimeoutException:
        return LATE
    except httpx.HTTPError:
        return BROKEN


def with_aiohttp(superoffice: Sandbox) -> Outcome:
    """Save with aiohttp."""

    async def save() -> Outcome:
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        headers = {"Authorization": f"Bearer {superoffice.token}"}
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(url(superoffice), json={"Name": "Åse"}, headers=headers) as answer,
            ):
                return told(answer.status, answer.headers.get("Content-Type", ""), await answer.read())
        except TimeoutError:
            return LATE
        except aiohttp.ClientError:
            return BROKEN

    return asyncio.run(save())


def told(status: int, label: str, body: bytes) -> Outcome:
    """The outcome of an answer that came: one in JSON must be a document, and in UTF-8."""
    if status == 200:
        if "json" not in label:
            return BROKEN
        try:
            json.loads(body.decode("utf-8"))
        except ValueError:
            return BROKEN
    return status


def url(superoffice: Sandbox) -> str:
    """Where companies are saved."""
    return f"{superoffice.api_url}/v1/Agents/Contact/SaveContactEntity"


CLIENTS = [with_requests, with_httpx, with_aiohttp]
OUTCOMES: list[tuple[dict[str, Any], Outcome]] = [
    ({"status": 503}, 503),
    ({"status": 429, "retry_after": 1}, 429),
    ({"error": "SoSentryException"}, 403),
    ({"status": 502, "body": "<html>", "content_type": "text/html"}, 502),
    ({"status": 412}, 412),
    ({"how": "reset"}, BROKEN),
    ({"how": "empty"}, BROKEN),
    ({"how": "drop"}, BROKEN),
    ({"how": "hang"}, LATE),
    ({"cut": 20}, BROKEN),
    ({"cut": 0.5, "how": "reset"}, BROKEN),
    ({"cut": 20, "how": "hang"}, LATE),
    ({"malformed": "json"}, BROKEN),
    ({"malformed": "xml"}, BROKEN),
    ({"malformed": "chunk"}, BROKEN),
    ({"content_type": "text/html"}, BROKEN),
    ({"charset": "iso-8859-1"}, BROKEN),
    ({"length": 10}, BROKEN),
    ({"length": -10}, BROKEN),
    ({"delay": LONG}, 200),
    ({"delay": PATIENCE * 3}, LATE),
    ({"slow_start": {"delay": LONG, "calls": 2}}, 200),
    ({"dribble": {"piece": 4096, "pause": 0.01}}, 200),
    ({"dribble": {"piece": 1, "pause": PATIENCE * 2}}, LATE),
    ({"token": "expired"}, 401),
    ({"duplicate": True}, 200),
    ({"headers": {"X-Mine": "1"}}, 200),
]


@pytest.mark.parametrize("save", CLIENTS)
@pytest.mark.parametrize(("fault", "outcome"), OUTCOMES, ids=[json.dumps(fault) for fault, _ in OUTCOMES])
def test_a_client_meets_a_fault_and_lives(
    superoffice: Sandbox, save: Callable[[Sandbox], Outcome], fault: dict[str, Any], outcome: Outcome
) -> None:
    """The client sees what was scripted, and the next call of a fresh connection is answered as ever."""
    with superoffice.fail(operation="SaveContactEntity", on=1, **fault):
        assert save(superoffice) == outcome
        if "token" not in fault:
            assert save(superoffice) == 200


@pytest.mark.parametrize("save", CLIENTS)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("how", ["reset", "empty", "hang"])
def test_a_retry_makes_two_companies_only_after_the_effect(
    superoffice: Sandbox, save: Callable[[Sandbox], Outcome], how: str, when: str
) -> None:
    """Lost before the effect: the retry makes one company. Lost after it: two."""
    with superoffice.fail(operation="SaveContactEntity", on=1, when=when, how=how):
        assert save(superoffice) in (BROKEN, LATE)
        assert save(superoffice) == 200
    assert len(superoffice.contacts) == (1 if when == "before" else 2)


@pytest.mark.parametrize(("fault", "outcome"), OUTCOMES, ids=[json.dumps(fault) for fault, _ in OUTCOMES])
def test_the_typescript_client_meets_a_fault_and_lives(
    node: str, superoffice: Sandbox, fault: dict[str, Any], outcome: Outcome
) -> None:
    """The official client in Node: an answer, or an error that its caller can catch, never a crash or a wait without end.

    What it makes of an answer that is no answer is its own: it takes some text for an entity.
    """
    environment = {name: text for name, text in os.environ.items() if not name.startswith("SUPEROFFICE_")}
    environment |= {**NO_PROXY, **superoffice.env()}
    with superoffice.fail(operation="SaveContactEntity", on=1, **fault):
        said = json.loads(run([node, "faults.mjs"], environment, timeout=30))
    if isinstance(outcome, int):
        assert said["first"] == ("answered" if outcome == 200 else "failed")
    assert said["second"] == ("failed" if "token" in fault else "answered")
