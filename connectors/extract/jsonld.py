"""A page's JSON-LD about its article (https://schema.org/NewsArticle). Pure.

Values may be strings, lists, objects, or references to objects elsewhere on the page, and the JSON
is often broken. Unreadable values are skipped.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from connectors.text.clean import letters, strip_markup
from connectors.text.urls import canonical_url
from newsline.words import tokens

MAX_SCRIPT = 500_000
"""Characters over all scripts of a page; real pages have fewer than 100,000."""

MAX_NODES = 5_000

Node = Mapping[str, Any]

_ARTICLE = re.compile(r"(?:\w*Article|BlogPosting|LiveBlogPosting|Report|SocialMediaPosting)$")
_PAGES = {"WebPage", "ItemPage", "Recipe", "HowTo", "PodcastEpisode", "Course"}
"""Types of a page that has an author or a date where it has no article."""
_SHARED = 0.15
"""Share of an article's headline that is in the page's titles; of others' headlines less is."""
_ADDRESSES = ("url", "mainEntityOfPage", "@id")
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_NO_ESCAPE = re.compile(r"((?<!\\)(?:\\\\)*)\\([^\"\\/bfnrtu])")
"""An escape that JSON does not have, as in ``it\\'s``."""
_OPENING = re.compile(r"(?://\s*)?<!(?:--|\[CDATA\[)")


class Graph:
    """The nodes of all JSON-LD scripts on a page, and the page's article among them.

    Among several articles: the one at one of the page's ``addresses``, else the one whose headline
    is in one of its ``titles``, else the first.
    """

    def __init__(
        self, scripts: Iterable[str], addresses: Iterable[str], titles: Iterable[str]
    ) -> None:
        self._nodes = nodes = list(_nodes(_documents(scripts)))
        self._by_id = {str(n["@id"]): n for n in reversed(nodes) if "@id" in n and len(n) > 1}
        addresses = list(addresses)
        self.article = _own([n for n in nodes if _is_article(n)], addresses, titles)
        self._addresses = set(map(_place, addresses))

    def texts(self, name: str) -> list[str]:
        """An article property as strings; an object is represented by its name or URL."""
        return [text for value in self.values(name) if (text := _text(value))]

    def text(self, name: str) -> str:
        """The first of :meth:`texts`, or an empty string."""
        return next(iter(self.texts(name)), "")

    def dates(self, name: str) -> list[str]:
        """An article property as written dates; seconds since 1970 may be a number."""
        return list(filter(None, map(_date, self.values(name))))

    def page_dates(self) -> list[str]:
        """When the page was published, by the node about the page itself."""
        dated = [n for n in self._nodes if _is_page(n) and n.get("datePublished")]
        here = [n for n in dated if any(self._addresses & _places(n, a) for a in _ADDRESSES)]
        dates = {_date(n["datePublished"]) for n in here or dated}
        return list(dates) if len(dates) == 1 else []

    def authors(self) -> list[str]:
        """Names of the authors that are objects, except organisations."""
        objects = (v for v in self._authors() if isinstance(v, Mapping) and not _is_organisation(v))
        return [name for value in objects for name in _person_names(value)]

    def organisations(self) -> list[str]:
        """Names of the authors that are organisations."""
        objects = (v for v in self._authors() if isinstance(v, Mapping) and _is_organisation(v))
        return list(filter(None, map(_text, objects)))

    def signatures(self) -> list[str]:
        """Authors given as plain strings."""
        return [v for v in self._authors() if isinstance(v, str)]

    def _authors(self) -> list[Any]:
        """Of the article; without an article, of the page."""
        page = next((n for n in self._nodes if not self.article and _is_page(n)), {})
        sources = ((self.article, "author"), (self.article, "creator"), (page, "author"))
        found = (list(self._resolved(*source)) for source in sources)
        return next(filter(None, found), [])

    def values(self, name: str) -> Iterator[Any]:
        """An article property as values, with references resolved."""
        return self._resolved(self.article, name)

    def _resolved(self, node: Node, name: str) -> Iterator[Any]:
        """The values of a node's property; a ``Role`` has them in its own, or as author."""
        for value in map(self._node, _listed(node.get(name))):
            is_role = any(kind.endswith("Role") for kind in _types(value))
            held = is_role and (value.get(name) or value.get("author"))
            yield from map(self._node, _listed(held)) if held else (value,)

    def _node(self, value: Any) -> Any:
        is_node = isinstance(value, Mapping)
        return self._by_id.get(str(value.get("@id")), value) if is_node else value


def _own(articles: Sequence[Node], addresses: Iterable[str], titles: Iterable[str]) -> Node:
    """The page's own article; empty if all are plainly others."""
    if not articles:
        return {}
    there = set(map(_place, addresses))
    shown = [title for title in titles if title]
    known = [letters(title) for title in shown]
    at_it = (a for name in _ADDRESSES for a in articles if there & _places(a, name))
    called_so = (
        a
        for a in articles
        if (headline := letters(_text(a.get("headline")))) and any(headline in key for key in known)
    )
    unclear = (a for a in articles if not _is_another(a, shown))
    return next(chain(at_it, called_so, unclear), {})


def _is_another(article: Node, titles: Sequence[str]) -> bool:
    """Whether an article that is not at the page's address is another one: a teaser's. Its headline
    has few words in common with the page's titles."""
    headline = set(tokens(_text(article.get("headline"))))
    has_address = any(_places(article, name) for name in _ADDRESSES[:2])
    if not (headline and titles and has_address):
        return False
    shares = (len(headline & set(tokens(title))) / len(headline) for title in titles)
    return max(shares) < _SHARED


def _places(node: Node, name: str) -> set[str]:
    """The addresses in a property of a node. ``#article`` is only an identifier, and a URL with a
    fragment is an update in a live blog; only an ``@id`` may have one."""
    values = [
        v.get("@id") or v.get("url") if isinstance(v, Mapping) else v
        for v in _listed(node.get(name))
    ]
    whole = (v for v in values if isinstance(v, str) and "://" in v)
    return {_place(v) for v in whole if name == "@id" or "#" not in v}


def _place(address: str) -> str:
    """The canonical URL without scheme and ``www.``, to compare a page's addresses."""
    return canonical_url(address).partition("://")[2].removeprefix("www.").rstrip("/")


def _documents(scripts: Iterable[str]) -> Iterator[Any]:
    room = MAX_SCRIPT
    for script in scripts:
        room -= len(script)
        if room < 0:
            return
        try:
            yield _document(_unwrapped(script))
        except (ValueError, RecursionError):
            continue


_ANY_JSON = json.JSONDecoder(strict=False)
"""Not strict: line breaks within strings are frequent."""


def _document(script: str) -> Any:
    """The first value in a script, whatever follows it; commas before closing brackets and wrong
    escapes are ignored. Raises ValueError."""
    try:
        return _ANY_JSON.raw_decode(script)[0]
    except ValueError:
        script = _NO_ESCAPE.sub(r"\1\2", _TRAILING_COMMA.sub(r"\1", script))
        return _ANY_JSON.raw_decode(script)[0]


def _unwrapped(script: str) -> str:
    """The script without the comment or CDATA mark that hides it from old browsers."""
    opening = _OPENING.match(script := script.strip())
    return script[opening.end() :].lstrip() if opening else script


def _nodes(documents: Iterable[Any]) -> Iterator[Node]:
    """All objects, outer ones first, at most MAX_NODES."""
    waiting = deque(documents)
    for _ in range(MAX_NODES):
        if not waiting:
            return
        value = waiting.popleft()
        if isinstance(value, Mapping):
            yield value
            waiting.extend(v for v in value.values() if isinstance(v, Mapping | list))
        elif isinstance(value, list):
            waiting.extend(v for v in value if isinstance(v, Mapping | list))


def _is_article(node: Node) -> bool:
    return any(_ARTICLE.match(kind) for kind in _types(node))


def _is_page(node: Node) -> bool:
    return not _PAGES.isdisjoint(_types(node))


def _types(value: Any) -> list[str]:
    return [str(v) for v in _listed(value.get("@type"))] if isinstance(value, Mapping) else []


def _is_organisation(value: Node) -> bool:
    return any(kind.endswith(("Organization", "Corporation")) for kind in _types(value))


def _person_names(value: Node) -> list[str]:
    """A person's name, or given and family name; several if one object has a list of names."""
    names = [name for name in _listed(value.get("name")) if isinstance(name, str) and name.strip()]
    parts = (_text(value.get(part)) for part in ("givenName", "familyName"))
    return names or list(filter(None, [" ".join(filter(None, parts)) or _text(value)]))


def _listed(value: Any) -> list[Any]:
    """The values in a list, also in lists within it, and in JSON-LD's ``@list`` and ``@set``."""
    found, waiting = [], [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            one = one.get("@list", one.get("@set", one))
        if isinstance(one, list):
            waiting.extend(reversed(one))
        elif one is not None:
            found.append(one)
    return found


def _date(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value.get("@value")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("name", "url", "@id") if value.get(key)), "")
        value = next(iter(_listed(value)), "")
    return strip_markup(value) if isinstance(value, str) else ""
