"""The feed list: an operator's file, validated before anything starts.

TOML::

    [[feed]]
    url = "https://example.org/rss.xml"
    interval = 300          # optional: fixed seconds between polls, from 1 to 86,400 (a day)
    title = "The Example"   # optional, like folder = "World": for readers of the list
    allow = ["10.1.2.3:8000/news"]   # optional: hosts that this feed may reach beside public ones
    login_file = "example.login"     # optional: a file with USER:PASSWORD, for the feed itself

OPML 1.0 and 2.0: each ``outline`` with an ``xmlUrl``; its parent outlines are its folder, and
:data:`INTERVAL` is its interval. Exceptions and logins are for TOML only: OPML comes from others.
The URL of a single feed is a list too.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeGuard
from urllib.parse import urlsplit, urlunsplit

from lxml import etree
from w3lib.url import safe_url_string

from connectors.fetch.allowances import Allowed
from connectors.schedule.next_poll import LONGEST
from connectors.text.clean import clean_line, usable_url, without_default_port
from connectors.text.urls import without_login
from newsline.errors import OperatorError
from newsline.private_files import read_secret
from newsline.records import MAX_URL

KEYS = {"url", "interval", "title", "folder", "allow", "login_file"}

LEAST_INTERVAL = 1.0

NAMESPACE = "urn:newsline:opml"
"""OPML allows further attributes in a namespace."""

INTERVAL = f"{{{NAMESPACE}}}interval"


class Feed(NamedTuple):
    """A subscribed URL. ``interval``: fixed seconds between polls, None to adapt to the feed.
    ``title`` and ``folder``: the operator's own. ``allow``: its exceptions from the address guard.
    ``login_file``: path of a file with its login."""

    url: str
    interval: float | None = None
    title: str = ""
    folder: str = ""
    allow: tuple[str, ...] = ()
    login_file: str = ""


class FeedListError(OperatorError):
    """An error in the list, in one line with its place: ``feeds.toml:7: …``."""


class _Invalid(ValueError):
    """The fault of a feed, without its place."""


class FeedList(NamedTuple):
    """The distinct feeds in their order, and the URLs listed more than once."""

    feeds: tuple[Feed, ...]
    repeated: tuple[str, ...]


def load_feed_list(source: str) -> FeedList:
    """Load a TOML or OPML file; a URL is a list of one feed. Raises FeedListError."""
    if urlsplit(source).scheme in ("http", "https"):
        return FeedList((Feed(normalised_url(source, "the feed's URL")),), ())
    path = Path(source)
    return _each_once(path, read_feed_list(path))


def read_feed_list(path: Path) -> list[Feed]:
    """The feeds in a file, in order; may be empty. Raises FeedListError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FeedListError(
            f"{path}: {error.strerror}: give a TOML or OPML file, or a URL"
        ) from None
    return parse_feed_list(path.name, content)


def parse_feed_list(name: str, content: bytes) -> list[Feed]:
    """The feeds in a list's bytes, in order; may be empty. Raises FeedListError."""
    return list((_opml if is_opml(content) else _toml)(name, content))


def logins(feeds: Iterable[Feed]) -> dict[str, str]:
    """USER:PASSWORD of each feed with a login_file, by URL. Raises FeedListError."""
    return {feed.url: _login(feed) for feed in feeds if feed.login_file}


def _login(feed: Feed) -> str:
    whose = f"the login_file of {feed.url}"
    try:
        login = read_secret(feed.login_file).strip()
    except OperatorError as error:
        raise FeedListError(f"{error}: {whose}") from None
    if ":" not in login or not login.isprintable():
        raise FeedListError(f"{feed.login_file}: not USER:PASSWORD in one line: {whose}")
    return login


def is_opml(content: bytes) -> bool:
    """True for OPML, False for TOML."""
    return content.lstrip().startswith((b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\0<"))


def _each_once(path: Path, feeds: Iterable[Feed]) -> FeedList:
    first: dict[str, Feed] = {}
    repeated = []
    for feed in feeds:
        if feed.url in first:
            repeated.append(feed.url)
        login_file = feed.login_file and str(path.parent / feed.login_file)
        first.setdefault(feed.url, feed._replace(login_file=login_file))
    if not first:
        raise FeedListError(f"{path.name}: no feed in it: add [[feed]] with a url")
    return FeedList(tuple(first.values()), tuple(repeated))


def _toml(name: str, content: bytes) -> Iterator[Feed]:
    try:
        text = content.decode("utf-8-sig")
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise FeedListError(f"{name}: byte {error.start} is not UTF-8") from None
    except (ValueError, RecursionError) as error:  # ValueError for a number of 5,000 digits too
        raise FeedListError(f"{name}: not TOML: {error}") from None
    if unknown := document.keys() - {"feed"}:
        raise FeedListError(f"{_at(name, text, min(unknown))}: unknown key {min(unknown)!r}")
    tables = document.get("feed", [])
    if not isinstance(tables, list):
        raise FeedListError(f"{_at(name, text, 'feed')}: write [[feed]], with two brackets")
    for table in tables:
        try:
            yield _from_table(table)
        except _Invalid as fault:
            # Only here: finding a line takes a pass over the text, so one per feed is quadratic.
            raise FeedListError(f"{_at(name, text, _url_or_feed(table))}: {fault}") from None


def _from_table(table: object) -> Feed:
    if not isinstance(table, dict) or not isinstance(table.get("url"), str):
        raise _Invalid('a [[feed]] without url = "https://…"')
    if unknown := table.keys() - KEYS:
        raise _Invalid(f"unknown key {min(unknown)!r}; known are {sorted(KEYS)}")
    words = [table.get(key, "") for key in ("title", "folder")]
    if not all(isinstance(each, str) for each in words):
        raise _Invalid("title and folder are text: put them in quotes")
    login_file = table.get("login_file", "")
    if not isinstance(login_file, str):
        raise _Invalid("login_file is a path: put it in quotes")
    feed = _feed(table["url"], table.get("interval"), *words)
    if login_file and "@" in urlsplit(feed.url).netloc:
        raise _Invalid("a login in the URL and a login_file: give one of them")
    return feed._replace(allow=_allow(table.get("allow", [])), login_file=login_file)


def _allow(written: object) -> tuple[str, ...]:
    if not isinstance(written, list) or not all(isinstance(each, str) for each in written):
        raise _Invalid('allow is not a list: write allow = ["HOST:PORT/PATH"]')
    for each in written:
        try:
            Allowed.parse(each)
        except ValueError as error:
            raise _Invalid(f"allow: {error}") from None
    return tuple(written)


def _url_or_feed(table: object) -> str:
    """The words by which a table is found in the text."""
    url = table.get("url") if isinstance(table, dict) else None
    return url if isinstance(url, str) else "feed"


def _feed(url: str, interval: object, title: str, folder: str) -> Feed:
    """Validate and clean a feed. Raises _Invalid."""
    if interval is not None and not _is_interval(interval):
        raise _Invalid(
            f"interval is {interval!r}, not a number of seconds from {LEAST_INTERVAL:.0f}"
            f" to {LONGEST:.0f}, which is a day"
        )
    title = clean_line(title)
    is_title = title not in (url, without_login(url))
    return Feed(_normalised(url), interval, title if is_title else "", clean_line(folder))


def _is_interval(value: object) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return LEAST_INTERVAL <= value <= LONGEST


def _at(name: str, text: str, words: str) -> str:
    """NAME:LINE of the first line that contains the words: tomllib reports no positions. In quotes
    first: the beginning of a longer URL is not the URL."""
    lines = text.splitlines()
    for wanted in (f'"{words}"', f"'{words}'", words):
        for number, written in enumerate(lines, 1):
            if wanted in written:
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
        written = lower_attributes(outline)
        if url := written.get("xmlurl", "").strip():
            title = written.get("title") or written.get("text", "")
            interval = _number(written.get(INTERVAL))
            try:
                yield _feed(url, interval, title, folder_of(outline.getparent()))
            except _Invalid as fault:
                raise FeedListError(f"{name}:{outline.sourceline}: {fault}") from None


def lower_attributes(outline: etree._Element) -> Mapping[str, str]:
    """The attributes with names in lower case: some readers write ``xmlurl``."""
    return {str(name).lower(): str(value) for name, value in outline.items()}


def folder_of(outline: etree._Element | None) -> str:
    """The folder path of an outline: the texts of its ancestors and its own."""
    if outline is None:
        return ""
    outlines = [outline, *outline.iterancestors("outline")]
    words = [clean_line(lower_attributes(each).get("text", "")) for each in reversed(outlines)]
    return " / ".join(filter(None, words))


def _number(text: str | None) -> float | str | None:
    """The number, or the text if it is not a number; None without a text."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return text


def normalised_url(url: str, where: str) -> str:
    """The URL in ASCII without default port and fragment, as in requests and records.

    Raises FeedListError with ``where`` at its start.
    """
    try:
        return _normalised(url)
    except _Invalid as fault:
        raise FeedListError(f"{where}: {fault}") from None


def _normalised(url: str) -> str:
    try:
        parts = urlsplit(safe_url_string(url))
        _ = parts.port
        netloc = without_default_port(parts.scheme, parts.netloc)
        bare = urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))
        normalised = bare if parts.hostname else ""
    except ValueError:
        normalised = ""
    if len(normalised) > MAX_URL:
        raise _Invalid(f"the URL is longer than {MAX_URL} characters")
    if not usable_url(normalised):
        raise _Invalid(f"{url!r} is not an http or https URL")
    return normalised
