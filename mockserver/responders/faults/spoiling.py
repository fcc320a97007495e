"""How a fault changes an answer and the way it travels; the socket's part of it is the transport's.

Must not know requests or tenants.
"""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random
from typing import Any

from multidict import CIMultiDict

from mockserver.messages import AT_ONCE, Delivery, Ending, Response
from mockserver.responders.scenarios.model import Fault

_LONGEST = 3600.0
_ENDINGS: dict[str, Ending] = {"reset": "reset", "drop": "reset", "empty": "close", "hang": "hang"}
_BROKEN_JSON = b'{"Name": "ends too early"]'
_BROKEN_XML = b"<ContactEntity><Name>ends too early</ContactEntity>"


def spoilt(response: Response, fault: Fault, fired: int, spread: Random) -> Response:
    """The answer as the fault has it; `fired` is how often the fault has come by now, `spread` what delays are drawn from."""
    body = response.body
    assert isinstance(body, bytes)
    headers = CIMultiDict(response.headers)
    if fault.malformed in ("body", "json", "xml"):
        body = _malformed(body, fault.malformed, headers)
    if fault.charset is not None:
        body = _recoded(body, fault.charset, headers)
    if fault.content_type is not None:
        headers["Content-Type"] = fault.content_type
    for name, value in (fault.headers or {}).items():
        headers[name] = value
    return replace(response, headers=headers, body=body, delivery=_delivery(fault, len(body), fired, spread))


def _delivery(fault: Fault, size: int, fired: int, spread: Random) -> Delivery:
    made: dict[str, Any] = {}
    delay = drawn(fault.delay, spread)
    if fault.slow_start is not None:
        calls = fault.slow_start["calls"]
        delay += fault.slow_start["delay"] * max(0.0, 1 - (fired - 1) / calls)
    if delay:
        made["delay"] = delay
    if fault.how is not None:
        made["ending"] = _ENDINGS[fault.how]
    if fault.silent:
        made["silent"] = True
    if fault.cut is not None:
        made["cut"] = fault.cut if isinstance(fault.cut, int) else int(size * fault.cut)
        made.setdefault("ending", "close")
    if fault.dribble is not None:
        made |= {"piece": int(fault.dribble["piece"]), "pause": fault.dribble["pause"]}
    if fault.length is not None:
        made |= {"length": max(0, size + fault.length), "ending": "close"}
    if fault.malformed == "chunk":
        made |= {"length": -1, "ending": "close"}
    return Delivery(**made) if made else AT_ONCE


def drawn(delay: object, spread: Random) -> float:
    """Seconds: fixed, or drawn."""
    if isinstance(delay, dict):
        if "uniform" in delay:
            least, most = delay["uniform"]
            return float(spread.uniform(least, most))
        shape = delay["lognormal"]
        return min(_LONGEST, float(shape["median"] * math.exp(spread.gauss(0, shape["sigma"]))))
    return float(delay) if isinstance(delay, (int, float)) else 0.0


def _malformed(body: bytes, how: str, headers: CIMultiDict[str]) -> bytes:
    """A document that no parser takes: JSON with the wrong bracket last, XML with an element after the last."""
    label = headers.get("Content-Type", "")
    is_xml = "xml" in label
    if how == "json" and ("json" not in label or not body):
        headers["Content-Type"] = "application/json; charset=utf-8"
        return _BROKEN_JSON
    if how == "xml" and (not is_xml or not body):
        headers["Content-Type"] = "application/xml; charset=utf-8"
        return _BROKEN_XML
    if is_xml:
        return body + b"<unclosed>"
    return body[:-1] + (b"}" if body.endswith(b"]") else b"]")


def _recoded(body: bytes, charset: str, headers: CIMultiDict[str]) -> bytes:
    """The text in another charset than its label says."""
    labelled = headers.get("Content-Type", "").rpartition("charset=")[2].strip() or "utf-8"
    try:
        text = body.decode(labelled)
    except (LookupError, UnicodeDecodeError):
        text = body.decode("utf-8", "replace")
    return text.encode(charset, "replace")
