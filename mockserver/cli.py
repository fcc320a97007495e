"""The command `mockserver`: parse, then call one function. User errors end in one sentence and exit code 2."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from mockserver.errors import MockServerError

if TYPE_CHECKING:
    from mockserver.replay import Replay

_DEFAULT_LISTEN = "127.0.0.1:8080"


class _Parser(argparse.ArgumentParser):
    """argparse, with one sentence for a mistake instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and answer its exit code."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except MockServerError as error:
        sys.stderr.write(f"mockserver: {error}\n")
        return 2
    except BrokenPipeError:
        return 0


def _parser() -> _Parser:
    parser = _Parser(prog="mockserver", description="A stateful test double of the SuperOffice CRM web API.", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=_Parser)
    serve = commands.add_parser("serve", help="serve a tenant until Ctrl-C", allow_abbrev=False)
    _listening(serve)
    serve.add_argument(
        "--scenario", action="append", metavar="NAME", help="name or path of a scenario; may be given several times"
    )
    serve.set_defaults(run=_serve)
    replay = commands.add_parser("replay", help="answer from cassettes until Ctrl-C", allow_abbrev=False)
    _listening(replay)
    replay.add_argument(
        "--cassette", action="append", required=True, metavar="PATH", help="a cassette, or the name of a shipped one; repeatable"
    )
    replay.add_argument(
        "--then", choices=("refuse", "emulate", "live"), default="refuse", help="what happens to what was not recorded (refuse)"
    )
    replay.add_argument("--match-on", metavar="NAMES", help="vcrpy's matchers, separated by commas (method,path,query,body)")
    replay.add_argument("--allow-playback-repeats", action="store_true", help="give the last answer to a request again and again")
    replay.add_argument(
        "--latency", choices=("none", "recorded"), default="none", help="how long answers take: no time, or as recorded (none)"
    )
    replay.add_argument(
        "--upstream", metavar="URL", help="the tenant that --then live asks: https://sod2.superoffice.com/Cust12345"
    )
    replay.add_argument("--upstream-ca", type=Path, metavar="FILE", help="certificates of authorities to trust besides the usual")
    replay.set_defaults(run=_replay)
    _add_record(commands.add_parser("record", help="keep what passes between a client and a live tenant", allow_abbrev=False))
    listing = commands.add_parser("list", help="what the double knows", allow_abbrev=False)
    listing.add_argument("what", choices=("operations", "entities", "guesses"))
    listing.set_defaults(run=_list)
    return parser


def _door(parser: argparse.ArgumentParser) -> None:
    """The options of every command that listens."""
    parser.add_argument("--listen", default=_DEFAULT_LISTEN, metavar="HOST:PORT", help="address; port 0 picks a free one")
    parser.add_argument("--env-file", type=Path, metavar="PATH", help="write SUPEROFFICE_* variables there once it answers")


def _listening(parser: argparse.ArgumentParser) -> None:
    """The options of every command that answers as a tenant."""
    _door(parser)
    parser.add_argument("--tenant", help="name of the default tenant: Cust and digits")
    parser.add_argument("--tls", action="store_true", help="HTTPS, under a throw-away certificate whose authority is a file")
    parser.add_argument("--tls-cert", type=Path, metavar="FILE", help="HTTPS, under this certificate (PEM, with its chain)")
    parser.add_argument("--tls-key", type=Path, metavar="FILE", help="the key of that certificate (PEM)")


def _serve(options: argparse.Namespace, replay: Replay | None = None) -> int:
    from mockserver.serving import Tls, serve

    address = _address(options.listen)
    wanted = options.tls or options.tls_cert is not None or options.tls_key is not None
    tls = Tls(options.tls_cert, options.tls_key) if wanted else None
    scenario = ",".join(getattr(options, "scenario", None) or ()) or None
    return serve(*address, env_file=options.env_file, tenant=options.tenant, scenario=scenario, tls=tls, replay=replay)


def _replay(options: argparse.Namespace) -> int:
    from mockserver.replay import Replay
    from mockserver.responders.matching import USUAL, chosen

    live = None
    if options.upstream is not None:
        from mockserver.recording import Live

        live = Live(options.upstream, options.upstream_ca)
    return _serve(
        options,
        Replay(
            cassettes=options.cassette,
            match_on=USUAL if options.match_on is None else chosen(options.match_on),
            allow_playback_repeats=options.allow_playback_repeats,
            latency=options.latency,
            then=options.then,
            live=live,
        ),
    )


def _add_record(record: argparse.ArgumentParser) -> None:
    several: dict[str, Any] = {"action": "append", "default": [], "metavar": "PATTERN"}
    record.add_argument("--upstream", required=True, metavar="URL", help="the tenant: https://sod2.superoffice.com/Cust12345")
    record.add_argument("--cassette", required=True, type=Path, metavar="FILE", help="where the exchanges go")
    record.add_argument(
        "--mode", default="once", choices=("once", "new_episodes", "none", "all", "rewrite"), help="what becomes of a cassette"
    )
    _door(record)
    record.add_argument("--filter", dest="only", **several, help="keep only paths like this, such as */Contact/*")
    record.add_argument("--ignore", dest="never", **several, help="keep no paths like this")
    record.add_argument(
        "--allow", **(several | {"metavar": "FIELD"}), help="a field that is nobody's, such as response.body.Name"
    )
    record.add_argument("--key", type=Path, metavar="FILE", help="the key that stand-ins depend on; made where there is none")
    record.add_argument("--upstream-ca", type=Path, metavar="FILE", help="certificates of authorities to trust besides the usual")
    record.add_argument("--record-in-ci", dest="in_ci", action="store_true", help="record although CI is set")
    record.set_defaults(run=_record)


def _record(options: argparse.Namespace) -> int:
    from mockserver.recording import Wanted, record
    from mockserver.responders.tape import Mode

    wanted = Wanted(
        upstream=options.upstream,
        cassette=options.cassette,
        mode=Mode(options.mode),
        only=tuple(options.only),
        never=tuple(options.never),
        allow=tuple(options.allow),
        key=options.key,
        upstream_ca=options.upstream_ca,
        env_file=options.env_file,
        in_ci=options.in_ci,
    )
    return record(*_address(options.listen), wanted)


def _list(options: argparse.Namespace) -> int:
    from mockserver.catalogue import listing

    lines = {"operations": listing.operations, "entities": listing.entities, "guesses": listing.guesses}[options.what]()
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise MockServerError(f"--listen takes HOST:PORT, such as {_DEFAULT_LISTEN}; it got {text!r}")
    return host.strip("[]"), int(port)
