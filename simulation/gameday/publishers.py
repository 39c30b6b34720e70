"""Publishers whose servers, feeds and pages can be at fault while stories appear steadily."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import Enum, auto
from typing import Self
from xml.sax.saxutils import escape

from simulation.day.words import headline, report
from tests.support.news_site import Answer, Site, page

HOSTS = tuple(f"127.0.0.{number}" for number in range(1, 6))
"""One for each publisher: a host has its own throttle."""

SECTIONS = ("/news.rss", "/local.rss")
PERIOD = 4.0
"""Seconds from one story of a publisher to the next."""

LISTED = 40
"""Entries in a feed: all within the last few minutes, so that none is missed in a short outage."""

FIRST = 6
"""Stories that are out at the start."""

SLOW_SECONDS = 4.0
FUTURE = timedelta(days=2)
WALL = "User-agent: *\nDisallow: /\n"


class Trouble(Enum):
    """What is wrong with a publisher."""

    ERRORS = auto()
    """Each answer is a 503."""
    HTML = auto()
    """The first feed's address brings a web page."""
    SLOW = auto()
    ROBOTS = auto()
    """New stories are at another address, whose robots.txt disallows all."""
    FUTURE = auto()
    """New stories have dates in the future."""
    GONE = auto()
    """No connection."""


class Publisher:
    """``site``: feeds and stories; ``walled``: where stories are that nobody may fetch."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._began = time.monotonic()
        self._since = 0
        self._trouble: Trouble | None = None
        self.site = Site(self._answer, (host, 0))
        self.walled = Site(_walled, (host, 0))

    def __enter__(self) -> Self:
        self.site.__enter__()
        self.walled.__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.heal()
        self.site.__exit__()
        self.walled.__exit__()

    @property
    def feeds(self) -> list[str]:
        return [self.site.url + path for path in SECTIONS]

    def begin(self, trouble: Trouble) -> None:
        self._since = self._newest()
        self._trouble = trouble
        if trouble is Trouble.GONE:
            self.site.__exit__()

    def heal(self) -> None:
        if self._trouble is Trouble.GONE:
            self.site = Site(self._answer, self.site.address)
            self.site.__enter__()
        self._trouble = None

    def _newest(self) -> int:
        """Number of the newest story."""
        return FIRST + int((time.monotonic() - self._began) / PERIOD)

    def _answer(self, path: str) -> Answer | None:
        match self._trouble:
            case Trouble.GONE:  # a connection that was kept
                raise ConnectionResetError
            case Trouble.ERRORS:
                return 503, "text/plain", b"out of order"
            case Trouble.HTML if path == SECTIONS[0]:
                return 200, "text/html", page("Our new site", ["We have a new web site."])
            case Trouble.SLOW:
                time.sleep(SLOW_SECONDS)
        if path in SECTIONS:
            return 200, "application/rss+xml", self._feed(SECTIONS.index(path))
        if path.startswith("/story/"):
            return 200, "text/html", self._story(int(path.rpartition("/")[2]))
        return None

    def _feed(self, section: int) -> bytes:
        newest = self._newest()
        numbers = [n for n in range(newest, max(0, newest - 2 * LISTED), -1) if n % 2 == section]
        items = "".join(self._item(number) for number in numbers)
        return (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
            f"<title>{self._host}</title><link>{self.site.url}/</link>{items}</channel></rss>"
        ).encode()

    def _item(self, number: int) -> str:
        is_new = number > self._since
        out = datetime.now(UTC) - timedelta(
            seconds=time.monotonic() - self._began - (number - FIRST) * PERIOD
        )
        if is_new and self._trouble is Trouble.FUTURE:
            out += FUTURE
        at = self.walled if is_new and self._trouble is Trouble.ROBOTS else self.site
        link = f"{at.url}/story/{number}"
        return (
            f"<item><title>{escape(self._title(number))}</title><link>{link}</link>"
            f'<guid isPermaLink="false">{self._host} {number}</guid>'
            f"<pubDate>{format_datetime(out)}</pubDate></item>"
        )

    def _title(self, number: int) -> str:
        return headline(random.Random(f"{self._host} {number}"), number)

    def _story(self, number: int) -> bytes:
        return page(self._title(number), list(report(random.Random(f"{number} {self._host}"), 3)))


class Publishers:
    """All of them, while the block runs."""

    def __init__(self) -> None:
        self.each = [Publisher(host) for host in HOSTS]
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for publisher in self.each:
            self._stack.enter_context(publisher)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stack.close()

    @property
    def feeds(self) -> list[str]:
        return [feed for publisher in self.each for feed in publisher.feeds]

    @property
    def hosts(self) -> list[str]:
        """With ports."""
        return [site.host for each in self.each for site in (each.site, each.walled)]


def _walled(path: str) -> Answer | None:
    return (200, "text/plain", WALL.encode()) if path == "/robots.txt" else None
