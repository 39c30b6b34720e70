"""Feed discovery: find a site's feeds from the URL of one of its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Literal, NamedTuple
from urllib.parse import urljoin, urlsplit

from connectors.feedlist.discovery_words import KNOWN
from connectors.feedlist.page_links import (
    FeedLink,
    PageLinks,
    is_of_comments,
    page_links,
)
from connectors.fetch import Fetcher, FetchFailed, Response
from connectors.parse import FeedBody, ParsedFeed, parse_feed
from connectors.text.robots_file import parse_robots
from connectors.text.urls import absolute_url, without_login
from newsline.errors import OperatorError
from newsline.outcomes import FetchOutcome
from newsline.sandbox.answers import TaskFailed
from newsline.sandbox.pool import ChildCrashed, DeadlineExceeded, Sandbox

SECONDS = 10.0
MOST_LINKS = 10
MOST_INDEXES = 2
"""Linked pages that are no feeds and may list some, such as "RSS feeds" of a newspaper."""

_OTHER_SPELLING = {
    FetchOutcome.TLS,
    FetchOutcome.CONNECT,
    FetchOutcome.DNS,
    FetchOutcome.TIMEOUT,
    FetchOutcome.BAD_RESPONSE,
}
"""After these, an address typed without a scheme is tried in its next spelling."""


Get = Callable[..., Awaitable[Response]]
"""``Fetcher.get`` for the address that was asked for: links of a page get no exception of their own
from the address guard."""


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


async def discover(
    url: str, fetcher: Fetcher, sandbox: Sandbox, spellings: Sequence[str] = ()
) -> Sequence[DiscoveredFeed]:
    """The feeds of the site of a page, the best first; if the page is a feed itself, that feed.

    ``spellings``: URLs to try if no server answers at ``url``. Feeds that the page declares; else
    those that it or a linked page of feeds links; else those at common paths, or sitemaps. Requests
    to common paths obey robots.txt. Raises OperatorError if the page cannot be fetched.
    """
    url, response = await _page([url, *spellings], fetcher)
    get = partial(fetcher.get, feed=url)
    if itself := await _read(FeedLink(url), response, sandbox):
        return [itself._replace(is_of_comments=False)]  # it was asked for
    found: list[DiscoveredFeed] = []
    async for links in _linked(response, get, sandbox):
        new = [link for link in links[:MOST_LINKS] if link.url not in {each.url for each in found}]
        found += [feed async for feed in _read_links(new, "feed", get, sandbox)]
        if any(map(_is_usable, found)):
            return ranked(found)
    return ranked(found + await _guess(response.url, get, sandbox))


def _is_usable(feed: DiscoveredFeed) -> bool:
    return bool(feed.size) and not feed.is_of_comments


async def _page(urls: Sequence[str], fetcher: Fetcher) -> tuple[str, Response]:
    """The first page that answers. Raises OperatorError with the first failure."""
    failures = []
    for url in urls:
        try:
            return url, await fetcher.get(url, kind="feed")
        except FetchFailed as failure:
            address, detail = without_login(url), failure.detail
            cause = detail if address in detail else f"{address}: {detail}"
            failures.append(f"{cause}: give a page or feed that answers")
            if failure.outcome not in _OTHER_SPELLING:
                break
    raise OperatorError(failures[0])


async def _linked(
    response: Response, get: Get, sandbox: Sandbox
) -> AsyncIterator[Sequence[FeedLink]]:
    """The page's links, from the most likely to the least."""
    links = await _links(response, sandbox)
    if links.refresh and not links.declared:
        with suppress(FetchFailed):
            response = await get(links.refresh, kind="page")
            links = await _links(response, sandbox)
    yield [*links.declared, *_in_headers(response)]
    yield links.anchors
    indexes = [link for link in links.anchors if _is_same_host(link.url, response.url)]
    for index in indexes[:MOST_INDEXES]:
        try:
            listing = await get(index.url, kind="page")
        except FetchFailed:
            continue
        more = await _links(listing, sandbox)
        yield [*more.declared, *more.anchors]


def _in_headers(response: Response) -> list[FeedLink]:
    named = [response.links.get(relation) for relation in ("feed", "alternate")]
    return [FeedLink(url) for url in named if url]


def _is_same_host(one: str, other: str) -> bool:
    return urlsplit(one).netloc == urlsplit(other).netloc


def ranked(feeds: Sequence[DiscoveredFeed]) -> Sequence[DiscoveredFeed]:
    """The best first: with entries, not of comments, updated on the newest day; else in the order
    of the page's links. Pure."""
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(
        feeds,
        key=lambda feed: (bool(feed.size), not feed.is_of_comments, (feed.newest or never).date()),
        reverse=True,
    )


async def _links(response: Response, sandbox: Sandbox) -> PageLinks:
    """The page's links; none of a page that cannot be parsed in time."""
    try:
        return await sandbox.run(
            page_links, response.body, response.url, _content_type(response), deadline=SECONDS
        )
    except (TaskFailed, DeadlineExceeded, ChildCrashed):
        return PageLinks([], [])


def _content_type(response: Response) -> str:
    charset = f"; charset={response.charset}" if response.charset else ""
    return f"{response.content_type}{charset}"


async def _guess(url: str, get: Get, sandbox: Sandbox) -> list[DiscoveredFeed]:
    """The first feed at a common path, else the sitemaps, news sitemaps first."""
    path = urlsplit(url).path.rstrip("/")
    below = [f"{path}/feed", f"{path}/rss"] if path else []
    links = [FeedLink(urljoin(url, each)) for each in (*below, *KNOWN.paths)]
    async for feed in _read_links(links, "page", get, sandbox):
        if _is_usable(feed):
            return [feed]
    named = await _sitemaps_in_robots(url, get)
    found = [each async for each in _read_links(named, "feed", get, sandbox) if each.size]
    if found:
        return found
    links = [FeedLink(urljoin(url, each)) for each in KNOWN.sitemaps]
    async for feed in _read_links(links, "page", get, sandbox):
        if feed.size:
            return [feed]
    return []


async def _sitemaps_in_robots(url: str, get: Get) -> list[FeedLink]:
    try:
        robots = (await get(urljoin(url, "/robots.txt"), kind="feed")).body
    except FetchFailed:
        return []
    sitemaps = parse_robots(robots).sitemaps
    found = [absolute_url(each, url) for each in sorted(sitemaps, key=_is_not_news)]
    return [FeedLink(each) for each in found if each][:MOST_LINKS]


def _is_not_news(sitemap: str) -> bool:
    return "news" not in sitemap.rpartition("/")[2].lower()


async def _read_links(
    links: Sequence[FeedLink], kind: Literal["feed", "page"], get: Get, sandbox: Sandbox
) -> AsyncIterator[DiscoveredFeed]:
    """The feeds behind the links; other links are skipped."""
    for link in links:
        try:
            response = await get(link.url, kind=kind)
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
    except (TaskFailed, DeadlineExceeded, ChildCrashed):
        return None
    # The redirect target is without credentials: a feed with a login keeps its URL.
    moved_to = response.moved_to if without_login(link.url) == link.url else None
    url = moved_to or link.url
    return DiscoveredFeed(url, feed, is_of_comments(url, link.title, feed.title))
