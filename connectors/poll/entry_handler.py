"""One entry: whether it is new, its article, and its outcome."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from typing import NamedTuple
from weakref import WeakValueDictionary

from connectors.article.candidate import Candidate, listed_again
from connectors.article.page import Page
from connectors.article.page_reader import Outcome, PageReader
from connectors.parse import Entry
from connectors.poll import same_entry
from connectors.poll.losses import LED
from connectors.poll.moves import Moves
from connectors.poll.same_entry import Address
from connectors.state import FeedState, Listing, SeenEntry, State
from connectors.state.async_state import AsyncState
from connectors.text.clean import shortened
from connectors.text.urls import parameters, without_login
from newsline.clock import Clock
from newsline.outcomes import PASSING, EntryOutcome
from newsline.records import MAX_TITLE

ATTEMPTS = 3
"""At an entry whose page fails for a passing reason; one attempt a poll."""

RELISTED_SECONDS = 24 * 3600.0
"""Resolution of ``SeenEntry.listed``. A finer one would cost a write for each poll."""

CHECK_SECONDS = 24 * 3600.0
"""Between fetches of an entry whose link has changed in nothing but a session: that it is one was
learned from other entries too."""

Publish = Callable[[Candidate], Awaitable[EntryOutcome]]


ELSEWHERE = frozenset({EntryOutcome.PUBLISHED, EntryOutcome.DUPLICATE})
"""Outcomes of an entry that leads to another article than before, or to one for the first time."""


class EntryResult(NamedTuple):
    """An entry's one outcome, with the row to save."""

    outcome: Outcome
    seen: SeenEntry | None = None  # None: nothing new to save
    changing: Collection[str] = ()  # parameters of its link that differ from the last reading
    stored: SeenEntry | None = None  # the entry as it is stored now
    unlisted: bool = False  # its feed has not listed it before

    @property
    def settled(self) -> bool:
        return self.seen is None or self.seen.settled

    @property
    def is_new(self) -> bool:
        return self.outcome in (EntryOutcome.PUBLISHED, EntryOutcome.UPDATE)


class EntryHandler:
    """Takes entries from their feeds to news.raw."""

    def __init__(
        self, reader: PageReader, state: AsyncState, publish: Publish, *, clock: Clock = time.time
    ) -> None:
        self._reader = reader
        self._moves = Moves(reader, state)
        self._state = state
        self._publish = publish
        self._clock = clock
        self._links: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def handle(self, feed: FeedState, entry: Entry, seen: SeenEntry | None) -> EntryResult:
        """The entry's outcome. Raises errors of the broker, the state and the sandbox itself."""
        address = same_entry.address(entry, seen)
        same = seen is not None and seen.fingerprint == address.fingerprint
        if seen and same and seen.settled and not self._is_due(feed, seen, address):
            return _unchanged(entry, seen, address, self._clock())
        before = seen.attempts if seen and same else 0
        outcome, page = await self._outcome(feed, entry, seen, address, before)
        attempts = before + (page is None or page.requested)
        is_passing = page is not None and (page.outcome in PASSING or outcome in PASSING)
        settled = not is_passing or attempts >= ATTEMPTS
        now = self._clock()
        row = _row(entry, seen, address, outcome)._replace(
            attempts=attempts,
            settled=settled,
            outcome=outcome,
            title=_title_if_lost(entry, seen, outcome),
            detail=page.detail if page else "",
            handled=now,
            listed=now,
        )
        return EntryResult(
            outcome,
            row,
            changing=address.changing if page and page.content else (),
            stored=row,
            unlisted=seen is None and outcome is not EntryOutcome.UNCHANGED,
        )

    def _is_due(self, feed: FeedState, seen: SeenEntry, address: Address) -> bool:
        """Whether an unchanged entry is to be read again because of its address."""
        if not address.changing:
            return False
        learned = address.changing.keys() <= set(feed.changing)
        return not learned or self._clock() - seen.handled >= CHECK_SECONDS

    async def _outcome(
        self,
        feed: FeedState,
        entry: Entry,
        seen: SeenEntry | None,
        address: Address,
        attempts: int,
    ) -> tuple[Outcome, Page | None]:
        """The outcome after so many attempts, with the page that decided it, if one was fetched."""
        if not entry.link:
            return EntryOutcome.NO_LINK, None
        feed_url = without_login(feed.url)
        recognised = seen is not None and isinstance(seen.entry_id, bytes)
        # Two feeds may list one link in the same second: the second waits and finds it known.
        async with self._links.setdefault(address.known, asyncio.Lock()):
            if (seen is None or recognised) and (
                known := await self._known(feed_url, entry, address.link)
            ):
                return _as_listed(known, recognised=recognised), None
            page = await self._reader.page(feed_url, entry.link, entry.content_html)
            found = await self._reader.candidate(feed_url, entry, address.known, page)
            if not isinstance(found, Candidate):
                return found, page
            if seen:
                identified = await self._moves.identified(feed, found, seen, address)
                if isinstance(identified, Page) and attempts < ATTEMPTS - 1:
                    return identified.outcome, identified
                found = identified if isinstance(identified, Candidate) else found
            return _as_listed(await self._publish(found), recognised=recognised), page

    async def _known(self, feed_url: str, entry: Entry, link: str) -> EntryOutcome | None:
        """Record the entry for its link's article. None if that article is not published yet, or
        older than the entry."""
        article = await self._state.call(State.article_at, link)
        changed = entry.updated or entry.published
        if article is None or (changed and changed > article.fetched_at):
            return None
        title = shortened(entry.title, MAX_TITLE)
        listing = Listing(article.article_id, feed_url, entry.id, title)
        return listed_again(await self._state.call(State.list_in, listing, link))


def unread(entry: Entry, now: float) -> SeenEntry:
    """The row of an entry that was not read: one too many in its feed. Pure."""
    title, outcome = shortened(entry.title, MAX_TITLE), EntryOutcome.UNREAD
    return SeenEntry(entry.id, "", 0, True, outcome, "", now, now, title=title)


def _title_if_lost(entry: Entry, seen: SeenEntry | None, outcome: Outcome) -> str | None:
    """The title of an entry that has led to no article, now or before; else None. Pure."""
    led = outcome in LED or (seen is not None and seen.title is None)
    return None if led else shortened(entry.title, MAX_TITLE)


def _as_listed(outcome: EntryOutcome, *, recognised: bool) -> EntryOutcome:
    """The outcome; an entry that the feed has listed under another id is no duplicate. Pure."""
    return EntryOutcome.UNCHANGED if recognised and outcome is EntryOutcome.DUPLICATE else outcome


def _row(
    entry: Entry, seen: SeenEntry | None, address: Address, outcome: Outcome | None = None
) -> SeenEntry:
    """The entry to store, under the id by which it is known. Pure.

    It keeps its address if only parameters have changed, unless it leads elsewhere now; and if it
    cannot be read at a new one: the old one tells whether the article has moved.
    """
    link = address.link
    is_id = entry.id == entry.link == link and not parameters(link)
    row = SeenEntry(
        seen.entry_id if seen else entry.id,
        entry.fingerprint,
        attempts=0,
        settled=False,
        link=link,
        likeness=same_entry.marks(entry, entry.link).likeness if entry.link else None,
        address=None if is_id else entry.link,
    )
    if seen is None or outcome in ELSEWHERE:
        return row
    if address.changing:
        return row._replace(
            fingerprint=address.fingerprint, link=address.known, address=seen.address
        )
    if outcome is None or outcome in LED or seen.title is not None:
        return row
    return row._replace(link=seen.link, address=seen.address)


def _unchanged(entry: Entry, seen: SeenEntry, address: Address, now: float) -> EntryResult:
    """Unchanged; once a day it is saved that the feed still lists it. Pure."""
    if now - seen.listed < RELISTED_SECONDS:
        return EntryResult(EntryOutcome.UNCHANGED, stored=seen)
    row = _row(entry, seen, address)
    kept = seen._replace(
        listed=now, link=row.link, likeness=row.likeness, address=seen.address or row.address
    )
    return EntryResult(EntryOutcome.UNCHANGED, kept, stored=kept)
