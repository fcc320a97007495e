"""Ways to ask those below: as ever, twice, of the store as it was, or so that nothing stays of it.

What goes back to an earlier store is carried out between two awaits, so that no other request ever sees that store. Must
not know rules.
"""

from __future__ import annotations

from collections import deque

from mockserver.errors import ApiError
from mockserver.messages import Request, Response
from mockserver.records.store import Snapshot, Store
from mockserver.responders import Respond


async def twice(request: Request, forward: Respond) -> Response:
    """The effect twice, the first answer."""
    first = await forward(request)
    await forward(request)
    return first


async def undone(request: Request, forward: Respond, store: Store) -> Response:
    """The answer without the effect."""
    await _whole(request)
    now = store.snapshot()
    answer = _at_once(request, forward)
    store.restore(now)
    return answer if answer is not None else await forward(request)


async def stale(request: Request, forward: Respond, store: Store, then: Snapshot) -> Response:
    """The answer as the store was then; a request that writes is answered as ever, since its effect would be lost."""
    await _whole(request)
    now = store.snapshot()
    store.restore(then)
    began = store.revision
    answer = _at_once(request, forward)
    wrote = store.revision != began
    store.restore(now)
    return answer if answer is not None and not wrote else await forward(request)


async def _whole(request: Request) -> None:
    """The body, read beforehand, so that nobody below waits for it."""
    try:
        await request.body.read()
    except ApiError:
        return  # too large: those below find out by themselves


def _at_once(request: Request, forward: Respond) -> Response | None:
    """The answer, if those below give it without waiting for anything; None if they wait."""
    steps = forward(request).__await__()
    try:
        next(steps)
    except StopIteration as done:
        answer: Response = done.value
        return answer
    close = getattr(steps, "close", None)
    if close is not None:
        close()
    return None


class History:
    """The last states of a store, one for each time that it was found changed."""

    def __init__(self, store: Store, changes: int) -> None:
        self._store = store
        self._kept: deque[Snapshot] = deque([store.snapshot()], maxlen=changes + 1)
        self._revision = store.revision

    def look(self) -> None:
        """Keep the state now if it is another one."""
        if self._store.revision != self._revision:
            self._revision = self._store.revision
            now = self._store.snapshot()
            if now.tables != self._kept[-1].tables:
                self._kept.append(now)

    def before(self, changes: int) -> Snapshot:
        """The state so many changes ago, the oldest that is known if there were not so many."""
        return self._kept[max(0, len(self._kept) - 1 - changes)]
