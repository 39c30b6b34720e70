"""A feed list as it is written: what is added leaves the rest as it is. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable

from lxml import etree
from lxml.builder import E

from connectors.feeds import Feed, is_opml


def added(content: bytes, feeds: Iterable[Feed]) -> bytes:
    """The list, which is a good one, TOML or OPML, with more feeds at its end."""
    return _opml_with(content, feeds) if is_opml(content) else _toml_with(content, feeds)


def as_opml(feeds: Iterable[Feed]) -> bytes:
    """The feeds in OPML 2.0 (http://opml.org/spec2.opml), those of a folder in an outline."""
    body = E.body()
    folders: dict[str, etree._Element] = {"": body}
    for feed in feeds:
        if feed.folder not in folders:
            folders[feed.folder] = E.outline(text=feed.folder)
            body.append(folders[feed.folder])
        folders[feed.folder].append(_outline(feed))
    document = E.opml(E.head(E.title("Feeds of newsline")), body, version="2.0")
    return etree.tostring(document, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _toml_with(content: bytes, feeds: Iterable[Feed]) -> bytes:
    text = content.decode()
    for feed in feeds:
        between = "" if not text else "\n" if text.endswith("\n") else "\n\n"
        text += f"{between}[[feed]]\n" + "".join(
            # A string of JSON is one of TOML, but for DEL, which no title has.
            f"{key} = {json.dumps(value, ensure_ascii=False)}\n"
            for key, value in feed._asdict().items()
            if value
        )
    return text.encode()


def _opml_with(content: bytes, feeds: Iterable[Feed]) -> bytes:
    tree = etree.ElementTree(etree.fromstring(content, etree.XMLParser(resolve_entities=False)))
    root = tree.getroot()
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
    for feed in feeds:
        outline = _outline(feed)
        outline.tail = "\n"
        body.append(outline)
    return etree.tostring(tree, xml_declaration=True, encoding=tree.docinfo.encoding or "utf-8")


def _outline(feed: Feed) -> etree._Element:
    title = feed.title or feed.url
    return E.outline(type="rss", text=title, title=title, xmlUrl=feed.url)
