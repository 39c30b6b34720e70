"""The connectors' state: feeds, entries and articles, in a SQLite file or in PostgreSQL.

Articles follow news.raw: they change after the broker has acknowledged a record, and ``positions``
are the offsets up to which records were applied. After a crash, or with a new state beside an old
broker, the records past these offsets are read and applied. Applying one twice changes nothing.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from connectors.feedlist.feed_list import Feed
from connectors.state import (
    articles,
    condition,
    entries,
    feeds,
    foreign_lock,
    own_outage,
    publish_lock,
    revisits,
    subscriptions,
)
from connectors.state.engine import (
    StateError,
    StateUnreachable,
    advisory_lock,
    is_postgresql,
    open_engine,
    without_password,
)
from connectors.state.file_lock import FileLock
from connectors.state.models import (
    Acknowledged,
    AfterPoll,
    Coverage,
    EntryCounts,
    EntryMarks,
    FeedNow,
    FeedState,
    FeedValidators,
    KnownArticle,
    LeadingEntry,
    LearnedRedirect,
    Listing,
    Lookalike,
    PollFailure,
    Revisit,
    SeenEntry,
    SeenSitemap,
    Subscription,
)
from connectors.state.publish_lock import PublishLock
from newsline.durations import format_duration
from newsline.monitor.feeds_condition import FeedsCondition, OwnOutage

__all__ = [
    "Acknowledged",
    "AfterPoll",
    "Coverage",
    "EntryCounts",
    "EntryMarks",
    "FeedNow",
    "FeedState",
    "FeedValidators",
    "KnownArticle",
    "LeadingEntry",
    "LearnedRedirect",
    "Listing",
    "Lookalike",
    "PollFailure",
    "PublishLock",
    "Revisit",
    "SeenEntry",
    "SeenSitemap",
    "State",
    "StateError",
    "StateUnreachable",
]


class State:
    """The connectors' database, created if it is missing. Thread-safe.

    ``address``: a SQLite file or ``postgresql://USER@HOST[:PORT]/DATABASE``. Every method raises
    :class:`StateUnreachable` while the database is unreachable, and :class:`StateError` if it
    cannot be used at all.
    """

    def __init__(self, address: str) -> None:
        self._engine = open_engine(address)
        self._file_lock = None if is_postgresql(address) else FileLock(address)
        self._owner = uuid.uuid4().hex
        self._session: publish_lock.WriterSession | None = None
        self.name = without_password(address)

    def enlist(self, listed: Collection[Feed]) -> None:
        """Register as a connector and make these the listed feeds.

        Raises StateError if another connector has the SQLite file.
        """
        if self._file_lock:
            self._file_lock.acquire()
        with self._engine.begin() as connection:
            if self._file_lock:
                feeds.release(connection)
            else:  # two connectors that start together would both insert new feeds
                advisory_lock(connection, sa.func.pg_advisory_xact_lock, 0)
            feeds.sync(connection, listed)
            entries.forget_unlisted(connection, time.time())
            revisits.forget_late(connection, time.time())

    def feed(self, url: str) -> FeedState:
        """The feed's state; of an unknown feed, that of a new one."""
        with self._engine.connect() as connection:
            return feeds.find(connection, url) or FeedState(url)

    def feeds(self) -> Sequence[FeedState]:
        """All listed feeds."""
        with self._engine.connect() as connection:
            return feeds.find_listed(connection)

    def survey(self, urls: Collection[str] = ()) -> Sequence[FeedNow]:
        """These feeds, listed or not; all listed ones if none is named."""
        with self._engine.connect() as connection:
            return feeds.survey(connection, urls)

    def condition(self, now: float) -> FeedsCondition:
        """How all listed feeds are at ``now``; changes nothing. Raises StateUnreachable if another
        program keeps connectors from writing."""
        with self._engine.connect() as connection:
            foreign_lock.require_none(connection, self.name)
            return condition.find(connection, now)

    def feed_at(self, address: str, besides: str) -> str | None:
        """The URL of a feed that is read at the address; ``besides`` is excluded."""
        with self._engine.connect() as connection:
            return feeds.find_at(connection, address, besides)

    def resume(self, url: str) -> None:
        """Make a retired or failing feed due at once."""
        with self._engine.begin() as connection:
            feeds.resume(connection, url)

    def resume_all(
        self, now: float, chance: Callable[[], float], *, failing: bool
    ) -> Sequence[str]:
        """Make all listed feeds due, or all retired and ``failing`` ones, spread by site; returns
        the site of each."""
        with self._engine.begin() as connection:
            chosen = feeds.failing() if failing else sa.true()
            why = "resumed by hand"
            return own_outage.make_due(connection, chosen, now, why, chance, forgive=True)

    def outage(self) -> OwnOutage | None:
        """The outage of our own network in which a connector believes; None if there is none."""
        with self._engine.connect() as connection:
            return own_outage.find(connection)

    def begin_outage(self, since: float, cause: str, now: float) -> None:
        """Save an outage of our own network; one that is saved already stays."""
        with self._engine.begin() as connection:
            own_outage.begin(connection, since, cause, now)

    def confirm_outage(self, now: float) -> bool:
        """Save that the outage lasts. False if another connector has ended it."""
        with self._engine.begin() as connection:
            return own_outage.confirm(connection, now)

    def end_outage(self, since: float, now: float, chance: Callable[[], float]) -> int:
        """End the outage, and make the feeds due that waited for it, spread by site; returns their
        number. 0 if another connector has done so. ``chance``: uniform in 0 to 1."""
        with self._engine.begin() as connection:
            if not own_outage.end(connection):
                return 0
            why = f"after an outage of our own network of {format_duration(max(0.0, now - since))}"
            chosen = own_outage.waiting(now, since)
            return len(own_outage.make_due(connection, chosen, now, why, chance))

    def controls(self) -> tuple[Sequence[str], bool]:
        """URLs of feeds that answered their last poll, and True; of new feeds, and False, if none
        has ever been read."""
        with self._engine.connect() as connection:
            return own_outage.controls(connection)

    def probes(self) -> Sequence[str]:
        """URLs of feeds to be probed in an outage, the most promising ones first."""
        with self._engine.connect() as connection:
            return own_outage.probes(connection)

    def forget_redirect(self, url: str) -> None:
        """Poll a feed at its listed URL again, at once."""
        with self._engine.begin() as connection:
            feeds.forget_redirect(connection, url)

    def make_due(self) -> None:
        """Make every listed feed due at once."""
        with self._engine.begin() as connection:
            feeds.make_due(connection)

    def claim_due(self, now: float, limit: int, due: float | None = None) -> Sequence[FeedState]:
        """Lease up to ``limit`` feeds that are due by ``due`` (``now``), the longest overdue first.

        A lease ends with :meth:`save_polls`, or :data:`feeds.LEASE_SECONDS` after ``now``.
        """
        with self._engine.begin() as connection:
            claim = feeds.Claim(self._owner, now)
            return feeds.claim(connection, claim, now if due is None else due, limit)

    def claim(self, url: str, now: float) -> FeedState | None:
        """Lease this feed, due or not; None if it is leased."""
        with self._engine.begin() as connection:
            return feeds.claim_one(connection, feeds.Claim(self._owner, now), url)

    def renew(self, now: float) -> None:
        """Start all our leases anew, and forget what a clock that was ahead has written."""
        with self._engine.begin() as connection:
            feeds.renew(connection, feeds.Claim(self._owner, now))
            feeds.end_future_leases(connection, now)
            why = "the clock was set back"
            own_outage.make_due(connection, feeds.ahead(now), now, why, random.random)

    def release(self) -> None:
        """End all our leases."""
        with self._engine.begin() as connection:
            feeds.release(connection, self._owner)

    def save_polls(self, polls: Sequence[AfterPoll]) -> None:
        """Save feeds with their entries, and end the leases, in one commit. A feed leased by
        another connector meanwhile is left."""
        with self._engine.begin() as connection:
            feeds.save(connection, polls, self._owner)
            entries.save(connection, polls)
            for poll in polls:
                if poll.prune:
                    entries.prune(connection, poll.feed)

    def entries(self, feed_id: int, ids: Collection[str]) -> Mapping[str, SeenEntry]:
        """The feed's entries among these ids, by id."""
        with self._engine.connect() as connection:
            return entries.find(connection, feed_id, ids)

    def entries_like(self, feed_id: int, marks: Collection[EntryMarks]) -> Sequence[SeenEntry]:
        """The feed's entries with one of these likenesses or links; their texts are digests."""
        with self._engine.connect() as connection:
            return entries.find_like(connection, feed_id, marks)

    def article_of(self, feed_id: int, entry_id: str | bytes) -> KnownArticle | None:
        """The article to which the entry's link led when it was last handled."""
        with self._engine.connect() as connection:
            return articles.find_of_entry(connection, feed_id, entry_id)

    def sitemaps(self, feed_id: int, urls: Collection[str]) -> Mapping[str, SeenSitemap]:
        """The feed's sitemaps among these URLs, by URL."""
        with self._engine.connect() as connection:
            return entries.find_sitemaps(connection, feed_id, urls)

    def leading(
        self, links: Collection[str], article_id: str | None = None
    ) -> Sequence[LeadingEntry]:
        """The entries with one of these canonical links, or that list the article."""
        with self._engine.connect() as connection:
            return entries.leading(connection, links, article_id)

    def named_entries(self, name: str) -> tuple[Sequence[LeadingEntry], Sequence[str]]:
        """The entries with this id, and those with this title that led to no article; with the ids
        of the articles to which they lead."""
        with self._engine.connect() as connection:
            return entries.named(connection, name)

    def article(self, article_id: str) -> KnownArticle | None:
        """The latest revision of the article with this id or, since it moved, at the URL of this
        id; None if it is unknown."""
        with self._engine.connect() as connection:
            return articles.find(connection, article_id)

    def article_at(self, link: str) -> KnownArticle | None:
        """The article behind this canonical link; None if it is unknown."""
        with self._engine.connect() as connection:
            return articles.find_at(connection, link)

    def revisions(self, article_id: str) -> Sequence[KnownArticle]:
        """The article's revisions, the first one first."""
        with self._engine.connect() as connection:
            return articles.find_revisions(connection, article_id)

    def listings(self, article_id: str) -> Sequence[Listing]:
        """The feeds that list the article."""
        with self._engine.connect() as connection:
            return articles.find_listings(connection, article_id)

    def list_in(self, listing: Listing, link: str) -> bool:
        """Record that an entry links to a known article. Returns True if that was already
        recorded."""
        with self._engine.begin() as connection:
            return articles.list_in(connection, listing, link)

    def claim_revisits(self, now: float, limit: int) -> Sequence[Revisit]:
        """Claim up to ``limit`` due revisits, for :data:`revisits.PUT_OFF` seconds."""
        with self._engine.begin() as connection:
            return revisits.claim(connection, now, limit)

    def revisited(self, revisit: Revisit, due: float | None) -> None:
        """Save a revisit that was made. The next one is ``due`` then; None: it was the last."""
        with self._engine.begin() as connection:
            revisits.made(connection, revisit, due)

    def subscription(self, feed_url: str) -> Subscription | None:
        """The feed's subscription at its hub; None if it has none."""
        with self._engine.connect() as connection:
            return subscriptions.find(connection, feed_url)

    def subscription_at(self, token: str) -> Subscription | None:
        """The subscription whose callback URL ends with the token."""
        with self._engine.connect() as connection:
            return subscriptions.find_at(connection, token)

    def keep_subscription(self, subscription: Subscription) -> None:
        with self._engine.begin() as connection:
            subscriptions.keep(connection, subscription)

    def unsubscribe(self, feed_url: str) -> None:
        """Delete the feed's subscription. Later pushes are answered 410."""
        with self._engine.begin() as connection:
            subscriptions.forget(connection, feed_url)

    def positions(self, broker: str) -> Mapping[int, int]:
        """For each partition of the broker's news.raw, the offset up to which it was applied."""
        with self._engine.connect() as connection:
            return articles.find_positions(connection, broker)

    @contextmanager
    def publish_lock(self, broker: str) -> Iterator[PublishLock]:
        """Hold the publish lock while the block runs; waits for it. For one thread at a time.
        ``broker``: whose positions are read and set.

        An exception in the block ends the session: the next holder, here or in another connector,
        first settles what this one left unfinished.
        """
        try:
            if self._session is None:
                self._session = publish_lock.WriterSession(self._engine.connect())
            with publish_lock.held(self._session, broker) as lock:
                yield lock
        except BaseException:
            self._end_session()
            raise

    def close(self) -> None:
        self._end_session()
        self._engine.dispose()
        if self._file_lock:
            self._file_lock.release()

    def _end_session(self) -> None:
        """Close the connection for good; that frees the writer id and the lock."""
        if self._session:
            self._session.connection.invalidate()
            self._session.connection.close()
            self._session = None
