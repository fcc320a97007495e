"""Tests of constants said in another way."""

from __future__ import annotations

from mockserver.calls import Constant, Value
from mockserver.wire import renderings
from mockserver.wire.renderings import Renderings


def shouted(value: Value) -> Value:
    """The text in capitals; what is in capitals already stays the same object."""
    assert isinstance(value, str)
    return value if value.isupper() else value.upper()


def test_a_constant_is_made_once() -> None:
    """The second asker gets the first one's constant, with the encodings it may have by then."""
    known, quiet = Renderings(), Constant("quiet")
    first = known.of(quiet, "loud", shouted)
    assert first.value == "QUIET"
    assert known.of(quiet, "loud", shouted) is first


def test_another_way_is_another_constant() -> None:
    """Ways do not mix."""
    known, quiet = Renderings(), Constant("quiet")
    assert known.of(quiet, "loud", shouted) is not known.of(quiet, "backwards", lambda value: str(value)[::-1])


def test_what_does_not_change_stays_itself() -> None:
    """A constant that the way leaves alone keeps its identity and so its encodings."""
    known, loud = Renderings(), Constant("LOUD")
    assert known.of(loud, "loud", shouted) is loud


def test_there_is_a_limit() -> None:
    """However many constants are asked for, only so many are kept."""
    known = Renderings()
    for number in range(renderings._LIMIT + 10):
        known.of(Constant(str(number)), "loud", lambda value: f"{value}!")
    assert len(known._kept) == renderings._LIMIT
