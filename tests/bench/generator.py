"""The load generator for machines without wrk; a script of its own, so that it costs the measured process nothing.

`generator.py FILE START HOST PORT CONNECTIONS SECONDS` sends the requests of the file (in the form `rotate.lua` describes)
over kept connections, one at a time on each, and prints one line of figures. It is slower than the servers it asks: ratios
made with it lie closer to 1 than those made with wrk.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

_GRACE = 5.0
_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Requests:
    """The requests of a file in turn, each with a number of its own."""

    def __init__(self, content: bytes, start: int) -> None:
        self._number = start
        self._at = 0
        self._pieces: list[tuple[bytes, bytes]] = []
        position = 0
        while position < len(content):
            end = content.index(b"\n", position)
            head, tail = map(int, content[position:end].split())
            position = end + 1 + head + tail
            self._pieces.append((content[end + 1 : end + 1 + head], content[end + 1 + head : position]))

    def next(self) -> bytes:
        """The next request, whole."""
        head, tail = self._pieces[self._at]
        self._at = (self._at + 1) % len(self._pieces)
        if not tail:
            return head
        self._number += 1
        return b"%b%010d%b" % (head, self._number, tail)


class Score:
    """What came back until the deadline; answers after it count only when they are bad."""

    def __init__(self, seconds: float) -> None:
        self.deadline = perf_counter() + seconds
        self.latencies: list[float] = []
        self.refused = 0
        self.broken = 0

    def answered(self, status: int, sent: float) -> bool:
        """Note an answer; whether to go on."""
        now = perf_counter()
        if not 200 <= status < 300:
            self.refused += 1
        if now > self.deadline:
            return False
        self.latencies.append(now - sent)
        return True


class Caller(asyncio.Protocol):
    """One kept connection."""

    def __init__(self, requests: Requests, score: Score) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._score = score
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._whole = 0
        self._sent = 0.0
        self._finished = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Send the next request when the answer is whole."""
        self._received += data
        if not self._whole:
            end = self._received.find(_END)
            if end < 0:
                return
            head = self._received[:end].lower()
            at = head.find(_LENGTH)
            length = 0 if at < 0 else int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0])
            self._whole = end + len(_END) + length
        if len(self._received) >= self._whole:
            going_on = self._score.answered(int(self._received[9:12]), self._sent)
            self._received, self._whole = self._received[self._whole :], 0
            if going_on:
                self._send()
            else:
                self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """A connection that the server closed is an error: all of them are kept alive."""
        if not self._finished:
            self._score.broken += 1
        if not self.ended.done():
            self.ended.set_result(None)

    def close(self) -> None:
        """Hang up."""
        self._finished = True
        if self._transport is not None:
            self._transport.close()

    def _send(self) -> None:
        assert self._transport is not None
        self._sent = perf_counter()
        self._transport.write(self._requests.next())


async def _load(requests: Requests, host: str, port: int, connections: int, seconds: float) -> dict[str, float]:
    loop = asyncio.get_running_loop()
    score = Score(seconds)
    callers: list[Caller] = []
    for _ in range(connections):
        _, caller = await loop.create_connection(lambda: Caller(requests, score), host, port)
        callers.append(caller)
    _, waiting = await asyncio.wait([caller.ended for caller in callers], timeout=seconds + _GRACE)
    latencies = sorted(score.latencies) or [0.0]
    return {
        "requests": len(score.latencies),
        "seconds": seconds,
        "p50": latencies[len(latencies) // 2] * 1e6,
        "p99": latencies[len(latencies) * 99 // 100] * 1e6,
        "refused": score.refused,
        "broken": score.broken + len(waiting),
    }


def _main(arguments: Sequence[str]) -> None:
    file, start, host, port, connections, seconds = arguments
    requests = Requests(Path(file).read_bytes(), int(start))
    print("RESULT", json.dumps(asyncio.run(_load(requests, host, int(port), int(connections), float(seconds)))))


if __name__ == "__main__":
    _main(sys.argv[1:])
