"""Where the cassettes and scenarios that come with the project are: inside an installed wheel, beside the package in a checkout.

Must not know what they hold, nor look at the current folder.
"""

from __future__ import annotations

from pathlib import Path

from mockserver.errors import MockServerError

_PACKAGE = Path(__file__).resolve().parent
KINDS = ("cassettes", "scenarios")


def shipped(kind: str) -> Path:
    """The folder of a kind, `cassettes` or `scenarios`; raises `MockServerError` if the installation lacks it."""
    for folder in (_PACKAGE / "_shipped" / kind, _PACKAGE.parent / kind):
        if kind in KINDS and folder.is_dir():
            return folder
    raise MockServerError(f"this installation of superoffice-mockserver has no {kind}; install it again")
