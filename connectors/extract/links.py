"""Standalone links: drop promotions, keep links that belong to the text. Pure.

A paragraph that is one link to the same site is a promotion. A link to another site (a product, a
source) belongs to the text, but trafilatura would drop it for its link density. Each function
changes the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urldefrag, urljoin

from lxml.html import HtmlElement

from connectors.text.clean import clean_line
from connectors.text.urls import same_site
from newsline.sentence_ends import ends_sentence
from newsline.words import count_words

HEADINGS = ("h2", "h3", "h4", "h5", "h6")
LONGEST_LABEL = 30
"""Characters before the link in a promotion: ``Read more:``."""

LONGEST_LINK = 500
SHORTEST_SENTENCE = 8
"""Words of a link that is a sentence of the text, with its full stop."""

_BLOCKS = {"p", "div", "li", "td", "section", "aside", "figure", *HEADINGS}
_BUTTON = re.compile(
    r"(?:click to )?tweet(?: this)?|share(?: this)?|e-?mail me|print", re.IGNORECASE
)
_FULL_STOP = re.compile(r"(?<![.…])[.。।۔։።။][\"'”’»）)]*$")
_SUBHEADING = re.compile(r"(?:^|[\s_-])(?:sub|cross)-?head(?:ing|line|er)?(?:$|\s)", re.IGNORECASE)


class _Standalone(NamedTuple):
    """A link at the end of its block, with the ``label`` before it."""

    link: HtmlElement
    block: HtmlElement
    words: str
    label: str


def drop_promotions(tree: HtmlElement, url: str | None) -> None:
    """Drop blocks that promote pages of the site, and turn links to other sites into plain text."""
    standalone = [found for link in list(tree.iter("a")) if (found := _standalone(link, url))]
    blocks = {found.block for found in standalone}
    for link, block, words, label in standalone:
        if is_own(link, url):
            if not label and _is_text(block, words, blocks):
                link.tag = "span"
            elif " " in words and (not label or label.endswith(":")):
                drop(block)
        elif block.tag in ("p", "li", *HEADINGS) and not _in_a_row(block, blocks):
            link.tag = "span"


def _standalone(link: HtmlElement, url: str | None) -> _Standalone | None:
    """The link if it is standalone. Drops it if it is a button or a card."""
    words = clean_line(link.text_content())
    if _BUTTON.fullmatch(words) or (_is_card(link) and leads_to_other_page(link, url)):
        drop(link)
        return None
    parent = link.getparent()
    if parent is not None and parent.tag == "span" and clean_line(parent.text_content()) == words:
        parent.attrib.pop("class", None)  # trafilatura drops <span class="link"> in a sentence
    tail = (link.tail or "").strip()
    if not words or len(words) > LONGEST_LINK or (tail and not _ends_sentence(words, tail)):
        return None
    words += tail
    block = next((e for e in link.iterancestors() if e.tag in _BLOCKS), None)
    if block is None or (label := _label(block, words)) is None or (tail and label):
        return None
    return _Standalone(link, block, words, label)


def _ends_sentence(words: str, tail: str) -> bool:
    """Whether what follows a link is the full stop of the sentence that the link is."""
    is_open = count_words(words) >= SHORTEST_SENTENCE and not ends_sentence(words)
    return is_open and bool(_FULL_STOP.fullmatch(tail))


def _label(block: HtmlElement, words: str) -> str | None:
    """The text of a block before the link's; None if it is long, or if more text follows."""
    text, limit = "", 2 * (len(words) + LONGEST_LABEL)
    for piece in block.itertext():
        text += piece
        if len(text) > limit:
            return None
    text = clean_line(text)
    label = text.removesuffix(words)
    return label.strip() if text != label and len(label) <= LONGEST_LABEL else None


def _is_card(link: HtmlElement) -> bool:
    return next(link.iter(*HEADINGS), None) is not None


def leads_to_other_page(link: HtmlElement, url: str | None) -> bool:
    """True for another page of the site; false for a place on this page, as in headings."""
    href = link.get("href", "")
    if not url or not href or not is_own(link, url):
        return False
    return _page(href, url) != _page("", url)


@lru_cache(maxsize=1_024)
def _page(href: str, url: str) -> str:
    try:
        return urldefrag(urljoin(url, href))[0]
    except ValueError:
        return ""


def _is_text(block: HtmlElement, words: str, blocks: set[HtmlElement]) -> bool:
    """True for a heading over a paragraph of the same container, and for a sentence."""
    if block.tag in HEADINGS:
        return _heads_text(block)
    is_sentence = count_words(words) >= SHORTEST_SENTENCE and bool(_FULL_STOP.search(words))
    return is_sentence and not _in_a_row(block, blocks)


def _heads_text(heading: HtmlElement) -> bool:
    below, parent = heading.getnext(), heading.getparent()
    if below is None or below.tag != "p" or parent is None:
        return False
    paragraphs = sum(1 for _ in parent.iterchildren("p"))
    return paragraphs > 1 and not any(True for _ in below.iter("a"))


def _in_a_row(block: HtmlElement, blocks: set[HtmlElement]) -> bool:
    return block.getprevious() in blocks or block.getnext() in blocks


def is_own(link: HtmlElement, url: str | None) -> bool:
    """True if the link leads to the same site or has no web address."""
    href = link.get("href", "").strip()
    if not href.lower().startswith(("http:", "https:", "//")):
        return True
    return bool(url) and _is_of_site(href.partition("//")[2].partition("/")[0], url or "")


@lru_cache(maxsize=4_096)
def _is_of_site(host: str, url: str) -> bool:
    try:
        return same_site(f"https://{host}/", url)
    except ValueError:
        return True


def flatten_headings(tree: HtmlElement, url: str | None) -> None:
    """Reduce headings to text, and turn elements with a heading's class into ``h3``: trafilatura
    drops headings with blocks or links in them, and ignores class names."""
    for heading in list(tree.iter(*HEADINGS)):
        if len(heading) and not any(is_own(link, url) for link in heading.iter("a")):
            words = clean_line(heading.text_content())
            for child in list(heading):
                heading.remove(child)
            heading.text = words
    for element in list(_headings_by_class(tree)):
        element.tag = "h3"


def _headings_by_class(tree: HtmlElement) -> Iterator[HtmlElement]:
    for element in tree.iter("div", "p"):
        if _SUBHEADING.search(element.get("class", "")) and not any(
            child.tag in _BLOCKS for child in element.iterdescendants()
        ):
            yield element


def drop(element: HtmlElement) -> None:
    """Drop an element that may have gone with another one."""
    if element.getparent() is not None:
        element.drop_tree()
