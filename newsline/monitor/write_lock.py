"""Whether a SQLite file can be written: a reader does not notice that its lock is held."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from newsline.errors import OperatorError

LOCK_SECONDS = 4.0
"""Our own transactions take milliseconds; many of them in turn leave gaps."""

Reading = TypeVar("Reading")


def with_write_lock(read: Callable[[], Reading], path: Path | None) -> Callable[[], Reading]:
    """``read`` of a source that is the file at ``path``; None: it is no local file.

    Raises OperatorError if the file cannot be written, or is no longer there.
    """
    if path is None:
        return read

    def checked() -> Reading:
        reading = read()
        if not path.exists():  # an open connection still reads it
            raise OperatorError(
                f"{path} was moved or deleted while in use: put it back, or start newsline again"
            )
        check_write_lock(path)
        return reading

    return checked


def check_write_lock(path: Path) -> None:
    """Take the write lock and give it back. Raises OperatorError if it does not become free in
    LOCK_SECONDS. A file that may only be read is none of the monitor's business."""
    uri = f"file:{quote(str(path))}?mode=rw"
    try:
        with closing(
            sqlite3.connect(uri, uri=True, timeout=LOCK_SECONDS, isolation_level=None)
        ) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:  # without the extended code
            raise OperatorError(f"{path} is locked by another program") from error
