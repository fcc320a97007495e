"""The one contract: a responder answers, or forwards, or forwards and changes what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from mockserver.messages import Request, Response
from mockserver.responders import Respond, Responder, chain


class Named:
    """Notes when it was entered and left, and adds its name to what comes back."""

    def __init__(self, name: str, log: list[str]) -> None:
        self.name = name
        self.log = log

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Forward, and sign the answer."""
        self.log.append(f"into {self.name}")
        response = await forward(request)
        self.log.append(f"out of {self.name}")
        assert isinstance(response.body, bytes)
        return replace(response, body=response.body + self.name.encode())


class Rewriting:
    """Forwards another request than it got."""

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Send everything elsewhere."""
        return await forward(replace(request, path="/elsewhere"))


class Answering:
    """Answers by itself."""

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Answer."""
        return Response(299, body=b"mine")


class Asking:
    """Forwards twice, as a comparer would."""

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Ask again."""
        await forward(request)
        return await forward(request)


class Raising:
    """Has a bug."""

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Raise."""
        raise ZeroDivisionError


async def echo(request: Request) -> Response:
    """Be the end of a chain: answer the path."""
    return Response(200, body=request.path.encode())


def through(responders: Sequence[Responder], last: Respond = echo) -> Response:
    """Send one request through a chain."""

    async def run() -> Response:
        return await chain(responders, last)(Request("GET", "/asked"))

    return asyncio.run(run())


def test_the_first_responder_is_the_outermost() -> None:
    """Requests go in from first to last, answers come out from last to first."""
    log: list[str] = []
    response = through([Named("a", log), Named("b", log), Named("c", log)])
    assert log == ["into a", "into b", "into c", "out of c", "out of b", "out of a"]
    assert response.body == b"/askedcba"


def test_no_responders_leave_the_last_one() -> None:
    """A chain of nothing is its end."""
    assert through([]).body == b"/asked"


def test_a_responder_that_answers_stops_the_request() -> None:
    """Nothing behind a responder that answers is asked; everything before it sees the answer."""
    log: list[str] = []
    response = through([Named("a", log), Answering(), Named("b", log)])
    assert (response.status, response.body) == (299, b"minea")
    assert log == ["into a", "out of a"]


def test_a_responder_may_forward_another_request() -> None:
    """What is forwarded is what the next one sees."""
    assert through([Rewriting()]).body == b"/elsewhere"


def test_a_responder_may_forward_more_than_once() -> None:
    """The rest of the chain can be asked again."""
    log: list[str] = []
    assert through([Asking(), Named("a", log)]).body == b"/askeda"
    assert log.count("into a") == 2


def test_the_chain_swallows_nothing() -> None:
    """What a responder raises is not turned into an answer by the chain itself."""
    with pytest.raises(ZeroDivisionError):
        through([Named("a", []), Raising()])


def test_a_chain_can_be_asked_by_many_at_once() -> None:
    """Requests do not see each other on their way through."""

    async def slow(request: Request) -> Response:
        await asyncio.sleep(0)
        return Response(200, body=request.path.encode())

    async def run() -> list[Response]:
        respond = chain([Named("a", []), Named("b", [])], slow)
        return await asyncio.gather(*(respond(Request("GET", f"/{number}")) for number in range(100)))

    assert [each.body for each in asyncio.run(run())] == [f"/{number}ba".encode() for number in range(100)]
