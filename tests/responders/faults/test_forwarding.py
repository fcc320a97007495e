"""Going back to an earlier store between two awaits, and what happens where somebody below waits."""

from __future__ import annotations

import asyncio

from mockserver.messages import Request, Response
from mockserver.records.tenants import Tenant
from mockserver.responders.faults.forwarding import History, stale, undone

REQUEST = Request("GET", "/")


def test_those_who_wait_are_asked_again_and_nobody_sees_an_old_store(tenant: Tenant) -> None:
    """An answer that is not there at once is asked for as ever: whoever runs meanwhile finds the store as it is."""
    store = tenant.store
    then = store.snapshot()
    store.put("Contact", 100, {"ContactId": 100})
    seen = []

    async def slow(_: Request) -> Response:
        await asyncio.sleep(0)
        seen.append(store.has("Contact", 100))
        return Response(200)

    async def both() -> list[Response]:
        return [await stale(REQUEST, slow, store, then), await undone(REQUEST, slow, store)]

    assert [each.status for each in asyncio.run(both())] == [200, 200]
    assert seen == [True, True]


def test_history_counts_changes_and_not_looks(tenant: Tenant) -> None:
    """A state is kept once, the oldest are forgotten, and going back and forth is no change."""
    store = tenant.store
    history = History(store, 2)
    for key in (100, 101, 102):
        store.put("Contact", key, {"ContactId": key})
        history.look()
        history.look()
        store.restore(store.snapshot())
        history.look()
    assert [100 in history.before(ago).tables["Contact"] for ago in (0, 1, 2, 9)] == [True] * 4
    assert [101 in history.before(ago).tables["Contact"] for ago in (0, 1, 2, 9)] == [True, True, False, False]
    assert [102 in history.before(ago).tables["Contact"] for ago in (0, 1, 2, 9)] == [True, False, False, False]
