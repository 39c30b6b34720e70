"""The article that a trace searches for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

CLOCK_SKEW = 60.0
"""Seconds by which the clocks of two machines may differ."""


class Wanted(NamedTuple):
    """An article, and the part of news.raw that may hold it.

    ``revision``: its latest one, None if unknown. ``since``: the time of its first record, in
    seconds since 1970. ``past``: for each partition, the first offset that may hold it; 0 if
    missing.
    """

    article_id: str
    revision: int | None
    since: float
    past: Mapping[int, int] = {}

    @property
    def key(self) -> bytes:
        return self.article_id.encode()
