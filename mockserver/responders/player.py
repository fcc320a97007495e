"""Answers from cassettes, each tenant in the order of the recording; what no recording answers is forwarded, or refused.

Recordings stand on shelves by method and path, and in a queue for all else that is compared, so that finding one costs the same
in a small cassette and a large one. Asks nobody for credentials. Must not know files, or what an emulator would say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlsplit

from multidict import CIMultiDict

from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.routing import Router, canonical_tenant, split_tenant
from mockserver.errors import ApiError
from mockserver.messages import Account, Request, Response
from mockserver.responders import Respond
from mockserver.responders.answers import Answer, Answers, sent_plainly
from mockserver.responders.cassettes import PSEUDONYMISED, Interaction
from mockserver.responders.matching import USUAL, Asked, LeftOut, Matching, tenant_in
from mockserver.responders.nearest import Recorded, nearest, shown, summed_up
from mockserver.wire import json
from mockserver.wire.heading import EXPLANATION_HEADER, header_text

_REFUSED = 421
"""Misdirected Request (RFC 9110, 15.5.20): a refusal that no client can take for an answer of the service itself."""

_MOST_TENANTS = 10_000
_BY = "player"

_Queue = list[Answer]
_Positions = dict[int, int]


@dataclass(slots=True)
class _Shelf:
    """All recordings of one method and path; `sent_openly` says that nothing of what was recorded has to be left out."""

    left_out: LeftOut
    sent_openly: bool
    queues: dict[tuple[object, ...], _Queue] = field(default_factory=dict)
    operation: str | None = None


class Player:
    """The responder that answers from recordings.

    A request that was recorded several times gets the answers in turn. After the last one there is none left, as in vcrpy, unless
    `repeats`: then the last one stays (vcrpy's `allow_playback_repeats`).
    """

    def __init__(
        self,
        cassettes: Mapping[str, Sequence[Interaction]],
        catalogue: Catalogue,
        *,
        tenant: str,
        known: Callable[[str], object | None],
        match_on: Iterable[str] = USUAL,
        repeats: bool = False,
        latency: bool = False,
    ) -> None:
        self._matching = Matching(match_on)
        self._catalogue = catalogue
        self._tenant = tenant
        self._known = known
        self._repeats = repeats
        self._shelves: dict[tuple[str, str], _Shelf] = {}
        self._recorded: dict[tuple[str, str], list[Recorded]] = {}
        self._played: dict[str, tuple[object | None, _Positions]] = {}
        self._take(cassettes, latency=latency)

    def _take(self, cassettes: Mapping[str, Sequence[Interaction]], *, latency: bool) -> None:
        """Put all recordings in their places: first the shelves, which must know all that is left out, then the queues."""
        answers = Answers([each for recorded in cassettes.values() for each in recorded], latency=latency)
        taken: list[tuple[tuple[str, str], str, int, Asked, Answer]] = []
        marks: dict[tuple[str, str], set[str]] = {}
        for name, interactions in cassettes.items():
            for number, each in enumerate(interactions, 1):
                asked = _asked_of(each)
                place = self._matching.shelf(asked.method, asked.path)
                marks.setdefault(place, set()).update(_marks(each))
                taken.append((place, name, number, asked, answers.of(each)))
        for place, marked in marks.items():
            self._shelves[place] = _Shelf(LeftOut.of(place[1], marked), sent_openly=not marked)
        for place, name, number, asked, answer in taken:
            shelf = self._shelves[place]
            self._recorded.setdefault(place, []).append(Recorded(name, number, asked, shelf.left_out))
            content = self._matching.content(asked, shelf.left_out)
            if shelf.sent_openly and content != self._matching.content(asked, None):
                shelf.sent_openly = False
            shelf.queues.setdefault((*self._matching.rest(asked, shelf.left_out), content), []).append(answer)

    @property
    def count(self) -> int:
        """How many recordings there are."""
        return sum(map(len, self._recorded.values()))

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Answer from the recordings, or forward."""
        played = await self.played(request)
        if played is not None:
            return played
        response = await forward(request)
        if response.account.by == _BY:
            return response
        why = f"not recorded; {response.account.explanation}" if response.account.explanation else "not recorded"
        return replace(response, account=response.account._replace(explanation=why))

    async def played(self, request: Request) -> Response | None:
        """The recorded answer whose turn it is, None where none is left."""
        shelf = self._shelves.get(self._matching.shelf(request.method, request.path))
        if shelf is None:
            return None
        queue = await self._queue(request, shelf)
        answer = self._next(request, queue) if queue else None
        if answer is None:
            return None
        if shelf.operation is None:
            shelf.operation = self._operation(request)
        return answer.given(request, self._account(request, shelf.operation))

    async def refuse(self, request: Request) -> Response:
        """The end of the chain where nothing else may answer: which operation it was, what is nearest and how it differs."""
        asked = _asked(request, await _content(request))
        operation = self._operation(request)
        told: dict[str, object] = {"Operation": operation or None, "Asked": shown(asked, LeftOut.of(asked.path))}
        why = f"no recording answers {operation or 'this'}: "
        found = nearest(asked, self._recorded, self._matching.match_on)
        if found is None:
            why += "the cassette holds none"
        else:
            recorded, differing = found
            told["Nearest"] = {"Cassette": recorded.cassette, "Number": recorded.number, "Recorded": str(recorded)}
            told["Differs"] = differing
            if not await self._heard(request):
                differing = differing or ["what cannot be shown"]
                why += f"the nearest is {recorded} (number {recorded.number} of {recorded.cassette}), and it differs in "
                why += summed_up(differing)
            else:
                why += f"number {recorded.number} of {recorded.cassette} did, and has been played; replay with "
                why += "--allow-playback-repeats, or reset the tenant, to have it again"
        told = {"Message": f"{why[0].upper()}{why[1:]}.", **told}
        headers = CIMultiDict({"Content-Type": "application/json; charset=utf-8", EXPLANATION_HEADER: header_text(why)})
        return Response(_REFUSED, headers, json.encode(told), account=self._account(request, operation, why))

    # --- the steps

    async def _heard(self, request: Request) -> bool:
        """Whether a request was recorded, and its answers have been given."""
        shelf = self._shelves.get(self._matching.shelf(request.method, request.path))
        return shelf is not None and await self._queue(request, shelf) is not None

    async def _queue(self, request: Request, shelf: _Shelf) -> _Queue | None:
        """The recordings that answer a request, in their order."""
        asked = _asked(request, await _content(request) if self._matching.reads_body else b"")
        rest = self._matching.rest(asked, shelf.left_out)
        found = None
        if shelf.sent_openly:
            found = shelf.queues.get((*rest, self._matching.content(asked, None)))
        return found or shelf.queues.get((*rest, self._matching.content(asked, shelf.left_out)))

    def _next(self, request: Request, queue: _Queue) -> Answer | None:
        """The one whose turn it is for the tenant that asks."""
        positions = self._positions(self._place(request))
        at = positions.get(id(queue), 0)
        if at >= len(queue):
            return queue[-1] if self._repeats else None
        positions[id(queue)] = at + 1
        return queue[at]

    def _positions(self, tenant: str) -> _Positions:
        """How far a tenant has heard; one that was reset or dropped is another tenant, and hears all from the start."""
        known = self._known(tenant)
        kept = self._played.get(tenant)
        if kept is None or kept[0] is not known:
            if len(self._played) >= _MOST_TENANTS:
                del self._played[next(iter(self._played))]
            kept = self._played[tenant] = (known, {})
        return kept[1]

    def _place(self, request: Request) -> str:
        name = tenant_in(request.path)
        if not name:
            return self._tenant
        return name if self._known(name) is not None else canonical_tenant(name) or name

    def _account(self, request: Request, operation: str, why: str = "") -> Account:
        place = self._place(request)
        return Account(_BY, place if self._known(place) is not None else "", operation, "recorded", explanation=why)

    @cached_property
    def _router(self) -> Router:
        return Router(self._catalogue)

    def _operation(self, request: Request) -> str:
        """The published id of what is asked, "" for what is none."""
        try:
            return self._router.find(request.method, split_tenant(request.path)[1])[0].id
        except ApiError:
            return ""


async def _content(request: Request) -> bytes:
    """The body; one above the transport's limit was never recorded, and is no reason to fail."""
    try:
        return await request.body.read()
    except ApiError:
        return b""


def _asked(request: Request, body: bytes) -> Asked:
    host = request.headers.get("Host", "localhost")
    if "Content-Encoding" in request.headers:
        body = sent_plainly(request.headers, body)
    return Asked(request.method, request.path, request.query, request.scheme, host, request.headers, body)


def _asked_of(each: Interaction) -> Asked:
    parts = urlsplit(each.uri)
    headers = CIMultiDict(each.request_headers)
    host = parts.netloc.rpartition("@")[2]
    return Asked(each.method, parts.path, parts.query, parts.scheme, host, headers, sent_plainly(headers, each.request_body))


def _marks(each: Interaction) -> list[str]:
    marked = each.meta.get(PSEUDONYMISED)
    return [mark for mark in marked if isinstance(mark, str)] if isinstance(marked, list) else []
