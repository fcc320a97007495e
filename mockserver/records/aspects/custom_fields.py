"""User-defined fields: one stored value each, shown in `UserDefinedFields` and again in `CustomFields` (contact-domain 3.10).

Values travel encoded (`[I:3]`, `[D:…]`, `[F:4.43]`), lists and checkboxes with display twins, `CustomFields` with an `:org`
twin of each. A `CustomFields` entry counts as a change only if it differs from its `:org` or has none; otherwise the
other map decides. Keys that the tenant does not define are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from mockserver.calls import Call, Constant
from mockserver.records.aspects import Aspect, Setting
from mockserver.records.lists import Lists
from mockserver.records.store import Row, Store

_ENCODED = re.compile(r"\[(?P<kind>[A-Z]{1,2}):(?P<value>.*)\]", re.DOTALL)
_EMPTY_DATE = "01/01/0001"
_DIGITS = 30


def bind(setting: Setting) -> Aspect:
    """For entities with fields in `custom_fields.yaml`."""
    fields = setting.catalogue.custom_fields[setting.entity.name]
    kinds = {key: str(field["type"]) for key, field in fields.items()}
    lists = {key: str(field["list"]) for key, field in fields.items() if "list" in field}
    spelled = {key.lower(): key for key in fields}
    defaults = {key: stored(str(field.get("default", "")), kinds[key]) for key, field in fields.items()}

    @lru_cache(maxsize=512)
    def maps(values: tuple[str, ...]) -> tuple[Constant, Constant]:
        by_key = dict(zip(kinds, values, strict=True))
        return _maps(by_key, kinds, lists, setting.lists)

    def blank(row: Row, call: Call, store: Store) -> None:
        del call, store
        row["UserDefinedFields"] = dict(defaults)

    def lay(row: Row, sent: Mapping[str, object], call: Call, store: Store) -> None:
        del call, store
        kept = row["UserDefinedFields"]
        assert isinstance(kept, dict)
        for name, text in _changes(sent, spelled).items():
            kept[name] = stored(text, kinds[name])

    def show(row: Row, call: Call, store: Store) -> None:
        del call, store
        kept = row["UserDefinedFields"]
        assert isinstance(kept, dict)
        row["UserDefinedFields"], row["CustomFields"] = maps(tuple(kept[key] for key in kinds))

    return Aspect(owns=frozenset(("UserDefinedFields", "CustomFields", "ExtraFields")), blank=blank, lay=lay, show=show)


def _changes(sent: Mapping[str, object], spelled: Mapping[str, str]) -> dict[str, str]:
    """Defined keys and their sent texts, `CustomFields` over `UserDefinedFields` where it says something new."""
    found: dict[str, str] = {}
    plain, custom = sent.get("UserDefinedFields"), sent.get("CustomFields")
    if isinstance(plain, dict):
        found = {spelled[key.lower()]: text or "" for key, text in plain.items() if key.lower() in spelled}
    if isinstance(custom, dict):
        for key, text in custom.items():
            if key.lower() in spelled and custom.get(f"{key}:org") != text:
                found[spelled[key.lower()]] = text or ""
    return found


@lru_cache(maxsize=4096)
def stored(text: str, kind: str) -> str:
    """What is kept of a sent value: the bare value in its invariant form; numbers that do not parse are 0."""
    encoded = _ENCODED.fullmatch(text)
    value = encoded["value"] if encoded else text
    match kind:
        case "Number" | "List":
            try:
                return str(int(float(value)))
            except (ValueError, OverflowError):
                return "0"
        case "Decimal":
            return _decimal(value)
        case "Checkbox":
            return "1" if value.strip().lower() in ("1", "true") else "0"
        case "Date" | "UnlimitedDate":
            return value or _EMPTY_DATE
        case _:
            return text


def _decimal(value: str) -> str:
    """The number without exponent or needless zeros; what is no number is 0."""
    try:
        number = Decimal(value.strip())
    except InvalidOperation:
        return "0"
    return f"{number.normalize():f}" if number and number.is_finite() and abs(number.adjusted()) < _DIGITS else "0"


def _maps(
    values: Mapping[str, str], kinds: Mapping[str, str], named: Mapping[str, str], lists: Lists
) -> tuple[Constant, Constant]:
    plain: dict[str, str] = {}
    custom: dict[str, str] = {}
    twins: dict[str, str] = {}
    for key, value in values.items():
        kind = kinds[key]
        encoded = {"Number": f"[I:{value}]", "List": f"[I:{value}]", "Decimal": f"[F:{value}]"}.get(kind, value)
        if kind in ("Date", "UnlimitedDate"):
            encoded = f"[D:{value}]"
        plain[key] = {"0": "False", "1": "True"}[value] if kind == "Checkbox" else encoded
        custom[key] = custom[f"{key}:org"] = f"[I:{value}]" if kind == "Checkbox" else encoded
        shown = _display(kind, value, named.get(key), lists)
        if shown is not None:
            twins |= {f"{key}:DisplayText": shown, f"{key}:DisplayTooltip": shown if kind == "Checkbox" else ""}
            plain |= {f"{key}:DisplayText": shown, f"{key}:DisplayTooltip": shown if kind == "Checkbox" else ""}
    return Constant(plain), Constant(custom | twins)


def _display(kind: str, value: str, name: str | None, lists: Lists) -> str | None:
    """The text beside an encoded value, None for types that have none."""
    if kind == "Checkbox":
        return "[SR_YES]" if value == "1" else "[SR_NO]"
    if kind != "List" or name is None:
        return None
    item = lists.shown[name].get(int(value))
    return str(item.value["Name"]) if item and isinstance(item.value, dict) else ""
