"""gzip for those who accept it, and for whom it saves something. Must not know what is answered."""

from __future__ import annotations

import zlib
from dataclasses import replace

from multidict import CIMultiDict

from mockserver.messages import Request, Response
from mockserver.responders import Respond

_WORTH = 1024
_GZIP = 31  # zlib's word for the largest window in a gzip container
_LEVEL = 1


async def compression(request: Request, forward: Respond) -> Response:
    """Forward, and compress the answer where the client takes gzip; the journal below sees it as it was."""
    response = await forward(request)
    body = response.body
    if response.delivery.cut is not None or response.delivery.length is not None:
        return response  # a fault counts the bytes that it has seen
    if not isinstance(body, bytes) or len(body) < _WORTH or "Content-Encoding" in response.headers:
        return response
    if not _accepts_gzip(request.headers.get("Accept-Encoding", "")):
        return response
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    headers = CIMultiDict(response.headers)
    headers["Content-Encoding"] = "gzip"
    headers.add("Vary", "Accept-Encoding")
    return replace(response, headers=headers, body=packer.compress(body) + packer.flush())


def _accepts_gzip(header: str) -> bool:
    """Whether `gzip` is named without a quality of 0."""
    if "gzip" not in header:
        return False
    for each in header.split(","):
        name, _, quality = each.partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
