"""From a link to its article, or to the outcome if there is none."""

from __future__ import annotations

import time

from connectors.article.build_record import build_record
from connectors.article.candidate import Candidate
from connectors.article.page import Page
from connectors.extract import NoText, NotHtml, PageContent, extract_feed_text, extract_page
from connectors.fetch import Deferred, Fetcher, FetchFailed, Response, Validators
from connectors.parse import Entry
from connectors.text.opt_outs import OptOuts, reservations
from newsline.clock import Clock, moment
from newsline.outcomes import EntryOutcome, FetchOutcome, PageOutcome
from newsline.sandbox.pool import ChildCrashed, DeadlineExceeded, Sandbox
from newsline.service import metrics

EXTRACT_SECONDS = 10.0
BINDING = frozenset({"noai", "tdm"})
"""Opt-outs of texts. ``noimageai`` is about images, which are never fetched."""

EXTRACT_FAILURES = {
    NotHtml: PageOutcome.NOT_HTML,
    NoText: PageOutcome.NO_TEXT,
    DeadlineExceeded: PageOutcome.EXTRACT_DEADLINE,
    ChildCrashed: PageOutcome.EXTRACT_CRASH,
}

Outcome = EntryOutcome | PageOutcome | FetchOutcome


class PageReader:
    """Fetches pages and extracts their articles.

    ``respect_opt_outs``: a reserved article is no candidate. ``extract_seconds``: deadline for the
    extraction of one page.
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
        """Fetch a page, extract its article, and count the outcome. ``content_html``: the feed's
        full text, another reading for extraction to choose from."""
        page = await self._page(url, content_html, validators)
        metrics.PAGES.labels(page.outcome).inc()
        return page

    async def _page(self, url: str, content_html: str, validators: Validators | None) -> Page:
        now = moment(self._clock)
        try:
            response = await self._fetcher.get(url, validators=validators, kind="page")
        except FetchFailed as failure:
            requested = not isinstance(failure, Deferred)
            return Page(failure.outcome, url, now, detail=failure.detail, requested=requested)
        fresh = Validators(response.etag, response.last_modified)
        if response.status == 304:
            return Page(PageOutcome.NOT_MODIFIED, response.url, now, validators=fresh)
        outcome, found = await self._extract(response, content_html)
        reserved = reservations(
            found.reserved if found else OptOuts(),
            response.reserved_in_header,
            response.reserved_by_site,
        )
        content = found if outcome is PageOutcome.OK else None
        return Page(
            outcome,
            response.url,
            response.fetched_at,
            content,
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
            response.fetched_at,
            deadline=self._extract_seconds,
            raises=(NotHtml, NoText),
        )
        if isinstance(found, Exception):  # any error of a parser on a hostile page is its outcome
            return EXTRACT_FAILURES.get(type(found), PageOutcome.EXTRACT_ERROR), None
        return PageOutcome(found.wall) if found.wall else PageOutcome.OK, found

    async def candidate(
        self, feed_url: str, entry: Entry, link: str, page: Page
    ) -> Candidate | Outcome:
        """The article from the page or, if that failed, from the feed's full text, or the outcome.

        The feed's text may also have been chosen by the page's extraction. Both ways the content's
        ``reading`` is ``feed``: it alone decides the record's ``text_source``.
        """
        if self._respect_opt_outs and any(r.what in BINDING for r in page.reservations):
            return EntryOutcome.OPTED_OUT
        content = page.content or await self._feed_content(entry)
        if not content.text:
            return page.outcome
        try:
            article = build_record(entry, feed_url, page, content)
        except ValueError:
            return EntryOutcome.INVALID
        return Candidate(article, link, content.fingerprint)

    async def _feed_content(self, entry: Entry) -> PageContent:
        """The feed's full text of the article; empty if it is missing, too short or unreadable."""
        if not entry.content_html:
            return PageContent()
        content = await self._sandbox.attempt(
            extract_feed_text, entry.content_html, entry.link, deadline=self._extract_seconds
        )
        return PageContent() if isinstance(content, Exception) else content
