"""The feed list: what an operator writes, validated before anything starts.

TOML::

    [[feed]]
    url = "https://example.org/rss.xml"
    interval = 300          # optional: seconds between polls, instead of what the feed's pace says
    title = "The Example"   # optional, as is folder = "World": for who reads the list

OPML 1.0 and 2.0: every ``outline`` with an ``xmlUrl``; those round it are its folder. Or the URL of
a single feed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from lxml import etree
from w3lib.url import safe_url_string

from connectors.text import line
from pipeline.errors import OperatorError
from pipeline.records import MAX_URL

KEYS = {"url", "interval", "title", "folder"}


class Feed(NamedTuple):
    """A subscription; ``interval`` in seconds, None where the feed's own pace decides. ``title``
    and ``folder`` are the operator's words for it."""

    url: str
    interval: float | None = None
    title: str = ""
    folder: str = ""


class FeedListError(OperatorError):
    """What is wrong with the list, and where: ``feeds.toml:7: …``, one line."""


class FeedList(NamedTuple):
    """The feeds in their order, each once, and the URLs that were listed more than once."""

    feeds: tuple[Feed, ...]
    repeated: tuple[str, ...]


def load(source: str) -> FeedList:
    """The feed list in a TOML or OPML file, or the one feed at a URL. Raises FeedListError."""
    if urlsplit(source).scheme in ("http", "https"):
        return FeedList((Feed(checked(source, "the feed's URL")),), ())
    path = Path(source)
    return _each_once(path, read(path))


def read(path: Path) -> list[Feed]:
    """The feeds in a file in their order, which may be none. Raises FeedListError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FeedListError(
            f"{path}: {error.strerror}: give a TOML or OPML file, or a URL"
        ) from None
    return list((_opml if is_opml(content) else _toml)(path.name, content))


def is_opml(content: bytes) -> bool:
    """Whether a list is OPML, and not TOML."""
    return content.lstrip().startswith((b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\0<"))


def _each_once(path: Path, feeds: Iterable[Feed]) -> FeedList:
    first: dict[str, Feed] = {}
    repeated = []
    for feed in feeds:
        if feed.url in first:
            repeated.append(feed.url)
        first.setdefault(feed.url, feed)
    if not first:
        raise FeedListError(f"{path.name}: no feed in it: add [[feed]] with a url")
    return FeedList(tuple(first.values()), tuple(repeated))


def _toml(name: str, content: bytes) -> Iterator[Feed]:
    try:
        text = content.decode()
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise FeedListError(f"{name}: byte {error.start} is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise FeedListError(f"{name}: not TOML: {error}") from None
    if unknown := document.keys() - {"feed"}:
        raise FeedListError(f"{_at(name, text, min(unknown))}: unknown key {min(unknown)!r}")
    tables = document.get("feed", [])
    if not isinstance(tables, list):
        raise FeedListError(f"{_at(name, text, 'feed')}: write [[feed]], with two brackets")
    for table in tables:
        yield _from_table(name, text, table)


def _from_table(name: str, text: str, table: dict) -> Feed:
    if not isinstance(table, dict) or not isinstance(table.get("url"), str):
        raise FeedListError(f'{_at(name, text, "feed")}: a [[feed]] without url = "https://…"')
    where = _at(name, text, table["url"])
    if unknown := table.keys() - KEYS:
        raise FeedListError(f"{where}: unknown key {min(unknown)!r}; known are {sorted(KEYS)}")
    interval = table.get("interval")
    if interval is not None and (not isinstance(interval, int | float) or interval <= 0):
        raise FeedListError(f"{where}: interval is {interval!r}, not a number of seconds above 0")
    words = [table.get(key, "") for key in ("title", "folder")]
    if not all(isinstance(each, str) for each in words):
        raise FeedListError(f"{where}: title and folder are text: put them in quotes")
    return Feed(checked(table["url"], where), interval, *words)


def _at(name: str, text: str, words: str) -> str:
    """NAME:LINE of the first line that holds the words: tomllib keeps no positions."""
    for number, written in enumerate(text.splitlines(), 1):
        if words in written:
            return f"{name}:{number}"
    return name


def _opml(name: str, content: bytes) -> Iterator[Feed]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise FeedListError(f"{name}:{error.lineno}: not OPML: {error.msg}") from None
    if root.tag != "opml":
        raise FeedListError(f"{name}:1: not OPML: the outermost element is <{root.tag!s}>")
    for outline in root.iter("outline"):
        if url := outline.get("xmlUrl", "").strip():
            title = line(outline.get("title") or outline.get("text") or "")
            around = [line(each.get("text") or "") for each in outline.iterancestors("outline")]
            folder = " / ".join(filter(None, reversed(around)))
            feed_url = checked(url, f"{name}:{outline.sourceline}")
            yield Feed(feed_url, None, "" if title == url else title, folder)


def checked(url: str, where: str) -> str:
    """The URL in ASCII, as requests and records have it. Raises FeedListError."""
    try:
        url = safe_url_string(url)
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        usable = False
    if not usable:
        raise FeedListError(f"{where}: {url!r} is not an http or https URL")
    if len(url) > MAX_URL:
        raise FeedListError(f"{where}: the URL is longer than {MAX_URL} characters")
    return url
