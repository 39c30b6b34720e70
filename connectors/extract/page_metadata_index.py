"""An index of a page's metadata elements, built in one walk over the tree. Pure."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from lxml.html import HtmlElement

from connectors.extract.bylines import byline_elements
from connectors.extract.declared_canonical import declared_canonical
from connectors.extract.jsonld import Graph
from connectors.text.clean import clean_line
from connectors.text.urls import absolute_url

_PARSELY = {
    "pub_date": "parsely-pub-date",
    "author": "parsely-author",
    "authors": "parsely-author",
    "section": "parsely-section",
}
"""Keys of the object in ``parsely-page`` → names of meta elements."""

_INDEXED = ("base", "meta", "link", "script", "title", "h1")


class PageIndex:
    """The metadata elements of the page at ``url``. ``canonical``: the article's declared URL, if
    plausible. ``base``: the base URL of the page's links."""

    def __init__(self, tree: HtmlElement, url: str) -> None:
        self.meta: dict[str, list[str]] = defaultdict(list)
        self.links: dict[str, str] = {}
        self.headings: list[str] = []
        self._elements = list(tree.iter())
        """Kept: lxml would make a new object for each element at each walk, a tenth of our time."""

        self.bylines = byline_elements(self._elements)
        self.tree = tree
        self.url = url
        self.title = ""
        self.base = ""
        self.language: str = tree.get("lang") or tree.get("xml:lang") or ""
        scripts: list[str] = []
        for element in tree.iter(*_INDEXED):
            self._add(element, str(element.tag), scripts)
        self.base = absolute_url(self.base, url) or url
        addresses = (self.links.get("canonical", ""), self.first("og:url"))
        self.canonical = declared_canonical(addresses, self.base, url)
        self.graph = Graph(scripts, {url, self.canonical or url}, self.titles())

    def _add(self, element: HtmlElement, tag: str, scripts: list[str]) -> None:
        if tag == "base":
            self.base = self.base or element.get("href") or ""
        elif tag == "meta":
            self._add_meta(element)
        elif tag == "link":
            for relation in (element.get("rel") or "").lower().split():
                self.links.setdefault(relation, element.get("href") or "")
        elif tag == "script":
            if "ld+json" in (element.get("type") or ""):
                scripts.append(element.text or "")
        elif tag == "title":
            self.title = self.title or clean_line(element.text_content())
        else:
            self.headings.append(clean_line(element.text_content()))

    def _add_meta(self, element: HtmlElement) -> None:
        """Zero-width spaces stay in authors: they separate names from places."""
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        written = element.get("content") or ""
        name = name.lower()
        if name == "parsely-page":
            self._add_parsely(written)
        if content := " ".join(written.split()) if "author" in name else clean_line(written):
            self.meta[name].append(content)

    def _add_parsely(self, written: str) -> None:
        """The author and date in a JSON object, as if they had a meta element each."""
        try:
            fields = json.loads(written)
        except (ValueError, RecursionError):
            return
        for key, name in _PARSELY.items() if isinstance(fields, dict) else ():
            value = fields.get(key)
            values = value if isinstance(value, list) else [value]
            self.meta[name] += [clean_line(one) for one in values if isinstance(one, str) and one]

    def titles(self) -> list[str]:
        """Titles outside the JSON-LD: ``og:title``, the only ``h1``, ``title``."""
        heading = self.headings[0] if len(self.headings) == 1 else ""
        return [self.first("og:title"), heading, self.title]

    def first(self, *names: str) -> str:
        """The first content of the first meta element present; empty without any."""
        return next((self.meta[name][0] for name in names if name in self.meta), "")

    def all(self, names: Iterable[str]) -> list[str]:
        """All contents of the named meta elements."""
        return list(chain.from_iterable(self.meta.get(name, ()) for name in names))
