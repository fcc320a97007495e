"""Who made a row and when, who changed it last and when: from the caller and the tenant's clock, in whole seconds, UTC.

A row that was never changed since it was made carries the same stamp twice: every save forces `updated` (contact-domain 6).
"""

from __future__ import annotations

from mockserver.calls import Call
from mockserver.catalogue.shapes import EMPTY_DATE
from mockserver.records.aspects import Aspect, Setting
from mockserver.records.store import Row, Store


def bind(setting: Setting) -> Aspect:
    """For entities with `CreatedDate`, `CreatedBy`, `UpdatedDate`, `UpdatedBy`."""
    del setting

    def blank(row: Row, call: Call, store: Store) -> None:
        del store
        row["CreatedBy"] = call.principal.associate

    def settle(row: Row, call: Call, store: Store) -> None:
        now = store.clock.stamp()
        if row["CreatedDate"] == EMPTY_DATE:
            row["CreatedDate"] = now
            row["CreatedBy"] = call.principal.associate
        row["UpdatedDate"] = now
        row["UpdatedBy"] = call.principal.associate

    return Aspect(blank=blank, settle=settle)
