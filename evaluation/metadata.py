"""Metadata of real pages, beside the bare libraries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

from connectors.extract import NoText, PageContent, extract_page
from connectors.text.clean import letters
from evaluation import wcxb
from evaluation.scores import Score
from evaluation.wcxb import WcxbPage

_BETWEEN = re.compile(r"[,;|&]|\band\b")
_IN_BRACKETS = re.compile(r"\([^)]*\)")
_NOTES = re.compile(
    r"(?<=,) *(?:[^,]*\b(?:CEO|Editor|Expert|Manager|of)\b[^,]*|[A-Z][A-Za-z.]{0,3}[A-Z]\b\.?)"
)
"""Degrees and offices."""


class Byline(NamedTuple):
    """A page's authors and title."""

    authors: tuple[str, ...]
    title: str


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


@cache
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


def authors_and_titles() -> list[Score]:
    """Exact sets of authors on the pages that state one, and titles; trafilatura's beside them."""
    readers = {"newsline": our_byline, "trafilatura": trafilatura_byline}
    found = []
    for name, read in readers.items():
        pairs = [(page, read(page)) for page in wcxb.pages()]
        unseen = [pair for pair in pairs if pair[0].is_unseen]
        found += _byline_scores("WCXB", name, pairs)
        found += _byline_scores("WCXB, unseen half", name, unseen)
    return found


def _byline_scores(data: str, by: str, pairs: Iterable[tuple[WcxbPage, Byline]]) -> list[Score]:
    each = list(pairs)
    stated = [(page.author, byline.authors) for page, byline in each if page.author]
    right = sum(is_same_people(truth, found) for truth, found in stated)
    given = sum(bool(found) for _, found in stated)
    titles = sum(letters(page.title) == letters(byline.title) for page, byline in each)
    shares = {
        "authors right of all": right / len(stated),
        "authors right of given": right / given,
        "titles right": titles / len(each),
    }
    return [Score("metadata", data, by, figure, value) for figure, value in shares.items()]


def is_same_people(label: str, found: Iterable[str]) -> bool:
    """Whether the found names are exactly those of a label, by letters and in any order.

    Degrees and offices after a name in the label may be missing: ``Ana Díaz, MD``, ``Ana Díaz,
    CEO of Example``, ``Ana Díaz (Editor)``.
    """
    stated = {letters(part) for part in _BETWEEN.split(_IN_BRACKETS.sub("", label))} - {""}
    names = {letters(name) for name in found}
    notes = {letters(note) for note in _NOTES.findall(label)}
    return bool(names) and names <= stated and stated - names <= notes


def our_byline(page: WcxbPage) -> Byline:
    found = content(page)
    return Byline(found.authors or tuple(filter(None, (found.credited,))), found.title)


def trafilatura_byline(page: WcxbPage) -> Byline:
    """trafilatura alone."""
    from trafilatura import extract_metadata
    from trafilatura.utils import decode_file

    found = extract_metadata(decode_file(page.html), default_url=page.url)
    authors = (found.author or "").split("; ") if found else []
    return Byline(tuple(filter(None, authors)), (found.title or "") if found else "")


MEASURES = (dates, authors_and_titles)
