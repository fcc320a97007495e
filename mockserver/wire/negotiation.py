"""Content-Type → which codec reads the body; `Unsupported` in the framework's words where none does (protocol 1.1).

Must not know operations. What a body is answered in, languages and conditions join here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from mockserver.calls import Value
from mockserver.errors import Unsupported
from mockserver.wire import json

Decode = Callable[[bytes], Value]

_DECODERS: dict[str, Decode] = dict.fromkeys(json.MEDIA_TYPES, json.decode)


@lru_cache(maxsize=256)
def decoder(content_type: str | None) -> Decode:
    """The decoder for the value of a Content-Type header; raises `Unsupported`."""
    if not content_type:
        raise Unsupported(
            "The request contains an entity body but no Content-Type header. The inferred media type "
            "'application/octet-stream' is not supported for this resource."
        )
    media_type = content_type.partition(";")[0].strip()
    found = _DECODERS.get(media_type.lower())
    if found is None:
        raise Unsupported(f"The request entity's media type '{media_type[:100]}' is not supported for this resource.")
    return found
