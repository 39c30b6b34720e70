"""Metadata of real pages, beside the bare libraries."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from connectors.extract import NoText, PageContent, extract_page
from evaluation import wcxb
from evaluation.scores import Score
from evaluation.wcxb import WcxbPage

DateReader = Callable[[WcxbPage], str]
"""A page → its date of publication as ``2026-11-25``, empty without any."""


def dates() -> list[Score]:
    """Dates on the pages that state one, and on the half of them that no rule was made on."""
    stated = [page for page in wcxb.pages() if page.date]
    readers = {
        "newsline": our_date,
        "htmldate": htmldate(extensive=True),
        "htmldate, not extensive": htmldate(extensive=False),
    }
    found = []
    for name, read in readers.items():
        pairs = [(page, read(page)) for page in stated]
        unseen = [pair for pair in pairs if pair[0].is_unseen]
        found += _date_scores("WCXB", name, pairs) + _date_scores("WCXB, unseen half", name, unseen)
    return found


def _date_scores(data: str, by: str, pairs: Iterable[tuple[WcxbPage, str]]) -> list[Score]:
    each = [(page.date, date) for page, date in pairs]
    right = sum(truth == date for truth, date in each)
    given = sum(bool(date) for _, date in each)
    shares = {"dates right of all": right / len(each), "dates right of given": right / given}
    return [Score("metadata", data, by, figure, value) for figure, value in shares.items()]


def our_date(page: WcxbPage) -> str:
    published = content(page).published
    return published.strftime("%Y-%m-%d") if published else ""


def content(page: WcxbPage) -> PageContent:
    """What newsline extracts; empty if it finds no article."""
    try:
        return extract_page(page.html, page.url, None, "text/html")
    except NoText:
        return PageContent()


def htmldate(*, extensive: bool) -> DateReader:
    """htmldate alone, for the date of publication."""
    from htmldate import find_date
    from trafilatura.utils import decode_file

    def read(page: WcxbPage) -> str:
        markup = decode_file(page.html)
        return find_date(markup, url=page.url, extensive_search=extensive, original_date=True) or ""

    return read


MEASURES = (dates,)
