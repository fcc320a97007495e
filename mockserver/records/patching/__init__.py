"""Patches: JSON Patch (RFC 6902) and merge documents (RFC 7396), applied to an entity as the wire shows it.

The vendor's rules are laid over the RFCs' (protocol 2, contact-domain 3.13): paths in any letter case, dictionaries and
interests that change by key, one object appended to an array. Every path is resolved against the carriers first. What it
leads through is copied, nothing else is: members that a patch does not touch are shared with the entity, constants and all.

Operations on arrays are those of the library `jsonpatch`; setting a member of an object, once its name is resolved, is an
assignment, a tenth of what the library takes. A property test holds the whole against the library. Must not know rows,
verbs or bytes; what is handed back goes through an ordinary save.
"""

from __future__ import annotations

from mockserver.catalogue.loading import Catalogue
from mockserver.catalogue.shapes import Shapes
from mockserver.errors import BadRequest
from mockserver.records.patching.documents import LIMIT, Document, Patch, key_of
from mockserver.records.patching.drafts import CONFLICT, Draft
from mockserver.records.patching.settling import Settling
from mockserver.records.patching.values import Values

__all__ = ["CONFLICT", "LIMIT", "Patch", "Patcher", "key_of"]


class Patcher:
    """Applies patches to entities as the wire shows them."""

    def __init__(self, catalogue: Catalogue, shapes: Shapes | None = None) -> None:
        self._catalogue = catalogue
        self._values = Values(catalogue, shapes or Shapes(catalogue))
        self._settling = Settling(catalogue)

    def apply(self, patch: Patch, entity: Document, carrier: str, *, rest: bool) -> Document:
        """A changed copy of the entity, to be saved through the ordinary replace; what did not change is the same object.

        `rest` follows REST PATCH, where parts of an address and nulls cannot be reached into; an agent's save fills them.
        Raises `BadRequest` for what cannot be applied and `Conflict` for a test that fails.
        """
        draft = Draft(self._catalogue, self._values, entity, carrier, rest=rest)
        try:
            if patch.members is not None:
                draft.merge(patch.members)
            else:
                for op, _, tokens, value in patch.steps:
                    draft.change(op, tokens, value)
        except RecursionError:
            raise BadRequest("The patch is nested too deeply.") from None
        self._settling.settle(entity, draft)
        return draft.entity
