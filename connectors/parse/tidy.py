"""Prepare an XML feed for feedparser: what would hide a fallback, or not survive parsing. Pure.

feedparser keeps an empty element as a value, so that an empty ``link`` hides the guid. It cuts mail
addresses out of author fields by a pattern that fits some top-level domains only, and does not say
whether a guid was declared to be no link.
"""

from __future__ import annotations

import re

from connectors.parse.ill_formed import split_items

MARK = "\ufdd0"
"""Stands for the at sign in author fields, and before a guid that is declared to be no link. Never
part of a text: a noncharacter."""

_MARK = MARK.encode()
_BLANK = (
    rb"(?:\s|\xc2\xa0|\xe2\x80\x8b|\xef\xbb\xbf|&(?:nbsp|\#160|\#[xX][aA]0);"
    rb"|<!--[^<>]*-->|<!\[CDATA\[\s*\]\]>)*+"
)
_EMPTY = re.compile(
    rb"<((?:[\w.-]+:)?(?:link|guid|id|title|description|summary|subtitle|content|encoded|body"
    rb"|pubdate|published|issued|date|updated|modified|created|lastbuilddate|author|creator|name"
    rb"|email|uri|language|ttl|updateperiod|updatefrequency|subject|keywords|origlink|source))"
    rb"(?:\s(?![^<>]*\b(?:href|src|url)\s*=)[^<>]*)?(?:/>|>%b</\1\s*>)" % _BLANK,
    re.IGNORECASE,
)
"""An element without content, and without an attribute that could be its content."""

_UNDATED = re.compile(
    rb"<((?:[\w.-]+:)?(?:pubdate|published|issued|updated|modified|date))(?:\s[^<>]*)?"
    rb">(?:<!\[CDATA\[)?[^<>1-9\x80-\xff]{0,100}(?:\]\]>)?</\1\s*>",
    re.IGNORECASE,
)
"""A date element without a number, such as ``0000-00-00``: of several feedparser keeps the last."""

_DATED = re.compile(
    rb"<(?:[\w.-]+:)?(?:pubdate|published|issued|updated|modified|date)(?:\s[^<>]*)?"
    rb">(?:<!\[CDATA\[)?[^<>1-9]{0,100}[1-9]",
    re.IGNORECASE,
)

_NAMESPACE = re.compile(rb"""(?<=\s)xmlns(?::[\w.-]+)?\s*=\s*("[^"<>]*"|'[^'<>]*')""")
_NOT_IN_NAMESPACES = re.compile(rb"[\s\x80-\xff]+")
"""A namespace with white space: feedparser takes what follows for the element's name."""
_ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf)(?=[\s>])", re.IGNORECASE)
_PREFIX = re.compile(rb"<([A-Za-z_][\w.-]{0,40}):")
_PREFIX_DECLARED = re.compile(rb"\sxmlns:([\w.-]{1,40})\s*=")
_PERMALINK = re.compile(
    rb"""(<guid\b[^<>]*?\s)ispermalink\s*=\s*(["'])\s*(false\b|no\b|0)?[^"'<>]*\2([^<>]*>)""",
    re.IGNORECASE,
)
_AUTHOR = re.compile(
    rb"<((?:[\w.-]+:)?(?:author|creator|name|contributor))\b[^<>]*>"
    rb"(?:[^<>@]|<!\[CDATA\[)*+@(?:(?!</\1).){0,300}?</\1\s*>",
    re.IGNORECASE | re.DOTALL,
)

_OWN = {
    b"title": re.compile(rb"<title[\s>]", re.IGNORECASE),
    b"description": re.compile(rb"<(?:description|summary)[\s>]", re.IGNORECASE),
    b"issued": re.compile(rb"<(?:pubdate|published)[\s>]", re.IGNORECASE),
}
_FOREIGN = re.compile(
    rb"<((?:dc|dcterms|itunes|media):(title|description|summary|issued))(?:\s[^<>]*)?>"
    rb"(?:[^<]|<!\[CDATA\[[^\]<>]*\]\]>)*+</\1\s*>",
    re.IGNORECASE,
)
"""Elements of other vocabularies that feedparser takes for the format's own if they come first."""

_NESTED = re.compile(
    rb"<(image|activity:object|activity:target)(?:\s[^<>]*)?>(?:(?!</\1).){1,2000}?</\1\s*>",
    re.IGNORECASE | re.DOTALL,
)
"""Elements of an item that have a title and a link of their own."""
_LINK_BEFORE_ITS_TEXT = re.compile(rb"<link\s*/>\s*(https?://[^\s<>]+)", re.IGNORECASE)
_NO_LINK = re.compile(
    rb"<link>\s*(?:null|none|undefined|n/?a|-|about:blank)\s*</link>", re.IGNORECASE
)
_RSS_NAMESPACE = re.compile(
    rb"""(<rss\b[^<>]*?)\sxmlns\s*=\s*(?:"[^"<>]*"|'[^'<>]*')""", re.IGNORECASE
)
"""RSS has no namespace. With that of XHTML, feedparser finds no items."""


def tidied(body: bytes) -> bytes:
    """The feed without empty elements and with :data:`MARK` where it is needed; for UTF-8."""
    linked = _NO_LINK.sub(b"", _LINK_BEFORE_ITS_TEXT.sub(rb"<link>\1</link>", body))
    # Twice: an author of an empty name is empty.
    without_empty = _EMPTY.sub(b"", _EMPTY.sub(b"", linked))
    head, *items = split_items(_RSS_NAMESPACE.sub(rb"\1", without_empty, count=1))
    own = b"".join((head, *(_without_foreign(_dated(item)) for item in items)))
    named = _NAMESPACE.sub(lambda found: _NOT_IN_NAMESPACES.sub(b"", found[0]), own)
    told = _PERMALINK.sub(_declared, _with_prefixes(named))
    return _AUTHOR.sub(lambda field: field[0].replace(b"@", _MARK), told)


def _with_prefixes(body: bytes) -> bytes:
    """The feed with a declaration of each prefix that it uses without one."""
    root = _ROOT.search(body)
    if root is None:
        return body
    missing = set(_PREFIX.findall(body)) - set(_PREFIX_DECLARED.findall(body)) - {b"xml", b"xmlns"}
    declared = b"".join(b' xmlns:%b="undeclared:%b"' % (each, each) for each in sorted(missing))
    return body[: root.end()] + declared + body[root.end() :]


def _dated(item: bytes) -> bytes:
    """The item without date elements that have no number, if another one has."""
    return _UNDATED.sub(b"", item) if _DATED.search(item) else item


def _without_foreign(item: bytes) -> bytes:
    """The item without elements of other vocabularies where it has the format's own, and without
    the facts of something else."""

    def kept(element: re.Match[bytes]) -> bytes:
        name = element[2].lower().replace(b"summary", b"description")
        return b"" if _OWN[name].search(item) else element[0]

    return _FOREIGN.sub(kept, _NESTED.sub(b"", item))


def _declared(guid: re.Match[bytes]) -> bytes:
    before, _, no_link, after = guid.groups()
    if no_link is None:
        return before + after
    return before + b'isPermaLink="false"' + after + _MARK
