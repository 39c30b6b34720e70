"""Drop rows of teasers: headlines that link to other pages of the site, with a few words. Pure."""

from __future__ import annotations

from collections import defaultdict

from lxml.html import HtmlElement

from connectors.extract.links import HEADINGS, drop, leads_to_other_page
from connectors.text.clean import clean_line
from newsline.words import count_words

LONGEST_TEASER = 300
"""Characters."""

SHORTEST_HEADLINE = 3
"""Words of a link; a shorter one in a teaser is a section or an author."""

FEWEST = 2
"""Teasers side by side."""

LONGEST_LABEL = 8
"""Words of the heading over a row."""

LARGEST_ROW = 0.3
"""Share of the page's text; a larger row is a list of the article."""

_LABELS = (*HEADINGS, "p", "div", "header")
_CARDS = ("div", "li", "article", "section", "td")


def drop_teasers(tree: HtmlElement, url: str | None) -> None:
    """Drop rows of teasers, with the heading over each. A row without one may be the article's own
    list: of WCXB's pages some lost text."""
    rows: defaultdict[HtmlElement, list[HtmlElement]] = defaultdict(list)
    for link in tree.iter("a"):
        teaser = _teaser(link, url)
        parent = None if teaser is None else teaser.getparent()
        if teaser is not None and parent is not None and teaser not in rows[parent]:
            rows[parent].append(teaser)
    most = LARGEST_ROW * len(tree.text_content())
    for row in rows.values():
        label = _label(row)
        size = sum(len(teaser.text_content()) for teaser in row)
        if label is not None and len(row) >= FEWEST and size < most:
            for element in (*row, label):
                drop(element)


def _teaser(link: HtmlElement, url: str | None) -> HtmlElement | None:
    """The card that begins with the link as its headline, and has more text."""
    card, element, headline = None, link, ""
    while element.tag in _CARDS or not element.tail or element.tail.isspace():
        parent = element.getparent()
        if parent is None or len(words := parent.text_content()) > LONGEST_TEASER:
            break
        headline = headline or clean_line(link.text_content())
        words = clean_line(words)
        if not (headline and words.startswith(headline)) or _has_other_headline(parent, link):
            break
        if parent.tag in _CARDS and words != headline:
            card = parent
        element = parent
    return card if card is not None and leads_to_other_page(link, url) else None


def _has_other_headline(element: HtmlElement, link: HtmlElement) -> bool:
    return any(
        other.get("href") != link.get("href")
        and count_words(other.text_content()) >= SHORTEST_HEADLINE
        for other in element.iter("a")
    )


def _label(row: list[HtmlElement]) -> HtmlElement | None:
    """The short heading over a row, or over its frame."""
    above, frame = row[0].getprevious(), row[0].getparent()
    if above is None and frame is not None:
        above = frame.getprevious()
    if above is None or above.tag not in _LABELS:
        return None
    return above if 0 < count_words(above.text_content()) <= LONGEST_LABEL else None
