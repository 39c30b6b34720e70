"""Files with secrets are their owner's alone, whatever the umask."""

from __future__ import annotations

import os
import stat
from functools import cache
from pathlib import Path

from newsline.announce import warn
from newsline.errors import OperatorError

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private() -> None:
    """Files and folders that this process makes are 0600 and 0700: SQLite's and lock files too."""
    os.umask(OTHERS)


def read_secret(path: str | Path) -> str:
    """The text in a file, without the line end. Raises OperatorError."""
    try:
        return Path(path).read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        raise OperatorError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise OperatorError(f"{path}: not UTF-8") from None


@cache
def warn_if_open(path: str) -> None:
    """One line per process about a file that others may read."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return
    if stat.S_ISREG(mode) and mode & OTHERS:
        warn(f"others may read {path}, which has secrets: chmod 600 {path}")
