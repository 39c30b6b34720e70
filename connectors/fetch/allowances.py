"""Exceptions from the address guard and the usual ports, for the feeds that need them. Pure.

A feed's links, redirects, sitemaps and hub are its author's choice. So an exception belongs to the
feeds for which the operator made it, and a request takes along the feed for which it is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Self
from urllib.parse import unquote

from yarl import URL

from connectors.fetch.guard import USUAL_PORTS
from connectors.fetch.limiter import slot_key
from connectors.text.urls import without_login

_WRITTEN = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/?#@,*\[\]\\]+)(?::(\d{1,5}))?(/[^\s?#\\]*)?")


class Allowed(NamedTuple):
    """A host at these ports, None for any, below a path. ``host``: as in a URL."""

    host: str
    ports: frozenset[int] | None
    path: str = "/"

    @classmethod
    def parse(cls, written: str, *, any_port: bool = False) -> Self:
        """From HOST, HOST:PORT or either with a /PATH. Without a port: the usual ones, or any.
        Raises ValueError."""
        match = _WRITTEN.fullmatch(written)
        if not match:
            raise ValueError(f"{written!r} is not HOST, HOST:PORT or HOST:PORT/PATH")
        host, port, path = match.groups()
        url = URL(f"http://{host}{path or '/'}")  # in punycode, without dot segments
        named = frozenset({int(port)}) if port else None if any_port else USUAL_PORTS
        if not url.host_subcomponent or (port and not 0 < int(port) < 65_536):
            raise ValueError(f"{written!r} names no host, or a port that does not exist")
        return cls(_host(url), named, url.raw_path)

    def covers(self, url: URL) -> bool:
        if _host(url) != self.host or not (self.ports is None or url.port in self.ports):
            return False
        return self.path == "/" or self._is_above(url.raw_path)

    def _is_above(self, path: str) -> bool:
        """Whether no server reads the path as one outside of ours: some decode twice, and drop
        controls or the parameter in ``..;x``. So any path with ``..`` in an escape is outside."""
        plain = path
        while (decoded := unquote(plain)) != plain:
            plain = decoded
        if ".." in "".join(filter(str.isprintable, plain)):
            return False
        return path == self.path or path.startswith(self.path.rstrip("/") + "/")


ByHost = Mapping[str, Sequence[Allowed]]


class Access(NamedTuple):
    """The exceptions for one feed, by host; ``site``: of its listed URL."""

    allowed: tuple[ByHost, ...] = ()
    site: str = ""

    def covers(self, url: URL) -> bool:
        host = _host(url) if self.allowed else ""
        return any(each.covers(url) for hosts in self.allowed for each in hosts.get(host, ()))

    def passes_on(self, url: URL) -> bool:
        """Whether a redirect from this URL may lead to what is allowed. One from a third site may
        not: its author is not whom the operator trusts."""
        return bool(self.allowed) and (self.covers(url) or slot_key(url) == self.site)


NONE = Access()


class Allowances:
    """The exceptions of all feeds.

    ``everywhere``: as HOST or HOST:PORT; they hold for feeds whose listed URL is at one of these
    hosts. ``by_feed``: by the URL in the feed list, as HOST[:PORT][/PATH].
    """

    def __init__(
        self, everywhere: Iterable[str] = (), by_feed: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        self._everywhere = _by_host(Allowed.parse(each, any_port=True) for each in everywhere)
        self._by_feed: dict[str, tuple[ByHost, ...]] = {}
        for url, written in (by_feed or {}).items():
            key = without_login(url)
            own = _by_host(map(Allowed.parse, written))
            self._by_feed[key] = (*self._by_feed.get(key, ()), own)

    def of(self, feed_url: str) -> Access:
        """The exceptions for the requests of a feed."""
        if not self._everywhere and not self._by_feed:
            return NONE
        try:
            listed = URL(feed_url)
        except ValueError:
            return NONE
        own = self._by_feed.get(without_login(feed_url), ())
        if Access((self._everywhere,)).covers(listed):
            own = (*own, self._everywhere)
        return Access(own, slot_key(listed)) if own else NONE


def file_access(origin: URL) -> Access:
    """The exception for robots.txt and tdmrep.json of an allowed host: for that origin only."""
    here = Allowed(_host(origin), frozenset({origin.port or 0}))
    return Access((_by_host([here]),), slot_key(origin))


def _by_host(allowed: Iterable[Allowed]) -> ByHost:
    hosts: dict[str, list[Allowed]] = {}
    for each in allowed:
        hosts.setdefault(each.host, []).append(each)
    return hosts


def _host(url: URL) -> str:
    return (url.host_subcomponent or "").rstrip(".").lower()
