"""Feed discovery: find a site's feeds from the URL of one of its pages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from urllib.parse import urljoin

from lxml import etree
from protego import Protego

from connectors.fetch import Fetcher, FetchFailed, Response
from connectors.parse import FeedBody, NotAFeed, ParsedFeed, parse_feed
from connectors.text.urls import absolute_url, without_login
from newsline.errors import OperatorError
from newsline.sandbox.pool import ChildCrashed, DeadlineExceeded, Sandbox

SECONDS = 10.0
MOST_LINKS = 10

PATHS = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.json", "/index.xml", "/feed.xml")
"""Common paths of feeds that no page links, such as those of WordPress, Hugo and Jekyll."""

_TYPES = {
    *("application/rss+xml", "application/atom+xml", "application/rdf+xml"),
    *("application/feed+json", "application/json", "text/xml", "application/xml"),
}
_COMMENTS = re.compile(r"\bcomment|kommentar|coment[áa]rio", re.IGNORECASE)


class FeedLink(NamedTuple):
    """A feed linked by a page, and its title there."""

    url: str
    title: str = ""


class DiscoveredFeed(NamedTuple):
    """A feed that was fetched and parsed; ``url`` is the one to put in the feed list."""

    url: str
    feed: ParsedFeed
    is_of_comments: bool

    @property
    def size(self) -> int:
        """Number of entries, or of sitemaps in an index."""
        return len(self.feed.entries) + len(self.feed.sitemaps)

    @property
    def newest(self) -> datetime | None:
        """Time at which the newest entry was published or changed; None without dates."""
        times = [entry.published or entry.updated for entry in self.feed.entries]
        return max(filter(None, times), default=None)


async def discover(url: str, fetcher: Fetcher, sandbox: Sandbox) -> Sequence[DiscoveredFeed]:
    """The feeds of the site of a page, the best first; if ``url`` is a feed itself, that feed.

    Feeds linked by the page; else those at common paths, or the sitemaps in robots.txt. Requests to
    common paths obey robots.txt. Raises OperatorError if the page cannot be fetched.
    """
    try:
        response = await fetcher.get(url, kind="feed")
    except FetchFailed as failure:
        raise OperatorError(f"{url}: {failure.detail}: give a page or feed that answers") from None
    if itself := await _read(FeedLink(url), response, sandbox):
        return [itself]
    links = await _links(response, sandbox)
    feeds = [feed async for feed in _read_links(links[:MOST_LINKS], "feed", fetcher, sandbox)]
    if any(feed.size and not feed.is_of_comments for feed in feeds):
        return ranked(feeds)
    return ranked(feeds + await _guess(response.url, fetcher, sandbox))


def ranked(feeds: Sequence[DiscoveredFeed]) -> Sequence[DiscoveredFeed]:
    """The best first: with entries, not of comments, updated on the newest day; else in the order
    of the page's links. Pure."""
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(
        feeds,
        key=lambda feed: (bool(feed.size), not feed.is_of_comments, (feed.newest or never).date()),
        reverse=True,
    )


def feed_links(page: bytes, url: str) -> list[FeedLink]:
    """The feeds in a page's ``link rel=alternate`` elements, without repetitions. Pure."""
    root = etree.fromstring(page, etree.HTMLParser(no_network=True, huge_tree=False))
    if root is None:
        return []
    base = urljoin(url, next(iter(root.xpath("//base/@href")), ""))
    links: dict[str, FeedLink] = {}
    for link in root.iter("link"):
        relations = link.get("rel", "").lower().split()
        kind = link.get("type", "").partition(";")[0].strip().lower()
        address = absolute_url(link.get("href", ""), base)
        if "alternate" in relations and kind in _TYPES and address:
            links.setdefault(address, FeedLink(address, link.get("title", "")))
    return list(links.values())


async def _links(response: Response, sandbox: Sandbox) -> list[FeedLink]:
    try:
        return await sandbox.run(feed_links, response.body, response.url, deadline=SECONDS)
    except (etree.LxmlError, ValueError, DeadlineExceeded, ChildCrashed):
        return []


async def _guess(url: str, fetcher: Fetcher, sandbox: Sandbox) -> list[DiscoveredFeed]:
    """The first feed at a common path, else the sitemaps in robots.txt, news sitemaps first."""
    links = [FeedLink(urljoin(url, path)) for path in PATHS]
    async for feed in _read_links(links, "page", fetcher, sandbox):
        if feed.size and not feed.is_of_comments:
            return [feed]
    try:
        robots = (await fetcher.get(urljoin(url, "/robots.txt"), kind="feed")).body
    except FetchFailed:
        return []
    sitemaps = sorted(Protego.parse(robots.decode("utf-8", "replace")).sitemaps, key=_is_not_news)
    links = [
        FeedLink(address)
        for sitemap in sitemaps[:MOST_LINKS]
        if (address := absolute_url(sitemap, url))
    ]
    return [feed async for feed in _read_links(links, "feed", fetcher, sandbox) if feed.size]


def _is_not_news(sitemap: str) -> bool:
    return "news" not in sitemap.rpartition("/")[2].lower()


async def _read_links(
    links: Sequence[FeedLink], kind: Literal["feed", "page"], fetcher: Fetcher, sandbox: Sandbox
) -> AsyncIterator[DiscoveredFeed]:
    """The feeds behind the links; other links are skipped."""
    for link in links:
        try:
            response = await fetcher.get(link.url, kind=kind)
        except FetchFailed:
            continue
        if feed := await _read(link, response, sandbox):
            yield feed


async def _read(link: FeedLink, response: Response, sandbox: Sandbox) -> DiscoveredFeed | None:
    try:
        feed = await sandbox.run(
            parse_feed,
            FeedBody(response.body, response.url, response.content_type, response.charset),
            response.fetched_at,
            deadline=SECONDS,
        )
    except (NotAFeed, DeadlineExceeded, ChildCrashed, ValueError):
        return None
    # The redirect target is without credentials: a feed with a login keeps its URL.
    moved_to = response.moved_to if without_login(link.url) == link.url else None
    url = moved_to or link.url
    return DiscoveredFeed(url, feed, any(map(_COMMENTS.search, (url, link.title, feed.title))))
