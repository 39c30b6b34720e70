"""One poll of one feed: fetch, parse, handle each entry, remember."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

from connectors import schedule
from connectors.entries import EntryHandler, Handled
from connectors.feeds import Feed
from connectors.fetch import Fetcher, FetchFailed, FetchOutcome, Response, Validators
from connectors.outcome import POLL_SUCCEEDED, EntryOutcome, PollOutcome
from connectors.parse import Entry, NotAFeed, ParsedFeed, parse_feed
from connectors.state import FeedState, State
from pipeline import metrics
from pipeline.sandbox import (
    ChildCrashed,
    ChildrenFailed,
    DeadlineExceeded,
    Sandbox,
    SandboxClosed,
)

PARSE_SECONDS = 10.0

ENTRIES_AT_ONCE = 64
"""Of one feed, so that one of 2,000 does not fill the memory. With 16, of which some wait to be
published, the children that extract wait for pages: 58 pages/s instead of 77."""

PARSE_FAILURES = {
    NotAFeed: PollOutcome.NOT_A_FEED,
    DeadlineExceeded: PollOutcome.PARSE_DEADLINE,
    ChildCrashed: PollOutcome.PARSE_CRASH,
}


class Polled(NamedTuple):
    """What a poll came to: the outcome, a detail for the operator, and what was handled."""

    outcome: PollOutcome | FetchOutcome
    detail: str = ""
    response: Response | None = None
    ttl: float = 0.0
    retry_after: float = 0.0
    handled: Sequence[Handled] = ()


class Poller:
    """Polls a feed; all feeds share its fetcher, children, entry handler and state."""

    def __init__(
        self, fetcher: Fetcher, sandbox: Sandbox, entries: EntryHandler, state: State
    ) -> None:
        self._fetcher = fetcher
        self._sandbox = sandbox
        self._entries = entries
        self._state = state

    async def poll(self, feed: Feed, chance: float) -> float:
        """Poll now; returns when to poll next, in seconds since 1970. ``chance``: 0 to 1, uniform.

        A feed's failures are outcomes; only the broker's, the state's and the sandbox's own are
        raised.
        """
        before = self._state.feed(feed.url)
        polled = await self._poll(before)
        after = _after(before, polled, feed.interval, chance, time.time())
        self._state.polled(after, [h.seen for h in polled.handled if h.seen])
        metrics.POLLS.labels(polled.outcome).inc()
        return after.next_poll

    async def _poll(self, before: FeedState) -> Polled:
        validators = Validators(before.etag, before.last_modified)
        try:
            response = await self._fetcher.get(before.url, validators=validators, kind="feed")
        except FetchFailed as failure:
            return Polled(failure.outcome, failure.detail, retry_after=failure.retry_after or 0.0)
        if response.status == 304:
            return Polled(PollOutcome.NOT_MODIFIED, response=response)
        if body_hash(response.body) == before.body_hash:
            return Polled(PollOutcome.SAME_BODY, response=response)
        try:
            parsed = await self._parse(response)
        except (ChildrenFailed, SandboxClosed):
            raise
        except Exception as error:  # whatever a parser makes of a hostile body is its outcome
            outcome = PARSE_FAILURES.get(type(error), PollOutcome.PARSE_ERROR)
            return Polled(outcome, str(error), response)
        handled = await self._handle(before.url, parsed)
        return Polled(
            PollOutcome.OK, response=response, ttl=60.0 * (parsed.ttl or 0), handled=handled
        )

    async def _parse(self, response: Response) -> ParsedFeed:
        return await self._sandbox.run(
            parse_feed,
            response.body,
            response.url,
            response.content_type,
            response.charset,
            deadline=PARSE_SECONDS,
        )

    async def _handle(self, feed_url: str, parsed: ParsedFeed) -> Sequence[Handled]:
        seen = self._state.entries(feed_url)
        seats = asyncio.Semaphore(ENTRIES_AT_ONCE)

        async def handle(entry: Entry) -> Handled:
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


def _count(parsed: ParsedFeed, handled: Sequence[Handled]) -> None:
    """Every entry seen has one outcome, those that were not read too."""
    metrics.ENTRIES_SEEN.inc(len(parsed.entries) + parsed.dropped)
    outcomes = Counter(one.outcome.value for one in handled)
    outcomes[EntryOutcome.UNREAD.value] += parsed.dropped
    for outcome, count in outcomes.items():
        if count:
            metrics.ENTRIES.labels(outcome).inc(count)


def body_hash(body: bytes) -> str:
    """Of a feed's bytes: 30 % of polls bring the same ones with a new ETag."""
    return blake2b(body, digest_size=16).hexdigest()


def _after(
    before: FeedState, polled: Polled, fixed: float | None, chance: float, now: float
) -> FeedState:
    """The feed's state after the poll. Pure."""
    succeeded = polled.outcome in POLL_SUCCEEDED
    failures = 0 if succeeded else before.failures + 1
    news = sum(handled.is_news for handled in polled.handled)
    response = polled.response
    fresh_for = max(polled.ttl, (response.max_age or 0.0) if response else 0.0)
    poll = schedule.Poll(succeeded, news, fresh_for, polled.retry_after)
    interval = schedule.next_interval(poll, before.interval, failures, fixed)
    after = before._replace(
        interval=interval if succeeded else before.interval,
        next_poll=now + schedule.spread(interval, chance),
        failures=failures,
        last_outcome=polled.outcome.value,
        last_error=polled.detail,
        last_success=now if succeeded else before.last_success,
    )
    if response and polled.outcome in (PollOutcome.OK, PollOutcome.SAME_BODY):
        whole = all(handled.settled for handled in polled.handled)
        return _with_validators(after, response if whole else None)
    return after


def _with_validators(feed: FeedState, response: Response | None) -> FeedState:
    """With the validators of a body that has been dealt with; without, while entries are open."""
    if response is None:
        return feed._replace(etag=None, last_modified=None, body_hash=None)
    return feed._replace(
        etag=response.etag,
        last_modified=response.last_modified,
        body_hash=body_hash(response.body),
    )
