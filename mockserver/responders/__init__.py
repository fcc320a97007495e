"""Who answers. A responder answers, or forwards, or forwards and changes what comes back: that is the whole contract."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from mockserver.messages import Request, Response

Respond = Callable[[Request], Awaitable[Response]]


class Responder(Protocol):
    """One link of the chain; raises only what is a bug of ours."""

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Answer the request, or ask `forward`."""


def chain(responders: Sequence[Responder], last: Respond) -> Respond:
    """Wrap `last` in the responders, the first one outermost."""
    respond = last
    for responder in reversed(responders):
        respond = _linked(responder, respond)
    return respond


def _linked(responder: Responder, forward: Respond) -> Respond:
    def respond(request: Request) -> Awaitable[Response]:
        return responder(request, forward)

    return respond
