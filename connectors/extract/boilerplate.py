"""What stands in an article's markup and is not its text, taken out before it is read. Pure.

Each rule changes the tree that it is given, and knows a thing by what its markup says of it.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:cta|promos?|newsletters?|subscribe|sign-?up|notification-bar|read(?:ing)?-time"
    r"|(?:tooltip|popover|rollover|hovercard)[\w-]*(?:block|content|text|body|card))(?:$|[\s_-])",
    re.IGNORECASE,
)
_FACTS = {"datePublished", "dateModified", "author"}
_POST = re.compile(r"twitter-tweet|instagram-media")
_FRAME = 30
"""Characters that a frame may have beside the post in it."""

LARGEST_ASIDE = 0.3
"""Of the page's text; what is larger is no aside, whatever it is called."""


def drop_asides(tree: HtmlElement) -> None:
    """Drop invitations and tooltips, and the dates and names that are marked as the article's."""
    most = LARGEST_ASIDE * len(tree.text_content())
    for element in list(tree.iter("div", "section", "aside", "span", "p", "ul", "table", "form")):
        if _is_aside(element) and len(element.text_content()) < most:
            element.drop_tree()


def _is_aside(element: HtmlElement) -> bool:
    called = f"{element.get('class', '')} {element.get('id', '')}"
    return (
        bool(_ASIDE.search(called))
        or element.get("role") == "tooltip"
        or element.get("itemprop") in _FACTS
    )


def keep_posts(tree: HtmlElement) -> None:
    """Make quoted posts of social media plain quotations: trafilatura drops them for the links in
    them and for what their frames are called."""
    for quote in list(tree.iter("blockquote")):
        if _POST.search(quote.get("class", "")):
            for link in list(quote.iter("a")):
                link.tag = "span"
            _unname(quote)


def _unname(quote: HtmlElement) -> None:
    most = len(quote.text_content()) + _FRAME
    for frame in (quote, *quote.iterancestors()):
        if len(frame.text_content()) > most:
            return
        for name in ("class", "id"):
            frame.attrib.pop(name, None)


def drop_markers(tree: HtmlElement) -> None:
    """Drop empty spans, such as the one where a list of posts cuts a text (``more-123``): with one
    at its beginning trafilatura drops the paragraph."""
    for span in list(tree.iter("span")):
        if not len(span) and not (span.text or "").strip() and span.getparent() is not None:
            span.drop_tree()
