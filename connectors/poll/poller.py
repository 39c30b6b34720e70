"""One poll of one feed: fetch and parse it, process its entries, save its next state."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from weakref import WeakValueDictionary

from connectors.fetch import Validators
from connectors.parse import Entry, FeedBody, ParsedFeed
from connectors.poll import redirects, same_entry, sitemaps
from connectors.poll.entry_handler import EntryHandler, EntryResult, unread
from connectors.poll.feed_fetcher import FeedFetcher
from connectors.poll.feed_update import Terms, after_push, next_feed_state
from connectors.poll.poll_result import PollResult, ProcessedFeed
from connectors.state import AfterPoll, FeedState, SeenEntry, State
from connectors.state.async_state import AsyncState
from connectors.websub.subscriber import Subscriber
from newsline.clock import Clock, moment
from newsline.outcomes import EntryOutcome, FetchOutcome, PollOutcome
from newsline.records import MAX_TITLE
from newsline.service import metrics

ENTRIES_AT_ONCE = 64
"""Of one feed, so that one of 2,000 does not fill the memory. With 16, of which some wait to be
published, the children that extract wait for pages: 58 pages/s instead of 77."""

SAME_ARTICLE = frozenset({EntryOutcome.UNCHANGED, EntryOutcome.UPDATE})
"""Outcomes that show that the parameters in which a link has changed are no part of the address."""

FEEDS_AT_ONCE = 50
"""With entries in progress. Hundreds more may wait for their hosts meanwhile."""


class Poller:
    """Polls feeds. A feed's polls and pushes run one at a time; feeds run side by side."""

    def __init__(
        self,
        feeds: FeedFetcher,
        entries: EntryHandler,
        state: AsyncState,
        subscriber: Subscriber | None = None,
        *,
        clock: Clock = time.time,
    ) -> None:
        self._feeds = feeds
        self._entries = entries
        self._state = state
        self._subscriber = subscriber
        self._clock = clock
        self._processing = asyncio.Semaphore(FEEDS_AT_ONCE)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def poll(self, before: FeedState, chance: float) -> float:
        """Poll a leased feed now. Returns the time of the next poll, in seconds since 1970.

        ``before``: the feed as leased; ``chance``: uniform in 0 to 1. Failures of the feed are
        outcomes; only errors of the broker, the state and the sandbox itself are raised.
        """
        async with self._lock(before.url):
            result = await self._poll(before)
            return await self._save(before, result, chance)

    async def push(self, feed_url: str, body: FeedBody) -> PollOutcome | FetchOutcome:
        """Process a body that a hub sent. Returns the outcome of parsing it. Raises as ``poll``.

        If another connector has leased the feed, the feed's row is left to that one.
        """
        async with self._lock(feed_url), self._processing:
            before = await self._state.claim(feed_url)
            if before is None:
                before = await self._state.call(State.feed, feed_url)
            parsed = await self._feeds.parse_body(feed_url, body)
            saved = AfterPoll(before)
            if parsed.parsed:
                processed = (await self._process_entries(before, parsed.parsed)).processed
                if processed:
                    feed = after_push(before, processed, self._clock())
                    saved = AfterPoll(feed, processed.seen, processed.seen_sitemaps)
            await self._state.save_poll(saved)
        return parsed.outcome

    def _lock(self, feed_url: str) -> asyncio.Lock:
        """Each poll or push starts from the state that the previous one saved."""
        return self._locks.setdefault(feed_url, asyncio.Lock())

    async def _poll(self, before: FeedState) -> PollResult:
        url, known = before.redirect.address or before.url, before.validators
        validators = Validators(known.etag, known.last_modified)
        fetched = await self._feeds.fetch(before.url, url, validators, known.body_hash)
        if fetched.outcome is not PollOutcome.OK:
            return PollResult(
                fetched.outcome, fetched.detail, fetched.response, fetched.retry_after
            )
        async with self._processing:
            fetched = await self._feeds.parse(before.url, fetched)
            if fetched.parsed is None:
                return PollResult(
                    fetched.outcome, fetched.detail, fetched.response, fetched.retry_after
                )
            result = await self._process_entries(before, fetched.parsed)
            return result._replace(response=fetched.response)

    async def _process_entries(self, before: FeedState, listed: ParsedFeed) -> PollResult:
        """Handle the entries of a feed; of an index, those of the sitemaps that are read."""
        now = self._clock()
        known = partial(self._state.sitemaps, before.id)
        fetch = partial(self._feeds.fetch_and_parse, before.url)
        merged = await sitemaps.follow(listed, known, moment(self._clock), fetch)
        for fetched in merged.fetched:
            metrics.SITEMAPS.labels(fetched.outcome).inc()
        if failure := merged.failure:
            return PollResult(failure.outcome, failure.detail, retry_after=failure.retry_after)
        feed = merged.feed
        seen = await self._seen(before, feed.entries)
        results = await self._handle_all(before, feed.entries, seen)
        _count(results, unread=feed.dropped)
        published = (
            each for each, result in zip(feed.entries, results, strict=True) if result.is_new
        )
        metrics.DATES_UNREAD.inc(sum(bool(each.unread_date) for each in published))
        processed = ProcessedFeed(
            title=feed.title[:MAX_TITLE] or before.title,
            ttl=60.0 * (feed.ttl or 0.0),
            results=results,
            ages=[
                now - entry.published.timestamp() if entry.published else None
                for entry, result in zip(feed.entries, results, strict=True)
                if result.is_new
            ],
            same=redirects.same_feed(before, seen, feed),
            unread=feed.dropped,
            hub=feed.hub,
            topic=feed.topic,
            sitemaps=merged.read,
            whole=merged.whole,
            partial=bool(listed.sitemaps),
            left_out=await self._left_out(before, feed),
            changing=same_entry.changing(
                before.changing,
                {n for one in results if one.outcome in SAME_ARTICLE for n in one.changing},
                {n for one in results if one.outcome not in SAME_ARTICLE for n in one.changing},
            ),
        )
        detail = merged.detail or _unread_dates(feed.entries)
        return PollResult(PollOutcome.OK, detail, processed=processed)

    async def _seen(self, feed: FeedState, entries: Sequence[Entry]) -> Mapping[str, SeenEntry]:
        """The feed's stored entries among these, also those listed under another id before."""
        seen = await self._state.entries(feed.id, {entry.id for entry in entries})
        if feed.last_success is None:
            return seen
        unknown = {
            each.id: same_entry.marks(each, each.link)
            for each in entries
            if each.link and each.id not in seen
        }
        if not unknown:
            return seen
        stored = await self._state.call(State.entries_like, feed.id, list(unknown.values()))
        return {**seen, **same_entry.recognised(entries, unknown, stored)}

    async def _left_out(self, before: FeedState, feed: ParsedFeed) -> Sequence[SeenEntry]:
        """Rows of entries that were not read, so that a trace finds them; none of an id that
        another entry has."""
        known = await self._state.entries(before.id, {entry.id for entry in feed.left_out})
        own = {*known, *(entry.id for entry in feed.entries)}
        now = self._clock()
        return [unread(entry, now) for entry in feed.left_out if entry.id not in own]

    async def _handle_all(
        self, feed: FeedState, entries: Sequence[Entry], seen: Mapping[str, SeenEntry]
    ) -> Sequence[EntryResult]:
        slots = asyncio.Semaphore(ENTRIES_AT_ONCE)

        async def handle(entry: Entry) -> EntryResult:
            async with slots:
                return await self._entries.handle(feed, entry, seen.get(entry.id))

        tasks = [asyncio.create_task(handle(entry)) for entry in entries]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:  # after an error the others are still running
                task.cancel()

    async def _save(self, before: FeedState, result: PollResult, chance: float) -> float:
        """Save the feed's next state and its entries; subscribe at its hub, if there is one."""
        renewal = await self._subscriber.renewal(before.url) if self._subscriber else None
        terms = Terms(before.fixed_interval, renewal, chance)
        feed = next_feed_state(before, result, terms, self._clock())
        address = feed.redirect.address
        if address and address != before.redirect.address:
            twin = await self._state.call(State.feed_at, address, besides=feed.url)
            feed = feed._replace(redirect=feed.redirect._replace(also_read_by=twin))
        saved = AfterPoll(feed, prune=feed.pruned > before.pruned)
        if processed := result.processed:
            saved = saved._replace(seen=processed.seen, sitemaps=processed.seen_sitemaps)
        await self._state.save_poll(saved)
        metrics.FEED_GAPS.inc(feed.coverage.gaps - before.coverage.gaps)
        metrics.POLLS.labels(result.outcome).inc()
        if self._subscriber and result.succeeded:
            await self._subscriber.update(feed.url, result.offer, read=processed is not None)
        return feed.next_poll


def _unread_dates(entries: Sequence[Entry]) -> str:
    """A remark on dates that could not be read; empty if there are none. Pure."""
    written = [entry.unread_date for entry in entries if entry.unread_date]
    if not written:
        return ""
    return f"dates not read of {len(written):,} of {len(entries):,} entries, such as {written[0]!r}"


def _count(results: Sequence[EntryResult], unread: int) -> None:
    """Count one outcome for every entry, with those that were not read."""
    metrics.ENTRIES_SEEN.inc(len(results) + unread)
    outcomes = Counter(result.outcome.value for result in results)
    outcomes[EntryOutcome.UNREAD.value] += unread
    for outcome, count in outcomes.items():
        if count:
            metrics.ENTRIES.labels(outcome).inc(count)
