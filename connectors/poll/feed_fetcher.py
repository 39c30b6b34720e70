"""Fetch and parse one address: a feed's or a sitemap's."""

from __future__ import annotations

import time

from connectors.fetch import Fetcher, FetchFailed, Validators
from connectors.parse import FeedBody, NotAFeed, parse_feed
from connectors.poll.poll_result import FetchResult, body_hash
from newsline.clock import Clock, moment
from newsline.outcomes import FetchOutcome, PollOutcome
from newsline.sandbox.fair_share import FairShare, Postponed
from newsline.sandbox.pool import ChildCrashed, DeadlineExceeded

PARSE_SECONDS = 10.0

PARSE_FAILURES = {
    NotAFeed: PollOutcome.NOT_A_FEED,
    DeadlineExceeded: PollOutcome.PARSE_DEADLINE,
    ChildCrashed: PollOutcome.PARSE_CRASH,
}


class FeedFetcher:
    """Fetches feeds, and parses them in the sandbox. Failures are outcomes."""

    def __init__(
        self,
        fetcher: Fetcher,
        children: FairShare,
        *,
        parse_seconds: float = PARSE_SECONDS,
        clock: Clock = time.time,
    ) -> None:
        self._fetcher = fetcher
        self._children = children
        self._parse_seconds = parse_seconds
        self._clock = clock

    async def fetch(
        self, feed_url: str, url: str, validators: Validators, known: str | None
    ) -> FetchResult:
        """Fetch an address for a feed, without parsing; ``known``: the hash of the body that was
        read before."""
        try:
            response = await self._fetcher.get(
                url, feed=feed_url, validators=validators, kind="feed"
            )
        except FetchFailed as failure:
            retry_after = failure.retry_after or 0.0
            return FetchResult(failure.outcome, failure.detail, retry_after=retry_after)
        if response.status == 304:
            return FetchResult(PollOutcome.NOT_MODIFIED, response=response)
        if body_hash(response.body) == known:
            return FetchResult(PollOutcome.SAME_BODY, response=response)
        return FetchResult(PollOutcome.OK, response=response)

    async def parse(self, feed_url: str, fetched: FetchResult) -> FetchResult:
        """Parse what was fetched for a feed, unless fetching has failed or the body is known."""
        response = fetched.response
        if fetched.outcome is not PollOutcome.OK or response is None:
            return fetched
        body = FeedBody(response.body, response.url, response.content_type, response.charset)
        return (await self.parse_body(feed_url, body))._replace(response=response)

    async def parse_body(self, feed_url: str, body: FeedBody) -> FetchResult:
        """Parse a body of a feed. Any error of a parser on a hostile body is the body's outcome;
        after several late ones, the next is ``throttled``."""
        parsed = await self._children.attempt(
            parse_feed,
            body,
            moment(self._clock),
            deadline=self._parse_seconds,
            raises=(NotAFeed,),
            source=feed_url,
            kinds=(("body", feed_url),),
        )
        if isinstance(parsed, Postponed):
            detail = f"parsing: {parsed}"
            return FetchResult(FetchOutcome.THROTTLED, detail, retry_after=parsed.seconds)
        if isinstance(parsed, Exception):
            outcome = PARSE_FAILURES.get(type(parsed), PollOutcome.PARSE_ERROR)
            return FetchResult(outcome, str(parsed))
        return FetchResult(PollOutcome.OK, parsed=parsed)

    async def fetch_and_parse(
        self, feed_url: str, url: str, validators: Validators, known: str | None
    ) -> FetchResult:
        return await self.parse(feed_url, await self.fetch(feed_url, url, validators, known))
