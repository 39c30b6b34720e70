"""Edit the text of a feed list: additions leave the rest unchanged. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from lxml import etree
from lxml.builder import E

from connectors.feedlist.feed_list import (
    INTERVAL,
    NAMESPACE,
    Feed,
    FeedListError,
    folder_of,
    is_opml,
    lower_attributes,
    parse_feed_list,
)
from connectors.text.urls import without_login

etree.register_namespace("newsline", NAMESPACE)


def with_feeds(name: str, content: bytes, feeds: Sequence[Feed]) -> bytes:
    """Append feeds to a valid or empty list: at its end, or in OPML at the end of their folders.

    Raises FeedListError if the result does not parse to the old feeds and the new ones.
    """
    written = _with(name, content, feeds)
    try:
        is_valid = Counter(parse_feed_list(name, written)) == Counter(
            [*parse_feed_list(name, content), *feeds]
        )
    except FeedListError:
        is_valid = False
    if not is_valid:
        raise FeedListError(
            f"{name}: cannot add a feed to a list in this notation: in TOML, give each feed its"
            " own [[feed]]"
        )
    return written


def as_opml(feeds: Iterable[Feed]) -> bytes:
    """The feeds in OPML 2.0 (http://opml.org/spec2.opml), one outline per folder."""
    document = E.opml(E.head(E.title("Feeds of newsline")), E.body(), version="2.0")
    _append(document, feeds)
    etree.cleanup_namespaces(document, top_nsmap={"newsline": NAMESPACE})
    etree.indent(document)
    return etree.tostring(document, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _with(name: str, content: bytes, feeds: Iterable[Feed]) -> bytes:
    if is_opml(content):
        return _opml_with(content, feeds)
    if not content.strip() and name.endswith((".opml", ".xml")):
        return as_opml(feeds)
    return _toml_with(content, feeds)


def _toml_with(content: bytes, feeds: Iterable[Feed]) -> bytes:
    text = content.decode()
    for feed in feeds:
        between = "" if not text else "\n" if text.endswith("\n") else "\n\n"
        text += f"{between}[[feed]]\n" + "".join(
            # A JSON string is a TOML string, except for DEL, which no field of a feed contains.
            f"{key} = {json.dumps(value, ensure_ascii=False)}\n"
            for key, value in feed._asdict().items()
            if value
        )
    return text.encode()


def _opml_with(content: bytes, feeds: Iterable[Feed]) -> bytes:
    tree = etree.ElementTree(etree.fromstring(content, etree.XMLParser(resolve_entities=False)))
    _append(tree.getroot(), feeds)
    return etree.tostring(tree, xml_declaration=True, encoding=tree.docinfo.encoding or "utf-8")


def _append(root: etree._Element, feeds: Iterable[Feed]) -> None:
    """Append each feed to its folder's outline, created if missing."""
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
    folders = {"": body}
    for outline in body.iter("outline"):
        if "xmlurl" not in lower_attributes(outline):
            folders.setdefault(folder_of(outline), outline)
    for feed in feeds:
        if feed.folder not in folders:
            folders[feed.folder] = _put(body, E.outline(text=feed.folder))
        _put(folders[feed.folder], _outline(feed))


def _put(parent: etree._Element, outline: etree._Element) -> etree._Element:
    outline.tail = "\n"
    parent.append(outline)
    return outline


def _outline(feed: Feed) -> etree._Element:
    title = feed.title or without_login(feed.url)
    outline = E.outline(type="rss", text=title, title=title, xmlUrl=feed.url)
    if feed.interval is not None:
        outline.set(INTERVAL, str(feed.interval))
    return outline
