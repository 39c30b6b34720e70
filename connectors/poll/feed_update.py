"""A feed's next state, from its state before a poll and the poll's result. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from connectors.fetch import Response
from connectors.poll import losses, redirects
from connectors.poll.poll_result import PollResult, ProcessedFeed, body_hash
from connectors.schedule import next_poll
from connectors.schedule.cadence import learned
from connectors.schedule.next_poll import NextPoll, RequestedInterval
from connectors.state import Coverage, EntryCounts, FeedState, FeedValidators, PollFailure
from newsline.durations import format_duration
from newsline.outcomes import EntryOutcome, FetchOutcome, PollOutcome

MAX_DETAIL = 300
"""Characters of a reason or a detail."""

PRUNE_SECONDS = 24 * 3600.0
"""Between deletions of the entries that a feed no longer lists; only after its body was read."""


WAITS = "our own network is down: polled when hosts answer again"


class Terms(NamedTuple):
    """Conditions of a poll that do not come from the feed."""

    interval: float | None = None  # seconds, set by the operator
    renewal: float | None = None  # seconds until the hub's lease is to be renewed; None: no hub
    chance: float = 0.0  # uniform in 0 to 1


def next_feed_state(before: FeedState, result: PollResult, terms: Terms, now: float) -> FeedState:
    """The feed's state after a poll that ended at ``now``, in seconds since 1970."""
    if result.outcome is FetchOutcome.OUTAGE:
        return before._replace(why=WAITS)
    detail = result.detail[:MAX_DETAIL]
    feed = before._replace(
        counts=_counts(before.counts, result.processed),
        last_outcome=result.outcome.value,
        last_detail=detail,
    )
    if result.succeeded:
        feed = _after_success(feed, result, now)
        scheduled = next_poll.after_success(
            _interval(before, feed, now),
            _reason(before, result, now, feed),
            _requested(feed, result.response),
            terms.interval,
            terms.renewal,
        )
        feed = feed._replace(interval=scheduled.wait)
    else:
        failure = PollFailure(now, result.outcome.value, detail)
        feed = feed._replace(failures=before.failures + 1, last_failure=failure)
        feed, scheduled = _after_failure(feed, result, terms)
    wait = next_poll.spread(scheduled.wait, terms.chance)
    return feed._replace(next_poll=now + wait, why=scheduled.why[:MAX_DETAIL])


def after_push(before: FeedState, processed: ProcessedFeed, now: float) -> FeedState:
    """The feed's state after a body that its hub pushed. The next poll stays as planned."""
    return _read_at(before, processed.ages, now)._replace(counts=_counts(before.counts, processed))


def _after_success(before: FeedState, result: PollResult, now: float) -> FeedState:
    feed = _read_at(before, result.ages, now)._replace(
        failures=0, validators=_validators(before.validators, result)
    )
    processed = result.processed
    if processed:
        pruned = now if now - feed.pruned > PRUNE_SECONDS else feed.pruned
        feed = feed._replace(
            title=processed.title,
            ttl=processed.ttl,
            pruned=pruned,
            changing=processed.changing,
            coverage=_coverage(before, processed, now),
        )
    if result.response:
        same = processed is None or processed.same
        feed = redirects.after_success(feed, result.response, now, same=same)
    return feed


def _coverage(before: FeedState, processed: ProcessedFeed, now: float) -> Coverage:
    coverage = before.coverage
    if processed.partial and not processed.listed:
        return coverage
    if processed.has_gap(before):
        coverage = coverage._replace(gaps=coverage.gaps + 1, last_gap=now)
    return coverage._replace(listed=processed.listed, lost=processed.lost)


def _interval(before: FeedState, feed: FeedState, now: float) -> float:
    """The feed's interval; after a gap at most half the time in which it arose."""
    elapsed = now - (before.last_success or now)
    if feed.coverage.gaps > before.coverage.gaps and losses.is_too_slow(before, elapsed):
        return min(feed.cadence.interval, elapsed / 2)
    return feed.cadence.interval


def _after_failure(feed: FeedState, result: PollResult, terms: Terms) -> tuple[FeedState, NextPoll]:
    if redirects.is_lost(feed, result.outcome):
        why = f"{result.outcome} at {feed.redirect.address}: the listed URL is polled again"
        return redirects.forgotten(feed), NextPoll(next_poll.FIRST_BACK_OFF, why)
    if result.outcome == FetchOutcome.GONE:
        return feed, next_poll.when_retired()
    return feed, next_poll.after_failure(
        result.outcome, feed.failures, result.retry_after, terms.interval
    )


def _read_at(before: FeedState, ages: Sequence[float | None], now: float) -> FeedState:
    """With the new entries in the cadence. After failures the cadence is kept: what the feed listed
    meanwhile is unknown."""
    if before.failures:
        return before._replace(last_success=now)
    elapsed = None if before.last_success is None else max(0.0, now - before.last_success)
    return before._replace(last_success=now, cadence=learned(before.cadence, elapsed, ages))


def _counts(before: EntryCounts, processed: ProcessedFeed | None) -> EntryCounts:
    if processed is None:
        return before
    outcomes = Counter(result.outcome for result in processed.results)
    return EntryCounts(
        entries=before.entries + processed.listed,
        published=before.published + outcomes[EntryOutcome.PUBLISHED],
        updates=before.updates + outcomes[EntryOutcome.UPDATE],
        duplicates=before.duplicates + outcomes[EntryOutcome.DUPLICATE],
        robots=before.robots + outcomes[FetchOutcome.ROBOTS],
        refused=before.refused + outcomes[FetchOutcome.ADDRESS_REFUSED],
    )


def _validators(before: FeedValidators, result: PollResult) -> FeedValidators:
    """Those of a body that is settled; none while entries are to be tried again."""
    response, processed = result.response, result.processed
    if response is None or result.outcome == PollOutcome.NOT_MODIFIED:
        return before
    if processed and not (processed.whole and processed.settled):
        return FeedValidators()
    return FeedValidators(response.etag, response.last_modified, body_hash(response.body))


def _requested(feed: FeedState, response: Response | None) -> Sequence[RequestedInterval]:
    fresh_for = (response.fresh_for or 0.0) if response else 0.0
    return (
        RequestedInterval(feed.ttl, "ttl or sy:updatePeriod"),
        RequestedInterval(fresh_for, "Cache-Control or Expires"),
    )


def _reason(before: FeedState, result: PollResult, now: float, feed: FeedState) -> str:
    count = len(result.ages)
    news = f"{count} new {'entry' if count == 1 else 'entries'}" if count else "nothing new"
    if feed.coverage.gaps > before.coverage.gaps:
        news = f"a gap, all {feed.coverage.listed} entries new"
    elapsed = None if before.last_success is None else now - before.last_success
    when = "at the first poll" if elapsed is None else f"in {format_duration(elapsed)}"
    return f"{news} {when}; on average one in {format_duration(feed.cadence.interval)}"
