"""Revisits: recent articles' pages are requested again, because corrections are rarely announced.

The feed's entry is stored with the revisit, so that a new revision also has what only the feed
says.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from connectors.article.candidate import Candidate
from connectors.article.page import Page
from connectors.article.page_reader import PageReader
from connectors.article.revisit_schedule import next_due
from connectors.fetch import Validators
from connectors.parse import Entry
from connectors.state import Revisit, State
from connectors.state.async_state import AsyncState
from connectors.state.batch_queue import BatchQueue
from connectors.text.urls import canonical_url
from newsline.outcomes import EntryOutcome, FetchOutcome, PageOutcome, RevisitOutcome
from newsline.service import metrics

CLAIM = 20


class Revisits:
    """Makes due revisits. ``ages``: of articles, in seconds, at which they are revisited."""

    def __init__(
        self,
        reader: PageReader,
        state: AsyncState,
        queue: BatchQueue[Candidate, EntryOutcome],
        ages: Sequence[float],
    ) -> None:
        self._reader = reader
        self._state = state
        self._queue = queue
        self._ages = ages

    async def claim(self) -> Sequence[Revisit]:
        """Claim some due revisits."""
        return await self._state.claim_revisits(CLAIM)

    async def make(self, revisit: Revisit) -> None:
        """Request the article's page and publish a change. Raises as EntryHandler.handle."""
        validators = Validators(revisit.etag, revisit.last_modified)
        page = await self._reader.page(revisit.feed_url, revisit.url, validators=validators)
        if page.outcome is FetchOutcome.OUTAGE:
            metrics.REVISITS.labels(page.outcome).inc()
            return  # the claim has put it off
        outcome = await self._outcome(revisit, page)
        if page.content:
            etag, last_modified = page.validators.etag, page.validators.last_modified
            revisit = revisit._replace(etag=etag, last_modified=last_modified)
        due = next_due(revisit.first_seen, self._ages, page.fetched_at.timestamp())
        await self._state.call(State.revisited, revisit, due)
        metrics.REVISITS.labels(outcome).inc()

    async def _outcome(
        self, revisit: Revisit, page: Page
    ) -> RevisitOutcome | PageOutcome | FetchOutcome:
        entry = msgspec.json.decode(revisit.entry, type=Entry)
        link = canonical_url(revisit.url)
        found = await self._reader.candidate(revisit.feed_url, entry, link, page)
        if not isinstance(found, Candidate):
            return RevisitOutcome(found) if isinstance(found, EntryOutcome) else found
        if not await self._is(found.article.article_id, revisit.article_id):
            return RevisitOutcome.ANOTHER_ARTICLE
        outcome = await self._queue.put(found._replace(listed=False))
        updated = outcome is EntryOutcome.UPDATE
        return RevisitOutcome.UPDATE if updated else RevisitOutcome.UNCHANGED

    async def _is(self, found: str, article_id: str) -> bool:
        """Whether an id is the article's, or that of a URL to which it has moved."""
        if found == article_id:
            return True
        known = await self._state.call(State.article, found)
        return known is not None and known.article_id == article_id
