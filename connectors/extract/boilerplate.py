"""Remove boilerplate inside an article's markup before its text is read. Pure.

Each function changes the tree, and recognises boilerplate by its markup only.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement

from connectors.text.clean import clean_line
from connectors.text.traces import title_hash
from newsline.sentence_ends import ends_sentence
from newsline.words import count_words

_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:cta|promos?|newsletters?|subscribe|sign-?up|notification-bar|read(?:ing)?-time"
    r"|(?:tooltip|popover|rollover|hovercard)[\w-]*(?:block|content|text|body|card))(?:$|[\s_-])",
    re.IGNORECASE,
)
_ASIDES = ("div", "section", "aside", "span", "p", "ul", "table", "form")
_FACTS = {"datePublished", "dateModified", "author"}
_POST = re.compile(r"twitter-tweet|instagram-media")
_FRAME = 30
"""Characters of a frame besides the post in it, at most."""

LARGEST_ASIDE = 0.3
"""Share of the page's text; a larger element is not an aside, whatever its class."""


_UNSHOWN = ("script", "style", "svg", "template", "option", "noscript")


_ROLES = {"navigation", "search", "dialog", "menu", "menubar", "contentinfo"}
_FURNITURE = ("nav", "footer")
_ARTICLES = ("article", "main")
_BODIES = ("div", "section")
LONG_PARAGRAPH = 100
"""Characters."""

FEWEST_PARAGRAPHS = 2
"""Long paragraphs in an element that is a part of the article."""

SHORTEST_OPENING = 8
"""Words."""


def drop_unshown(tree: HtmlElement, _: str | None = None) -> None:
    """Drop elements without text for the reader, such as scripts, so that they count in no share of
    the page's text; and menus, dialogues and footers, by tag or role."""
    etree.strip_elements(tree, *_UNSHOWN, with_tail=False)
    most = LARGEST_ASIDE * len(tree.text_content())
    for element in [one for one in tree.iter("*") if _is_furniture(one)]:
        if element.getparent() is not None and len(element.text_content()) < most:
            element.drop_tree()


def _is_furniture(element: HtmlElement) -> bool:
    is_furniture = element.tag in _FURNITURE or element.get("role") in _ROLES
    return is_furniture or element.get("hidden") is not None


def drop_asides(tree: HtmlElement, _: str | None = None) -> None:
    """Drop invitations, tooltips, and elements marked as the article's dates and authors."""
    most = LARGEST_ASIDE * len(tree.text_content())
    for element in list(tree.iter(*_ASIDES)):
        if (
            _is_aside(element)
            and len(element.text_content()) < most
            and not _has_paragraphs(element)
        ):
            element.drop_tree()


def _is_aside(element: HtmlElement) -> bool:
    attributes = element.attrib
    if not attributes:
        return False
    names = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    return (
        _is_name_of_aside(names)
        or attributes.get("role") == "tooltip"
        or attributes.get("itemprop") in _FACTS
    )


def _has_paragraphs(element: HtmlElement) -> bool:
    """True for a part of the article, whatever its name."""
    sizes = (len(paragraph.text_content()) for paragraph in element.iter("p"))
    return sum(size >= LONG_PARAGRAPH for size in sizes) >= FEWEST_PARAGRAPHS


@lru_cache(maxsize=4_096)
def _is_name_of_aside(names: str) -> bool:
    return bool(_ASIDE.search(names))


def keep_posts(tree: HtmlElement, _: str | None = None) -> None:
    """Turn embedded social-media posts into plain quotations: trafilatura drops them for their
    links and for the class names of their frames."""
    for quote in list(tree.iter("blockquote")):
        if _POST.search(quote.get("class", "")):
            for link in list(quote.iter("a")):
                link.tag = "span"
            _remove_class_and_id(quote)


def _remove_class_and_id(quote: HtmlElement) -> None:
    most = len(quote.text_content()) + _FRAME
    for frame in (quote, *quote.iterancestors()):
        if len(frame.text_content()) > most:
            return
        for name in ("class", "id"):
            frame.attrib.pop(name, None)


def drop_markers(tree: HtmlElement, _: str | None = None) -> None:
    """Drop the empty spans with an id at the beginning of paragraphs, such as WordPress's
    ``more-123``: trafilatura drops a paragraph that begins with one."""
    for paragraph in tree.iter("p"):
        if len(paragraph) and not (paragraph.text or "").strip():
            first = paragraph[0]
            if first.tag == "span" and first.get("id") and not len(first) and not first.text:
                first.drop_tree()


def keep_openings(tree: HtmlElement, _: str | None = None) -> None:
    """Move sentences under the title, inside the article's ``header``, to the beginning of its
    body: trafilatura drops them. A repetition of the page's description is a subtitle."""
    for header in list(tree.iter("header")):
        body, title = header.getnext(), next(header.iter("h1"), None)
        article = header.getparent()
        if title is None or body is None or article is None or article.tag not in _ARTICLES:
            continue
        for opening in reversed(list(title.itersiblings("p"))):
            words = clean_line(opening.text_content())
            if _is_opening(words) and not _is_description(words, tree):
                _put_first(opening, body)


def _is_opening(words: str) -> bool:
    return count_words(words) >= SHORTEST_OPENING and ends_sentence(words)


def _is_description(words: str, tree: HtmlElement) -> bool:
    hashed = title_hash(words)
    return any(title_hash(meta.get("content", "")) == hashed for meta in tree.iter("meta"))


def _put_first(opening: HtmlElement, body: HtmlElement) -> None:
    opening.tail = None
    if body.tag in _BODIES:
        opening.tail, body.text = body.text, None
        body.insert(0, opening)
    else:
        body.addprevious(opening)
