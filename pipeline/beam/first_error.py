"""The exception behind a failed job. A runner reports a step's failure as text, traceback and all;
an operator is to see the one line that the exception itself carries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_first: list[Exception] = []


@contextmanager
def kept() -> Iterator[None]:
    """Keep this process's first exception from the block, and let it go on."""
    try:
        yield
    except Exception as error:
        _first.append(error)
        raise


def take() -> Exception | None:
    """The first exception kept since the last call, if there was one."""
    first = _first[0] if _first else None
    _first.clear()
    return first
