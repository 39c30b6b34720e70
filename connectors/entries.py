"""One entry: is it news, can its article be had, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import NamedTuple
from weakref import WeakValueDictionary

from connectors.article import raw_article
from connectors.extract import Extracted, NoText, NotHtml, extract, extract_fragment
from connectors.fetch import Fetcher, FetchFailed, FetchOutcome, Response
from connectors.identity import canonical_url
from connectors.outcome import PASSING, EntryOutcome, PageOutcome
from connectors.parse import Entry
from connectors.publish import Candidate, seen_again
from connectors.state import Listing, SeenEntry, State
from connectors.text import shortened
from pipeline import metrics
from pipeline.records import MAX_TITLE, RawArticle
from pipeline.sandbox import (
    ChildCrashed,
    ChildrenFailed,
    DeadlineExceeded,
    Sandbox,
    SandboxClosed,
)

EXTRACT_SECONDS = 10.0
ATTEMPTS = 3
"""How often an entry is tried whose page fails for a reason that may pass, once a poll."""

EXTRACT_FAILURES = {
    NotHtml: PageOutcome.NOT_HTML,
    NoText: PageOutcome.NO_TEXT,
    DeadlineExceeded: PageOutcome.EXTRACT_DEADLINE,
    ChildCrashed: PageOutcome.EXTRACT_CRASH,
}

Outcome = EntryOutcome | PageOutcome | FetchOutcome
Publish = Callable[[Candidate], Awaitable[EntryOutcome]]


class Handled(NamedTuple):
    """An entry's one outcome, and what the state should remember of it if that is new."""

    outcome: Outcome
    seen: SeenEntry | None = None

    @property
    def settled(self) -> bool:
        return self.seen is None or self.seen.settled

    @property
    def is_news(self) -> bool:
        return self.outcome in (EntryOutcome.PUBLISHED, EntryOutcome.UPDATE)


class Page(NamedTuple):
    """What came of fetching and extracting a page; ``extracted`` is there only when it is ok."""

    outcome: PageOutcome | FetchOutcome
    url: str
    fetched_at: datetime
    extracted: Extracted | None = None


class EntryHandler:
    """Takes an entry from its feed to news.raw."""

    def __init__(self, fetcher: Fetcher, sandbox: Sandbox, state: State, publish: Publish) -> None:
        self._fetcher = fetcher
        self._sandbox = sandbox
        self._state = state
        self._publish = publish
        self._links: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def handle(self, feed_url: str, entry: Entry, seen: SeenEntry | None) -> Handled:
        """The entry's outcome. Raises what the broker, the state or the sandbox itself does."""
        same = seen is not None and seen.fingerprint == entry.fingerprint
        if seen and same and seen.settled:
            return Handled(EntryOutcome.UNCHANGED)
        attempts = 1 + (seen.attempts if seen and same else 0)
        outcome, obstacle = await self._outcome(feed_url, entry, new_here=seen is None)
        settled = obstacle not in PASSING or attempts >= ATTEMPTS
        return Handled(outcome, SeenEntry(entry.id, entry.fingerprint, attempts, settled))

    async def _outcome(
        self, feed_url: str, entry: Entry, *, new_here: bool
    ) -> tuple[Outcome, Outcome | None]:
        """The outcome, and what stood in the way of the page, if anything did."""
        if not entry.link:
            return EntryOutcome.NO_LINK, None
        link = canonical_url(entry.link)
        # Two feeds may list one link in the same second: the second waits, and finds it known.
        async with self._links.setdefault(link, asyncio.Lock()):
            if new_here and (known := self._known(feed_url, entry, link)):
                return known, None
            page = await self._page(entry.link)
            metrics.PAGES.labels(page.outcome).inc()
            article = await self._article(feed_url, entry, page)
            if isinstance(article, RawArticle):
                return await self._publish(Candidate(article, link)), page.outcome
            return article, page.outcome

    def _known(self, feed_url: str, entry: Entry, link: str) -> EntryOutcome | None:
        """The outcome if the link's article is published, as new as the entry: it is listed."""
        article = self._state.article_at(link)
        says = entry.updated or entry.published
        if article is None or (says and says > article.fetched_at):
            return None
        title = shortened(entry.title, MAX_TITLE)
        listing = Listing(article.article_id, feed_url, entry.id, title)
        return seen_again(self._state, listing, link)

    async def _page(self, url: str) -> Page:
        now = datetime.now(UTC)
        try:
            response = await self._fetcher.get(url, kind="page")
        except FetchFailed as failure:
            return Page(failure.outcome, url, now)
        outcome, extracted = await self._extract(response)
        return Page(outcome, response.url, response.fetched_at, extracted)

    async def _extract(self, response: Response) -> tuple[PageOutcome, Extracted | None]:
        try:
            return PageOutcome.OK, await self._sandbox.run(
                extract,
                response.body,
                response.url,
                response.charset,
                response.content_type,
                deadline=EXTRACT_SECONDS,
            )
        except (ChildrenFailed, SandboxClosed):
            raise
        except Exception as error:  # whatever a parser makes of a hostile page is its outcome
            return EXTRACT_FAILURES.get(type(error), PageOutcome.EXTRACT_ERROR), None

    async def _article(self, feed_url: str, entry: Entry, page: Page) -> RawArticle | Outcome:
        """The article from the page, or from the feed's own full text, or why there is none."""
        text = "" if page.extracted else await self._feed_text(entry)
        if page.extracted is None and not text:
            return page.outcome
        try:
            return raw_article(
                entry,
                feed_url,
                page.extracted,
                feed_text=text,
                fetched_url=page.url,
                page_outcome=page.outcome,
                fetched_at=page.fetched_at,
            )
        except ValueError:
            return EntryOutcome.INVALID

    async def _feed_text(self, entry: Entry) -> str:
        if not entry.content_html:
            return ""
        try:
            return await self._sandbox.run(
                extract_fragment, entry.content_html, deadline=EXTRACT_SECONDS
            )
        except (ChildrenFailed, SandboxClosed):
            raise
        except Exception:  # then the entry has no usable full text, whatever is wrong with it
            return ""
