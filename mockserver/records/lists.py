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
        self._stock = catalogue.lists
        self.shown: Mapping[str, Mapping[int, Constant]] = _Shown(self._stock, shapes)
        """All rows of a list by id, by the list's name, each as the carrier its references show."""
        self._ids: dict[str, dict[str, int]] = {}

    def for_carrier(self, carrier: str) -> str | None:
        """The list whose rows are shown as this carrier."""
        return next((each.name for each in self._stock.values() if each.carrier == carrier), None)

    def stock(self, name: str) -> StockList:
        """The list of this name; raises KeyError."""
        return self._stock[name]

    def id_of(self, name: str, title: str) -> int | None:
        """The id of the row with this name, whatever its letter case."""
        known = self._ids.get(name)
        if known is None:
            stock = self._stock[name]
            known = self._ids[name] = {str(row[stock.title]).lower(): key for key, row in stock.rows.items()}
        return known.get(title.lower())


class _Shown(dict[str, Mapping[int, Constant]]):
    """Lists as they are shown, each made ready when it is first asked for; a plain dictionary afterwards."""

    def __init__(self, stock: Mapping[str, StockList], shapes: Shapes) -> None:
        super().__init__()
        self._stock = stock
        self._shapes = shapes

    def __missing__(self, name: str) -> Mapping[int, Constant]:
        stock = self._stock[name]
        self[name] = {
            key: Constant(self._shapes.filled(stock.carrier, row) if stock.carrier else dict(row))
            for key, row in stock.rows.items()
        }
        return self[name]
