"""Limits on pushes that are being received or processed. A refused hub sends its push again."""

from __future__ import annotations

from collections import Counter

MAX_PUSHES = 64
MAX_PUSHES_PER_FEED = 4
"""A feed whose pages hang must not block the pushes of other feeds."""

MAX_TOTAL_BYTES = 64 * 1024**2


class PushLimiter:
    """Counts pushes per feed, and the bytes of all."""

    def __init__(self) -> None:
        self._pushes: Counter[str] = Counter()
        self._bytes = 0

    def has_room(self, feed_url: str, size: int) -> bool:
        """Whether a push of ``size`` bytes for the feed is within all three limits."""
        return (
            self._pushes.total() < MAX_PUSHES
            and self._pushes[feed_url] < MAX_PUSHES_PER_FEED
            and self._bytes + size <= MAX_TOTAL_BYTES
        )

    def add(self, feed_url: str, size: int) -> None:
        self._pushes[feed_url] += 1
        self._bytes += size

    def remove(self, feed_url: str, size: int) -> None:
        self._pushes[feed_url] -= 1
        self._bytes -= size
        if not self._pushes[feed_url]:
            del self._pushes[feed_url]
