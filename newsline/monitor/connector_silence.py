"""How long the connector has done nothing although it had work, by the monotonic clock."""

from __future__ import annotations

from newsline.monitor.feeds_condition import FeedsCondition

Progress = tuple[float, int, int | None]
"""What moves when a poll ends, an article is published, or our own network is probed."""


class ConnectorSilence:
    """Notes each look at the feeds."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._since: float | None = None
        self._seconds = 0.0

    def note(self, feeds: FeedsCondition | None, published: int | None, monotonic: float) -> float:
        """Seconds since a poll ended or an article was published, while a feed was due or polled;
        or since the last probe, in an outage of our own network.

        ``published``: end of news.raw. At the first look: the time that the longest waiting feed
        has been due, or since the last poll, whichever is shorter.
        """
        if feeds is None:
            return self._seconds  # unknown: neither silence nor progress is seen
        if published is None and self._progress:
            published = self._progress[2]
        newest = max(feeds.newest_poll or 0.0, feeds.outage.seen if feeds.outage else 0.0)
        progress = (newest, feeds.published + feeds.updates, published)
        has_work = feeds.overdue_seconds > 0 or feeds.being_polled > 0
        if self._progress is None:
            rested = feeds.at - newest if newest else feeds.overdue_seconds
            self._since = monotonic - min(feeds.overdue_seconds, max(0.0, rested))
        elif progress != self._progress or not has_work:
            self._since = monotonic
        self._progress = progress
        assert self._since is not None
        self._seconds = monotonic - self._since
        return self._seconds
