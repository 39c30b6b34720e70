"""From a link to the article that it leads to, or the reason why there is none."""

from __future__ import annotations

import time
from datetime import datetime
from typing import NamedTuple

from connectors.article.build_record import raw_article
from connectors.article.candidate import Candidate
from connectors.extract import NoText, NotHtml, PageContent, extract_feed_text, extract_page
from connectors.fetch import Deferred, Fetcher, FetchFailed, Response, Validators
from connectors.parse import Entry
from connectors.text.opt_outs import OptOuts, reservations
from newsline.clock import Clock, moment
from newsline.outcomes import EntryOutcome, FetchOutcome, PageOutcome
from newsline.records import Reservation
from newsline.sandbox.pool import ChildCrashed, DeadlineExceeded, Sandbox
from newsline.service import metrics

EXTRACT_SECONDS = 10.0
BINDING = frozenset({"noai", "tdm"})
"""What reserves a text; ``noimageai`` is about images, which are never fetched."""

EXTRACT_FAILURES = {
    NotHtml: PageOutcome.NOT_HTML,
    NoText: PageOutcome.NO_TEXT,
    DeadlineExceeded: PageOutcome.EXTRACT_DEADLINE,
    ChildCrashed: PageOutcome.EXTRACT_CRASH,
}

Outcome = EntryOutcome | PageOutcome | FetchOutcome


class Page(NamedTuple):
    """What came of fetching and extracting a page; ``extracted`` is there only when it is ok.

    ``asked``: whether its host was; while that has to be left alone, no attempt is used up.
    ``validators`` make the next request for it conditional.
    """

    outcome: PageOutcome | FetchOutcome
    url: str
    fetched_at: datetime
    extracted: PageContent | None = None
    detail: str = ""
    asked: bool = True
    reservations: tuple[Reservation, ...] = ()
    validators: Validators = Validators()


class PageReader:
    """Fetches pages and extracts their articles.

    ``respect_opt_outs``: what its publisher reserves is no candidate. ``extract_seconds`` is what
    one page may take.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        sandbox: Sandbox,
        *,
        respect_opt_outs: bool = False,
        extract_seconds: float = EXTRACT_SECONDS,
        clock: Clock = time.time,
    ) -> None:
        self._fetcher = fetcher
        self._sandbox = sandbox
        self._respect_opt_outs = respect_opt_outs
        self._extract_seconds = extract_seconds
        self._clock = clock

    async def page(
        self, url: str, content_html: str = "", validators: Validators | None = None
    ) -> Page:
        """What comes of fetching and extracting the page, which is counted; ``content_html`` is
        what the feed has of its article."""
        page = await self._page(url, content_html, validators)
        metrics.PAGES.labels(page.outcome).inc()
        return page

    async def _page(self, url: str, content_html: str, validators: Validators | None) -> Page:
        now = moment(self._clock)
        try:
            response = await self._fetcher.get(url, validators=validators, kind="page")
        except FetchFailed as failure:
            asked = not isinstance(failure, Deferred)
            return Page(failure.outcome, url, now, detail=failure.detail, asked=asked)
        fresh = Validators(response.etag, response.last_modified)
        if response.status == 304:
            return Page(PageOutcome.NOT_MODIFIED, response.url, now, validators=fresh)
        outcome, found = await self._extract(response, content_html)
        reserved = reservations(
            found.reserved if found else OptOuts(),
            response.reserved_in_header,
            response.reserved_by_site,
        )
        extracted = found if outcome is PageOutcome.OK else None
        return Page(
            outcome,
            response.url,
            response.fetched_at,
            extracted,
            reservations=reserved,
            validators=fresh,
        )

    async def _extract(
        self, response: Response, content_html: str
    ) -> tuple[PageOutcome, PageContent | None]:
        found = await self._sandbox.attempt(
            extract_page,
            response.body,
            response.url,
            response.charset,
            response.content_type,
            content_html,
            deadline=self._extract_seconds,
        )
        if isinstance(found, Exception):  # whatever a parser makes of a hostile page is its outcome
            return EXTRACT_FAILURES.get(type(found), PageOutcome.EXTRACT_ERROR), None
        return PageOutcome(found.wall) if found.wall else PageOutcome.OK, found

    async def candidate(
        self, feed_url: str, entry: Entry, link: str, page: Page
    ) -> Candidate | Outcome:
        """The article from the page, or from the feed's own full text, or why there is none."""
        if self._respect_opt_outs and any(r.what in BINDING for r in page.reservations):
            return EntryOutcome.OPTED_OUT
        found = page.extracted or await self._in_feed(entry)
        if not found.text:
            return page.outcome
        try:
            article = raw_article(
                entry,
                feed_url,
                page.extracted,
                feed_text=found.text,
                fetched_url=page.url,
                page_outcome=page.outcome,
                fetched_at=page.fetched_at,
                reservations=page.reservations,
            )
        except ValueError:
            return EntryOutcome.INVALID
        return Candidate(article, link, found.fingerprint)

    async def _in_feed(self, entry: Entry) -> PageContent:
        """What the feed holds of the article; without a text where that is too little."""
        if not entry.content_html:
            return PageContent()
        found = await self._sandbox.attempt(
            extract_feed_text, entry.content_html, entry.link, deadline=self._extract_seconds
        )
        # With an error the entry has no usable full text, whatever is wrong with it.
        return PageContent() if isinstance(found, Exception) else found
