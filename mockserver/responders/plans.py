"""What an operation needs, resolved once: its verb, how its body is fitted, its links, the shape of its answer.

Must not know requests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mockserver.calls import Constant, Value
from mockserver.catalogue.model import Kind, Operation, Type
from mockserver.catalogue.routing import ReadQuery, Router
from mockserver.records.tenants import Tenants
from mockserver.records.verbs import Verb, verbs
from mockserver.settings import Settings
from mockserver.wire.dialects import Links
from mockserver.wire.files import FileAnswer, FileBody

ANYTHING = Type(Kind.ANY)
SELECT = "$select"


@dataclass(frozen=True, slots=True)
class Plan:
    """One operation, ready to be carried out; `verb` is None where only the shape of the answer is known.

    `patches` says when a body is a patch document: always, when it is labelled as one, or never.
    """

    operation: Operation
    tier: str
    verb: Verb | None
    coerce: Callable[[Value], Value] | None
    read_query: ReadQuery | None
    shape: Constant | None = None
    links: Links | None = None
    patches: str = "never"
    file_body: FileBody | None = None
    file_answer: FileAnswer | None = None


class Plans:
    """The plans of all operations of a catalogue, each made at its first request."""

    def __init__(self, settings: Settings, tenants: Tenants, router: Router) -> None:
        self._settings = settings
        self._tenants = tenants
        self._catalogue = tenants.catalogue
        self._router = router
        self._known: dict[str, Plan] = {}

    def of(self, operation: Operation) -> Plan:
        """The plan of an operation."""
        known = self._known.get(operation.id)
        if known is None:
            known = self._known[operation.id] = self._stateful(operation) or self._shaped(operation)
        return known

    def _stateful(self, operation: Operation) -> Plan | None:
        binding = self._catalogue.bindings.get(operation.id)
        if binding is None:
            return None
        blueprint = self._tenants.blueprint(binding.entity)
        coerce = None
        if operation.body is not None:
            whole = operation.body.name == blueprint.entity.carrier
            coerce = blueprint.coerce if whole else self._tenants.shapes.coercer(operation.body)
        return Plan(
            operation=operation,
            tier="stateful",
            verb=verbs()[binding.verb](operation, binding, blueprint),
            coerce=coerce,
            read_query=self._router.query_reader(operation),
            links=self._links(operation),
            patches={"patch": "always", "save": "labelled"}.get(binding.verb, "never"),
        )

    def _links(self, operation: Operation) -> Links | None:
        result = operation.result
        if result is None or result.kind is not Kind.CARRIER:
            return None
        carrier = self._catalogue.carrier(result.name)
        if "_links" not in carrier.by_name:
            return None
        keys = {entity.name: entity.key for entity in self._catalogue.entities.values()}
        return Links(carrier, operation.path.split("/")[3], keys)

    def _shaped(self, operation: Operation) -> Plan:
        shapes = self._tenants.shapes
        result = operation.result
        file_body = FileBody.of(operation)
        kind = file_body.kind if file_body else operation.body
        known = self._settings.shaped and operation.has_shape
        shape: Constant | None = None
        if known and result is not None:
            shape = Constant(shapes.empty_carrier(result.name) if result.kind is Kind.CARRIER else shapes.empty(result))
        return Plan(
            operation=operation,
            tier="shaped" if known else "known",
            verb=None,
            coerce=shapes.coercer(kind) if kind else None,
            read_query=self._router.query_reader(operation),
            shape=shape,
            file_body=file_body,
            file_answer=FileAnswer.of(operation),
        )
