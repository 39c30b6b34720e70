"""Sitemaps of an index: the ones that may have changed are read in the poll of the index."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from connectors.fetch import Validators
from connectors.parse import ParsedFeed, Sitemap, merge_sitemaps
from connectors.poll.poll_result import FetchResult, body_hash
from connectors.state import SeenSitemap
from connectors.text.dates import parse_time
from newsline.outcomes import POLL_SUCCEEDED, PollOutcome

SITEMAPS_PER_POLL = 10

A_DAY_ANYWHERE = timedelta(hours=38)
"""From midnight UTC of a date to the end of that date in the last time zone."""

Fetch = Callable[[str, Validators, str | None], Awaitable[FetchResult]]
"""Fetches and parses a URL, given its validators and the hash of its known body."""


class MergedFeed(NamedTuple):
    """An index and its sitemaps as one feed; or a feed that is no index, unchanged."""

    feed: ParsedFeed
    read: Sequence[SeenSitemap] = ()  # to be saved when all entries are settled
    whole: bool = True  # False: some sitemap may have changes that were not read
    fetched: Sequence[FetchResult] = ()  # one for each sitemap that was requested

    @property
    def failures(self) -> Sequence[FetchResult]:
        return [each for each in self.fetched if each.outcome not in POLL_SUCCEEDED]

    @property
    def failure(self) -> FetchResult | None:
        """The first failure if not one sitemap could be read."""
        failures = self.failures
        return failures[0] if failures and len(failures) == len(self.fetched) else None

    @property
    def detail(self) -> str:
        """A note for the operator on a poll that succeeded with some failures."""
        if not (failures := self.failures):
            return ""
        return f"{len(failures)} of {len(self.fetched)} sitemaps failed: {failures[0].detail}"


async def follow(
    index: ParsedFeed, seen: Mapping[str, SeenSitemap], now: datetime, fetch: Fetch
) -> MergedFeed:
    """Read the index's newest sitemaps that may have changed, :data:`SITEMAPS_PER_POLL` at most."""
    if not index.sitemaps:
        return MergedFeed(index)
    before = {one.url: seen.get(one.url, SeenSitemap(one.url)) for one in index.sitemaps}
    due = [one for one in index.sitemaps if may_have_changed(one, before[one.url], now)]
    chosen = due[:SITEMAPS_PER_POLL]
    fetched = await asyncio.gather(*(_fetch(fetch, before[one.url]) for one in chosen))
    read = [
        _read(sitemap, result, before[sitemap.url], now)
        for sitemap, result in zip(chosen, fetched, strict=True)
        if result.outcome in POLL_SUCCEEDED
    ]
    certain = all(not _is_vague(one.lastmod, now) for one in chosen)
    return MergedFeed(
        merge_sitemaps(index, [each.parsed for each in fetched if each.parsed]),
        read,
        whole=certain and len(read) == len(due),
        fetched=fetched,
    )


def may_have_changed(sitemap: Sitemap, before: SeenSitemap, now: datetime) -> bool:
    """True unless the index proves that the sitemap is unchanged. Pure."""
    return sitemap.lastmod != before.lastmod or _is_vague(sitemap.lastmod, now)


def _is_vague(lastmod: str, now: datetime) -> bool:
    """True if the sitemap may change under the same lastmod: none, or a date not over yet."""
    at = parse_time(lastmod)
    return at is None or (len(lastmod) <= len("2026-11-25") and now < at + A_DAY_ANYWHERE)


async def _fetch(fetch: Fetch, before: SeenSitemap) -> FetchResult:
    validators = Validators(before.etag, before.last_modified)
    result = await fetch(before.url, validators, before.body_hash)
    if result.parsed and result.parsed.sitemaps:
        return FetchResult(PollOutcome.NOT_A_FEED, f"{before.url} is an index in an index")
    return result


def _read(sitemap: Sitemap, result: FetchResult, before: SeenSitemap, now: datetime) -> SeenSitemap:
    """The sitemap to save: with the body just parsed, or unchanged with the index's lastmod."""
    read = before._replace(lastmod=sitemap.lastmod, read_at=now.timestamp())
    if result.parsed is None or result.response is None:
        return read
    response = result.response
    return read._replace(
        body_hash=body_hash(response.body),
        last_modified=response.last_modified,
        etag=response.etag,
    )
