"""From a link to its article, or to the outcome if there is none."""

from __future__ import annotations

import time
from collections.abc import Hashable
from datetime import datetime

from connectors.article.build_record import build_record
from connectors.article.candidate import Candidate
from connectors.article.page import Page
from connectors.extract import NoText, NotHtml, PageContent, extract_feed_text, extract_page
from connectors.fetch import Fetcher, FetchFailed, Inconclusive, Validators
from connectors.fetch.limiter import slot_key
from connectors.fetch.request import parse_url
from connectors.parse import Entry
from connectors.text.opt_outs import OptOuts, reservations
from newsline.clock import Clock, moment
from newsline.outcomes import EntryOutcome, FetchOutcome, PageOutcome
from newsline.sandbox.fair_share import FairShare, Postponed
from newsline.sandbox.pool import ChildCrashed, DeadlineExceeded
from newsline.service import metrics

EXTRACT_SECONDS = 10.0
"""Deadline for the extraction of one page."""

BINDING = frozenset({"noai", "tdm"})
"""Opt-outs of texts. ``noimageai`` is about images, which are never fetched."""

EXTRACT_FAILURES = {
    NotHtml: PageOutcome.NOT_HTML,
    NoText: PageOutcome.NO_TEXT,
    DeadlineExceeded: PageOutcome.EXTRACT_DEADLINE,
    ChildCrashed: PageOutcome.EXTRACT_CRASH,
}

READ = frozenset({PageOutcome.OK, PageOutcome.NOT_MODIFIED, FetchOutcome.THROTTLED})
"""Outcomes that are believed during an outage of our own network."""

Outcome = EntryOutcome | PageOutcome | FetchOutcome


class PageReader:
    """Fetches pages and extracts their articles.

    ``respect_opt_outs``: a reserved article is no candidate.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        children: FairShare,
        *,
        respect_opt_outs: bool = False,
        clock: Clock = time.time,
    ) -> None:
        self._fetcher = fetcher
        self._children = children
        self._respect_opt_outs = respect_opt_outs
        self._clock = clock

    async def page(
        self, feed_url: str, url: str, content_html: str = "", validators: Validators | None = None
    ) -> Page:
        """Fetch a page for a feed, extract its article, and count the outcome. ``content_html``:
        the feed's full text, another reading for extraction to choose from."""
        page = await self._page(feed_url, url, content_html, validators)
        if self._fetcher.network.belief and page.outcome not in READ:
            page = _doubtful(page)
        metrics.PAGES.labels(page.outcome).inc()
        return page

    async def _page(
        self, feed_url: str, url: str, content_html: str, validators: Validators | None
    ) -> Page:
        now = moment(self._clock)
        try:
            if pause := self._children.pause(*_kinds(feed_url, url)):
                return _postponed(url, now, pause)
            response = await self._fetcher.get(
                url, feed=feed_url, validators=validators, kind="page"
            )
        except FetchFailed as failure:
            requested = not isinstance(failure, Inconclusive)
            return Page(failure.outcome, url, now, detail=failure.detail, requested=requested)
        fresh = Validators(response.etag, response.last_modified)
        if response.status == 304:
            return Page(PageOutcome.NOT_MODIFIED, response.url, now, validators=fresh)
        found = await self._children.attempt(
            extract_page,
            response.body,
            response.url,
            response.charset,
            response.content_type,
            content_html,
            response.fetched_at,
            deadline=EXTRACT_SECONDS,
            raises=(NotHtml, NoText),
            source=feed_url,
            # The feed's text may be what is slow, which is no fault of the page's site.
            kinds=_kinds(feed_url, "" if content_html else response.url),
        )
        if isinstance(found, Postponed):
            return _postponed(response.url, now, found)
        outcome, content = _read(found)
        reserved = reservations(
            content.reserved if content else OptOuts(),
            response.reserved_in_header,
            response.reserved_by_site,
        )
        return Page(
            outcome,
            response.url,
            response.fetched_at,
            content if outcome is PageOutcome.OK else None,
            reservations=reserved,
            validators=fresh,
        )

    async def candidate(
        self, feed_url: str, entry: Entry, link: str, page: Page
    ) -> Candidate | Outcome:
        """The article from the page or, if that failed, from the feed's full text, or the outcome.

        The feed's text may also have been chosen by the page's extraction. Both ways the content's
        ``reading`` is ``feed``: it alone decides the record's ``text_source``.
        """
        if self._respect_opt_outs and any(r.what in BINDING for r in page.reservations):
            return EntryOutcome.OPTED_OUT
        content = page.content or await self._feed_content(feed_url, entry)
        if isinstance(content, Postponed):
            return FetchOutcome.THROTTLED
        if not content.text:
            return page.outcome
        try:
            article = build_record(entry, feed_url, page, content)
        except ValueError:
            return EntryOutcome.INVALID
        return Candidate(article, link, content.fingerprint)

    async def _feed_content(self, feed_url: str, entry: Entry) -> PageContent | Postponed:
        """The feed's full text of the article; empty if it is missing, too short or unreadable."""
        if not entry.content_html:
            return PageContent()
        content = await self._children.attempt(
            extract_feed_text,
            entry.content_html,
            entry.link,
            deadline=EXTRACT_SECONDS,
            source=feed_url,
            kinds=_kinds(feed_url),
        )
        if isinstance(content, Exception):
            return content if isinstance(content, Postponed) else PageContent()
        return content


def _kinds(feed_url: str, url: str = "") -> tuple[Hashable, ...]:
    """The names under which a page's extraction counts as late: its feed and its site."""
    feed = ("pages", feed_url)
    return (feed, ("site", slot_key(parse_url(url)))) if url else (feed,)


def _doubtful(page: Page) -> Page:
    """A page without an article during an outage of our own network: it may be a captive
    portal's."""
    detail = page.detail or f"an outage of our own network: {page.outcome}"
    return page._replace(outcome=FetchOutcome.OUTAGE, detail=detail, requested=False)


def _postponed(url: str, now: datetime, pause: Postponed) -> Page:
    detail = f"reading pages of this feed or site: {pause}"
    return Page(FetchOutcome.THROTTLED, url, now, detail=detail, requested=False)


def _read(found: PageContent | Exception) -> tuple[PageOutcome, PageContent | None]:
    """Any error of a parser on a hostile page is its outcome."""
    if isinstance(found, Exception):
        return EXTRACT_FAILURES.get(type(found), PageOutcome.EXTRACT_ERROR), None
    return PageOutcome(found.wall) if found.wall else PageOutcome.OK, found
