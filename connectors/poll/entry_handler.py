"""One entry: is it news, can its article be had, and what became of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple
from weakref import WeakValueDictionary

from connectors.article.candidate import Candidate, listed_again
from connectors.article.page_reader import Outcome, Page, PageReader
from connectors.parse import Entry
from connectors.state import Listing, SeenEntry, State
from connectors.state.async_state import AsyncState
from connectors.text.clean import shortened
from connectors.text.urls import canonical_url
from newsline.clock import Clock
from newsline.outcomes import PASSING, EntryOutcome
from newsline.records import MAX_TITLE

ATTEMPTS = 3
"""How often an entry is tried whose page fails for a reason that may pass, once a poll."""

RELISTED_SECONDS = 24 * 3600.0
"""How exactly it is known when an entry was last listed: more would be a write for each poll."""

Publish = Callable[[Candidate], Awaitable[EntryOutcome]]


class EntryResult(NamedTuple):
    """An entry's one outcome, and what the state should remember of it if that is new."""

    outcome: Outcome
    seen: SeenEntry | None = None

    @property
    def settled(self) -> bool:
        return self.seen is None or self.seen.settled

    @property
    def is_news(self) -> bool:
        return self.outcome in (EntryOutcome.PUBLISHED, EntryOutcome.UPDATE)


class EntryHandler:
    """Takes an entry from its feed to news.raw."""

    def __init__(
        self, reader: PageReader, state: AsyncState, publish: Publish, *, clock: Clock = time.time
    ) -> None:
        self._reader = reader
        self._state = state
        self._publish = publish
        self._clock = clock
        self._links: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def handle(self, feed_url: str, entry: Entry, seen: SeenEntry | None) -> EntryResult:
        """The entry's outcome. Raises what the broker, the state or the sandbox itself does."""
        link = canonical_url(entry.link) if entry.link else ""
        same = seen is not None and seen.fingerprint == entry.fingerprint
        if seen and same and seen.settled:
            return _unchanged(seen, link, self._clock())
        outcome, page = await self._outcome(feed_url, entry, link, new_here=seen is None)
        attempts = (seen.attempts if seen and same else 0) + (page is None or page.asked)
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
        """The outcome, and the page, if one was wanted."""
        if not entry.link:
            return EntryOutcome.NO_LINK, None
        # Two feeds may list one link in the same second: the second waits, and finds it known.
        async with self._links.setdefault(link, asyncio.Lock()):
            if new_here and (known := await self._known(feed_url, entry, link)):
                return known, None
            page = await self._reader.page(entry.link, entry.content_html)
            found = await self._reader.candidate(feed_url, entry, link, page)
            return (await self._publish(found) if isinstance(found, Candidate) else found), page

    async def _known(self, feed_url: str, entry: Entry, link: str) -> EntryOutcome | None:
        """The outcome if the link's article is published, as new as the entry: it is listed."""
        article = await self._state.call(State.article_at, link)
        says = entry.updated or entry.published
        if article is None or (says and says > article.fetched_at):
            return None
        title = shortened(entry.title, MAX_TITLE)
        listing = Listing(article.article_id, feed_url, entry.id, title)
        return listed_again(await self._state.call(State.list_in, listing, link))


def _unchanged(seen: SeenEntry, link: str, now: float) -> EntryResult:
    """Nothing to remember but, now and then, that its feed still lists it. Pure."""
    if now - seen.listed < RELISTED_SECONDS:
        return EntryResult(EntryOutcome.UNCHANGED)
    return EntryResult(EntryOutcome.UNCHANGED, seen._replace(listed=now, link=link))
