"""The lists of a tenant, ready to be shown: a row by id as the carrier that references show, or by its name.

Every shown row is a `Constant`, so that a codec encodes it once. Must not know which member refers to it.
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.calls import Constant
from mockserver.catalogue.loading import Catalogue, StockList
from mockserver.catalogue.shapes import Shapes


class Lists:
    """The stock lists of a catalogue; tenants share one of these until they change a list."""

    def __init__(self, catalogue: Catalogue, shapes: Shapes) -> None:
        self._shapes = shapes
        self._stock = catalogue.lists
        self._shown: dict[str, dict[int, Constant]] = {}
        self._ids: dict[str, dict[str, int]] = {}

    def for_carrier(self, carrier: str) -> str | None:
        """The list whose rows are shown as this carrier."""
        return next((each.name for each in self._stock.values() if each.carrier == carrier), None)

    def stock(self, name: str) -> StockList:
        """The list of this name; raises KeyError."""
        return self._stock[name]

    def shown(self, name: str) -> Mapping[int, Constant]:
        """All rows of a list by id, each as the carrier its references show."""
        known = self._shown.get(name)
        if known is None:
            stock = self._stock[name]
            known = self._shown[name] = {
                key: Constant(self._shapes.filled(stock.carrier, row) if stock.carrier else dict(row))
                for key, row in stock.rows.items()
            }
        return known

    def id_of(self, name: str, title: str) -> int | None:
        """The id of the row with this name, whatever its letter case."""
        known = self._ids.get(name)
        if known is None:
            stock = self._stock[name]
            known = self._ids[name] = {str(row[stock.title]).lower(): key for key, row in stock.rows.items()}
        return known.get(title.lower())
