"""Read a page's main text with trafilatura: a strict reading, completed from a wide one. Pure.

trafilatura's ``favor_precision`` finds the article's beginning and end, but loses parts in between;
``favor_recall`` has these parts, and more after the end. So the text between the first and the last
line of both is from the wide reading, and the rest from the strict one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from configparser import ConfigParser
from functools import cache, partial
from itertools import islice
from typing import NamedTuple

from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import use_config

from connectors.extract import quick_xpaths
from connectors.text.clean import clean_line, clean_lines
from newsline.words import count_words, english_length

quick_xpaths.install()

STRICT: Mapping[str, bool] = {"favor_precision": True, "fast": True}
WIDE: Mapping[str, bool] = {"favor_recall": True, "fast": True}
COMPARED: Mapping[str, bool] = {}
"""Compared with the results of two other extractors: twice the time."""

FEW_WORDS = 150
"""A shorter reading may have missed the article."""

LONG_PARAGRAPH = 80
"""In characters; shorter paragraphs are often captions or labels."""

LEAST_SIZE = 250
"""In characters: trafilatura's default. It looks elsewhere on the page if its text is shorter."""

SHORTEST_PART = 25
"""Characters of a paragraph that counts as missed."""

MOST_MISSED = 0.4
"""Share of the strict reading's characters: the wide reading is not needed for less."""

FAR_MORE = 2.0
"""Ratio of words from which a less strict reading replaces a stricter one."""

MORE_THAN_FEW = 1.5
"""The same if the stricter reading has FEW_WORDS."""

LIST_ITEM = "- "
"""Before a list item's text, by trafilatura."""

_TEXT_TAGS = frozenset(
    ("p", "a", "span", "li", "h1", "h2", "h3", "div", "td", "b", "strong", "button")
)
_SAMPLED = 40
"""Strings."""

_PARTS = ("p", "li", "h2", "h3", "h4", "blockquote", "pre")


class _Page(NamedTuple):
    """``read``: by options of trafilatura. ``parts``: tag and text of each paragraph, heading, …"""

    read: Callable[[Mapping[str, bool]], list[str]]
    parts: list[tuple[str, str]]


def main_text(tree: HtmlElement, url: str | None) -> list[str]:
    """The paragraphs of the main text."""
    page = _Page(partial(_read, tree, url, _config(_least_size(tree))), list(_parts(tree)))
    lines = page.read(STRICT)
    for completion in COMPLETIONS:
        lines = completion(lines, page)
    return lines


def from_wide_reading(lines: list[str], page: _Page) -> list[str]:
    """The lines with those that the wide reading has in between, if some are missing."""
    if not (_misses_most(lines, page.parts) or _misses_inner(lines, page.parts)):
        return lines
    return complete(lines, page.read(WIDE))


def from_comparison(lines: list[str], page: _Page) -> list[str]:
    """The reading by comparison, if most of the page is still missing and that has far more."""
    if not _misses_most(lines, page.parts):
        return lines
    compared = page.read(COMPARED)
    return compared if _has_far_more(compared, lines) else lines


COMPLETIONS: tuple[Callable[[list[str], _Page], list[str]], ...] = (
    from_wide_reading,
    from_comparison,
)
"""Rules that complete the strict reading, in their order."""


def _read(
    tree: HtmlElement, url: str | None, config: ConfigParser, options: Mapping[str, bool]
) -> list[str]:
    """Without trafilatura's own metadata, which cost 20 % of its time."""
    document = bare_extraction(
        tree, url=url, config=config, include_comments=False, with_metadata=False, **options
    )
    return clean_lines(document.text) if document and document.text else []


def _least_size(tree: HtmlElement) -> int:
    """As many characters of the page's script as say what LEAST_SIZE say in English."""
    sample = " ".join(islice(_strings(tree), _SAMPLED))
    if sample.isascii():
        return LEAST_SIZE
    sample = clean_line(sample)
    return LEAST_SIZE * len(sample) // english_length(sample) if sample else LEAST_SIZE


def _strings(tree: HtmlElement) -> Iterator[str]:
    """The strings of the body, without scripts."""
    for body in tree.iter("body"):
        for element in body.iter():
            if element.tag in _TEXT_TAGS and element.text and not element.text.isspace():
                yield element.text


@cache
def _config(least_size: int) -> ConfigParser:
    config: ConfigParser = use_config()
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = str(least_size)
    return config


def _parts(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    """The tag and the text of each paragraph, list item, heading on the page."""
    for element in tree.iter(*_PARTS):
        yield str(element.tag), " ".join(element.text_content().split())


def _misses_most(lines: Sequence[str], parts: Sequence[tuple[str, str]]) -> bool:
    """True for few words, or for less than half of the text in the page's long paragraphs."""
    paragraphs = (words for tag, words in parts if tag == "p")
    on_page = sum(len(words) for words in paragraphs if english_length(words) >= LONG_PARAGRAPH)
    return count_words(" ".join(lines)) < FEW_WORDS or on_page > 2 * sum(map(len, lines))


def _misses_inner(lines: Sequence[str], parts: Sequence[tuple[str, str]]) -> bool:
    """True if parts of the page are missing between the first and the last line found on it."""
    known = {line.removeprefix(LIST_ITEM) for line in lines}
    missed, since_last, begun = 0, 0, False
    for _, words in parts:
        if words in known:
            missed += since_last if begun else 0
            begun, since_last = True, 0
        elif english_length(words) >= SHORTEST_PART:
            since_last += len(words)
    return not begun or missed > MOST_MISSED * sum(map(len, lines))


def complete(strict: list[str], wide: list[str]) -> list[str]:
    """The strict reading with the wide one's lines between the first and the last of both; the
    wide one if it has far more."""
    if _has_far_more(wide, strict):
        return wide
    known = set(strict)
    both = [n for n, line in enumerate(wide) if line in known]
    if not both:
        return strict
    begin = strict.index(wide[both[0]])
    end = len(strict) - strict[::-1].index(wide[both[-1]])
    return strict[:begin] + wide[both[0] : both[-1] + 1] + strict[end:] if begin < end else strict


def _has_far_more(lines: Sequence[str], stricter: Sequence[str]) -> bool:
    count = count_words(" ".join(stricter))
    ratio = MORE_THAN_FEW if count < FEW_WORDS else FAR_MORE
    return count_words(" ".join(lines)) >= ratio * max(1, count)
