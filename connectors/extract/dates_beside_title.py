"""Find the dates that a page shows beside its article's title. Pure.

Beside: after the title and before the second long paragraph, or before the title in the same small
block.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from connectors.extract.markup import MARKUP, words_of
from connectors.extract.neighbours import Ownership
from connectors.text import date_words
from connectors.text.alternatives import any_of
from connectors.text.clean import clean_line
from connectors.text.dates import as_written
from newsline.outcomes import TimeDetail

_AROUND = 400
"""Characters of the block around the title whose beginning belongs to it."""

_MOST_PIECES = 80
_LONG, _MOST_LONG = 120, 2
"""Characters of a long paragraph's text, and the number of them after which the search ends."""

_LONGEST = 80
"""Characters of a text with a date."""

_MOST_LABEL = 5
"""Words before a date in its text: a label, an author."""

_SILENT = {"script", "style", "noscript", "template", "svg", "button", "select"}
_YEAR = re.compile(rf"(?<!\d)\d{{4}}(?!\d)|{any_of(date_words.eras())}\s?(?:\d{{1,3}}|元)\s?年")
_BETWEEN = re.compile(r"(?:^|\s)[-–—](?:\s|$)|[|·•]")
_LONGEST_LABEL = 30
_DIGIT = re.compile(r"\d")
_COPYRIGHT = re.compile(r"[©℗]|\bcopyright\b", re.IGNORECASE)

_Piece = tuple[HtmlElement, str]
"""A text and the element that it is in; of a ``<time>`` also its ``datetime``."""


def dates_beside_title(
    tree: HtmlElement, own: Ownership, language: str
) -> Iterator[tuple[TimeDetail, str]]:
    """The dates of the article beside its title with their kind of place; ``updated`` for those of
    changes."""
    headings = own.headings or list(tree.iter("h1"))
    for heading in headings[:1]:
        for texts in (_after(heading), _before(heading)):
            yield from _dates(texts, own, language)


def _dates(
    texts: Iterable[_Piece], own: Ownership, language: str
) -> Iterator[tuple[TimeDetail, str]]:
    label = ""
    for element, text in texts:
        if (date := written_date(text, language)) is None:
            label = f"{label} {text}" if len(text) <= _LONGEST_LABEL else ""
            continue
        label = f"{label} {_DIGIT.split(text)[0]}"[-_LONGEST_LABEL:]
        is_of_link = element.tag == "a" and date != text
        if not is_of_link and own.is_own_date(element):
            place: TimeDetail = "time_element" if element.tag == "time" else "text"
            yield "updated" if is_change(element, label) else place, date
        label = ""


def is_change(element: HtmlElement, label: str = "") -> bool:
    """Whether the element's names, or the label before a date in it, are those of a change."""
    names = set(words_of(element))
    named = bool(names & MARKUP.changes) and not names & MARKUP.published
    return named or bool(label and _changes().search(date_words.fold(label)))


def label_before(element: HtmlElement) -> str:
    """The nearest text before the element in the elements around it; at most a label's length."""
    for node in (element, *islice(element.iterancestors(), 2)):
        before = node.getprevious()
        text = before.text_content() + (before.tail or "") if before is not None else ""
        if label := clean_line(text or getattr(node.getparent(), "text", "") or ""):
            return label[-_LONGEST_LABEL:]
    return ""


@cache
def _changes() -> re.Pattern[str]:
    return re.compile(any_of(date_words.changes()))


def written_date(text: str, language: str) -> str | None:
    """The date in a short text, without a label or author before it; None without a date, and for
    a copyright's."""
    if len(text) > _LONGEST or text.isdecimal() or not _YEAR.search(text):
        return None
    if _COPYRIGHT.search(text):
        return None
    for part in _BETWEEN.split(text):
        words = part.split()
        after_year = next((n for n, word in enumerate(words, 1) if _YEAR.search(word)), 0)
        is_sentence = part.endswith((".", "!", "?", "。"))
        for end in (len(words),) if is_sentence else dict.fromkeys((len(words), after_year)):
            for begin in range(min(_MOST_LABEL + 1, after_year)):
                date = " ".join(words[begin:end]).strip(" ,.;:")
                if as_written(date, language):
                    return date
    return None


def _after(heading: HtmlElement) -> Iterator[_Piece]:
    """The texts after the heading, up to the second long one."""
    long = 0
    for element, text in islice(_following(heading), _MOST_PIECES):
        yield element, text
        long += len(text) >= _LONG
        if long >= _MOST_LONG:
            return


def _following(heading: HtmlElement) -> Iterator[_Piece]:
    node = heading
    while (parent := node.getparent()) is not None:
        yield from _cleaned(parent, node.tail)
        for sibling in node.itersiblings(etree.Element):
            yield from pieces(sibling)
            yield from _cleaned(parent, sibling.tail)
        node = parent


def _before(heading: HtmlElement) -> Iterator[_Piece]:
    """The texts before the heading in the largest small block around it."""
    block = heading
    while (parent := block.getparent()) is not None and _is_small(parent):
        block = parent
    for element, text in pieces(block):
        if element is heading:
            return
        yield element, text


def _is_small(block: HtmlElement) -> bool:
    length = 0
    for _, text in pieces(block):
        length += len(text)
        if length > _AROUND:
            return False
    return True


def pieces(root: HtmlElement) -> Iterator[_Piece]:
    """The texts within an element, in the order of the document."""
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            if element is not root:
                yield from _cleaned(element.getparent(), element.tail)
        elif element.tag in _SILENT:
            walk.skip_subtree()
        else:
            if element.tag == "time":
                yield from _cleaned(element, element.get("datetime"))
            yield from _cleaned(element, element.text)
            yield from _cleaned(element, _stamp(element))


def _stamp(element: HtmlElement) -> str:
    """The publication time in an attribute, which may be in seconds since 1970; empty without
    any."""
    stamps = (stamp for name in MARKUP.date_attributes if (stamp := element.get(name)))
    moment = as_written(next(stamps, ""), "")
    if moment is None or is_change(element, clean_line(element.text_content())[:_LONGEST_LABEL]):
        return ""
    return moment.isoformat()


def _cleaned(element: HtmlElement | None, text: str | None) -> Iterator[_Piece]:
    if element is not None and text and (words := clean_line(text)):
        yield element, words
