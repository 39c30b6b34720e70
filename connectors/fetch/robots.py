"""robots.txt (RFC 9309), cached for a day per origin."""

from __future__ import annotations

import time

from yarl import URL

from connectors.fetch.response import FetchFailed
from connectors.fetch.well_known import FetchFile, Origin, WellKnown
from connectors.text.robots_file import RobotsFile, parse_robots
from newsline.clock import Clock
from newsline.sandbox.fair_share import FairShare


class Robots:
    """The rules of each origin. A missing file allows everything; an unreachable one allows
    nothing."""

    def __init__(
        self,
        fetch: FetchFile,
        children: FairShare | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self._files = WellKnown("robots.txt", parse_robots, _weight, fetch, children, clock)

    async def allowed(self, url: URL, *, host_allowed: bool = False) -> bool:
        """Whether the page may be fetched. ``host_allowed``: by an exception from the guard.

        Raises FetchFailed if robots.txt is unreachable: a page is disallowed by the site only if
        the file says so."""
        file = await self._files.get(Origin(url.origin(), host_allowed))
        if isinstance(file, FetchFailed):
            raise FetchFailed(file.outcome, f"robots.txt: {file.detail}", file.retry_after)
        return file is None or file.rules.allow(url.raw_path_qs)

    def crawl_delay(self, url: URL, *, host_allowed: bool = False) -> float:
        """Seconds between two requests by the cached rules; 0 if they are not cached or give
        none."""
        known = self._files.peek(Origin(url.origin(), host_allowed))
        return known.rules.crawl_delay if isinstance(known, RobotsFile) else 0.0


def _weight(file: RobotsFile) -> int:
    rules = sum(rule.pattern.kept for rule in file.rules.rules)
    return 1 + rules + sum(1 + len(sitemap) // 300 for sitemap in file.sitemaps)
