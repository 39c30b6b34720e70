"""Recent articles are looked at again on their own pages: some are corrected without a word.

What a feed's entry said of the article is kept with the revisit, so that a new revision has all
that the page does not say.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from connectors.article.candidate import Candidate
from connectors.article.page_reader import Page, PageReader
from connectors.article.revisit_schedule import next_due
from connectors.fetch import Validators
from connectors.parse import Entry
from connectors.publish.batching import BatchQueue
from connectors.state import Revisit, State
from connectors.state.async_state import AsyncState
from connectors.text.urls import canonical_url
from newsline.outcomes import EntryOutcome, FetchOutcome, PageOutcome, RevisitOutcome
from newsline.service import metrics

CLAIM = 20


class Revisits:
    """Makes the revisits that are due, at the ``ages`` of articles, in seconds."""

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
        """Some that are due, taken in hand."""
        return await self._state.claim_revisits(CLAIM)

    async def make(self, revisit: Revisit) -> None:
        """Look at the article's page; a change is published. Raises as handling an entry does."""
        validators = Validators(revisit.etag, revisit.last_modified)
        page = await self._reader.page(revisit.url, validators=validators)
        outcome = await self._outcome(revisit, page)
        if page.extracted:
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
        if found.article.article_id != revisit.article_id:
            return RevisitOutcome.ANOTHER_ARTICLE
        outcome = await self._queue.put(found._replace(listed=False))
        updated = outcome is EntryOutcome.UPDATE
        return RevisitOutcome.UPDATE if updated else RevisitOutcome.UNCHANGED
