"""The rows of one tenant: copies in, copies out, keys and numbers given once, snapshots."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from mockserver.clock import Clock
from mockserver.records.store import Row, Snapshot, Store
from mockserver.settings import Settings

from .desk import NOON, tenants_for

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers(-(2**31), 2**31 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXT
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8)
ROWS = st.dictionaries(TEXT, VALUES, max_size=4)
SMALL_ROWS = st.fixed_dictionaries({"Name": st.sampled_from(["a", "b", "æ"]), "Phones": st.lists(st.integers(0, 3), max_size=2)})


def fresh_store() -> Store:
    """A store without rows."""
    return Store(tenants_for().lists, Clock(NOON), Settings())


# --- rows


@given(row=ROWS)
@settings(deadline=None, max_examples=60)
def test_a_row_is_read_as_it_was_put(row: Row) -> None:
    """Whatever JSON can say comes back as it was, its members in the same order."""
    store = fresh_store()
    store.put("Contact", 5, row)
    read = store.row("Contact", 5)
    assert read == row
    assert list(read or {}) == list(row)


def test_changing_what_was_put_changes_nothing(empty_store: Store) -> None:
    """The store holds a copy: who put a row may go on using it."""
    row: Row = {"Name": "Amadeus AS", "Phones": [{"Value": "02"}]}
    empty_store.put("Contact", 1, row)
    row["Name"] = "changed"
    row["Phones"].append("more")  # type: ignore[attr-defined]
    assert empty_store.row("Contact", 1) == {"Name": "Amadeus AS", "Phones": [{"Value": "02"}]}


def test_changing_what_was_read_changes_nothing(empty_store: Store) -> None:
    """Each reader gets a copy of its own, down to the innermost list."""
    empty_store.put("Contact", 1, {"Name": "Amadeus AS", "Phones": [{"Value": "02"}]})
    first = empty_store.row("Contact", 1)
    assert first is not None
    first["Name"] = "changed"
    first["Phones"][0]["Value"] = "changed"  # type: ignore[index]
    assert empty_store.row("Contact", 1) == {"Name": "Amadeus AS", "Phones": [{"Value": "02"}]}


def test_putting_again_replaces_the_whole_row(empty_store: Store) -> None:
    """Nothing of the former row is left."""
    empty_store.put("Contact", 1, {"Name": "old", "Department": "old"})
    empty_store.put("Contact", 1, {"Name": "new"})
    assert empty_store.row("Contact", 1) == {"Name": "new"}


@pytest.mark.parametrize(
    ("entity", "key"),
    [
        pytest.param("Contact", 2, id="a key nobody used"),
        pytest.param("Person", 1, id="a key that only another entity has"),
        pytest.param("Contact", 0, id="key zero"),
        pytest.param("Contact", -1, id="a negative key"),
    ],
)
def test_where_there_is_no_row_there_is_none(empty_store: Store, entity: str, key: int) -> None:
    """An unknown row reads as None, is not there, and cannot be removed."""
    empty_store.put("Contact", 1, {"Name": "the only one"})
    assert empty_store.row(entity, key) is None
    assert not empty_store.has(entity, key)
    assert not empty_store.remove(entity, key)
    assert empty_store.has("Contact", 1)


def test_a_removed_row_is_gone(empty_store: Store) -> None:
    """Removing says whether there was a row, and touches no other."""
    for entity, key in (("Contact", 1), ("Contact", 2), ("Person", 1)):
        empty_store.put(entity, key, {"Name": f"{entity} {key}"})
    assert empty_store.remove("Contact", 1)
    assert not empty_store.remove("Contact", 1)
    assert empty_store.row("Contact", 1) is None
    assert empty_store.row("Contact", 2) == {"Name": "Contact 2"}
    assert empty_store.row("Person", 1) == {"Name": "Person 1"}


def test_keys_come_in_the_order_rows_were_first_kept(empty_store: Store) -> None:
    """Changing a row does not move it, other entities' keys are not among them."""
    for key in (7, 3, 5):
        empty_store.put("Contact", key, {})
    empty_store.put("Person", 4, {})
    empty_store.put("Contact", 7, {"Name": "changed"})
    assert list(empty_store.keys("Contact")) == [7, 3, 5]
    assert list(empty_store.keys("Project")) == []


def test_rows_may_be_removed_while_keys_are_gone_through(empty_store: Store) -> None:
    """A walk through the keys is not disturbed by what is done on the way."""
    for key in (1, 2, 3):
        empty_store.put("Contact", key, {})
    for key in empty_store.keys("Contact"):
        empty_store.remove("Contact", key)
    assert list(empty_store.keys("Contact")) == []


# --- numbers and keys


def test_a_series_counts_from_its_start(empty_store: Store) -> None:
    """The first number is the start, each further one is one more, and series know nothing of each other."""
    assert [empty_store.draw("Company number", 10001) for _ in range(3)] == [10001, 10002, 10003]
    assert empty_store.draw("Person number", 500) == 500
    assert empty_store.draw("anything") == 1
    assert empty_store.draw("Company number", 10001) == 10004


def test_a_series_never_goes_back(empty_store: Store) -> None:
    """A start below what was drawn gives the next number, one above it leaps ahead."""
    empty_store.draw("Company number", 10001)
    assert empty_store.draw("Company number", 1) == 10002
    assert empty_store.draw("Company number", 20000) == 20000
    assert empty_store.draw("Company number", 10001) == 20001


def test_new_keys_count_from_one_for_each_entity(empty_store: Store) -> None:
    """Every entity has keys of its own; zero, which means a new row on the wire, is never given."""
    assert [empty_store.next_key("Contact") for _ in range(3)] == [1, 2, 3]
    assert empty_store.next_key("Person") == 1


def test_new_keys_step_over_rows_put_under_keys_of_their_own(empty_store: Store) -> None:
    """A row that came with its key is never overwritten by a new one."""
    for key in (1, 2, 4):
        empty_store.put("Contact", key, {})
    given_out = []
    for _ in range(3):
        given_out.append(empty_store.next_key("Contact"))
        empty_store.put("Contact", given_out[-1], {})
    assert not {1, 2, 4} & set(given_out)
    assert len(set(given_out)) == 3


def test_the_key_of_a_removed_row_is_not_given_again(empty_store: Store) -> None:
    """A client that kept the id of a deleted row never finds a stranger under it."""
    key = empty_store.next_key("Contact")
    empty_store.put("Contact", key, {})
    empty_store.remove("Contact", key)
    assert key not in [empty_store.next_key("Contact") for _ in range(5)]


def test_the_key_of_a_removed_row_that_came_with_its_key_is_not_given_again(empty_store: Store) -> None:
    """The same holds for rows that were not made under a key of the series, such as a tenant's own company."""
    empty_store.put("Contact", 1, {})
    empty_store.remove("Contact", 1)
    assert 1 not in [empty_store.next_key("Contact") for _ in range(5)]


# --- revisions


def test_every_write_makes_the_revision_grow_by_one(empty_store: Store) -> None:
    """Putting a new row, putting it again and removing it are a write each."""
    revisions = [empty_store.revision]
    empty_store.put("Contact", 1, {})
    revisions.append(empty_store.revision)
    empty_store.put("Contact", 1, {})
    revisions.append(empty_store.revision)
    empty_store.remove("Contact", 1)
    revisions.append(empty_store.revision)
    assert [after - before for before, after in pairwise(revisions)] == [1, 1, 1]


def test_reading_leaves_the_revision_alone(empty_store: Store) -> None:
    """Reading, asking, taking a snapshot and removing what is not there are no writes."""
    empty_store.put("Contact", 1, {})
    before = empty_store.revision
    empty_store.row("Contact", 1)
    empty_store.row("Contact", 2)
    empty_store.has("Contact", 1)
    list(empty_store.keys("Contact"))
    empty_store.snapshot()
    empty_store.remove("Contact", 2)
    assert empty_store.revision == before


# --- snapshots


def test_restoring_brings_back_rows_keys_and_numbers(empty_store: Store) -> None:
    """After a restore the store goes on exactly as it would have gone on from the snapshot."""
    key = empty_store.next_key("Contact")
    empty_store.put("Contact", key, {"Name": "before"})
    empty_store.draw("Company number", 10001)
    snapshot = empty_store.snapshot()
    empty_store.put("Contact", key, {"Name": "after"})
    empty_store.put("Person", 9, {})
    empty_store.next_key("Contact")
    empty_store.draw("Company number", 10001)
    empty_store.restore(snapshot)
    assert empty_store.row("Contact", key) == {"Name": "before"}
    assert not empty_store.has("Person", 9)
    assert empty_store.next_key("Contact") == key + 1
    assert empty_store.draw("Company number", 10001) == 10002


def test_restoring_twice_gives_the_same_twice(empty_store: Store) -> None:
    """What is done after a restore does not leak into the snapshot."""
    empty_store.put("Contact", 1, {"Name": "kept"})
    snapshot = empty_store.snapshot()
    for _ in range(2):
        empty_store.restore(snapshot)
        assert list(empty_store.keys("Contact")) == [1]
        assert empty_store.row("Contact", 1) == {"Name": "kept"}
        assert empty_store.draw("Company number", 10001) == 10001
        empty_store.put("Contact", 1, {"Name": "spoiled"})
        empty_store.put("Contact", 2, {})
        empty_store.remove("Contact", 1)


def test_a_snapshot_may_be_restored_into_another_store(empty_store: Store) -> None:
    """A fresh tenant is the stock's snapshot in a store of its own; the two share nothing that changes."""
    empty_store.put("Contact", 1, {"Name": "stock"})
    other = fresh_store()
    other.restore(empty_store.snapshot())
    other.put("Contact", 1, {"Name": "mine"})
    other.put("Contact", 2, {})
    assert empty_store.row("Contact", 1) == {"Name": "stock"}
    assert not empty_store.has("Contact", 2)


def test_the_revision_grows_even_when_going_back(empty_store: Store) -> None:
    """What was kept for a revision before a restore is never mistaken for what is there after it."""
    empty_store.put("Contact", 1, {})
    snapshot = empty_store.snapshot()
    empty_store.put("Contact", 1, {"Name": "later"})
    before = empty_store.revision
    empty_store.restore(snapshot)
    assert empty_store.revision > before
    again = empty_store.revision
    empty_store.restore(snapshot)
    assert empty_store.revision > again


# --- everything together


@dataclass
class Model:
    """A store as anybody would write it who has all the time in the world."""

    rows: dict[tuple[str, int], Row] = field(default_factory=dict)
    spent: set[tuple[str, int]] = field(default_factory=set)
    drawn: dict[str, int] = field(default_factory=dict)


class StoreMachine(RuleBasedStateMachine):
    """Drives a store and a model with the same steps."""

    snapshots: Bundle[tuple[Snapshot, Model]] = Bundle("snapshots")
    entities = st.sampled_from(["Contact", "Person"])
    keys = st.integers(1, 3)

    def __init__(self) -> None:
        super().__init__()
        self.store = fresh_store()
        self.model = Model()
        self.revision = self.store.revision

    def _wrote(self, times: int) -> None:
        self.revision += times
        assert self.store.revision == self.revision

    @rule(entity=entities, key=keys, row=SMALL_ROWS)
    def put(self, entity: str, key: int, row: Row) -> None:
        """A row under a key of its own."""
        self.store.put(entity, key, row)
        self.model.rows[entity, key] = deepcopy(row)
        self.model.spent.add((entity, key))
        self._wrote(1)

    @rule(entity=entities, row=SMALL_ROWS)
    def add(self, entity: str, row: Row) -> None:
        """A row under the next key, which nobody had before."""
        key = self.store.next_key(entity)
        assert key > 0
        assert (entity, key) not in self.model.spent
        self.store.put(entity, key, row)
        self.model.rows[entity, key] = deepcopy(row)
        self.model.spent.add((entity, key))
        self._wrote(1)

    @rule(entity=entities, key=keys)
    def remove(self, entity: str, key: int) -> None:
        """Any row, or none."""
        there = self.model.rows.pop((entity, key), None) is not None
        assert self.store.remove(entity, key) is there
        self._wrote(int(there))

    @precondition(lambda self: bool(self.model.rows))
    @rule(data=st.data())
    def spoil(self, data: st.DataObject) -> None:
        """Change what was read."""
        entity, key = data.draw(st.sampled_from(sorted(self.model.rows)))
        row = self.store.row(entity, key)
        assert row is not None
        row["spoiled"] = True

    @rule(series=st.sampled_from(["Company number", "Person number"]), start=st.sampled_from([1, 10001]))
    def draw(self, series: str, start: int) -> None:
        """The next number is above all before it and not below the start."""
        expected = max(self.model.drawn.get(series, 0) + 1, start)
        assert self.store.draw(series, start) == expected
        self.model.drawn[series] = expected

    @rule(target=snapshots)
    def snapshot(self) -> tuple[Snapshot, Model]:
        """Remember both."""
        return self.store.snapshot(), deepcopy(self.model)

    @rule(pair=snapshots)
    def restore(self, pair: tuple[Snapshot, Model]) -> None:
        """Bring both back; the same pair may come again."""
        snapshot, model = pair
        self.store.restore(snapshot)
        self.model = deepcopy(model)
        assert self.store.revision > self.revision
        self.revision = self.store.revision

    @invariant()
    def same(self) -> None:
        """Both hold the same rows."""
        for entity in ("Contact", "Person"):
            wanted = {key: row for (name, key), row in self.model.rows.items() if name == entity}
            assert {key: self.store.row(entity, key) for key in self.store.keys(entity)} == wanted
            assert all(self.store.has(entity, key) for key in wanted)


def test_a_store_does_what_a_dictionary_does() -> None:
    """Whatever is done to a store, it holds what a plain dictionary would, and never gives a key twice."""
    run_state_machine_as_test(StoreMachine, settings=settings(deadline=None, max_examples=50, stateful_step_count=20))
