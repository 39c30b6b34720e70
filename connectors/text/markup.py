"""The visible text of an HTML string: tags, comments and scripts removed, references decoded. Pure.

For titles and summaries. Full texts go through the extractor.
"""

from __future__ import annotations

import re
from html import unescape

_TAG = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<!\[CDATA\[|\]\]>"
    r"|<(?P<end>/?)(?P<name>[a-z][^\s/<>]*)(?>=\s*(?:\"[^\"<]*\"|'[^'<]*')|[^<>])*+>"
    r"|<[!?][^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
_BREAKING = re.compile(
    "address|article|aside|audio|blockquote|body|br|button|canvas|caption|center|dd|details|dialog"
    "|dir|div|dl|dt|embed|fieldset|figcaption|figure|footer|form|h[1-6]|head|header|hgroup|hr|html"
    "|iframe|img|input|legend|li|main|map|menu|nav|object|ol|optgroup|option|p|picture|pre|search"
    "|section|select|summary|table|tbody|td|textarea|tfoot|th|thead|title|tr|ul|video"
)
"""Elements that separate words. All others, unknown ones included, are inline as in browsers."""
_RAW = re.compile("script|style")
"""Elements without a text. An unclosed one hides the rest, as in browsers."""
_HIDDEN = re.compile(
    "script|style|audio|canvas|iframe|noscript|object|rp|rt|svg|template|title|video|xml"
)
"""Elements whose content is not part of the running text: fallbacks, pronunciations, and Word's
``xml`` settings."""
_OPENED, _CLOSED = (
    re.compile(rf"<{end}([a-z][a-z0-9]{{0,15}})\b[^<>]*>", re.IGNORECASE) for end in ("", "/")
)
_ALONE = re.compile(r"<(?:!--|(?:br|hr|wbr|p)\s*/?>|img\s[^<>]*>)", re.IGNORECASE)
"""Markup that needs no end tag."""
_REFERENCE = re.compile(r"&(?:[a-z][a-z0-9]{1,31}|#\d{1,8}|#x[0-9a-f]{1,8});", re.IGNORECASE)
_TIMES_ESCAPED = 3


def visible_text(markup: str) -> str:
    """The text of an HTML string, with its white space; a ``<`` outside tags is text.

    HTML that was escaped more often than its format asks for is decoded too, if what remains
    clearly is HTML: references, pairs of tags.
    """
    text = _decoded(markup)
    for _ in range(_TIMES_ESCAPED - 1):
        if not ("&" in text and _REFERENCE.search(text)) and not has_tags(text):
            break
        text = _decoded(text)
    return text


def has_tags(text: str) -> bool:
    """Whether a text is HTML by its tags: pairs, line breaks, pictures, comments. ``<title>`` alone
    may be what an article is about."""
    if "<" not in text:
        return False
    return bool(_ALONE.search(text) or {*_OPENED.findall(text)} & {*_CLOSED.findall(text)})


def _decoded(markup: str) -> str:
    return unescape(_without_tags(markup) if "<" in markup else markup)


def _without_tags(markup: str) -> str:
    pieces: list[str] = []
    unclosed: set[str] = set()
    at = 0
    while tag := _TAG.search(markup, at):
        pieces.append(markup[at : tag.start()])
        at = tag.end()
        name = (tag["name"] or "").lower()
        if _BREAKING.fullmatch(name):
            pieces.append(" ")
        if _HIDDEN.fullmatch(name) and not tag["end"] and name not in unclosed:
            end = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(markup, at)
            if end or _RAW.fullmatch(name):
                at = end.end() if end else len(markup)
            else:
                unclosed.add(name)
    return "".join((*pieces, markup[at:]))
