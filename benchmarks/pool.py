"""Processes for the bare libraries: the standard library's pool."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor


def children(count: int, initializer: Callable[[], None] | None) -> ProcessPoolExecutor:
    """A pool of ``count`` processes. (multiprocessing.Pool hung once at its end.)"""
    return ProcessPoolExecutor(
        count, mp_context=multiprocessing.get_context("spawn"), initializer=initializer
    )
