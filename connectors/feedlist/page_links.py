"""The links of a page that may lead to feeds, the likely ones first. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from lxml import etree
from w3lib.encoding import html_to_unicode
from w3lib.html import get_meta_refresh
from yarl import URL

from connectors.feedlist.discovery_words import KNOWN
from connectors.fetch.limiter import slot_key
from connectors.text.alternatives import any_of
from connectors.text.urls import absolute_url

_RELATIONS = {"alternate", "alternative", "alternates", "feed", "service.feed", "rss", "atom"}
_FEED_TYPE = re.compile(r"\b(?:rss|atom|rdf)\b|feed\+json")
_DATA_TYPES = {"text/xml", "application/xml", "application/json", "text/json"}
MOST_TITLE = 60
MOST_INSIDE = 20
"""Elements in a link that are examined."""

_WORD = re.compile(r"[^\W_]+")
_FEED_SCHEME = re.compile(r"(?i)^\s*(?:feed|rss|itpc|pcast):(?://(?=[^/]))?(?=(https?:)?)")
_COMMENTS = re.compile(
    rf"(?<!\w){any_of(KNOWN.comments)}(?!\w)|{any_of(KNOWN.comments_unspaced)}",
    re.IGNORECASE,
)
_READER = re.compile(
    r"(?:feed(?:/|%2f)|(?:url|feed|q)=)(https?(?::|%3a)(?:/|%2f){2}.+)", re.IGNORECASE
)
"""A link to a feed reader, with the feed's URL in it."""


class FeedLink(NamedTuple):
    """A link that may lead to a feed, and its title."""

    url: str
    title: str = ""


class PageLinks(NamedTuple):
    """``declared``: by link elements. ``anchors``: the links that readers see. ``refresh``: the
    page to which a meta element leads."""

    declared: list[FeedLink]
    anchors: list[FeedLink]
    refresh: str | None = None


def page_links(page: bytes, url: str, content_type: str = "") -> PageLinks:
    """The links of a page to feeds, without repetitions; those to comments last."""
    text = html_to_unicode(content_type or None, page)[1]
    parser = etree.HTMLParser(no_network=True, huge_tree=False, encoding="utf-8")
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        return PageLinks([], [])
    base = urljoin(url, next(iter(root.xpath("//base/@href")), "").strip())
    known = [(0, FeedLink(feed)) for feed in known_feeds([url, *root.xpath(_CANONICAL)])]
    return PageLinks(
        _in_order([*known, *_declared(root, base)]),
        _in_order(_anchors(root, base, url)),
        _refresh(text, base, url),
    )


_CANONICAL = "//link[@rel='canonical']/@href"


def known_feeds(pages: list[str]) -> list[str]:
    """The feeds of pages of well-known sites."""
    found = []
    for page in pages:
        parts = urlsplit(page)
        address = f"{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        for site in KNOWN.site:
            if match := re.match(site.page, address):
                found.append(site.feed.format(match[1]))
    return found


def _refresh(text: str, base: str, page: str) -> str | None:
    target = get_meta_refresh(text, base)[1]
    address = absolute_url(target, base) if target else None
    return None if address == page else address


def is_of_comments(*words: str) -> bool:
    return any(map(_COMMENTS.search, words))


def with_http(address: str) -> str:
    """The address with http or https in place of ``feed:`` and the like."""
    found = _FEED_SCHEME.match(address)
    if not found:
        return address.strip()
    rest = address[found.end() :].strip()
    return rest if found[1] else f"http://{rest.lstrip('/')}"


def _in_order(links: Iterable[tuple[int, FeedLink]]) -> list[FeedLink]:
    first: dict[str, FeedLink] = {}
    for _, link in sorted(links, key=lambda each: (is_of_comments(*each[1]), each[0])):
        first.setdefault(link.url, link)
    return list(first.values())


def _declared(root: etree._Element, base: str) -> Iterator[tuple[int, FeedLink]]:
    """The link elements, and the order in which to try them."""
    for link in root.iter("link"):
        relations = set(link.get("rel", "").lower().split())
        kind = link.get("type", "").partition(";")[0].strip().lower()
        address = _target(link, base)
        title = " ".join(link.get("title", "").split())
        if not address or not relations & _RELATIONS or "stylesheet" in relations:
            continue
        if _FEED_TYPE.search(kind):
            yield 0, FeedLink(address, title)
        elif relations & (_RELATIONS - {"alternate", "alternative", "alternates"}):
            yield 1, FeedLink(address, title)
        elif kind in _DATA_TYPES:
            yield 3, FeedLink(address, title)
        elif not kind and not link.get("hreflang") and (_is_feed_like(address) or _says(title)):
            yield 2, FeedLink(address, title)


def _anchors(root: etree._Element, base: str, page: str) -> Iterator[tuple[int, FeedLink]]:
    """The links in the text: of the same site before others, by their URL before by their words."""
    site = _site(page)
    for link in root.iter("a", "area"):
        address = _target(link, base)
        if not address or address.partition("#")[0] == page.partition("#")[0]:
            continue
        title = " ".join((link.get("title") or "".join(link.itertext())).split())[:200]
        kind = f"{link.get('type', '')} {link.get('rel', '')}".lower()
        declared = _FEED_TYPE.search(kind) or "feed" in kind.split() or _is_feed_scheme(link)
        is_likely = bool(declared) or _is_feed_like(address)
        if is_likely or (_is_named_feed(link, title) and not _is_no_feed(address)):
            yield 2 * (_site(address) != site) + (not is_likely), FeedLink(address, title)


def _site(url: str) -> str:
    try:
        return slot_key(URL(url))
    except ValueError:
        return ""


def _is_feed_scheme(link: etree._Element) -> bool:
    return bool(_FEED_SCHEME.match(link.get("href", "")))


def _target(link: etree._Element, base: str) -> str | None:
    href = with_http(link.get("href", ""))
    address = absolute_url(href, base) if href else None
    if address and link.tag != "link" and (inner := _READER.search(address)):
        return absolute_url(unquote(inner[1]) if "%" in inner[1][:9] else inner[1], base)
    return address


def _is_named_feed(link: etree._Element, title: str) -> bool:
    """Whether text, label or icon name a feed. A class ``feed`` alone does not: lists of news have
    it."""
    inside = list(islice(link.iter(etree.Element), MOST_INSIDE))
    labels = [each.get(name, "") for each in inside for name in ("alt", "title", "aria-label")]
    names = [each.get(name, "") for each in inside for name in ("class", "id", "xlink:href")]
    icon = _words(" ".join(names))
    return len(title) < MOST_TITLE and (
        any(map(_says, [title, *labels]))
        or not icon.isdisjoint(KNOWN.icon_words)
        or {"feed", "icon"} <= icon
    )


def _says(text: str) -> bool:
    """Whether a short text names a feed; of a headline only the word RSS does."""
    words = _words(text)
    return "rss" in words or (len(words) <= 3 and not words.isdisjoint(KNOWN.feed_words))


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}


def _is_no_feed(url: str) -> bool:
    return any(part in url.lower() for part in KNOWN.not_feeds)


def _is_feed_like(url: str) -> bool:
    """Whether the URL alone looks like that of a feed."""
    parts = urlsplit(url.lower())
    if _is_no_feed(url):
        return False
    values = [word for pair in parse_qsl(parts.query, keep_blank_values=True) for word in pair]
    places = [*parts.path.split("/"), *values, (parts.hostname or "").partition(".")[0]]
    return any(map(_is_feed_word, places)) or parts.path.endswith(KNOWN.url_endings)


def _is_feed_word(place: str) -> bool:
    """Whether a part of a URL names a feed: of a longer one, such as a headline, no word does."""
    words = re.split(r"[-_.]", place)
    return len(words) <= 2 and not KNOWN.url_words.isdisjoint(words)
