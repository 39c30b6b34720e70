"""Sitemaps, Google News sitemaps and sitemap indexes, read with lxml. Pure.

https://www.sitemaps.org/protocol.html,
https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from lxml import etree

from connectors.parse.entry import RawEntry
from connectors.parse.ill_formed import feed_parts, is_well_formed
from connectors.parse.parsed_feed import NotAFeed, Sitemap
from connectors.parse.references import in_xml
from connectors.text.dates import as_written, has_time, parse_time
from connectors.text.urls import absolute_url
from newsline.records import utc

RECENT = timedelta(days=3)
"""A page in a plain sitemap is news for this long after its ``lastmod``; Google's news sitemaps
hold two days."""

_ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?(urlset|sitemapindex|rss|feed|RDF|html)[\s>]", re.I)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_MOST_URLS = 50_000
"""In a sitemap, by its protocol."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class UrlSet(NamedTuple):
    """The pages in a sitemap, newest first, with the name and language of its publication;
    ``unread``: how many have no address, and are no news."""

    name: str
    language: str
    entries: list[RawEntry]
    unread: int


class _Url(NamedTuple):
    """A ``url`` element; ``lastmod`` in its own time zone; ``is_news``: it has a ``news``
    element."""

    loc: str
    lastmod: datetime | None
    is_news: bool
    title: str
    keywords: str
    date: str
    name: str
    language: str


def root_name(body: bytes) -> str:
    """The name of the root element if it is ``urlset`` or ``sitemapindex``, else empty."""
    root = _ROOT.search(_COMMENT.sub(b"", body[:4_096]))
    name = root[1].decode().lower() if root else ""
    return name if name in ("urlset", "sitemapindex") else ""


def read_urlset(body: bytes, url: str, now: datetime | None) -> UrlSet:
    """The pages in a sitemap in UTF-8: those marked as news and those changed recently.

    Without ``now``, every ``lastmod`` is recent; else within :data:`RECENT`. Raises NotAFeed.
    """
    pages = [_url(element) for element in _elements(body, "url")]
    if len(pages) > 1 and _is_build_time(pages):
        # Taken for the pages' own, it would have every page fetched at every poll.
        pages = [page._replace(lastmod=None) for page in pages]
    recent = (page for page in pages if page.is_news or _is_recent(page.lastmod, now))
    entries = [_entry(page, url) for page in recent]
    entries.sort(key=lambda entry: entry.updated or entry.published or _LONG_AGO, reverse=True)
    name, language = next(((page.name, page.language) for page in pages if page.name), ("", ""))
    unread = sum(not page.loc and not page.is_news for page in pages)
    return UrlSet(name, language, entries, unread)


def _is_build_time(pages: Sequence[_Url]) -> bool:
    """True if every ``lastmod`` is the time at which the sitemap was generated: one time of day for
    all pages. A date alone may be common to the pages of a day."""
    first = pages[0].lastmod
    return bool(first and has_time(first)) and all(page.lastmod == first for page in pages)


def read_index(body: bytes, url: str, now: datetime | None) -> list[Sitemap]:
    """The sitemaps in an index, newest first, without old ones. Raises NotAFeed."""
    dated: list[tuple[datetime, Sitemap]] = []
    for element in _elements(body, "sitemap"):
        fields = _children(element)
        link = absolute_url(_text(fields, "loc"), url)
        written = _text(fields, "lastmod")
        at = parse_time(written)
        if link and (at is None or _is_recent(at, now)):
            dated.append((at or _LONG_AGO, Sitemap(link, written if at else "")))
    dated.sort(key=lambda pair: pair[0], reverse=True)
    return [sitemap for _, sitemap in dated]


def _elements(body: bytes, name: str) -> Iterator[etree._Element]:
    """Each element of that name, cleared before the next: a sitemap may have 50,000."""
    content = in_xml(body)
    is_whole = is_well_formed(content, with_prefixes=False)
    parts = None if is_whole else feed_parts(content, name, _MOST_URLS)
    documents = (parts.of([item]) for item in parts.items) if parts else [content]
    for document in documents:
        yield from _parsed(document, name)


def _parsed(document: bytes, name: str) -> Iterator[etree._Element]:
    try:
        for _, element in etree.iterparse(
            io.BytesIO(document),
            tag=f"{{*}}{name}",
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            recover=True,
            remove_comments=True,
        ):
            yield element
            element.clear()
            parent = element.getparent()
            while parent is not None and parent[0] is not element:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise NotAFeed(f"a sitemap that is not XML: {error.msg}") from None


def _url(element: etree._Element) -> _Url:
    below = _children(element)
    if not ("loc" in below and ("lastmod" in below or "news" in below)):
        # Perhaps in an element that is not closed.
        below = {**_by_name(element, element.iterdescendants(etree.Element)), **below}
    news = _children(below.get("news"))
    publication = _children(news.get("publication"))
    return _Url(
        loc=_text(below, "loc"),
        lastmod=as_written(_text(below, "lastmod")),
        is_news="news" in below,
        title=_text(news, "title"),
        keywords=_text(news, "keywords"),
        date=_text(news, "publication_date"),
        name=_text(publication, "name"),
        language=_text(publication, "language"),
    )


def _entry(page: _Url, url: str) -> RawEntry:
    published = parse_time(page.date, page.language)
    return RawEntry(
        link=absolute_url(page.loc, url) if page.loc else None,
        title=page.title,
        categories=page.keywords.split(","),
        published=published,
        updated=utc(page.lastmod) if page.lastmod else None,
        unread_date="" if published or page.lastmod else page.date,
    )


def _children(element: etree._Element | None) -> Mapping[str, etree._Element]:
    """The first child element of each local name."""
    return {} if element is None else _by_name(element, element.iterchildren(etree.Element))


def _by_name(
    element: etree._Element, below: Iterable[etree._Element]
) -> Mapping[str, etree._Element]:
    """The first element of each local name, preferably one that has content and the parent's own
    namespace. Many sitemaps have a wrong namespace or none, and some a prefix that they do not
    declare, which libxml2 leaves in the name."""
    own = _split(element)[0]
    found: dict[str, etree._Element] = {}
    for each in sorted(below, key=lambda each: (_is_empty(each), _split(each)[0] != own)):
        found.setdefault(_split(each)[1], each)
    return found


def _split(element: etree._Element) -> tuple[str, str]:
    """Namespace or undeclared prefix, and local name."""
    namespace, _, name = str(element.tag).rpartition("}")
    prefix, _, local = name.rpartition(":")
    return namespace or prefix, local.lower()


def _is_empty(element: etree._Element) -> bool:
    return len(element) == 0 and not (element.text or "").strip()


def _text(below: Mapping[str, etree._Element], name: str) -> str:
    element = below.get(name)
    return "" if element is None else " ".join((element.text or "").split())


def _is_recent(moment: datetime | None, now: datetime | None) -> bool:
    return moment is not None and (now is None or moment > now - RECENT)
