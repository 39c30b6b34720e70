"""What a page says about itself, collected in one walk over it. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from lxml.html import HtmlElement

from connectors.extract.canonical import declared_canonical
from connectors.extract.jsonld import Graph
from connectors.text.clean import clean_line
from connectors.text.urls import absolute_url

_SEEN = ("base", "meta", "link", "script", "title", "h1", "time", "a", "span", "div", "p")
_BYLINE = re.compile(r"(?:^|[\s_-])(?:byline|author)(?:[\s_-]name)?(?:$|\s)", re.IGNORECASE)
_LONGEST_BYLINE = 150


class PageIndex:
    """All that one walk over the page at ``url`` collects; ``canonical`` is its article's address,
    and to ``base`` its links are relative."""

    def __init__(self, tree: HtmlElement, url: str) -> None:
        self.meta: dict[str, list[str]] = defaultdict(list)
        self.links: dict[str, str] = {}
        self.headings: list[str] = []
        self.times: list[tuple[str, str]] = []
        self.bylines: list[str] = []
        self.title = ""
        self.base = ""
        self.language: str = tree.get("lang") or tree.get("xml:lang") or ""
        scripts: list[str] = []
        for element in tree.iter(*_SEEN):
            self._see(element, str(element.tag), scripts)
        self.base = absolute_url(self.base, url) or url
        addresses = (self.links.get("canonical", ""), self.first("og:url"))
        self.canonical = declared_canonical(addresses, self.base, url)
        self.graph = Graph(scripts, {url, self.canonical or url}, self.titles())

    def _see(self, element: HtmlElement, tag: str, scripts: list[str]) -> None:
        if tag == "base":
            self.base = self.base or element.get("href") or ""
        elif tag == "meta":
            name = element.get("property") or element.get("name") or element.get("itemprop") or ""
            if content := clean_line(element.get("content") or ""):
                self.meta[name.lower()].append(content)
        elif tag == "link":
            for relation in (element.get("rel") or "").lower().split():
                self.links.setdefault(relation, element.get("href") or "")
        elif tag == "script":
            if "ld+json" in (element.get("type") or ""):
                scripts.append(element.text or "")
        elif tag == "title":
            self.title = self.title or clean_line(element.text_content())
        elif tag == "h1":
            self.headings.append(clean_line(element.text_content()))
        elif tag == "time":
            self._see_time(element)
        else:
            self._see_byline(element)

    def _see_time(self, element: HtmlElement) -> None:
        kind = f"{element.get('itemprop') or ''} {element.get('class') or ''}".lower()
        self.times.append((kind, element.get("datetime") or ""))

    def _see_byline(self, element: HtmlElement) -> None:
        marked = element.get("rel") == "author" or element.get("itemprop") == "author"
        if (marked or _BYLINE.search(element.get("class") or "")) and (text := _byline(element)):
            self.bylines.append(text)

    def titles(self) -> list[str]:
        """Those that are not in its JSON-LD: for sharing, the only heading, the window's."""
        heading = self.headings[0] if len(self.headings) == 1 else ""
        return [self.first("og:title"), heading, self.title]

    def first(self, *names: str) -> str:
        """The first content of the first of the meta elements that is there."""
        return next((self.meta[name][0] for name in names if name in self.meta), "")

    def all(self, names: Iterable[str]) -> list[str]:
        """All contents of the meta elements."""
        return list(chain.from_iterable(self.meta.get(name, ()) for name in names))


def _byline(element: HtmlElement) -> str:
    """The element's text, each of its pieces parted by a semicolon; nothing if it is long."""
    pieces, length = [], 0
    for text in filter(str.strip, element.itertext()):
        pieces.append(text)
        length += len(text)
        if length > _LONGEST_BYLINE:
            return ""
    return clean_line("; ".join(pieces))
