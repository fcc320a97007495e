"""The foreign keys of rows: kept, dropped, told one by one or all of a row at once.

What a key is named by comes from the path, the query and the body, whichever an operation has.
"""

from __future__ import annotations

from collections.abc import Callable

from mockserver.calls import NOTHING, Call, Result
from mockserver.catalogue.model import Binding, Operation
from mockserver.errors import BadRequest, NotFound
from mockserver.records import foreign_keys
from mockserver.records.blueprint import Blueprint
from mockserver.records.foreign_keys import Name
from mockserver.records.store import Store
from mockserver.records.verbs import Verb
from mockserver.records.verbs.read import existing

_Words = dict[str, object]


def bind(operation: Operation, binding: Binding, blueprint: Blueprint) -> Verb:
    """Option `does`: keep, drop, key, value or all."""
    del operation

    def all_of(words: _Words, call: Call, store: Store) -> Result:
        table, record = words.get("entitytype"), words.get("entityid")
        if "id" in words:
            table, record = blueprint.name, words["id"]
            assert isinstance(record, int)
            existing(blueprint, record, call, store)
        return Result(foreign_keys.of_row(store, str(table), record if isinstance(record, int) else 0))

    deeds: dict[object, Callable[[_Words, Call, Store], Result]] = {
        "keep": _keep,
        "drop": _drop,
        "key": _key,
        "value": _value,
        "all": all_of,
    }
    deed = deeds[binding.options["does"]]
    return lambda call, store: deed(_words(call), call, store)


def _words(call: Call) -> _Words:
    """All that was sent, by lower-case name; what the path says counts."""
    body = call.body if isinstance(call.body, dict) else {}
    inner = body.get("ForeignKey")
    sent = {**(inner if isinstance(inner, dict) else {}), **body, **call.arguments}
    return {name.lower(): value for name, value in sent.items() if value is not None}


def _name(words: _Words) -> Name:
    record = words.get("recordid")
    name = Name(
        str(words.get("applicationname", "")),
        str(words.get("devicename", "")),
        str(words.get("deviceidentifier", "")),
        str(words.get("keyname", words.get("key", ""))),
        str(words.get("tablename", "")),
        record if isinstance(record, int) else 0,
    )
    if not (name.application and name.device and name.key and name.table and name.record):
        raise BadRequest("A foreign key needs an application, a device, a name, a table and a record.")
    return name


def _keep(words: _Words, call: Call, store: Store) -> Result:
    return Result(foreign_keys.shown(foreign_keys.keep(store, _name(words), str(words.get("value", "")), call.principal.user)))


def _drop(words: _Words, call: Call, store: Store) -> Result:
    del call
    foreign_keys.drop(store, _name(words))
    return NOTHING


def _key(words: _Words, call: Call, store: Store) -> Result:
    del call
    found = foreign_keys.find(store, _name(words))
    if found is None:
        raise NotFound("Foreign key not found")
    return Result(foreign_keys.shown(found[1]))


def _value(words: _Words, call: Call, store: Store) -> Result:
    del call
    found = foreign_keys.find(store, _name(words))
    if found is None:
        raise NotFound("Foreign key not found")
    return Result(found[1]["Value"])
