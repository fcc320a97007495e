"""The journeys in `cassettes/`, made with the project's own emulator in the place of a tenant: `python -m tests.journeys`.

Until a tenant has been recorded they show the format and carry the tests; each recording says what answered it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from multidict import CIMultiDict

from mockserver.clock import Clock
from mockserver.messages import Body, Request, Response
from mockserver.responders.cassettes import Interaction, save
from mockserver.server import Parts
from mockserver.settings import Settings

FOLDER = Path(__file__).resolve().parent.parent / "cassettes"
UPSTREAM = "https://tenant.example/Cust54321"
JSON, XML, PATCH = "application/json", "application/xml", "application/json-patch+json"
_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Journey:
    """Asks the emulator in memory, one request after another, and keeps what was said."""

    def __init__(self) -> None:
        self.interactions: list[Interaction] = []
        settings = Settings(tenant="Cust54321", gzip=False)
        self._login = f"Bearer {settings.access_token.format(tenant=settings.tenant)}"
        self._respond = Parts(settings, lambda: Clock(_NOON)).respond

    def ask(self, method: str, path: str, body: object = None, label: str = JSON) -> bytes:
        """The body of the answer; `path` is below the tenant and may have a query."""
        content = body.encode() if isinstance(body, str) else b"" if body is None else json.dumps(body).encode()
        headers = {"Accept": XML if label == XML else JSON}
        if content:
            headers["Content-Type"] = label
        uri = f"{UPSTREAM}{path}"
        parts = urlsplit(uri)
        sent = CIMultiDict({"Host": parts.netloc, "Authorization": self._login, **headers})
        request = Request(method, parts.path, parts.query, sent, Body(content), parts.scheme)

        async def asked() -> Response:
            return await self._respond(request)

        response = asyncio.run(asked())
        assert isinstance(response.body, bytes)
        # Nothing that signs in is kept: replay asks nobody for it.
        meta = {"recorded_at": _NOON.isoformat(), "duration": 0.02, "recorded_from": "the emulator of superoffice-mockserver"}
        answered = tuple(response.headers.items())
        kept = (method, uri, tuple(headers.items()), content, response.status, "", answered, response.body, meta)
        self.interactions.append(Interaction(*kept))
        return response.body


def _company(journey: Journey) -> None:
    """The life of a company: agents, REST, a patch, and what is said of one that is gone."""
    agent = "/api/v1/Agents/Contact"
    journey.ask("POST", f"{agent}/CreateDefaultContactEntity")
    made = json.loads(journey.ask("POST", f"{agent}/SaveContactEntity", {"contactId": 0, "name": "Recorded AS"}))
    key = made["ContactId"]
    read = f"{agent}/GetContactEntity?contactEntityId={key}"
    journey.ask("POST", read)
    journey.ask("GET", f"/api/v1/Contact/{key}")
    journey.ask("PATCH", f"/api/v1/Contact/{key}", [{"op": "replace", "path": "/Department", "value": "Patched"}], PATCH)
    journey.ask("POST", read)
    journey.ask("DELETE", f"/api/v1/Contact/{key}")
    journey.ask("POST", read)
    journey.ask("GET", f"/api/v1/Contact/{key}")


def _person(journey: Journey) -> None:
    """A person in XML, saved and read back."""
    agent = "/api/v1/Agents/Person"
    document = "<PersonEntity><Firstname>Kari</Firstname><Lastname>Recorded</Lastname></PersonEntity>"
    made = journey.ask("POST", f"{agent}/SavePersonEntity", document, XML).decode()
    key = made.partition("<PersonId>")[2].partition("<")[0]
    journey.ask("POST", f"{agent}/GetPersonEntity?personEntityId={key}", label=XML)


JOURNEYS: Mapping[str, Callable[[Journey], None]] = {"company": _company, "person-in-xml": _person}


def made(name: str) -> list[Interaction]:
    """What a journey brings today."""
    journey = Journey()
    JOURNEYS[name](journey)
    return journey.interactions


def main() -> int:
    """Write all journeys."""
    for name in JOURNEYS:
        interactions = made(name)
        save(FOLDER / f"{name}.yaml", interactions)
        sys.stdout.write(f"{name}: {', '.join(str(each.status) for each in interactions)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
