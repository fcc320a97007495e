"""Files that exist while the process does: made for their owner only, in a folder of their own, removed at exit.

Must not know what they hold.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from pathlib import Path

from mockserver.errors import StartError


class Scratch:
    """A folder that is made when the first file is kept, and goes with this object or the process."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def keep(self, name: str, content: bytes) -> Path:
        """Write a file and say where it is; raises `StartError`."""
        try:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="mockserver-")).resolve()
                weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            path = self._folder / name
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
        except OSError as error:
            raise StartError(
                f"cannot keep {name} in {tempfile.gettempdir()}: {(error.strerror or str(error)).lower()}"
            ) from error
        return path
