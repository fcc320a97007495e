"""Constants said in another way, made once and kept: what a language or a zone makes of the parts that do not change.

Must not know what the way is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

from mockserver.calls import Constant, Value

_LIMIT = 4000


class Renderings:
    """Constants by the one they were made of and the way; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, Hashable], tuple[Constant, Constant]] = {}

    def of(self, constant: Constant, way: Hashable, make: Callable[[Value], Value]) -> Constant:
        """The constant said that way; the constant itself, encodings and all, where `make` changes nothing."""
        key = (id(constant), way)
        known = self._kept.get(key)
        if known is None:
            said = make(constant.value)
            # The original is kept beside it, so that its id stays its own.
            known = (constant, constant if said is constant.value else Constant(said))
            if len(self._kept) >= _LIMIT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = known
        return known[1]
