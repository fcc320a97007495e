"""One address in two views: `LocalizedAddress`, shaped by the country's layout, and `Street`/`Postal` (contact-domain 3.6).

Stored once, as the structured view. Only one view needs changing; where both were, the localised one wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from mockserver.calls import Call, Constant
from mockserver.records.aspects import Aspect, Setting
from mockserver.records.store import Row, Store

PARTS = ("Address1", "Address2", "Address3", "City", "County", "State", "Zipcode")
Parts = list[str]
_NO_PARTS = [""] * len(PARTS)


def bind(setting: Setting) -> Aspect:
    """Option `addresses: {Street: ContactStreetAddress, Postal: ContactPostalAddress}`: view → its address type.

    With one view (persons) the localised fields carry no prefix.
    """
    option = setting.entity.options["addresses"]
    assert isinstance(option, Mapping)
    types = {str(view): str(kind) for view, kind in option.items()}
    layouts = _Layouts(setting, types)
    stored = (*types, "Wgs84")
    nothing = [tuple(_NO_PARTS)] * len(types) + [(0.0, 0.0)]

    @lru_cache(maxsize=256)
    def shown(layout: int, *parts: tuple[object, ...]) -> Constant:
        return Constant(layouts.shown(layout, dict(zip(stored, map(list, parts), strict=True))))

    def blank(row: Row, call: Call, store: Store) -> None:
        del call, store
        row["Address"] = None

    def lay(row: Row, sent: Mapping[str, object], call: Call, store: Store) -> None:
        del call, store
        address = sent.get("Address")
        if not isinstance(address, dict):
            return
        kept = row["Address"]
        before = kept if isinstance(kept, dict) else {}
        after: dict[str, list[object]] = {view: list(before.get(view, _NO_PARTS)) for view in types}
        after["Wgs84"] = [address.get("Wgs84Latitude") or 0.0, address.get("Wgs84Longitude") or 0.0]
        for view in types:
            structured = address.get(view)
            if isinstance(structured, dict):
                after[view] = [str(structured.get(part) or "") for part in PARTS]
        for view, index, text in layouts.localised(address.get("LocalizedAddress")):
            stored = before.get(view, _NO_PARTS)
            if text != stored[index]:
                after[view][index] = text
        row["Address"] = after if any(map(any, after.values())) else None

    def show(row: Row, call: Call, store: Store) -> None:
        del call
        country = store.lists.shown["country"].get(row["Country"])  # type: ignore[call-overload]
        layout = country.value["AddressLayoutId"] if country and isinstance(country.value, dict) else 1
        kept = row["Address"]
        parts = [tuple(kept[name]) for name in stored] if isinstance(kept, dict) else nothing
        row["Address"] = shown(layout, *parts)

    return Aspect(owns=frozenset(("Address",)), blank=blank, lay=lay, show=show)


class _Layouts:
    """The layouts of one entity: names of localised fields and the carriers they are shown in."""

    def __init__(self, setting: Setting, types: Mapping[str, str]) -> None:
        self._shapes = setting.shapes
        self._layouts = setting.catalogue.layouts
        self._types = types
        self._prefixed = len(types) > 1
        self._names = {
            (f"{view}{part}" if self._prefixed else part).lower(): (view, index)
            for view in types
            for index, part in enumerate(PARTS)
        }

    def localised(self, lines: object) -> list[tuple[str, int, str]]:
        """(view, part, text) of each known field in a sent `LocalizedAddress`."""
        found = []
        for line in lines if isinstance(lines, list) else ():
            for field in line or ():
                place = self._names.get(str(field.get("Name") or "").lower()) if isinstance(field, dict) else None
                if place:
                    found.append((*place, str(field.get("Value") or "")))
        return found

    def shown(self, layout: int, kept: Mapping[str, object]) -> dict[str, object]:
        """The whole `Address` carrier of a stored address."""
        lines: list[list[dict[str, object]]] = []
        seen: set[object] = set()
        for line in self._layouts.get(layout, self._layouts[1])["lines"]:
            fields = [self._field(str(name), str(label), int(length), kept) for name, label, length in line]
            fresh = [field for field in fields if field["Name"] not in seen]  # without prefixes, street and postal coincide
            seen.update(field["Name"] for field in fresh)
            if fresh:
                lines.append(fresh)
        structured = {view: self._structured(kind, _parts(kept, view)) for view, kind in self._types.items()}
        formatted = _formatted([[str(field["Value"]) for field in line] for line in lines])
        place = kept["Wgs84"]
        assert isinstance(place, list)
        values = {
            "Wgs84Latitude": place[0],
            "Wgs84Longitude": place[1],
            "LocalizedAddress": lines,
            "Formatted": formatted,
        }
        return self._shapes.filled("Address", {**values, **structured})

    def _field(self, name: str, label: str, length: int, kept: Mapping[str, object]) -> dict[str, object]:
        if not self._prefixed:
            name = name.removeprefix("Street").removeprefix("Postal")
        view, index = self._names[name.lower()]
        values = {
            "Name": name,
            "Value": _parts(kept, view)[index],
            "Label": label,
            "ValueLength": length,
            "AddressType": self._types[view],
        }
        return self._shapes.filled("LocalizedField", values)

    def _structured(self, kind: str, parts: Sequence[str]) -> dict[str, object]:
        lines = [[parts[0]], [parts[1]], [parts[2]], [parts[6], parts[3]], [parts[4], parts[5]]]
        values = dict(zip(PARTS, parts, strict=True))
        if not self._prefixed and not any(parts):
            kind = "Unknown"  # as recorded inside an empty new person
        return self._shapes.filled("StructuredAddress", {"AtypeIdx": kind, **values, "Formatted": _formatted(lines)})


def _parts(kept: Mapping[str, object], view: str) -> Parts:
    parts = kept.get(view)
    return parts if isinstance(parts, list) else _NO_PARTS


def _formatted(lines: Sequence[Sequence[str]]) -> str:
    """Lines ended by a line feed, fields of a line joined by a blank, blank lines dropped."""
    texts = [" ".join(part for part in line if part) for line in lines]
    return "".join(f"{text}\n" for text in texts if text)
