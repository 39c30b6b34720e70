"""The records of the state. Times are in seconds since 1970, durations in seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from connectors.schedule.cadence import Cadence
from connectors.text.minhash import Fingerprint
from connectors.text.traces import Traces


class Subscription(NamedTuple):
    """A feed's subscription at its WebSub hub; times in seconds since 1970.

    ``token``: the unguessable last segment of the callback URL. ``secret``: the key of pushes'
    signatures. ``next_try``: when the next request is due, to subscribe or renew. ``asked_at``: the
    time of a request not verified yet. ``expires``: the end of the lease, None without one.
    ``detail``: the hub's last refusal or error.
    """

    feed_url: str
    hub: str
    topic: str
    token: str
    secret: str
    next_try: float = 0.0
    asked_at: float | None = None
    expires: float | None = None
    failures: int = 0
    detail: str = ""
    last_push: float | None = None

    def is_live(self, now: float) -> bool:
        """Whether a lease is running."""
        return self.expires is not None and now < self.expires

    def is_requested(self, topic: str) -> bool:
        """Whether a request for the topic awaits the hub's verification."""
        return self.asked_at is not None and topic == self.topic


class FeedValidators(NamedTuple):
    """Of the last body with all its entries settled. Empty: the feed is fetched whole."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None  # 32 hex digits


class LearnedRedirect(NamedTuple):
    """Permanent redirects of a feed: the one adopted, and the one under observation."""

    address: str | None = None  # polled in place of the listed URL
    candidate: str | None = None  # not adopted yet
    since: float | None = None  # first poll redirected to the candidate
    polls: int = 0  # in a row that found the same feed there; 0: another feed was seen there
    also_read_by: str | None = None  # another feed that is read at the address


class EntryCounts(NamedTuple):
    """Entries of all polls so far."""

    entries: int = 0  # all, with those seen before
    published: int = 0
    updates: int = 0
    duplicates: int = 0
    robots: int = 0  # page disallowed by robots.txt
    refused: int = 0  # page refused by the address guard


class Coverage(NamedTuple):
    """How much of the feed is read: the entries that its last body listed, and its gaps."""

    listed: int = 0
    lost: Mapping[str, int] = {}  # of those listed, by outcome; see poll.losses
    gaps: int = 0  # polls so far at which all entries were new
    last_gap: float | None = None


class PollFailure(NamedTuple):
    """The last poll that failed. It is kept after later successes."""

    at: float | None = None  # None: no poll has failed
    outcome: str = ""
    detail: str = ""


class FeedState(NamedTuple):
    """A feed after its last poll."""

    url: str  # as in the feed list: the feed's identity
    id: int = 0  # number in the tables
    fixed_interval: float | None = None  # set by the operator in the feed list
    title: str = ""
    ttl: float = 0.0  # asked for in the body; 0: none
    interval: float | None = None  # computed by the last successful poll
    next_poll: float = 0.0  # 0: at once
    why: str = ""  # reason for next_poll, in words
    failures: int = 0  # in a row
    last_outcome: str = "never"
    last_detail: str = ""
    last_success: float | None = None
    pruned: float = 0.0  # when entries that the feed no longer lists were last deleted
    validators: FeedValidators = FeedValidators()
    cadence: Cadence = Cadence()
    redirect: LearnedRedirect = LearnedRedirect()
    counts: EntryCounts = EntryCounts()
    last_failure: PollFailure = PollFailure()
    coverage: Coverage = Coverage()
    changing: Sequence[str] = ()  # parameters of links that change from poll to poll


class FeedNow(NamedTuple):
    """A feed with its current place in the schedule."""

    feed: FeedState
    listed: bool
    leased_until: float  # 0: no connector is polling it
    subscription: Subscription | None


class SeenEntry(NamedTuple):
    """An entry as last handled. Unsettled ones are tried again, up to ATTEMPTS times."""

    entry_id: str | bytes  # its digest if it was recognised under another id
    fingerprint: str  # the entry hash: tells whether the entry has changed
    attempts: int
    settled: bool
    outcome: str = ""
    detail: str = ""  # cause of a failure
    handled: float = 0.0
    listed: float = 0.0  # last poll that found it in its feed, to the day
    link: str | bytes = ""  # canonical; stored, and read, as a digest
    likeness: str | bytes | None = None  # see poll.same_entry; stored, and read, as a digest
    address: str | None = None  # the link as listed; None: it is the id, and has no parameters
    title: str | None = None  # of an entry that is lost


class EntryMarks(NamedTuple):
    """Digests by which an entry with a link is recognised under another id."""

    likeness: bytes
    link: bytes


class SeenSitemap(NamedTuple):
    """A sitemap of an index as last read."""

    url: str
    body_hash: str | None = None
    lastmod: str = ""  # as written in the index
    last_modified: str | None = None
    etag: str | None = None
    read_at: float = 0.0


class LeadingEntry(NamedTuple):
    """An entry that leads to an article, with its feed, as last handled."""

    feed_url: str
    outcome: str
    detail: str
    handled: float
    listed: float
    attempts: int
    settled: bool
    title: str | None = None  # of an entry that led to no article


class AfterPoll(NamedTuple):
    """The changes of a poll, saved together."""

    feed: FeedState
    seen: Sequence[SeenEntry] = ()  # new or changed
    sitemaps: Sequence[SeenSitemap] = ()
    prune: bool = False  # delete entries that the feed has not listed for entries.KEPT seconds


class KnownArticle(NamedTuple):
    """A revision that the broker has; the latest one unless stated otherwise."""

    article_id: str
    revision: int
    title_hash: str  # the hashes and the outline: see text.traces.Traces
    text_hash: str
    text_source: str
    first_seen: datetime
    fetched_at: datetime
    exact_hash: str = ""
    outline: bytes = b""
    reason: str = "first"  # "first", "unknown" or a RevisionReason
    feed_url: str = ""  # the feed that brought it
    address: str | None = None  # article_id of the revision's URL; None: the article's own
    cluster_id: str | None = None  # None: the text is too short to compare
    nearest: str | None = None  # article that decided the cluster, if another's
    similarity: float | None = None

    @property
    def traces(self) -> Traces:
        return Traces(self.title_hash, self.text_hash, self.exact_hash, self.outline)

    def is_at(self, address: str) -> bool:
        """Whether this is the article_id of the revision's URL."""
        return address == (self.address or self.article_id)


class Lookalike(NamedTuple):
    """An article whose fingerprint shares a key with a text's."""

    article_id: str
    cluster_id: str
    signature: bytes
    recent: bool  # its fingerprint is of this week


class Listing(NamedTuple):
    """A feed that lists an article."""

    article_id: str
    feed_url: str
    entry_id: str
    title: str


class Revisit(NamedTuple):
    """A planned request for a published article's page. ``entry``: the feed's entry as JSON."""

    article_id: str
    due: float
    first_seen: float
    url: str
    feed_url: str
    entry: bytes
    etag: str | None = None
    last_modified: str | None = None


class Acknowledged(NamedTuple):
    """A revision that the broker has acknowledged, with all that the state stores for it."""

    article: KnownArticle
    links: Sequence[str]  # canonical, all that lead to the article
    listings: Sequence[Listing]
    fingerprint: Fingerprint | None = None  # None: not indexed for near-duplicates
    revisit: Revisit | None = None  # the first one, if any is planned
