"""Settings → parts → chain → running server. The one place where everything is put together.

`MockServer` runs in a thread and loop of its own, so that tests, notebooks and clients in any style can use it; a
`Sandbox` is one tenant of it as its user sees it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from mockserver.access import Access, origin_at
from mockserver.catalogue.loading import load_catalogue
from mockserver.certificates import Certificates, throw_away
from mockserver.clock import Clock
from mockserver.errors import MockServerError, StartError
from mockserver.key_pair import KeyPair
from mockserver.records.tenants import Tenants
from mockserver.responders import Respond, Responder, chain
from mockserver.responders.browser import Browser
from mockserver.responders.compression import compression
from mockserver.responders.control import Control
from mockserver.responders.cors import Cors
from mockserver.responders.discovery import Discovery
from mockserver.responders.emulator import Emulator
from mockserver.responders.faults import Faults
from mockserver.responders.journal import Journal
from mockserver.responders.superid import SuperId
from mockserver.responders.systemusers import SystemUsers
from mockserver.responders.tenant_state import TenantState
from mockserver.responders.throttling import Throttling
from mockserver.sandbox import Sandbox
from mockserver.scratch import Scratch
from mockserver.settings import Settings
from mockserver.transport import Listener, application
from mockserver.wire.tokens import Keys

if TYPE_CHECKING:
    from aiohttp import web

    from mockserver.replay import Replay

T = TypeVar("T")
_START_TIMEOUT = 30.0


class Parts:
    """What a server is made of, before anybody listens."""

    def __init__(self, settings: Settings, clock: Callable[[], Clock] = Clock, *, replay: Replay | None = None) -> None:
        self.settings = settings
        self._clock = clock()
        self.tenants = Tenants(load_catalogue(), settings, clock)
        self.tenants.declare(settings.tenant)
        self.journal = Journal(settings.journal_limit)
        self.keys = Keys()
        self.scratch = Scratch()
        self.key_pair = KeyPair(settings.private_key_file, self.scratch)
        self.faults = Faults(settings, self.tenants)
        self.player = replay.player(settings, self.tenants) if replay else None
        self.respond: Respond = chain(*self._mode(replay))

    def _mode(self, replay: Replay | None) -> tuple[list[Responder], Respond]:
        """Who answers, outermost first, and who comes last: the emulator, or what replay chooses."""
        responders, emulator = self._responders(), Emulator(self.settings, self.tenants)
        if replay is None or self.player is None:
            return responders, emulator
        inside = responders.index(self.faults) + 1
        return replay.responders(self.player, responders[:inside], responders[inside:], emulator)

    def _responders(self) -> list[Responder]:
        """Who comes before the emulator, outermost first.

        Control, so that a test can always reach it; what wraps any answer; the journal, which sees answers before they are
        compressed; faults, which beat all answers below them; the neighbours of the API; where tenants are, and whether there
        were too many calls; the web client's start page and the API's pages about itself, which need no login.
        """
        return [
            Control(self.settings, self.tenants, self.journal, self.faults),
            Cors(self.settings.cors_origin),
            *([compression] if self.settings.gzip else []),
            self.journal,
            self.faults,
            SystemUsers(self.settings, self.tenants, self.keys, self.key_pair),
            SuperId(self.settings, self.tenants, self.keys),
            TenantState(self.settings, self.tenants, self._clock),
            *([Throttling(self.settings, self.tenants)] if self.settings.calls_per_second else []),
            Browser(self.settings, self.tenants),
            Discovery(self.settings, self.tenants),
        ]


def create_app(settings: Settings | None = None, *, replay: Replay | None = None) -> web.Application:
    """The double as an aiohttp application, for `aiohttp_client(create_app())`, `web.run_app` or `add_subapp`.

    With `replay` it answers from cassettes. Without settings they are read from the project file and the environment; raises
    `SettingsError`.
    """
    settings = settings or Settings.read()
    return application(Parts(settings, replay=replay).respond, settings.body_limit)


class MockServer:
    """A server of its own thread and event loop.

    `with MockServer() as server:` or `async with`, or `start()` and `stop()`. Port 0 picks a free port. With `tls` it speaks
    HTTPS, under a throw-away certificate whose authority is in `ca_file`; with `replay` it answers from cassettes. What goes
    wrong at start is raised by `start()` as `StartError`.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: bool = False,
        replay: Replay | None = None,
    ) -> None:
        self.replay = replay
        self.settings = settings or Settings.read()
        self.host = host
        self.port = port
        self.tls = tls
        self._certificates: Certificates | None = None
        self._wanted_port = port
        self._parts: Parts | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    @property
    def url(self) -> str:
        """`http://127.0.0.1:8080`: the origin, without tenant."""
        return origin_at(self.host, self.port, tls=self.tls)

    @property
    def ca_file(self) -> str:
        """The file of the authority that clients must trust, "" without `tls`; there while the server runs."""
        return self._certificates.ca_file if self._certificates else ""

    def private_key_file(self) -> str:
        """The file of the application's private key, made when it is first asked for."""
        return str(self.parts.key_pair.file())

    @property
    def parts(self) -> Parts:
        """What the server is made of; raises `MockServerError` unless it runs."""
        if self._parts is None or self._thread is None:
            raise MockServerError("the server is not running; start it, or use it inside its with block")
        return self._parts

    @property
    def tenants(self) -> Tenants:
        """The tenants it serves; touch them only through `call`."""
        return self.parts.tenants

    @property
    def faults(self) -> Faults:
        """What lets things go wrong; touch it only through `call`."""
        return self.parts.faults

    def start(self) -> Self:
        """Listen; returns when the first request can be sent. Raises `StartError`."""
        if self._thread is not None:
            raise StartError("the server runs already")
        self._parts = Parts(self.settings, replay=self.replay)
        self._certificates = throw_away(self.host, self._parts.scratch) if self.tls else None
        started: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, args=(started,), name="mockserver", daemon=True)
        self._thread.start()
        try:
            self.port = started.result(_START_TIMEOUT)
        except BaseException:
            self._thread.join()
            self._thread = None
            raise
        return self

    def stop(self) -> None:
        """Stop listening and end the thread; a second call does nothing."""
        thread, self._thread = self._thread, None
        if thread is None or self._loop is None or self._stop is None:
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        thread.join()
        self.port = self._wanted_port

    def _run(self, started: Future[int]) -> None:
        async def serve() -> None:
            self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
            try:
                assert self._parts is not None
                context = self._certificates.context if self._certificates else None
                listener = await Listener.open(self._parts.respond, self.settings, self.host, self._wanted_port, context)
            except BaseException as error:  # noqa: BLE001 - handed to the caller of start()
                started.set_exception(error)
                return
            started.set_result(listener.port)
            await listener.until_stopped(self._stop)

        asyncio.run(serve())

    def call(self, function: Callable[..., T], *arguments: object) -> T:
        """Run a function in the server's loop, where nothing else runs meanwhile, and hand its result over."""
        _ = self.parts
        if threading.current_thread() is self._thread:
            return function(*arguments)
        assert self._loop is not None
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(function(*arguments))
            except BaseException as error:  # noqa: BLE001 - handed to the caller
                done.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return done.result()

    def sandbox(self, tenant: str | None = None) -> Sandbox:
        """A tenant there is, the default one unless named; raises `MockServerError`."""
        found = self.call(self.tenants.found, tenant or "")
        if found is None:
            raise MockServerError(f"no tenant is named {tenant or self.settings.tenant}; new_sandbox() makes one")
        return self._sandbox(found.name)

    def new_sandbox(self) -> Sandbox:
        """A fresh tenant under a name of its own."""
        return self._sandbox(self.call(self.tenants.declare_next).name)

    def drop(self, tenant: str) -> None:
        """Forget a tenant, its journal and its key."""
        self.call(self.tenants.drop, tenant)
        self.call(self.parts.keys.forget, tenant)
        self.call(self.parts.journal.forget, tenant)

    def _sandbox(self, name: str) -> Sandbox:
        return Sandbox(self, name, Access.to(name, self.url, self.settings, self.ca_file))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await asyncio.to_thread(self.stop)
