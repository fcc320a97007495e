"""The reference: the least that any aiohttp double with state must do. Stands alone, so that it starts as a bare server does.

One POST handler decodes with orjson, keeps the dict by its ContactId, enriches and encodes with orjson; no access log, no
authentication, no merge, no journal. Run as a script: `reference.py ENV_FILE` listens on a free port of loopback, and
writes its address into the file as `mockserver serve --env-file` does.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

Entity = dict[str, Any]

_SEED: Entity = orjson.loads((Path(__file__).resolve().parents[1] / "data" / "seed-request.json").read_bytes())
_PATH = "/api/v1/Agents/Contact/SaveContactEntity"
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}
_CARRIERS = ("Emails", "Interests", "Urls", "Phones", "Faxes", "Persons")


def _property(kind: str, length: int) -> Entity:
    return {"FieldRight": None, "FieldType": kind, "FieldLength": length}


# One entry per property on the contact, one entry as on the sample page on what it carries: an answer of 7.9 KB.
_PROPERTIES = {
    name: _property("System.Int32" if isinstance(value, int) else "System.String", 239) for name, value in _SEED.items()
}
_NESTED = {"fieldName": _property("System.Int32", 170)}
_kept: dict[int, Entity] = {}


def enriched(entity: Entity) -> Entity:
    """What is answered: the entity, with rights and properties on it and on what it carries."""
    answer = dict(entity)
    for name in _CARRIERS:
        carried = entity.get(name)
        if carried:
            answer[name] = [{**each, "TableRight": None, "FieldProperties": _NESTED} for each in carried]
    answer["TableRight"] = None
    answer["FieldProperties"] = _PROPERTIES
    return answer


async def _save(request: web.Request) -> web.Response:
    entity = orjson.loads(await request.read())
    _kept[entity["ContactId"]] = entity
    return web.Response(body=orjson.dumps(enriched(entity)), headers=_HEADERS)


async def _serve(env_file: Path) -> None:
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    app = web.Application()
    app.router.add_post(_PATH, _save)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=512).start()
    port = runner.addresses[0][1]
    lines = (f"SUPEROFFICE_API_URL=http://127.0.0.1:{port}/api", "SUPEROFFICE_USER=nobody", "SUPEROFFICE_PASSWORD=none")
    part = env_file.with_suffix(".part")
    part.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    part.replace(env_file)
    await stop.wait()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
