"""Cross-origin calls from browsers: answers preflights, and lets allowed origins read every answer (protocol 8).

Must not know what is asked. Without an `Origin` header it does nothing.
"""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase

from multidict import CIMultiDict

from mockserver.messages import Account, Request, Response
from mockserver.responders import Respond

_METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"


class Cors:
    """The responder for calls that come with an `Origin`; `origins` are patterns such as `http://localhost*`."""

    def __init__(self, origins: str) -> None:
        self._origins = origins.split()

    async def __call__(self, request: Request, forward: Respond) -> Response:
        """Answer a preflight, or forward and add who may read the answer."""
        origin = request.headers.get("Origin")
        if origin is None or not any(fnmatchcase(origin, pattern) for pattern in self._origins):
            return await forward(request)
        granted = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            granted["Access-Control-Allow-Methods"] = _METHODS
            granted["Access-Control-Allow-Headers"] = request.headers.get("Access-Control-Request-Headers", "*")
            granted["Access-Control-Max-Age"] = "600"
            return Response(200, CIMultiDict(granted), account=Account(by="cors"))
        response = await forward(request)
        headers = CIMultiDict(response.headers)
        headers.pop("Access-Control-Allow-Origin", None)  # browsers take one origin, and the token endpoint says * by itself
        headers.extend(granted)
        return replace(response, headers=headers)
