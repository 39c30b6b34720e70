"""What the state keeps: the records at its border. Times are in seconds since 1970."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

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


class FeedState(NamedTuple):
    """What the last poll of a feed left; ``interval`` in seconds, ``fixed`` the operator's own.

    The validators and the body's hash are those of the last body of which every entry is settled:
    until then the feed is fetched whole. ``why``: the reason for ``next_poll``, in words. ``title``
    and ``ttl`` (in seconds) are the feed's own; ``recent``, ``came`` and ``watched`` its Pace.

    ``address`` is where the feed has moved for good, and is polled in place of ``url``; a new one
    is ``moving_to`` until ``moving_polls`` since ``moving_since`` have shown it to be the same
    feed; no polls at all: it is another one. ``also_read_by``: a feed that was there before.

    ``entries`` and what follows it count all polls so far; ``pruned`` is when entries that the feed
    lists no more were last forgotten. ``failed`` is when a poll last failed, ``failed_outcome`` and
    ``failed_detail`` how: they stay when the feed is well again.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    interval: float | None = None
    next_poll: float = 0.0
    failures: int = 0
    last_outcome: str = "never"
    last_error: str = ""
    last_success: float | None = None
    why: str = ""
    title: str = ""
    ttl: float = 0.0
    recent: float = 0.0
    came: float = 0.0
    watched: float = 0.0
    address: str | None = None
    moving_to: str | None = None
    moving_since: float | None = None
    moving_polls: int = 0
    also_read_by: str | None = None
    id: int = 0
    fixed: float | None = None
    entries: int = 0
    published: int = 0
    updates: int = 0
    duplicates: int = 0
    robots: int = 0
    refused: int = 0
    pruned: float = 0.0
    failed: float | None = None
    failed_outcome: str = ""
    failed_detail: str = ""


class FeedNow(NamedTuple):
    """A feed as it stands: whether it is ``listed``, and until when a connector has it in hand."""

    feed: FeedState
    listed: bool
    leased_until: float
    subscription: Subscription | None


class SeenEntry(NamedTuple):
    """An entry as it was when last handled; unsettled ones are tried again, up to a few times.

    ``outcome`` and ``detail`` (empty when all went well) say what it came to at ``handled``;
    ``listed`` is when its feed was last known to have it, to the day. ``link`` is kept as a digest
    and does not come back.
    """

    entry_id: str
    fingerprint: str
    attempts: int
    settled: bool
    outcome: str = ""
    detail: str = ""
    handled: float = 0.0
    listed: float = 0.0
    link: str = ""


class LeadingEntry(NamedTuple):
    """An entry that leads to some article: its feed, and what it came to when last handled."""

    feed_url: str
    outcome: str
    detail: str
    handled: float
    listed: float
    attempts: int
    settled: bool


class AfterPoll(NamedTuple):
    """What a poll leaves: the feed's new state, and the entries that are new or have changed.

    ``prune``: forget the entries that the feed, read a moment ago, has not listed for long.
    """

    feed: FeedState
    seen: Sequence[SeenEntry] = ()
    prune: bool = False


class KnownArticle(NamedTuple):
    """A revision, the latest if nothing else is said, of an article that the broker has.

    The hashes and the ``outline`` are as in text.traces.Traces. ``reason``: why there is this
    revision, ``first`` or as in the record; ``feed_url`` is the feed that brought it. The article's
    ``cluster_id`` is None as long as its text is too short to tell; ``nearest`` is the article that
    put it into its cluster, by ``similarity``, if it is another's.
    """

    article_id: str
    revision: int
    title_hash: str
    text_hash: str
    text_source: str
    first_seen: datetime
    fetched_at: datetime
    exact_hash: str = ""
    outline: bytes = b""
    reason: str = "first"
    feed_url: str = ""
    cluster_id: str | None = None
    nearest: str | None = None
    similarity: float | None = None

    @property
    def traces(self) -> Traces:
        return Traces(self.title_hash, self.text_hash, self.exact_hash, self.outline)


class Lookalike(NamedTuple):
    """An article that shares a key with a text; ``recent``: its fingerprint is of this week."""

    article_id: str
    cluster_id: str
    signature: bytes
    recent: bool


class Listing(NamedTuple):
    """A feed that lists an article."""

    article_id: str
    feed_url: str
    entry_id: str
    title: str


class Revisit(NamedTuple):
    """An article whose page at ``url`` is looked at again when it is ``due``; ``entry`` is what the
    feed has said of it, as JSON. The validators are those of the last look, if there was one."""

    article_id: str
    due: float
    first_seen: float
    url: str
    feed_url: str
    entry: bytes
    etag: str | None = None
    last_modified: str | None = None


class Acknowledged(NamedTuple):
    """What the broker has taken: an article's revision, its links and the feed that listed it; the
    fingerprint is there if its near-duplicates are to be found by it, the revisit if one is due."""

    article: KnownArticle
    links: Sequence[str]
    listings: Sequence[Listing]
    fingerprint: Fingerprint | None = None
    revisit: Revisit | None = None
