"""What was polled and seen, in a SQLite file or, for several connectors, in PostgreSQL.

What is known of articles follows news.raw: it moves when the broker has acknowledged a record, and
``positions`` says up to which offset it has done so. After a crash, and for a new state beside a
broker that already holds articles, the records past those offsets are read and applied again;
applying one twice changes nothing.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from connectors.feedlist.feed_list import Feed
from connectors.state import articles, entries, feeds, publish_lock, revisits, subscriptions
from connectors.state.engine import (
    StateError,
    StateUnreachable,
    advisory_lock,
    is_postgresql,
    open_engine,
    shown,
)
from connectors.state.file_lock import FileLock
from connectors.state.models import (
    Acknowledged,
    AfterPoll,
    FeedNow,
    FeedState,
    KnownArticle,
    LeadingEntry,
    Listing,
    Lookalike,
    Revisit,
    SeenEntry,
    Subscription,
)
from connectors.state.publish_lock import PublishLock

__all__ = [
    "Acknowledged",
    "AfterPoll",
    "FeedNow",
    "FeedState",
    "KnownArticle",
    "LeadingEntry",
    "Listing",
    "Lookalike",
    "PublishLock",
    "Revisit",
    "SeenEntry",
    "State",
    "StateError",
    "StateUnreachable",
]


class State:
    """The connector's memory, made where it is missing; threads may share it.

    ``address`` is a SQLite file or ``postgresql://USER@HOST[:PORT]/DATABASE``. Every method raises
    :class:`StateUnreachable` while the store is away, and :class:`StateError` where it cannot be
    used at all.
    """

    def __init__(self, address: str) -> None:
        self._engine = open_engine(address)
        self._file_lock = None if is_postgresql(address) else FileLock(address)
        self._owner = uuid.uuid4().hex
        self._session: publish_lock.WriterSession | None = None
        self.name = shown(address)

    def enlist(self, listed: Collection[Feed]) -> None:
        """Begin as a connector that polls these feeds and no others, new ones at once.

        Raises StateError where another connector has the SQLite file.
        """
        if self._file_lock:
            self._file_lock.acquire()
        with self._engine.begin() as connection:
            if self._file_lock:
                feeds.release(connection)
            else:  # two that start at once would both insert the new feeds
                advisory_lock(connection, sa.func.pg_advisory_xact_lock, 0)
            feeds.sync(connection, listed)
            entries.forget_unlisted(connection, time.time())
            revisits.forget_late(connection, time.time())

    def feed(self, url: str) -> FeedState:
        """The feed's state; a new one is due at once."""
        with self._engine.connect() as connection:
            return feeds.find(connection, url) or FeedState(url)

    def feeds(self) -> Sequence[FeedState]:
        """All feeds that are listed."""
        with self._engine.connect() as connection:
            return feeds.find_listed(connection)

    def survey(self, urls: Collection[str] = ()) -> Sequence[FeedNow]:
        """How these feeds stand, listed or not; where none is named, all that are listed."""
        with self._engine.connect() as connection:
            return feeds.survey(connection, urls)

    def feed_at(self, address: str, besides: str) -> str | None:
        """The URL of a feed that is read at the address; ``besides`` does not count."""
        with self._engine.connect() as connection:
            return feeds.find_at(connection, address, besides)

    def amend(self, url: str, changes: Mapping[str, object]) -> bool:
        """Change these fields of a feed's state; whether there is such a feed."""
        with self._engine.begin() as connection:
            return feeds.amend(connection, url, changes)

    def make_due(self) -> None:
        """Every listed feed is due, since the beginning of time."""
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
        """Lease this feed, due or not; None where it is in somebody's hands."""
        with self._engine.begin() as connection:
            return feeds.claim_one(connection, feeds.Claim(self._owner, now), url)

    def renew(self, now: float) -> None:
        """Begin the leases of all feeds in our hands anew."""
        with self._engine.begin() as connection:
            feeds.renew(connection, feeds.Claim(self._owner, now))

    def release(self) -> None:
        """Give up all feeds in our hands."""
        with self._engine.begin() as connection:
            feeds.release(connection, self._owner)

    def save_polls(self, polls: Sequence[AfterPoll]) -> None:
        """Polls are over: the feeds' new state and their entries', together. A feed that another
        connector has taken over is left as that one has it."""
        with self._engine.begin() as connection:
            feeds.remember(connection, polls, self._owner)
            entries.remember(connection, polls)
            for poll in polls:
                if poll.prune:
                    entries.prune(connection, poll.feed)

    def entries(self, feed_id: int, ids: Collection[str]) -> Mapping[str, SeenEntry]:
        """What was seen of these entries of the feed, by entry id."""
        with self._engine.connect() as connection:
            return entries.find(connection, feed_id, ids)

    def leading(
        self, links: Collection[str], article_id: str | None = None
    ) -> Sequence[LeadingEntry]:
        """The entries with one of these canonical links, or that list the article, as handled."""
        with self._engine.connect() as connection:
            return entries.leading(connection, links, article_id)

    def article(self, article_id: str) -> KnownArticle | None:
        """The article's latest revision, if there is one."""
        with self._engine.connect() as connection:
            return articles.find(connection, article_id)

    def article_at(self, link: str) -> KnownArticle | None:
        """The article that the link was found to lead to."""
        with self._engine.connect() as connection:
            return articles.find_at(connection, link)

    def revisions(self, article_id: str) -> Sequence[KnownArticle]:
        """All of the article's revisions that are known, the first one first."""
        with self._engine.connect() as connection:
            return articles.find_revisions(connection, article_id)

    def listings(self, article_id: str) -> Sequence[Listing]:
        """The feeds that list the article."""
        with self._engine.connect() as connection:
            return articles.find_listings(connection, article_id)

    def list_in(self, listing: Listing, link: str) -> bool:
        """An entry leads to an article that is known; whether it was known that it does."""
        with self._engine.begin() as connection:
            return articles.list_in(connection, listing, link)

    def claim_revisits(self, now: float, limit: int) -> Sequence[Revisit]:
        """Take up to ``limit`` revisits that are due in hand, for :data:`revisits.PUT_OFF`."""
        with self._engine.begin() as connection:
            return revisits.claim(connection, now, limit)

    def revisited(self, revisit: Revisit, due: float | None) -> None:
        """A revisit was made, with these validators; the next one is ``due`` then, if at all."""
        with self._engine.begin() as connection:
            revisits.made(connection, revisit, due)

    def subscription(self, feed_url: str) -> Subscription | None:
        """The feed's subscription at its hub, if it has one."""
        with self._engine.connect() as connection:
            return subscriptions.find(connection, feed_url)

    def subscription_at(self, token: str) -> Subscription | None:
        """The subscription whose callback ends so."""
        with self._engine.connect() as connection:
            return subscriptions.find_at(connection, token)

    def keep_subscription(self, subscription: Subscription) -> None:
        with self._engine.begin() as connection:
            subscriptions.keep(connection, subscription)

    def unsubscribe(self, feed_url: str) -> None:
        """Forget the feed's subscription: what its hub still pushes is answered 410."""
        with self._engine.begin() as connection:
            subscriptions.forget(connection, feed_url)

    def positions(self, broker: str) -> Mapping[int, int]:
        """For each partition of the broker's news.raw, the offset up to which it was applied."""
        with self._engine.connect() as connection:
            return articles.find_positions(connection, broker)

    @contextmanager
    def publish_lock(self, broker: str) -> Iterator[PublishLock]:
        """Hold the broker's publish lock while the block runs; waits for it. For one thread at a
        time.

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
