"""Phones, e-mails, web addresses: a sent array replaces the stored one, its order is the rank (contact-domain 3.4, 3.5).

`StrippedValue` is the server's: digits for phones, the value itself for the others.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import lru_cache

from mockserver.calls import Call
from mockserver.records.aspects import Aspect, Setting
from mockserver.records.store import Row, Store

_KEYS = zip("23456789", ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"), strict=True)
_KEYPAD = {letter: digit for digit, letters in _KEYS for letter in letters + letters.upper()}
# Every ASCII character as what is dialled for it: digits themselves, letters their key, the rest nothing.
_DIALLED = {ord(each): _KEYPAD.get(each, each if each in string.digits else None) for each in map(chr, range(128))}


def bind(setting: Setting) -> Aspect:
    """Option `elements: {Emails: email, Phones: phone, Urls: url}`."""
    option = setting.entity.options["elements"]
    assert isinstance(option, Mapping)
    members = [(str(member), _phone if kind == "phone" else _as_it_is) for member, kind in option.items()]

    def lay(row: Row, sent: Mapping[str, object], call: Call, store: Store) -> None:
        del call, store
        for member, stripped in members:
            elements = sent.get(member)
            if isinstance(elements, list):
                row[member] = [
                    {
                        "Value": (value := each.get("Value") or ""),
                        "StrippedValue": stripped(value),
                        "Description": each.get("Description") or "",
                    }
                    for each in elements
                    if each
                ]

    def show(row: Row, call: Call, store: Store) -> None:
        del call, store
        for member, _ in members:
            for element in row[member]:  # type: ignore[attr-defined]
                element["TableRight"] = None
                element["FieldProperties"] = {}

    return Aspect(owns=frozenset(member for member, _ in members), lay=lay, show=show)


def stripped_phone(value: str) -> str:
    """Digits only, letters as on a telephone's keypad; a leading + goes, a leading 00 stays."""
    digits = value.translate(_DIALLED)
    return digits if digits.isascii() else "".join(each for each in digits if each.isascii())


_phone = lru_cache(maxsize=4096)(stripped_phone)


def _as_it_is(value: str) -> str:
    return value
