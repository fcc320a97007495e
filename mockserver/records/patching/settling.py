"""What an entity shows twice, after a patch changed one of the two: the other one gives way, so that saving takes the change.

The name of a list item beside its id, the localised view of an address beside the structured one, custom fields in three maps
(contact-domain 3.3, 3.6, 3.10). Must not know operations.
"""

from __future__ import annotations

from mockserver.catalogue.loading import Catalogue
from mockserver.records.patching.documents import Document
from mockserver.records.patching.drafts import Draft
from mockserver.records.patching.values import held

_OLDER = ("UserDefinedFields", "ExtraFields")
_MAPS = frozenset(("CustomFields", *_OLDER))
_COMPANIONS = (":org", ":displaytext", ":displaytooltip")


class Settling:
    """What there is to settle in the entities of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._references = {each.carrier: (each.key, each.title) for each in catalogue.lists.values() if each.carrier}

    def settle(self, before: Document, draft: Draft) -> None:
        """Make what the patch did not change give way to what it did."""
        for name in draft.touched:
            if isinstance(held(draft.entity, name), dict):
                self._member(name, before, draft)
        if not _MAPS.isdisjoint(draft.touched):
            _settle_custom_fields(before, draft)

    def _member(self, name: str, before: Document, draft: Draft) -> None:
        carrier = draft.kind_of(name)
        new, old = draft.own(draft.entity, name), held(before, name)
        assert isinstance(new, dict)
        if carrier in self._references:
            key, title = self._references[carrier]
            parts = draft.parts.get(name, ())
            if key in parts and title not in parts:
                new[title] = ""
            elif title in parts and key not in parts and new.get(title):
                new[key] = 0
        elif carrier == "Address" and isinstance(old, dict) and new.get("LocalizedAddress") == old.get("LocalizedAddress"):
            new["LocalizedAddress"] = None


def _settle_custom_fields(before: Document, draft: Draft) -> None:
    """Make the map that was patched win over the other one, which shows the same fields.

    A changed entry of `CustomFields` loses its `:org` twin, so that it counts as a change, and its twin in the older maps
    goes. An entry changed in an older map alone makes its twin in `CustomFields` go. The value of a removed key is "" in
    the other map, so that saving empties the field.
    """
    custom = _Fields("CustomFields", before, draft)
    older = [_Fields(name, before, draft) for name in _OLDER]
    for key in custom.changed:
        custom.drop(f"{key}:org")
        if key not in custom and any(key in each.changed and key in each for each in older):
            continue  # it was removed here and given there
        homes = [each for each in older if each.knows(key)]
        for each in homes:
            each.drop(key)
        if key not in custom and homes:
            homes[0].empty(key)
    for each in older:
        for key in each.changed:
            if key not in custom.changed:
                custom.drop(f"{key}:org")
                if custom.drop(key) and key not in each:
                    custom.empty(key)


class _Fields:
    """One map of custom fields before and after a patch; keys are given in lower case."""

    def __init__(self, member: str, before: Document, draft: Draft) -> None:
        old, new = held(before, member), draft.own(draft.entity, member)
        old = old if isinstance(old, dict) else {}
        self._new: Document = new if isinstance(new, dict) else {}
        self._spelled = {name.lower(): name for name in (*old, *self._new)}
        self.changed: list[str] = []
        """Keys whose values differ."""
        if old != self._new:
            self.changed = [
                name.lower()
                for name in {**old, **self._new}
                if old.get(name) != self._new.get(name) and not name.lower().endswith(_COMPANIONS)
            ]

    def __contains__(self, key: str) -> bool:
        return self._spelled.get(key, key) in self._new

    def knows(self, key: str) -> bool:
        """Whether the key was here before, or is now."""
        return key in self._spelled

    def drop(self, key: str) -> bool:
        """Remove a key; whether it was there."""
        return self._new.pop(self._spelled.get(key, key), None) is not None

    def empty(self, key: str) -> None:
        """Say that the field is to be emptied."""
        self._new[self._spelled.get(key, key)] = ""
