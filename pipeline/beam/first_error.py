"""The exception behind a failed job.

A runner reports a failed step as text with a traceback. The operator is shown the one line that
the exception itself carries.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class FirstError:
    """The first exception of a job's steps in a process."""

    def __init__(self) -> None:
        self._errors: list[Exception] = []

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record an exception of the block, and raise it."""
        try:
            yield
        except Exception as error:
            self._errors.append(error)
            raise

    def pop(self) -> Exception | None:
        """The first exception recorded since the last call."""
        first = self._errors[0] if self._errors else None
        self._errors.clear()
        return first
