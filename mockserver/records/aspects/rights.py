"""`TableRight` and `FieldProperties`, last on the wire: masks, reasons, types and lengths as recorded (`rights.yaml`).

Where nothing was recorded, the table right is full and the field properties are empty.
"""

from __future__ import annotations

from mockserver.calls import Call, Constant
from mockserver.records.aspects import Aspect, Setting
from mockserver.records.store import Row, Store


def bind(setting: Setting) -> Aspect:
    """For every entity; the same for all callers until rights depend on who is calling."""
    recorded = setting.catalogue.rights.get(setting.carrier.name, {})
    table = Constant({"Mask": "FULL", "Reason": ""})
    properties = Constant(
        {
            member: {"FieldRight": {"Mask": mask, "Reason": reason}, "FieldType": kind, "FieldLength": length}
            for member, (mask, reason, kind, length) in recorded.items()
        }
    )

    def show(row: Row, call: Call, store: Store) -> None:
        del call, store
        row["TableRight"] = table
        row["FieldProperties"] = properties

    return Aspect(owns=frozenset(("TableRight", "FieldProperties")), show=show)
