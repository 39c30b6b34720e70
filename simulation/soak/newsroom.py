"""Feeds to which stories are added during a soak; the truth that its account is compared with."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from simulation.day.words import headline, report
from tests.support.news_site import Answer, Site, page, rss

WINDOW = 80
"""Entries in a feed: more than two rounds add."""


class Version(NamedTuple):
    """One state of a story, listed from ``at`` on, in ``time.monotonic`` seconds."""

    at: float
    title: str
    paragraphs: Sequence[str]


class Story(NamedTuple):
    path: str
    feeds: frozenset[str]
    versions: list[Version]

    def now(self) -> Version | None:
        """The latest version that is out."""
        out = [version for version in self.versions if version.at <= time.monotonic()]
        return out[-1] if out else None


class Newsroom:
    """``feeds``: their paths. ``partition`` of the article at a URL; those in ``quiet`` get a story
    only if it is asked for."""

    def __init__(self, chance: random.Random, feeds: Sequence[str]) -> None:
        self._chance = chance
        self._feeds = feeds
        self._stories: dict[str, Story] = {}
        self._numbers = 0
        self.partition: Callable[[str], int] = lambda _: 0
        self.quiet: frozenset[int] = frozenset()
        self.site = Site(self._answer)

    def plan(self, count: int, seconds: float) -> None:
        """Add ``count`` stories, listed at random moments of the next ``seconds``."""
        for _ in range(count):
            self.add(self._chance.uniform(0.0, seconds))

    def add(self, later: float = 0.0, *, quiet: bool = False) -> None:
        """Add a story, listed in two feeds."""
        path = self._new_path(quiet)
        feeds = frozenset(self._chance.sample(self._feeds, 2))
        self._stories[path] = Story(path, feeds, [self._version(later)])

    def correct(self, later: float) -> None:
        """Give one of the latest stories a new title and text; all of them have been read."""
        known = list(self._stories.values())[-WINDOW // 4 :]
        if known:
            self._chance.choice(known).versions.append(self._version(later))

    def listed(self) -> set[tuple[str, str]]:
        """URL and title of each version so far."""
        now = time.monotonic()
        return {
            (self.site.url + story.path, version.title)
            for story in list(self._stories.values())
            for version in story.versions
            if version.at <= now
        }

    def is_out(self) -> bool:
        """Whether all that was planned is listed."""
        now = time.monotonic()
        return all(story.versions[-1].at <= now for story in list(self._stories.values()))

    def _new_path(self, quiet: bool) -> str:
        while True:
            self._numbers += 1
            path = f"/story/{self._numbers}"
            if (self.partition(self.site.url + path) in self.quiet) == quiet:
                return path

    def _version(self, later: float) -> Version:
        title = headline(self._chance, self._chance.randrange(10**9))
        return Version(time.monotonic() + later, title, report(self._chance, paragraphs=3))

    def _answer(self, path: str) -> Answer | None:
        if story := self._stories.get(path):
            version = story.now()
            return version and (200, "text/html", page(version.title, list(version.paragraphs)))
        if path in self._feeds:
            out = [
                (story.path, version.title, "")
                for story in list(self._stories.values())
                if path in story.feeds and (version := story.now())
            ]
            return 200, "application/rss+xml", rss(out[-WINDOW:])
        return None
