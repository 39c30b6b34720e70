"""Sitemaps of an index: the ones that may have changed are read in the poll of the index.

An index may list indexes, as those of newspapers with large archives do, but these list no further
ones.
"""

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

Known = Callable[[set[str]], Awaitable[Mapping[str, SeenSitemap]]]
"""The sitemaps at these URLs as last read."""


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
        """The first failure if not one sitemap could be read, apart from indexes."""
        failures = self.failures
        indexes = sum(bool(each.parsed and each.parsed.sitemaps) for each in self.fetched)
        return failures[0] if failures and len(failures) + indexes == len(self.fetched) else None

    @property
    def detail(self) -> str:
        """A note for the operator on a poll that succeeded with some failures."""
        if not (failures := self.failures):
            return ""
        return f"{len(failures)} of {len(self.fetched)} sitemaps failed: {failures[0].detail}"


class _Visit(NamedTuple):
    """A sitemap as listed, as last read, and as requested now."""

    listed: Sitemap
    before: SeenSitemap
    result: FetchResult

    @property
    def inner(self) -> Sequence[Sitemap]:
        """The sitemaps in it, if it is an index."""
        return self.result.parsed.sitemaps if self.result.parsed else ()


class _Round(NamedTuple):
    """The sitemaps of one level that may have changed, and those of them that were requested."""

    due: Sequence[Sitemap] = ()
    visits: Sequence[_Visit] = ()

    @property
    def read(self) -> Sequence[_Visit]:
        return [each for each in self.visits if each.result.outcome in POLL_SUCCEEDED]

    def unread(self, now: datetime) -> set[str]:
        """The URLs of sitemaps that may have changes that were not read."""
        vague = {one.url for one in self.due if _is_vague(one.lastmod, now)}
        return vague | ({one.url for one in self.due} - {each.listed.url for each in self.read})


async def follow(index: ParsedFeed, known: Known, now: datetime, fetch: Fetch) -> MergedFeed:
    """Read the index's newest sitemaps that may have changed, :data:`SITEMAPS_PER_POLL` at most,
    and as many of the indexes among them."""
    if not index.sitemaps:
        return MergedFeed(index)
    outer = await _visit(index.sitemaps, known, now, fetch)
    listed = {one.url: one for visit in outer.visits for one in visit.inner}
    inner = (
        await _visit(list(listed.values()), known, now, fetch, is_inner=True)
        if listed
        else _Round()
    )
    unread = inner.unread(now)
    read = [
        visit
        for visit in (*outer.read, *inner.read)
        # An index that is saved is not read again before it changes.
        if unread.isdisjoint(one.url for one in visit.inner)
    ]
    results = [visit.result for visit in (*outer.visits, *inner.visits)]
    return MergedFeed(
        merge_sitemaps(index, [each.parsed for each in results if each.parsed]),
        [_read(visit, now) for visit in read],
        whole=not outer.unread(now) and not unread,
        fetched=results,
    )


async def _visit(
    listed: Sequence[Sitemap], known: Known, now: datetime, fetch: Fetch, *, is_inner: bool = False
) -> _Round:
    seen = await known({one.url for one in listed})
    before = {one.url: seen.get(one.url, SeenSitemap(one.url)) for one in listed}
    due = [one for one in listed if may_have_changed(one, before[one.url], now)]
    due.sort(key=lambda one: _turn(one, before[one.url]))
    chosen = due[:SITEMAPS_PER_POLL]
    results = await asyncio.gather(*(_fetch(fetch, before[one.url], is_inner) for one in chosen))
    visits = [
        _Visit(one, before[one.url], result) for one, result in zip(chosen, results, strict=True)
    ]
    return _Round(due, visits)


def _turn(sitemap: Sitemap, before: SeenSitemap) -> tuple[bool, float]:
    """Sort key: the dated ones that changed, as listed; the dated ones that may have; the undated
    ones; each of the latter two by the time of the last reading, so that all have their turn."""
    changed = sitemap.lastmod != before.lastmod
    return not sitemap.lastmod, 0.0 if changed else before.read_at


def may_have_changed(sitemap: Sitemap, before: SeenSitemap, now: datetime) -> bool:
    """True unless the index proves that the sitemap is unchanged. Pure."""
    return sitemap.lastmod != before.lastmod or _is_vague(sitemap.lastmod, now)


def _is_vague(lastmod: str, now: datetime) -> bool:
    """True if the sitemap may change under the same lastmod: none, or a date not over yet."""
    at = parse_time(lastmod)
    return at is None or (len(lastmod) <= len("2026-11-25") and now < at + A_DAY_ANYWHERE)


async def _fetch(fetch: Fetch, before: SeenSitemap, is_inner: bool) -> FetchResult:
    validators = Validators(before.etag, before.last_modified)
    result = await fetch(before.url, validators, before.body_hash)
    if is_inner and result.parsed and result.parsed.sitemaps:
        detail = f"{before.url} is an index in an index of an index"
        return FetchResult(PollOutcome.NOT_A_FEED, detail)
    return result


def _read(visit: _Visit, now: datetime) -> SeenSitemap:
    """The sitemap to save: with the body just parsed, or unchanged with the index's lastmod."""
    read = visit.before._replace(lastmod=visit.listed.lastmod, read_at=now.timestamp())
    response = visit.result.response
    if visit.result.parsed is None or response is None:
        return read
    return read._replace(
        body_hash=body_hash(response.body),
        last_modified=response.last_modified,
        etag=response.etag,
    )
