"""What a poll came to, and what the feed's state is after it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from connectors.fetch import Response
from connectors.parse import ParsedFeed
from connectors.poll import redirects
from connectors.poll.entry_handler import EntryResult
from connectors.schedule import next_poll
from connectors.schedule.cadence import Cadence, learned
from connectors.schedule.next_poll import Next, Wish
from connectors.state import FeedState, SeenEntry
from connectors.websub.subscription import Offer
from newsline.durations import format_duration
from newsline.outcomes import POLL_SUCCEEDED, EntryOutcome, FetchOutcome, PollOutcome
from newsline.records import MAX_URL

MAX_WORDS = 300

PRUNE_SECONDS = 24 * 3600.0
"""Once a day what a feed lists no more is forgotten: when it has just been read what it lists."""

RESUMED: Mapping[str, object] = {"failures": 0, "next_poll": 0.0, "why": "resumed by hand"}
"""What makes a feed due, whatever it has come to."""


class Look(NamedTuple):
    """What came of fetching and parsing one address; ``parsed`` is there where that is ok."""

    outcome: PollOutcome | FetchOutcome
    detail: str = ""
    response: Response | None = None
    parsed: ParsedFeed | None = None
    retry_after: float = 0.0


class Reading(NamedTuple):
    """What a body that is a feed says, and what became of its entries.

    ``ttl`` in seconds. ``ages``: of each new entry, the seconds since it was published, where the
    feed says when. ``same``: it is the feed that was read before. ``unread`` counts the entries
    that were not handled. ``hub`` and ``topic`` as in ParsedFeed. ``sitemaps``: those of an index
    that were read; not ``whole``: others are left.
    """

    title: str
    ttl: float
    handled: Sequence[EntryResult]
    ages: Sequence[float | None]
    same: bool
    unread: int = 0
    hub: str | None = None
    topic: str | None = None
    sitemaps: Sequence[SeenEntry] = ()
    whole: bool = True

    @property
    def settled(self) -> bool:
        return all(one.settled for one in self.handled)


class Polled(NamedTuple):
    """What a poll came to: the outcome, a detail for the operator, and what was read."""

    outcome: PollOutcome | FetchOutcome
    detail: str = ""
    response: Response | None = None
    retry_after: float = 0.0
    reading: Reading | None = None

    @property
    def succeeded(self) -> bool:
        return self.outcome in POLL_SUCCEEDED

    @property
    def offer(self) -> Offer | None:
        """The feed's WebSub hub; what the Link headers say goes first (WebSub, 4)."""
        links = self.response.links if self.response else {}
        hub = links.get("hub") or (self.reading.hub if self.reading else None)
        topic = links.get("self") or (self.reading.topic if self.reading else None)
        if not hub or not topic or len(topic) > MAX_URL:
            return None
        return Offer(hub, topic)

    @property
    def ages(self) -> Sequence[float | None]:
        return self.reading.ages if self.reading else ()


class Terms(NamedTuple):
    """On what terms a feed is polled: the operator's own ``interval`` in seconds; in how many
    seconds a hub that pushes is to be asked to go on (``renewal``); a ``chance``, uniform in 0 to
    1."""

    interval: float | None = None
    renewal: float | None = None
    chance: float = 0.0


def after(before: FeedState, polled: Polled, terms: Terms, now: float) -> FeedState:
    """The feed's state after the poll that ended ``now``, in seconds since 1970."""
    feed = counted(before, polled.reading)._replace(
        last_outcome=polled.outcome.value, last_error=polled.detail[:MAX_WORDS]
    )
    if polled.succeeded:
        feed, following = _after_success(feed, polled, terms, now)
        interval: float | None = following.wait
    else:
        feed = feed._replace(
            failed=now,
            failed_outcome=feed.last_outcome,
            failed_detail=feed.last_error,
        )
        feed, following = _after_failure(feed, polled, terms)
        interval = feed.interval
    wait = next_poll.spread(following.wait, terms.chance)
    why = following.why[:MAX_WORDS]
    return feed._replace(interval=interval, next_poll=now + wait, why=why)


def news_came(before: FeedState, ages: Sequence[float | None], now: float) -> FeedState:
    """With what was new at ``now`` in the feed's pace. After failures the pace is left as it was:
    what the feed has listed meanwhile is not known."""
    if before.failures:
        return before._replace(last_success=now)
    elapsed = None if before.last_success is None else max(0.0, now - before.last_success)
    pace = learned(_pace(before), elapsed, ages)
    return before._replace(last_success=now, **pace._asdict())


def counted(before: FeedState, reading: Reading | None) -> FeedState:
    """With what became of the entries that were read added to all those before."""
    if reading is None:
        return before
    outcomes = Counter(handled.outcome for handled in reading.handled)
    return before._replace(
        entries=before.entries + len(reading.handled) + reading.unread,
        published=before.published + outcomes[EntryOutcome.PUBLISHED],
        updates=before.updates + outcomes[EntryOutcome.UPDATE],
        duplicates=before.duplicates + outcomes[EntryOutcome.DUPLICATE],
        robots=before.robots + outcomes[FetchOutcome.ROBOTS],
        refused=before.refused + outcomes[FetchOutcome.ADDRESS_REFUSED],
    )


def body_hash(body: bytes) -> str:
    """Of a feed's bytes: 30 % of polls bring the same ones with a new ETag."""
    return blake2b(body, digest_size=16).hexdigest()


def _after_success(
    before: FeedState, polled: Polled, terms: Terms, now: float
) -> tuple[FeedState, Next]:
    feed = news_came(before, polled.ages, now)._replace(failures=0)
    feed = _with_validators(feed, polled)
    if polled.reading:
        pruned = now if now - before.pruned > PRUNE_SECONDS else before.pruned
        feed = feed._replace(title=polled.reading.title, ttl=polled.reading.ttl, pruned=pruned)
    if polled.response:
        same = polled.reading is None or polled.reading.same
        feed = redirects.after_success(feed, polled.response, now, same=same)
    following = next_poll.after_success(
        _pace(feed).interval,
        _words(before, polled, now, _pace(feed)),
        _wishes(feed, polled.response),
        terms.interval,
        terms.renewal,
    )
    return feed, following


def _after_failure(before: FeedState, polled: Polled, terms: Terms) -> tuple[FeedState, Next]:
    feed = before._replace(failures=before.failures + 1)
    if redirects.is_lost(feed, polled.outcome):
        why = f"{polled.outcome} at {feed.address}: the listed URL is polled again"
        return redirects.forgotten(feed), Next(next_poll.FIRST_BACK_OFF, why)
    if polled.outcome == FetchOutcome.GONE:
        return feed, next_poll.when_retired()
    return feed, next_poll.after_failure(
        polled.outcome, feed.failures, polled.retry_after, terms.interval
    )


def _pace(feed: FeedState) -> Cadence:
    return Cadence(feed.recent, feed.came, feed.watched)


def _words(before: FeedState, polled: Polled, now: float, pace: Cadence) -> str:
    count = len(polled.ages)
    news = f"{count} new {'entry' if count == 1 else 'entries'}" if count else "nothing new"
    elapsed = None if before.last_success is None else now - before.last_success
    when = "at the first poll" if elapsed is None else f"in {format_duration(elapsed)}"
    return f"{news} {when}; as a rule one in {format_duration(pace.interval)}"


def _wishes(feed: FeedState, response: Response | None) -> Sequence[Wish]:
    header = (response.fresh_for or 0.0) if response else 0.0
    return (Wish(feed.ttl, "ttl or sy:updatePeriod"), Wish(header, "Cache-Control or Expires"))


def _with_validators(feed: FeedState, polled: Polled) -> FeedState:
    """With the validators of a body that has been dealt with; without, while entries are open."""
    response = polled.response
    if response is None or polled.outcome == PollOutcome.NOT_MODIFIED:
        return feed
    if polled.reading and not (polled.reading.whole and polled.reading.settled):
        return feed._replace(etag=None, last_modified=None, body_hash=None)
    return feed._replace(
        etag=response.etag,
        last_modified=response.last_modified,
        body_hash=body_hash(response.body),
    )
