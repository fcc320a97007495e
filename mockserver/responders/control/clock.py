"""`/_mock/clock`: a tenant's time, told, moved, stopped and let go. Must not know what depends on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from mockserver.clock import Clock
from mockserver.errors import BadRequest
from mockserver.records.tenants import Tenant
from mockserver.responders.control.asking import Answer, Asked

T = TypeVar("T")
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,9})?"
_SECONDS = re.compile(rf"[+-]?{_NUMBER}", re.ASCII)
_STEP = re.compile(
    rf"(?P<sign>[+-]?)(?=[0-9])(?:(?P<days>{_NUMBER})d)?(?:(?P<hours>{_NUMBER})h)?(?:(?P<minutes>{_NUMBER})m)?"
    rf"(?:(?P<seconds>{_NUMBER})s)?",
    re.ASCII | re.IGNORECASE,
)
_SWITCH = {True: True, False: False, "true": True, "false": False}


def _tell(asked: Asked) -> Answer:
    asked.only("tenant")
    return _told(asked.tenant())


def _move(asked: Asked) -> Answer:
    """Set first, then advance, then freeze or let go: all of it, or nothing where a part is not possible."""
    asked.only("tenant", "advance", "set", "freeze")
    tenant = asked.tenant()
    try:
        step, at, still = _read(asked, "advance", _step), _read(asked, "set", _time), _read(asked, "freeze", _switch)
        if step is None and at is None and still is None:
            raise BadRequest("say what to do with the clock: advance, set or freeze")
        _do(tenant.clock, step, at, still=still)
    except OverflowError:
        raise BadRequest("the clock cannot go there: it goes from the year 1 to the year 9998") from None
    return _told(tenant)


def _do(clock: Clock, step: timedelta | None, at: datetime | None, *, still: bool | None) -> None:
    if at is not None and step is not None:
        at, step = at + step, None
    if step is not None:
        clock.advance(step)
    if still:
        clock.freeze(at)
    elif at is not None:
        clock.set(at)
    if still is False:
        clock.run()


def _told(tenant: Tenant) -> Answer:
    now = tenant.clock.now().isoformat().replace("+00:00", "Z")
    return 200, {"tenant": tenant.name, "now": now, "frozen": tenant.clock.frozen}


def _read(asked: Asked, word: str, reader: Callable[[object], T]) -> T | None:
    value = asked.words.get(word)
    return None if value is None else reader(value.strip() if isinstance(value, str) else value)


def _step(value: object) -> timedelta:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return timedelta(seconds=value)
    if isinstance(value, str):
        if _SECONDS.fullmatch(value):
            return timedelta(seconds=float(value))
        if found := _STEP.fullmatch(value):
            sign, *numbers = found.groups("0")
            days, hours, minutes, seconds = map(float, numbers)
            step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
            return -step if sign == "-" else step
    raise BadRequest("advance must be a step such as 2h, 90s, 15m, 7d, 1h30m or -1h, or a number of seconds")


def _time(value: object) -> datetime:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise BadRequest("set must be a time with its zone, such as 2026-03-29T01:30:00Z")
    return at


def _switch(value: object) -> bool:
    folded = value.lower() if isinstance(value, str) else value
    if not isinstance(folded, bool | str) or folded not in _SWITCH:
        raise BadRequest("freeze must be true or false")
    return _SWITCH[folded]


CLOCK = {"GET": _tell, "POST": _move}
