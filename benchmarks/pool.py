"""The bare parts' processes: the standard library's pool, with nothing around it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor


def children(count: int, initializer: Callable[[], None] | None) -> ProcessPoolExecutor:
    """As many processes as newsline gets. (multiprocessing.Pool hung once at its end.)"""
    return ProcessPoolExecutor(
        count, mp_context=multiprocessing.get_context("spawn"), initializer=initializer
    )
