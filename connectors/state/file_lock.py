"""The lock beside a SQLite state: one connector uses the file. It ends with its process."""

from __future__ import annotations

import fcntl
from typing import IO

from connectors.state.engine import StateError


class FileLock:
    """An exclusive ``flock`` on ``PATH.lock``.

    Package ``filelock`` takes the same lock: it would be one more dependency to save the call of
    ``flock``, and both errors would still need their own message.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def acquire(self) -> None:
        """Raises StateError if another connector has the lock."""
        if self._file is not None:
            return
        try:
            file = open(f"{self._path}.lock", "ab")  # noqa: SIM115 - open while the lock is held
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

    def release(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
