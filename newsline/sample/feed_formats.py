"""The sample's feeds in RSS 2.0, Atom and JSON Feed 1.1, each built from one edition."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from email.utils import format_datetime

from lxml import etree
from lxml.builder import ElementMaker

from newsline.sample.edition import Edition, FeedItem
from newsline.sample.markup import body_html
from newsline.sample.sites import SITES, Site

CONTENT_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
"""By :attr:`Site.format`."""

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_rss = ElementMaker(nsmap={"atom": ATOM, "content": CONTENT, "dc": DUBLIN_CORE})
_atom = ElementMaker(namespace=ATOM, nsmap={None: ATOM})


def feed_document(edition: Edition, site: Site) -> bytes:
    """The site's feed in its format; the same bytes for the same edition."""
    return _FORMATS[site.format](edition, site)


def _rss_feed(edition: Edition, site: Site) -> bytes:
    channel = _rss.channel(
        _rss.title(site.name),
        _rss.link(f"{edition.origins[site.key]}/"),
        _rss.description(f"The latest from {site.name}"),
        _rss.language(site.language),
        _rss.lastBuildDate(format_datetime(edition.updated(site), usegmt=True)),
        _rss.ttl("5"),
        _rss(f"{{{ATOM}}}link", rel="self", href=edition.feed_url(site)),
        *(_rss_item(edition, item) for item in edition.items(site)),
    )
    return _document(_rss.rss(channel, version="2.0"))


def _rss_item(edition: Edition, item: FeedItem) -> etree._Element:
    story = item.story
    element = _rss.item(
        _rss.title(story.title),
        _rss.link(item.url),
        _rss.guid(item.entry_id, isPermaLink="false"),
        _rss.pubDate(format_datetime(edition.published(story), usegmt=True)),
        *(_rss(f"{{{DUBLIN_CORE}}}creator", author) for author in story.authors),
        *(_rss.category(term) for term in (story.section, *story.keywords)),
    )
    if story.summary:
        element.append(_rss.description(story.summary))
    if story.full_in_feed:
        element.append(_rss(f"{{{CONTENT}}}encoded", etree.CDATA(_full_text(item))))
    return element


def _atom_feed(edition: Edition, site: Site) -> bytes:
    root = _atom.feed(
        _atom.title(site.name),
        _atom.id(f"tag:{site.key}.example,2026:feed"),
        _atom.updated(edition.updated(site).isoformat()),
        _atom.author(_atom.name(site.name)),
        _atom.link(rel="self", type=CONTENT_TYPES["atom"], href=edition.feed_url(site)),
        _atom.link(rel="alternate", type="text/html", href=f"{edition.origins[site.key]}/"),
        *(_atom_entry(edition, item) for item in edition.items(site)),
    )
    root.set(XML_LANG, site.language)
    return _document(root)


def _atom_entry(edition: Edition, item: FeedItem) -> etree._Element:
    story = item.story
    entry = _atom.entry(
        _atom.title(story.title),
        _atom.id(item.entry_id),
        _atom.link(rel="alternate", type="text/html", href=item.url),
        _atom.published(edition.published(story).isoformat()),
        _atom.updated(edition.modified(story).isoformat()),
        *(_atom.author(_atom.name(author)) for author in story.authors),
        *(_atom.category(term=term) for term in (story.section, *story.keywords)),
    )
    entry.set(XML_LANG, story.language)
    if story.summary:
        entry.append(_atom.summary(story.summary))
    return entry


def _json_feed(edition: Edition, site: Site) -> bytes:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.name,
        "home_page_url": f"{edition.origins[site.key]}/",
        "feed_url": edition.feed_url(site),
        "language": site.language,
        "items": [_json_item(edition, item) for item in edition.items(site)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _json_item(edition: Edition, item: FeedItem) -> dict[str, object]:
    story = item.story
    content = (
        {"content_html": _full_text(item)}
        if story.full_in_feed
        else {"content_text": story.summary}
    )
    return {
        "id": item.entry_id,
        "url": item.url,
        "title": story.title,
        "summary": story.summary,
        "date_published": edition.published(story).isoformat(),
        "date_modified": edition.modified(story).isoformat(),
        "authors": [{"name": author} for author in story.authors],
        "tags": [story.section, *story.keywords],
        "language": story.language,
        **content,
    }


def _full_text(item: FeedItem) -> str:
    return body_html(item.story, SITES[item.story.site], with_boilerplate=False)


def _document(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


_FORMATS: Mapping[str, Callable[[Edition, Site], bytes]] = {
    "rss": _rss_feed,
    "atom": _atom_feed,
    "json": _json_feed,
}
