"""Tell an article's own elements from those of teasers, comments and embedded posts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise, takewhile

from lxml.html import HtmlElement

from connectors.extract.markup import MARKUP, leads_to_author, names_byline, words_of
from connectors.text.clean import letters
from newsline.given_names import is_given_name
from newsline.words import count_words

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_OTHERS = ("Comment", "Review", "UserComments")
"""Types of schema.org that have authors of their own."""
_FEWEST_WORDS = 4
"""Of a teaser's heading or link; shorter ones are labels, sections and names."""
_SHORT, _LONG = 6, 16
"""Letters of the shortest title, and of the shortest that is recognised within another."""
_CARD, _CARD_ELEMENTS = 1_000, 300
"""Characters and elements of a teaser, at most."""


class Ownership:
    """Whether elements of a page are the article's own, by its ``titles``."""

    def __init__(self, tree: HtmlElement, titles: Iterable[str]) -> None:
        self._tree = tree
        self._cards: dict[HtmlElement, list[str] | None] = {}
        self._titles = [key for title in titles if len(key := letters(title)) >= _SHORT]

    @cached_property
    def headings(self) -> list[HtmlElement]:
        """The headings with the title."""
        return [one for one in self._tree.iter(*_HEADINGS) if self._is_title(one.text_content())]

    @cached_property
    def _around_title(self) -> set[HtmlElement]:
        """The headings with the title, and the elements around them."""
        return {node for heading in self.headings for node in (heading, *heading.iterancestors())}

    def is_own(self, element: HtmlElement) -> bool:
        """Whether the nearest heading is the article's title.

        The search goes up from the element. An element named as a comment, teaser or the like is a
        neighbour's, unless it contains the title; so is a small one with another heading or a long
        link.
        """
        inside = letters(element.text_content()[:_CARD])
        is_card = True  # what contains a larger element is larger
        for node in (element, *element.iterancestors()):
            if node in self._around_title or node.tag in ("body", "html"):
                return True
            others = self._others(node) if is_card else None
            is_card = others is not None
            if _is_named_neighbour(node) or not all(_is_about(one, inside) for one in others or ()):
                return False
        return True

    def is_own_date(self, element: HtmlElement) -> bool:
        """Like :meth:`is_own`; without the dates of events."""
        below = takewhile(lambda node: node not in self._around_title, element.iterancestors())
        return self.is_own(element) and not any(map(_is_event, (element, *below)))

    def _others(self, node: HtmlElement) -> list[str] | None:
        """The headings and links of other stories in an element; None if it is large."""
        if node not in self._cards:
            self._cards[node] = _story_headings(node) if _is_short(node) else None
        return self._cards[node]

    def _is_title(self, text: str) -> bool:
        key = letters(text)
        return len(key) >= _SHORT and any(
            key == title or (min(len(key), len(title)) >= _LONG and (key in title or title in key))
            for title in self._titles
        )


def _story_headings(node: HtmlElement) -> list[str]:
    headings = (one for one in node.iter(*_HEADINGS, "a") if not _is_of_page(one))
    return [one.text_content() for one in headings if _is_of_story(one)]


def _is_of_story(heading: HtmlElement) -> bool:
    """Whether a heading or a link is long; or a heading of two words or more has a link, and is no
    person's name."""
    text = heading.text_content().strip()
    if heading.tag == "a" or count_words(text) >= _FEWEST_WORDS:
        return count_words(text) >= _FEWEST_WORDS
    first, *others = text.split() or [""]
    is_linked = any(not _is_of_page(link) for link in heading.iter("a"))
    return is_linked and bool(others) and not is_given_name(first)


def _is_of_page(link: HtmlElement) -> bool:
    """Whether a heading is an author's name, or a link to an author or to the page's comments."""
    if names_byline(link.get("class") or ""):
        return True
    address = link.get("href") or "#"
    return link.tag == "a" and ("#" in address or leads_to_author(address, link))


def _is_about(text: str, inside: str) -> bool:
    """Whether a heading is about the person in the element: More by Ana Díaz."""
    key = letters(text)
    return bool(inside) and (key in inside or inside in key)


def _is_named_neighbour(node: HtmlElement) -> bool:
    words = words_of(node)
    if node.tag in MARKUP.neighbour_tags or not MARKUP.neighbours.isdisjoint(words):
        return True
    if any(first + second in MARKUP.neighbours for first, second in pairwise(words)):
        return True
    if node.tag == "footer" and next(node.iterancestors("article", "main"), None) is None:
        return True
    return node.get("itemprop") == "comment" or (node.get("itemtype") or "").endswith(_OTHERS)


def _is_event(node: HtmlElement) -> bool:
    if node.tag in ("body", "html"):
        return False
    named = not MARKUP.events.isdisjoint(words_of(node))
    return named or (node.get("itemtype") or "").endswith("Event")


def _is_short(node: HtmlElement) -> bool:
    length = 0
    for place, one in enumerate(node.iter("*")):
        length += len((one.text or "").strip()) + len((one.tail or "").strip())
        if length > _CARD or place > _CARD_ELEMENTS:
            return False
    return True
