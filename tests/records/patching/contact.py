"""A contact to be patched, and short ways to say what to do to it."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from mockserver.catalogue.loading import load_catalogue
from mockserver.records.patching import Patch, Patcher
from tests.records.desk import Desk, Shown, open_desk

PATCHER = Patcher(load_catalogue())
Operations = list[dict[str, Any]]


def op(kind: str, path: str, *value: Any) -> dict[str, Any]:
    """One operation of a JSON Patch."""
    return {"op": kind, "path": path} | ({"value": value[0]} if value else {})


@cache
def _stored() -> Shown:
    """A contact with a bit of everything, as the wire shows it."""
    desk = open_desk("Contact")
    return desk.create(
        Name="Elan Hoppski",
        Department="AAvdeling",
        Business={"Id": 2},
        Category={"Id": 3},
        Phones=[{"Value": "02"}, {"Value": "03", "Description": "desk"}],
        Emails=[{"Value": "a@example.com"}],
        Domains=["elan.no", "hoppski.no"],
        Interests=[{"Id": 3, "Selected": True}],
        Address={"Street": {"Address1": "B-gaten 45", "City": "Oslo"}},
        CustomFields={"SuperOffice:1": "first", "SuperOffice:3": "[I:7]"},
        Xstop=True,
        Source=4,
    )


def contact() -> Shown:
    """A copy of it that a test may change."""
    return deepcopy(_stored())


def patched(body: Any, entity: Shown | None = None, *, rest: bool = True) -> Any:
    """The contact after a patch."""
    return PATCHER.apply(Patch.read(body), contact() if entity is None else entity, "ContactEntity", rest=rest)


def saved(desk: Desk, key: int, body: Any, *, rest: bool = True) -> Shown:
    """A stored contact, read, patched and replaced."""
    return desk.replace(key, PATCHER.apply(Patch.read(body), desk.read(key), "ContactEntity", rest=rest))


def merged(target: Any, patch: Any) -> Any:
    """The function of RFC 7396, section 2."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = merged(target.get(name), value)
    return target
