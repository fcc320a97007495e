"""What a server that replays is asked for: which cassettes, how requests are matched, and who answers what was not recorded.

Cassettes are found by path, or by name among those that come with the project. Must not know how a request is answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mockserver.errors import CassetteNotFound, MockServerError
from mockserver.records.tenants import Tenants
from mockserver.responders import Respond, Responder
from mockserver.responders.cassettes import load
from mockserver.responders.matching import MATCHERS, USUAL
from mockserver.responders.player import Player
from mockserver.settings import Settings
from mockserver.shipped import shipped

THEN = ("refuse", "emulate", "live")
LATENCY = ("none", "recorded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Answer from cassettes; `cassettes` are paths, or names of shipped ones.

    `match_on` are vcrpy's matchers. `allow_playback_repeats`: the last answer to a request is given again, and again.
    `latency`: answers take as long as they did (`recorded`), or come at once (`none`). `then`: what was not recorded is
    refused with an explanation (`refuse`), answered by the emulator (`emulate`) or by `live`.
    """

    cassettes: Sequence[str | Path]
    match_on: Sequence[str] = USUAL
    allow_playback_repeats: bool = False
    latency: str = "none"
    then: str = "refuse"
    live: Respond | None = None

    def __post_init__(self) -> None:
        if not self.cassettes or isinstance(self.cassettes, (str, Path)):
            raise MockServerError("cassettes takes a list of paths or names, at least one")
        if isinstance(self.match_on, str) or not self.match_on or not set(self.match_on) <= set(MATCHERS):
            raise MockServerError(f"match_on takes a list of {', '.join(MATCHERS)}; it is {self.match_on!r}")
        for name, choices in (("then", THEN), ("latency", LATENCY)):
            if getattr(self, name) not in choices:
                raise MockServerError(f"{name} must be {' or '.join(choices)}; it is {getattr(self, name)!r}")
        if self.then == "live" and self.live is None:
            raise MockServerError("to go live on what was not recorded, name the tenant to go to; else choose refuse or emulate")

    def player(self, settings: Settings, tenants: Tenants) -> Player:
        """The responder that plays them; raises `CassetteNotFound` or `CassetteUnreadable`."""
        return Player(
            {str(each): load(found(each)) for each in self.cassettes},
            tenants.catalogue,
            tenant=settings.tenant,
            known=tenants.find,
            match_on=self.match_on,
            repeats=self.allow_playback_repeats,
            latency=self.latency == "recorded",
        )

    def responders(
        self, player: Player, around: Sequence[Responder], neighbours: Sequence[Responder], emulator: Respond
    ) -> tuple[list[Responder], Respond]:
        """The chain of a server that replays: a recording beats the API's neighbours, and these are part of emulation."""
        if self.then == "emulate":
            return [*around, player, *neighbours], emulator
        last = self.live if self.then == "live" and self.live is not None else player.refuse
        return [*around, player], last


def found(name: str | Path) -> Path:
    """The file of a path or of a shipped cassette's name; raises `CassetteNotFound`."""
    path = Path(name)
    if path.exists():
        return path
    if path.name == str(name):
        for each in _shipped():
            if path.name in (each.name, each.stem):
                return each
    known = ", ".join(islice((each.stem for each in _shipped()), 20)) or "none"
    raise CassetteNotFound(f"there is no cassette {name}; shipped are {known}")


def _shipped() -> Iterator[Path]:
    try:
        yield from sorted(shipped("cassettes").glob("*.yaml"))
    except MockServerError:
        return
