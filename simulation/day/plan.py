"""What a day brings: sites, their feeds, stories with their corrections, and troubles. Pure.

All times are in seconds since 1970.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal, NamedTuple, get_args

from simulation.day.words import correction, headline, report

MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
HOUR = 3600.0
MINUTE = 60.0

BY_HOUR = (1, 1, 1, 1, 2, 4, 8, 10, 11, 10, 9, 8, 8, 8, 8, 9, 10, 10, 8, 6, 5, 4, 3, 2)
"""How much is published in each hour of a day, in parts."""

SECTIONS = ("world", "politics", "business", "sport", "culture")
BREAKING_AT = (0.2, 0.55, 0.8)
"""When news breaks, in parts of the time."""


class Kind(StrEnum):
    """What a story's page is like. ``wire``: the same text on several sites; ``flaky``: an error at
    the first two requests; ``in_feed``: no page, but its whole text in the feed; ``moving``: each
    correction has an address of its own, to which the earlier ones redirect."""

    ORDINARY = "ordinary"
    WIRE = "wire"
    BREAKING = "breaking"
    FLAKY = "flaky"
    IN_FEED = "in_feed"
    MOVING = "moving"
    PAYWALLED = "paywalled"
    MEMBERS = "members"
    PDF = "pdf"
    GALLERY = "gallery"
    MISSING = "missing"


OUT_OF_REACH = {
    Kind.PAYWALLED: "paywalled",
    Kind.MEMBERS: "robots",
    Kind.PDF: "not_html",
    Kind.GALLERY: "no_text",
    Kind.MISSING: "not_found",
}
"""The kinds that cannot be had, and the outcome of their entries."""

Format = Literal["rss", "atom", "json"]
Style = Literal["validated", "bare", "new_etags", "new_bytes", "max_age", "ttl", "sessions"]
STYLES: tuple[Style, ...] = get_args(Style)
"""How a feed is served: with validators that hold, without, with new ones on the same bytes, with
new bytes each time, with a wish in its header or in its body, with a new session in its links."""


class Feed(NamedTuple):
    """A feed of a site: of one section, or of all; ``moved``: it answers 301 to where it is now."""

    host: str
    path: str
    section: str | None
    format: Format
    style: Style
    moved: bool = False


class Version(NamedTuple):
    at: float
    title: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


class Story(NamedTuple):
    host: str
    number: int
    section: str
    kind: Kind
    versions: tuple[Version, ...]

    @property
    def paths(self) -> Sequence[str]:
        """Its addresses, one after another."""
        folder = "members" if self.kind is Kind.MEMBERS else self.section
        path = f"/{folder}/story-{self.number}"
        if self.kind is not Kind.MOVING:
            return [path]
        return [path, *(f"{path}-{nth}" for nth in range(1, len(self.versions)))]

    def path(self, version: Version) -> str:
        return self.paths[min(self.versions.index(version), len(self.paths) - 1)]

    def at(self, now: float) -> Version | None:
        """The version that is out."""
        return next((one for one in reversed(self.versions) if one.at <= now), None)


class Trouble(NamedTuple):
    """What is wrong from ``begin`` to ``end`` at a site, or with one path of it."""

    kind: Literal["down", "error", "429", "503", "404", "410", "slow", "hangs"]
    host: str
    begin: float
    end: float
    path: str | None = None


class Plan(NamedTuple):
    begin: float
    end: float
    feeds: Sequence[Feed]
    stories: Sequence[Story]
    troubles: Sequence[Trouble]

    def lists(self, feed: Feed, story: Story) -> bool:
        """A moving story is in one feed: a second feed that is polled first after the move would
        have another article."""
        sections = (None,) if story.kind is Kind.MOVING else (None, story.section)
        return feed.host == story.host and feed.section in sections

    def is_gone(self, feed: Feed) -> bool:
        return any(
            trouble.kind == "410" and (trouble.host, trouble.path) == (feed.host, feed.path)
            for trouble in self.troubles
        )


def plan(seed: int, *, sites: int, stories: int, first_hour: float, hours: float) -> Plan:
    """A newsroom's time from ``first_hour`` on; the same for the same seed."""
    chance = random.Random(seed)
    begin = MIDNIGHT + first_hour * HOUR
    end = begin + hours * HOUR
    hosts = [f"site-{number}.example" for number in range(1, sites + 1)]
    feeds = [feed for host in hosts for feed in _feeds(chance, host)]
    return Plan(
        begin,
        end,
        feeds,
        list(_stories(chance, hosts, stories, begin, end)),
        list(_troubles(chance, hosts, feeds, begin, end)),
    )


def _feeds(chance: random.Random, host: str) -> Iterator[Feed]:
    """One of everything, and on average two of a section."""
    for section in (None, *chance.sample(SECTIONS, chance.randrange(len(SECTIONS)))):
        form = chance.choice(("rss", "rss", "atom", "json"))
        style = chance.choice(STYLES)
        style = "bare" if style == "ttl" and form != "rss" else style
        path = f"/feeds/{section or 'all'}"
        yield Feed(host, path, section, form, style, moved=chance.random() < 0.03)


def _stories(
    chance: random.Random, hosts: Sequence[str], count: int, begin: float, end: float
) -> Iterator[Story]:
    """A share of the stories stands there already; one in ten is wire copy, on four sites; one in
    ten breaks, on many sites within minutes, and is corrected again and again."""
    moments = _moments(chance, count, begin, end)
    numbers = iter(range(1, 10 * count))
    while moments:
        if chance.random() < 0.03 and len(moments) > 4:
            yield from _wire(chance, hosts, [moments.pop() for _ in range(4)], numbers)
        else:
            kind = chance.choices(list(_SHARES), list(_SHARES.values()))[0]
            yield _story(chance, chance.choice(hosts), moments.pop(), kind, next(numbers), end)
    for share in BREAKING_AT:
        at = begin + share * (end - begin)
        for host in chance.sample(hosts, len(hosts) // 3):
            came = at + chance.uniform(0, 10 * MINUTE)
            yield _story(chance, host, came, Kind.BREAKING, next(numbers), end)


_SHARES = {
    Kind.ORDINARY: 80,
    Kind.FLAKY: 3,
    Kind.IN_FEED: 4,
    Kind.MOVING: 4,
    Kind.PAYWALLED: 4,
    Kind.MEMBERS: 3,
    Kind.PDF: 2,
    Kind.GALLERY: 2,
    Kind.MISSING: 2,
}


def _moments(chance: random.Random, count: int, begin: float, end: float) -> list[float]:
    """By the hour's share, and one in ten in the hours before."""
    hours = [begin + HOUR * n for n in range(round((end - begin) / HOUR))]
    shares = [BY_HOUR[int((hour - MIDNIGHT) / HOUR) % 24] for hour in hours]
    chosen = chance.choices(hours, shares, k=count)
    moments = [min(end, hour + chance.uniform(0, HOUR)) for hour in chosen]
    return [
        begin - chance.uniform(0, 8 * HOUR) if chance.random() < 0.1 else moment
        for moment in moments
    ]


def _story(
    chance: random.Random, host: str, at: float, kind: Kind, number: int, end: float
) -> Story:
    first = Version(at, headline(chance, number), report(chance))
    versions = [first]
    corrections = {
        Kind.BREAKING: chance.randrange(1, 5),
        Kind.ORDINARY: chance.random() < 0.08,
        Kind.MOVING: chance.randrange(1, 4),
    }
    for nth in range(corrections.get(kind, 0)):
        later = versions[-1].at + chance.uniform(4 * MINUTE, 40 * MINUTE)
        if later < end:
            text = correction(chance, versions[-1].paragraphs)
            versions.append(Version(later, f"{first.title}, update {nth + 1}", text))
    return Story(host, number, chance.choice(SECTIONS), kind, tuple(versions))


def _wire(
    chance: random.Random, hosts: Sequence[str], moments: Sequence[float], numbers: Iterator[int]
) -> Iterator[Story]:
    """Copy of one report, within the hour."""
    title, text = headline(chance, next(numbers)), report(chance)
    for host in chance.sample(hosts, len(moments)):
        at = min(moments) + chance.uniform(0, HOUR)
        version = Version(at, title, text)
        yield Story(host, next(numbers), chance.choice(SECTIONS), Kind.WIRE, (version,))


def _troubles(
    chance: random.Random, hosts: Sequence[str], feeds: Sequence[Feed], begin: float, end: float
) -> Iterator[Trouble]:
    """Of a hundred sites six are down for a while, six turn us away, and so on; all of it is over
    an hour before the end."""
    last = end - HOUR
    whole = chance.sample(hosts, len(hosts))
    share = max(1, len(hosts) // 33)
    for kind in ("down", "down", "error", "429", "429", "503", "slow", "slow"):
        for host in [whole.pop() for _ in range(share)]:
            yield Trouble(kind, host, *_span(chance, begin, last))
    alone = chance.sample([feed for feed in feeds if feed.host in whole], 4 * share)
    for kind in ("404", "404", "410", "hangs"):
        for feed in [alone.pop() for _ in range(share)]:
            start, stop = _span(chance, begin, last)
            yield Trouble(kind, feed.host, start, stop, feed.path)


def _span(chance: random.Random, begin: float, last: float) -> tuple[float, float]:
    """From ten minutes to two hours, if there are two."""
    length = chance.uniform(10 * MINUTE, min(2 * HOUR, last - begin))
    start = chance.uniform(begin, last - length)
    return start, start + length
