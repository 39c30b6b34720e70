"""A SQLite file has one connector: which one, says a lock that ends with its process."""

from __future__ import annotations

import fcntl
from typing import IO

from connectors.state.engine import StateError


class Sole:
    """The lock beside the file at ``path``."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def take(self) -> None:
        """Raises StateError where another connector has it."""
        if self._file is not None:
            return
        try:
            file = open(f"{self._path}.lock", "ab")  # noqa: SIM115 - open as long as we poll
        except OSError as error:
            raise StateError(f"{self._path}.lock: {error.strerror}") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise StateError(
                f"{self._path} is in use by another connector: give each its own --state,"
                " or all of them one postgresql://USER@HOST/DATABASE"
            ) from error
        self._file = file

    def leave(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
