"""A task's request to end its child after the answer, as its state can no longer be trusted."""

from __future__ import annotations

_requested = False


def request() -> None:
    global _requested  # noqa: PLW0603 - a child process is this one object
    _requested = True


def requested() -> bool:
    return _requested
