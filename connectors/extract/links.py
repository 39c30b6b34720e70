"""Links that stand alone: what promotes is dropped, what belongs to the text kept. Pure.

A paragraph that is a link to the same site promotes; one that leads elsewhere (to a product, to a
source) belongs to the text, and trafilatura would drop it for its density of links. Each rule
changes the tree that it is given.
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

HEADINGS = ("h2", "h3", "h4", "h5", "h6")
LONGEST_LABEL = 30
"""In characters, of what stands before a promoting link: ``Read more:``."""

LONGEST_LINK = 500
SHARE_OF_LINKS = 0.7
"""Of a paragraph's text; from there it lists what it links to."""

_BLOCKS = {"p", "div", "li", "td", "section", "aside", "figure", *HEADINGS}
_BUTTON = re.compile(
    r"(?:click to )?tweet(?: this)?|share(?: this)?|e-?mail me|print", re.IGNORECASE
)
_SUBHEADING = re.compile(r"(?:^|[\s_-])(?:sub|cross)-?head(?:ing|line|er)?(?:$|\s)", re.IGNORECASE)


class _Alone(NamedTuple):
    """A link that ends its block, and what the block says before it."""

    link: HtmlElement
    block: HtmlElement
    words: str
    label: str


def settle_links(tree: HtmlElement, url: str | None) -> None:
    """Drop the blocks that promote, and make those that lead elsewhere plain text."""
    alone = [found for link in list(tree.iter("a")) if (found := _settled(link, url))]
    blocks = {found.block for found in alone}
    for link, block, words, label in alone:
        if is_own(link, url):
            if " " in words and (not label or label.endswith(":")):
                _drop(block)
        elif block.tag in ("p", "li", *HEADINGS) and not _in_a_row(block, blocks):
            link.tag = "span"


def _settled(link: HtmlElement, url: str | None) -> _Alone | None:
    """The link if it stands alone; buttons and cards are dropped on the way."""
    words = clean_line(link.text_content())
    if _BUTTON.fullmatch(words) or (_is_card(link) and _leads_on(link, url)):
        _drop(link)
        return None
    parent = link.getparent()
    if parent is not None and parent.tag == "span" and clean_line(parent.text_content()) == words:
        parent.attrib.pop("class", None)  # trafilatura drops <span class="link"> in a sentence
    if not words or len(words) > LONGEST_LINK:
        return None
    block = next((e for e in link.iterancestors() if e.tag in _BLOCKS), None)
    if block is None or (label := _label(block, words)) is None:
        return None
    return _Alone(link, block, words, label)


def _label(block: HtmlElement, words: str) -> str | None:
    """What a block says before the words; None if that is long, or if it says more after them."""
    said, most = "", 2 * (len(words) + LONGEST_LABEL)
    for text in block.itertext():
        said += text
        if len(said) > most:
            return None
    said = clean_line(said)
    label = said.removesuffix(words)
    return label.strip() if said != label and len(label) <= LONGEST_LABEL else None


def _is_card(link: HtmlElement) -> bool:
    return next(link.iter(*HEADINGS), None) is not None


def _leads_on(link: HtmlElement, url: str | None) -> bool:
    """To another page of the site: not to a place on this one, as headings' own links do."""
    href = link.get("href", "")
    if not url or not href or not is_own(link, url):
        return False
    return _page(href, url) != _page("", url)


def _page(href: str, url: str) -> str:
    try:
        return urldefrag(urljoin(url, href))[0]
    except ValueError:
        return ""


def _in_a_row(block: HtmlElement, blocks: set[HtmlElement]) -> bool:
    return block.getprevious() in blocks or block.getnext() in blocks


def is_own(link: HtmlElement, url: str | None) -> bool:
    """Whether the link leads to the same site, or to no page at all."""
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


def drop_lists_of_links(tree: HtmlElement, url: str | None) -> None:
    """Drop paragraphs of several links to the same site with next to nothing between them."""
    for paragraph in list(tree.iter("p")):
        links = list(paragraph.iter("a"))
        if len(links) > 1 and all(is_own(link, url) for link in links):
            linked = sum(len(clean_line(link.text_content())) for link in links)
            if linked > SHARE_OF_LINKS * len(clean_line(paragraph.text_content())):
                _drop(paragraph)


def flatten_headings(tree: HtmlElement, url: str | None) -> None:
    """Make headings mere text: trafilatura drops those with blocks or links in them, and does not
    know those that only their class calls so."""
    for heading in list(tree.iter(*HEADINGS)):
        if len(heading) and not any(is_own(link, url) for link in heading.iter("a")):
            words = clean_line(heading.text_content())
            for child in list(heading):
                heading.remove(child)
            heading.text = words
    for element in list(_called_headings(tree)):
        element.tag = "h3"


def _called_headings(tree: HtmlElement) -> Iterator[HtmlElement]:
    for element in tree.iter("div", "p"):
        if _SUBHEADING.search(element.get("class", "")) and not any(
            child.tag in _BLOCKS for child in element.iterdescendants()
        ):
            yield element


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()
