"""One poll of one feed: fetch, parse, handle each entry, remember."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from weakref import WeakValueDictionary

from connectors.fetch import Fetcher, FetchFailed, Validators
from connectors.parse import Entry, FeedBody, NotAFeed, ParsedFeed, parse_feed
from connectors.poll import redirects, sitemaps
from connectors.poll.entry_handler import EntryHandler, EntryResult
from connectors.poll.feed_update import (
    Look,
    Polled,
    Reading,
    Terms,
    after,
    body_hash,
    counted,
    news_came,
)
from connectors.state import AfterPoll, FeedState, SeenEntry, State
from connectors.state.async_state import AsyncState
from connectors.text.urls import without_login
from connectors.websub.subscriber import Subscriber
from newsline.clock import Clock, moment
from newsline.outcomes import EntryOutcome, PollOutcome
from newsline.records import MAX_TITLE
from newsline.sandbox.pool import ChildCrashed, DeadlineExceeded, Sandbox
from newsline.service import metrics

PARSE_SECONDS = 10.0

ENTRIES_AT_ONCE = 64
"""Of one feed, so that one of 2,000 does not fill the memory. With 16, of which some wait to be
published, the children that extract wait for pages: 58 pages/s instead of 77."""

READ_AT_ONCE = 50
"""Feeds whose entries are in hand; hundreds more may wait for their hosts meanwhile."""

PARSE_FAILURES = {
    NotAFeed: PollOutcome.NOT_A_FEED,
    DeadlineExceeded: PollOutcome.PARSE_DEADLINE,
    ChildCrashed: PollOutcome.PARSE_CRASH,
}


class Poller:
    """Polls a feed; all feeds share its fetcher, children, entry handler and state."""

    def __init__(
        self,
        fetcher: Fetcher,
        sandbox: Sandbox,
        entries: EntryHandler,
        state: AsyncState,
        subscriber: Subscriber | None = None,
        *,
        parse_seconds: float = PARSE_SECONDS,
        clock: Clock = time.time,
    ) -> None:
        self._fetcher = fetcher
        self._sandbox = sandbox
        self._entries = entries
        self._state = state
        self._subscriber = subscriber
        self._busy: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._parse_seconds = parse_seconds
        self._clock = clock
        self._reading = asyncio.Semaphore(READ_AT_ONCE)

    async def poll(self, before: FeedState, chance: float) -> float:
        """Poll a claimed feed now; returns when to poll next, in seconds since 1970.

        ``before`` is what the claim gave; ``chance``: 0 to 1, uniform.
        A feed's failures are outcomes; only the broker's, the state's and the sandbox's own are
        raised.
        """
        async with self._one_at_a_time(before.url):
            return await self._polled(before, chance)

    async def _polled(self, before: FeedState, chance: float) -> float:
        polled = await self._poll(before)
        renewal = await self._subscriber.renewal(before.url) if self._subscriber else None
        feed = after(before, polled, Terms(before.fixed, renewal, chance), self._clock())
        if feed.address and feed.address != before.address:
            twin = await self._state.call(State.feed_at, feed.address, besides=feed.url)
            feed = feed._replace(also_read_by=twin)
        seen = _seen(polled.reading)
        await self._state.save_poll(AfterPoll(feed, seen, prune=feed.pruned > before.pruned))
        metrics.POLLS.labels(polled.outcome).inc()
        if self._subscriber and polled.succeeded:
            read = polled.reading is not None
            await self._subscriber.update(feed.url, polled.offer, read=read)
        return feed.next_poll

    async def push(self, feed_url: str, pushed: FeedBody) -> PollOutcome:
        """Read what a hub has sent as if it had been polled; what came of it. Raises as a poll.

        While another connector has the feed in hand, its state is that one's to change.
        """
        async with self._one_at_a_time(feed_url), self._reading:
            before = await self._state.claim(feed_url)
            if before is None:
                before = await self._state.call(State.feed, feed_url)
            outcome, _, parsed = await self._parse(pushed)
            read = await self._read(before, parsed) if parsed else Polled(outcome)
            feed = before
            if read.reading:
                feed = counted(news_came(before, read.reading.ages, self._clock()), read.reading)
            await self._state.save_poll(AfterPoll(feed, _seen(read.reading)))
        return outcome

    def _one_at_a_time(self, feed_url: str) -> asyncio.Lock:
        """A feed's polls and pushes take turns: each goes by what the one before has left."""
        return self._busy.setdefault(feed_url, asyncio.Lock())

    async def _poll(self, before: FeedState) -> Polled:
        validators = Validators(before.etag, before.last_modified)
        look = await self._fetch(before.address or before.url, validators, before.body_hash)
        if look.outcome is not PollOutcome.OK:
            return Polled(look.outcome, look.detail, look.response, look.retry_after)
        async with self._reading:
            look = await self._parsed(look)
            if look.parsed is None:
                return Polled(look.outcome, look.detail, look.response)
            read = await self._read(before, look.parsed)
        return read._replace(response=look.response)

    async def _look(self, url: str, validators: Validators, known: str | None) -> Look:
        """Fetch and parse, unless the body is the one whose hash is ``known``."""
        return await self._parsed(await self._fetch(url, validators, known))

    async def _fetch(self, url: str, validators: Validators, known: str | None) -> Look:
        """What is there, not parsed yet: ok where it is worth parsing."""
        try:
            response = await self._fetcher.get(url, validators=validators, kind="feed")
        except FetchFailed as failure:
            return Look(failure.outcome, failure.detail, retry_after=failure.retry_after or 0.0)
        if response.status == 304:
            return Look(PollOutcome.NOT_MODIFIED, response=response)
        if body_hash(response.body) == known:
            return Look(PollOutcome.SAME_BODY, response=response)
        return Look(PollOutcome.OK, response=response)

    async def _parsed(self, look: Look) -> Look:
        if look.outcome is not PollOutcome.OK or (response := look.response) is None:
            return look
        body = FeedBody(response.body, response.url, response.content_type, response.charset)
        outcome, detail, parsed = await self._parse(body)
        return look._replace(outcome=outcome, detail=detail, parsed=parsed)

    async def _parse(self, body: FeedBody) -> tuple[PollOutcome, str, ParsedFeed | None]:
        """What came of it, a detail for the operator, and the feed where it is one."""
        now = moment(self._clock)
        parsed = await self._sandbox.attempt(parse_feed, body, now, deadline=self._parse_seconds)
        if isinstance(
            parsed, Exception
        ):  # whatever a parser makes of a hostile body is its outcome
            return PARSE_FAILURES.get(type(parsed), PollOutcome.PARSE_ERROR), str(parsed), None
        return PollOutcome.OK, "", parsed

    async def _read(self, before: FeedState, listed: ParsedFeed) -> Polled:
        """Handle the entries of a feed, or of the sitemaps that it lists."""
        now = self._clock()
        known = await self._state.entries(before.id, {one.url for one in listed.sitemaps})
        followed = await sitemaps.follow(listed, known, moment(self._clock), self._look)
        for look in followed.looks:
            metrics.SITEMAPS.labels(look.outcome).inc()
        if failure := followed.failure:
            return Polled(failure.outcome, failure.detail, retry_after=failure.retry_after)
        parsed = followed.feed
        seen = await self._state.entries(before.id, {entry.id for entry in parsed.entries})
        handled = await self._handle(without_login(before.url), parsed, seen)
        reading = Reading(
            title=parsed.title[:MAX_TITLE] or before.title,
            ttl=60.0 * (parsed.ttl or 0.0),
            handled=handled,
            ages=[
                now - entry.published.timestamp() if entry.published else None
                for entry, one in zip(parsed.entries, handled, strict=True)
                if one.is_news
            ],
            same=redirects.same_feed(before, seen, parsed),
            unread=parsed.dropped,
            hub=parsed.hub,
            topic=parsed.topic,
            sitemaps=followed.seen,
            whole=followed.whole,
        )
        return Polled(PollOutcome.OK, followed.detail, reading=reading)

    async def _handle(
        self, feed_url: str, parsed: ParsedFeed, seen: Mapping[str, SeenEntry]
    ) -> Sequence[EntryResult]:
        seats = asyncio.Semaphore(ENTRIES_AT_ONCE)

        async def handle(entry: Entry) -> EntryResult:
            async with seats:
                return await self._entries.handle(feed_url, entry, seen.get(entry.id))

        tasks = [asyncio.create_task(handle(entry)) for entry in parsed.entries]
        try:
            handled = await asyncio.gather(*tasks)
        finally:
            for task in tasks:  # one that failed leaves the others behind
                task.cancel()
        _count(parsed, handled)
        return handled


def _seen(reading: Reading | None) -> Sequence[SeenEntry]:
    """What to remember: of sitemaps only when all their entries are settled."""
    if reading is None:
        return ()
    entries = [one.seen for one in reading.handled if one.seen]
    return [*entries, *(reading.sitemaps if reading.settled else ())]


def _count(parsed: ParsedFeed, handled: Sequence[EntryResult]) -> None:
    """Every entry seen has one outcome, those that were not read too."""
    metrics.ENTRIES_SEEN.inc(len(parsed.entries) + parsed.dropped)
    outcomes = Counter(one.outcome.value for one in handled)
    outcomes[EntryOutcome.UNREAD.value] += parsed.dropped
    for outcome, count in outcomes.items():
        if count:
            metrics.ENTRIES.labels(outcome).inc(count)
