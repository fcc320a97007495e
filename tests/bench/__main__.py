"""`python -m tests.bench`: measure the double beside a bare aiohttp server and print what came out.

Exit code 0, or 1 where a figure must not be believed (answers that were not 2xx, a server that ended), or 2 for a mistake
on the command line.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if not __package__:  # run as a file: this checkout comes first, not the folder of the file
    sys.path[0] = str(Path(__file__).resolve().parents[2])

if TYPE_CHECKING:
    from tests.bench.figures import Table
    from tests.bench.plan import Plan

PARTS = ("throughput", "replay", "cold", "tenant", "memory", "proxy")
RATIOS = (
    "Quote the ratios: they compare two servers in the same minutes on the same machine. Absolute figures are this machine's."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for."""
    options = _parser().parse_args(arguments)
    from tests.bench import load, servers
    from tests.bench.figures import BenchError

    servers.stop_on_signals()
    tables: list[Table] = []
    complaint = ""
    try:
        plan = _plan(options, load.chosen(options.generator))
        head = _head(arguments)
        print("\n".join(f"{name:10} {value}" for name, value in head.items()), RATIOS, sep="\n", end="\n\n", flush=True)
        for part in options.only:
            for table in _measure(part)(plan):
                tables.append(table)
                print(table.text(), end="\n\n", flush=True)
                if options.json:
                    _write(options.json, {**head, "plan": asdict(plan), "tables": [each.told() for each in tables]})
    except (BenchError, OSError) as error:
        complaint = str(error)
    except KeyboardInterrupt:
        complaint = "stopped"
    complaints = [f"{table.part}: {each}" for table in tables for each in table.complaints] + ([complaint] if complaint else [])
    sys.stderr.write("".join(f"bench: {each}\n" for each in complaints))
    return 1 if complaints else 0


def _write(path: Path, told: object) -> None:
    path.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def _measure(part: str) -> Callable[[Plan], Iterator[Table]]:
    from tests.bench import cold, memory, proxy, replay, tenant, throughput

    parts = {
        "throughput": throughput,
        "replay": replay,
        "cold": cold,
        "tenant": tenant,
        "memory": memory,
        "proxy": proxy,
    }
    measure: Callable[[Plan], Iterator[Table]] = parts[part].measure
    return measure


def _head(arguments: Sequence[str] | None) -> Mapping[str, str]:
    from tests.bench.servers import OURS, REFERENCE, ROOT, command

    return {
        "command": shlex.join(["python", "-m", "tests.bench", *(sys.argv[1:] if arguments is None else arguments)]),
        "versions": f"Python {platform.python_version()}, aiohttp {version('aiohttp')}, orjson {version('orjson')}",
        "machine": f"{platform.platform()}, {os.cpu_count()} cores",
        "measured": f"{ROOT}: {shlex.join(command(OURS, 'FILE'))}",
        "reference": shlex.join(command(REFERENCE, "FILE")),
    }


def _plan(options: argparse.Namespace, generator: str) -> Plan:
    from tests.bench.plan import QUICK, Plan

    plan = QUICK if options.quick else Plan()
    chosen = {name: getattr(options, name) for name in ("rounds", "seconds", "connections", "ids")}
    return replace(plan, generator=generator, **{name: value for name, value in chosen.items() if value is not None})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tests.bench", description="Measure the double beside a bare aiohttp server.", epilog=RATIOS
    )
    parser.add_argument(
        "--only", type=_parts, default=PARTS, metavar="PARTS", help=f"out of {','.join(PARTS)}, separated by commas"
    )
    parser.add_argument("--quick", action="store_true", help="everything short, to see that it runs; the figures mean nothing")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures there as well")
    parser.add_argument("--rounds", type=_bounded(50), metavar="N", help="throughput: rounds (5)")
    parser.add_argument("--seconds", type=_bounded(60), metavar="N", help="throughput: seconds of every run (2)")
    parser.add_argument(
        "--connections", type=_several(256), metavar="N[,N]", help="throughput: connections, a table for each (16); such as 16,1"
    )
    parser.add_argument("--ids", type=_bounded(20_000), metavar="N", help="throughput: contacts that are rotated through (1000)")
    parser.add_argument("--generator", choices=("auto", "wrk", "asyncio"), default="auto", help="what makes the load")
    return parser


def _parts(text: str) -> tuple[str, ...]:
    wanted = text.split(",")
    for each in wanted:
        if each not in PARTS:
            raise argparse.ArgumentTypeError(f"{each!r} is no part; there are {', '.join(PARTS)}")
    return tuple(part for part in PARTS if part in wanted)


def _bounded(most: int) -> Callable[[str], int]:
    def parsed(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {most}")
        return int(text)

    return parsed


def _several(most: int) -> Callable[[str], tuple[int, ...]]:
    return lambda text: tuple(map(_bounded(most), text.split(",")))


if __name__ == "__main__":
    sys.exit(main())
