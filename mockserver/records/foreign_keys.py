"""Foreign keys: what other systems call a row, by application, device and name (protocol 1.2, contact-domain 3.10).

Kept as rows of their own beside the rows they are of. Must not know verbs or which operation is running.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mockserver.records.store import Row, Store

_ENTITY = "ForeignKey"


class Name(NamedTuple):
    """Where a foreign key is kept; names are compared in any letter case, an identifier only where one is given."""

    application: str
    device: str
    identifier: str
    key: str
    table: str
    record: int

    def folded(self) -> tuple[object, ...]:
        """The name to compare by, without the identifier."""
        return (*(each.casefold() for each in (self.application, self.device, self.key, self.table)), self.record)


def find(store: Store, name: Name) -> tuple[int, Row] | None:
    """The kept key of this name, with its number."""
    for number, kept, row in _all(store):
        if kept.folded() == name.folded() and name.identifier in ("", kept.identifier):
            return number, row
    return None


def keep(store: Store, name: Name, value: str, user: str) -> Row:
    """Keep a key, in place of the one that has its name."""
    now = store.clock.now().replace(microsecond=0, tzinfo=None).isoformat()
    found = find(store, name)
    number = found[0] if found else store.next_key(_ENTITY)
    made = (found[1]["CreatedDate"], found[1]["CreatedBy"]) if found else (now, user)
    row: Row = {
        "Name": list(name),
        "Value": value,
        "CreatedDate": made[0],
        "CreatedBy": made[1],
        "UpdatedDate": now,
        "UpdatedBy": user,
    }
    store.put(_ENTITY, number, row)
    return row


def drop(store: Store, name: Name) -> None:
    """Forget a key, if there is one of this name."""
    found = find(store, name)
    if found:
        store.remove(_ENTITY, found[0])


def of_row(store: Store, table: str, record: int) -> dict[str, str]:
    """All keys of a row: `application.device.key` → value."""
    return {
        f"{name.application}.{name.device}.{name.key}": str(row["Value"])
        for _, name, row in _all(store)
        if (name.table.casefold(), name.record) == (table.casefold(), record)
    }


def shown(row: Row) -> Row:
    """A kept key as the wire shows it."""
    name = _name(row)
    return {
        "Key": name.key,
        "Value": row["Value"],
        "RecordId": name.record,
        **{member: row[member] for member in ("CreatedDate", "UpdatedDate", "UpdatedBy", "CreatedBy")},
        "TableName": name.table,
        "TableRight": None,
        "FieldProperties": {},
    }


def _name(row: Row) -> Name:
    return Name(*row["Name"])  # type: ignore[misc]


def _all(store: Store) -> Iterator[tuple[int, Name, Row]]:
    for number in store.keys(_ENTITY):
        row = store.row(_ENTITY, number)
        assert row is not None
        yield number, _name(row), row
