"""One entry: whether it is new, its article, and its outcome."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple
from weakref import WeakValueDictionary

from connectors.article.candidate import Candidate, listed_again
from connectors.article.page import Page
from connectors.article.page_reader import Outcome, PageReader
from connectors.parse import Entry
from connectors.state import Listing, SeenEntry, State
from connectors.state.async_state import AsyncState
from connectors.text.clean import shortened
from connectors.text.urls import canonical_url
from newsline.clock import Clock
from newsline.outcomes import PASSING, EntryOutcome
from newsline.records import MAX_TITLE

ATTEMPTS = 3
"""At an entry whose page fails for a passing reason; one attempt a poll."""

RELISTED_SECONDS = 24 * 3600.0
"""Resolution of ``SeenEntry.listed``. A finer one would cost a write for each poll."""

Publish = Callable[[Candidate], Awaitable[EntryOutcome]]


class EntryResult(NamedTuple):
    """An entry's one outcome, with the row to save."""

    outcome: Outcome
    seen: SeenEntry | None = None  # None: nothing new to save

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
        self._state = state
        self._publish = publish
        self._clock = clock
        self._links: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def handle(self, feed_url: str, entry: Entry, seen: SeenEntry | None) -> EntryResult:
        """The entry's outcome. Raises errors of the broker, the state and the sandbox itself."""
        link = canonical_url(entry.link) if entry.link else ""
        same = seen is not None and seen.fingerprint == entry.fingerprint
        if seen and same and seen.settled:
            return _unchanged(seen, link, self._clock())
        outcome, page = await self._outcome(feed_url, entry, link, new_here=seen is None)
        attempts = (seen.attempts if seen and same else 0) + (page is None or page.requested)
        settled = page is None or page.outcome not in PASSING or attempts >= ATTEMPTS
        detail = page.detail if page else ""
        now = self._clock()
        return EntryResult(
            outcome,
            SeenEntry(
                entry.id, entry.fingerprint, attempts, settled, outcome, detail, now, now, link
            ),
        )

    async def _outcome(
        self, feed_url: str, entry: Entry, link: str, *, new_here: bool
    ) -> tuple[Outcome, Page | None]:
        """The outcome, with the page if one was fetched."""
        if not entry.link:
            return EntryOutcome.NO_LINK, None
        # Two feeds may list one link in the same second: the second waits and finds it known.
        async with self._links.setdefault(link, asyncio.Lock()):
            if new_here and (known := await self._known(feed_url, entry, link)):
                return known, None
            page = await self._reader.page(entry.link, entry.content_html)
            found = await self._reader.candidate(feed_url, entry, link, page)
            return (await self._publish(found) if isinstance(found, Candidate) else found), page

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


def _unchanged(seen: SeenEntry, link: str, now: float) -> EntryResult:
    """Unchanged; once a day it is saved that the feed still lists it. Pure."""
    if now - seen.listed < RELISTED_SECONDS:
        return EntryResult(EntryOutcome.UNCHANGED)
    return EntryResult(EntryOutcome.UNCHANGED, seen._replace(listed=now, link=link))
