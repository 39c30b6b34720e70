"""The feed list: what an operator writes, validated before anything starts.

TOML::

    [[feed]]
    url = "https://example.org/rss.xml"
    interval = 300          # optional: seconds between polls, instead of what the feed's pace says,
                            # from 1 to a day's 86,400
    title = "The Example"   # optional, as is folder = "World": for who reads the list

OPML 1.0 and 2.0: every ``outline`` with an ``xmlUrl``; those round it are its folder, and
:data:`INTERVAL` is its interval. Or the URL of a single feed.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeGuard
from urllib.parse import urlsplit, urlunsplit

from lxml import etree
from w3lib.url import safe_url_string

from connectors.schedule.next_poll import LONGEST
from connectors.text.clean import clean_line, usable_url, without_default_port
from newsline.errors import OperatorError
from newsline.records import MAX_URL

KEYS = {"url", "interval", "title", "folder"}

LEAST_INTERVAL = 1.0

NAMESPACE = "urn:newsline:opml"
"""OPML has room for attributes that are not its own in a namespace."""

INTERVAL = f"{{{NAMESPACE}}}interval"


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


def load_feed_list(source: str) -> FeedList:
    """The feed list in a TOML or OPML file, or the one feed at a URL. Raises FeedListError."""
    if urlsplit(source).scheme in ("http", "https"):
        return FeedList((Feed(normalised_url(source, "the feed's URL")),), ())
    path = Path(source)
    return _each_once(path, read_feed_list(path))


def read_feed_list(path: Path) -> list[Feed]:
    """The feeds in a file in their order, which may be none. Raises FeedListError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FeedListError(
            f"{path}: {error.strerror}: give a TOML or OPML file, or a URL"
        ) from None
    return parse_feed_list(path.name, content)


def parse_feed_list(name: str, content: bytes) -> list[Feed]:
    """The feeds in the bytes of a list in their order, which may be none. Raises FeedListError."""
    return list((_opml if is_opml(content) else _toml)(name, content))


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
        text = content.decode("utf-8-sig")
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise FeedListError(f"{name}: byte {error.start} is not UTF-8") from None
    except (ValueError, RecursionError) as error:  # beside its own, for a number of 5,000 digits
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
    words = [table.get(key, "") for key in ("title", "folder")]
    if not all(isinstance(each, str) for each in words):
        raise FeedListError(f"{where}: title and folder are text: put them in quotes")
    return _feed(where, table["url"], table.get("interval"), *words)


def _feed(where: str, url: str, interval: object, title: str, folder: str) -> Feed:
    """The feed as it is written, checked and cleaned. Raises FeedListError."""
    if interval is not None and not _is_interval(interval):
        raise FeedListError(
            f"{where}: interval is {interval!r}, not a number of seconds from {LEAST_INTERVAL:.0f}"
            f" to {LONGEST:.0f}, which is a day"
        )
    title = clean_line(title)
    return Feed(
        normalised_url(url, where), interval, "" if title == url else title, clean_line(folder)
    )


def _is_interval(value: object) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return LEAST_INTERVAL <= value <= LONGEST


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
        said = lower_attributes(outline)
        if url := said.get("xmlurl", "").strip():
            where = f"{name}:{outline.sourceline}"
            title = said.get("title") or said.get("text", "")
            yield _feed(
                where, url, _number(said.get(INTERVAL)), title, folder_of(outline.getparent())
            )


def lower_attributes(outline: etree._Element) -> Mapping[str, str]:
    """Those of an outline, their names in lower case: some readers write ``xmlurl``."""
    return {str(name).lower(): str(value) for name, value in outline.items()}


def folder_of(outline: etree._Element | None) -> str:
    """The folder that an outline is: what it says, after what those round it say."""
    if outline is None:
        return ""
    round_it = [outline, *outline.iterancestors("outline")]
    words = [clean_line(lower_attributes(each).get("text", "")) for each in reversed(round_it)]
    return " / ".join(filter(None, words))


def _number(text: str | None) -> float | str | None:
    """The number that is written, or what is written in its place."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return text


def normalised_url(url: str, where: str) -> str:
    """The URL in ASCII, as requests and records have it, without default port and fragment.

    Raises FeedListError.
    """
    try:
        parts = urlsplit(safe_url_string(url))
        _ = parts.port
        netloc = without_default_port(parts.scheme, parts.netloc)
        bare = urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))
        asked = bare if parts.hostname else ""
    except ValueError:
        asked = ""
    if len(asked) > MAX_URL:
        raise FeedListError(f"{where}: the URL is longer than {MAX_URL} characters")
    if not usable_url(asked):
        raise FeedListError(f"{where}: {url!r} is not an http or https URL")
    return asked
