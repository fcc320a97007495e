"""Numbers from a series of the tenant: drawn for a row whose number is blank (contact-domain 3.9)."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.calls import Call
from mockserver.records.aspects import Aspect, Setting
from mockserver.records.store import Row, Store


def bind(setting: Setting) -> Aspect:
    """Option `numbers: {Number2: {series: Company number, start: 10001}}`."""
    option = setting.entity.options["numbers"]
    assert isinstance(option, Mapping)
    series = [(str(member), str(each["series"]), int(each["start"])) for member, each in option.items()]

    def fill(row: Row, call: Call, store: Store) -> None:
        del call
        for member, name, start in series:
            if not row[member]:
                row[member] = str(store.draw(name, start))

    return Aspect(fill=fill)
