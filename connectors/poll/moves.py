"""Candidates whose entry led to another address before: the same article, or another one."""

from __future__ import annotations

from connectors.article.candidate import Candidate
from connectors.article.page import Page
from connectors.article.page_reader import PageReader
from connectors.poll import same_entry
from connectors.poll.same_entry import Address
from connectors.state import FeedState, KnownArticle, SeenEntry, State
from connectors.state.async_state import AsyncState
from connectors.text.traces import same_text, traces
from connectors.text.urls import canonical_url, without_login
from newsline.outcomes import PASSING


class Moves:
    """Finds out whether an article has moved."""

    def __init__(self, reader: PageReader, state: AsyncState) -> None:
        self._reader = reader
        self._state = state

    async def identified(
        self, feed: FeedState, found: Candidate, seen: SeenEntry, address: Address
    ) -> Candidate | Page:
        """The candidate, with ``moved_from`` if it is the article to which the entry led before.
        The page of the old address if that is needed and cannot be had for now.

        A URL that has an article is that article's.
        """
        known = await self._led_to(feed, found, seen)
        if known is None:
            return found
        if address.changing:
            return _in_session(feed, found, seen, address, known)
        if not _has_text_of(known, found):
            if seen.address is None:
                return found
            page = await self._reader.page(without_login(feed.url), seen.address)
            if page.outcome in PASSING:
                return page
            if not _leads_to(page, found.article.url):
                return found
        return found._replace(moved_from=known.article_id)

    async def _led_to(
        self, feed: FeedState, found: Candidate, seen: SeenEntry
    ) -> KnownArticle | None:
        """The article to which the entry led before; None if the candidate's URL has one, as after
        nearly every change."""
        if await self._state.call(State.article, found.article.article_id):
            return None
        return await self._state.call(State.article_of, feed.id, seen.entry_id)


def _in_session(
    feed: FeedState, found: Candidate, seen: SeenEntry, address: Address, known: KnownArticle
) -> Candidate:
    """The candidate as the known article if only a session in its address has changed: it has the
    same text, or the parameters are known to change and the guid is the same."""
    is_guid = isinstance(seen.entry_id, str)
    learned = is_guid and address.changing.keys() <= set(feed.changing)
    if not learned and not _has_text_of(known, found):
        return found
    article = same_entry.at_known_url(found.article, known, address.changing)
    return found._replace(article=article, moved_from=known.article_id)


def _has_text_of(known: KnownArticle, found: Candidate) -> bool:
    return same_text(known.traces, traces(found.article.title, found.article.text))


def _leads_to(page: Page, url: str) -> bool:
    """Whether the page was redirected to the URL, or declares it as its canonical one."""
    declared = page.content.canonical_url if page.content else None
    return canonical_url(declared or page.url) == url
