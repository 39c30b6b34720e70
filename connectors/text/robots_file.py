"""The content of a robots.txt (RFC 9309): the rules for newsline, and the sitemaps. Pure.

Only the groups that are ever asked for are kept, those of ``newsline`` and of ``*``: a table of all
groups has as many entries as user agents times rules.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from msgspec import Struct

from connectors.text.opt_outs import TOKEN
from connectors.text.path_rules import MAX_PATTERN, MAX_SEARCHED, Pattern, normal_path, pattern

MAX_BYTES = 500 * 1024
MAX_RULES = 5_000
"""Of the groups for newsline or ``*``, each; further ones are ignored."""

MAX_SITEMAPS = 100

_COMMENT = re.compile(r"#[^\r\n]*")
_LINE = re.compile(r"\S[^\r\n]*")

_DIRECTIVE = re.compile(
    r"(?:(?P<agent>user[- ]?agent)|(?P<allow>allow)"
    r"|(?P<disallow>diss?all?ow|diasllow|disallaw)|(?P<delay>crawl[- ]delay)"
    r"|(?P<site>sitemaps?|site-map|host))(?:\s*:|\s+|\Z)",
    re.IGNORECASE,
)
"""A known directive. Some sites leave out the colon, and some misspell it."""

_PRODUCT = re.compile(r"[a-z_-]+")
"""The product token at the start of a user agent."""


class Rule(Struct, frozen=True):
    pattern: Pattern
    allows: bool


class Rules(Struct, frozen=True):
    """The rules for newsline, the most specific first. ``crawl_delay``: in seconds, 0 if none."""

    rules: tuple[Rule, ...] = ()
    crawl_delay: float = 0.0

    def allow(self, path_and_query: str) -> bool:
        """Whether the page may be fetched: by the longest pattern, else by ``Allow``."""
        path = normal_path(path_and_query)
        return next((rule.allows for rule in self.rules if rule.pattern.matches(path)), True)


class RobotsFile(Struct, frozen=True):
    rules: Rules
    sitemaps: tuple[str, ...] = ()


class _Group:
    """The rules of one user agent, from all its groups in the file."""

    def __init__(self) -> None:
        self.named = False
        self._rules: list[Rule] = []
        self._searched = 0
        self._crawl_delay = 0.0

    def add(self, directive: str, value: str) -> None:
        if directive == "delay":
            self._crawl_delay = _seconds(value) or self._crawl_delay
        elif directive in ("allow", "disallow"):
            allows = directive == "allow"
            self._add_rule(value, allows=allows)
            if allows and value.endswith("/index.html"):  # as Google does
                self._add_rule(value.removesuffix("index.html") + "$", allows=True)

    def _add_rule(self, written: str, *, allows: bool) -> None:
        found = pattern(written) if len(self._rules) < MAX_RULES else None
        if found and self._searched + found.searched <= MAX_SEARCHED:
            self._rules.append(Rule(found, allows))
            self._searched += found.searched

    def rules(self) -> Rules:
        """Of equally long patterns, Allow comes first."""
        by_length = sorted(self._rules, key=lambda rule: (-rule.pattern.length, not rule.allows))
        return Rules(tuple(by_length), self._crawl_delay)


def parse_robots(body: bytes) -> RobotsFile:
    """The first MAX_BYTES of a robots.txt; no content is an error. Linear in its length."""
    groups = {TOKEN: _Group(), "*": _Group()}
    current: list[_Group] = []
    sitemaps: list[str] = []
    is_naming = False
    for directive, value in _directives(body[:MAX_BYTES].decode("utf-8-sig", "replace")):
        if directive == "agent":
            if not is_naming:
                current = []
            is_naming = True
            group = groups.get(_agent(value))
            if group and group not in current:
                group.named = True
                current.append(group)
        elif directive == "site":
            if len(sitemaps) < MAX_SITEMAPS and len(value) <= MAX_PATTERN:
                sitemaps.append(value)
        else:
            is_naming = False
            for group in current:
                group.add(directive, value)
    own = groups[TOKEN]
    return RobotsFile((own if own.named else groups["*"]).rules(), tuple(sitemaps))


def _directives(text: str) -> Iterator[tuple[str, str]]:
    """The directive of each line and its value; ``other`` for one that is unknown."""
    for match in _LINE.finditer(_COMMENT.sub("", text)):
        line = match[0]
        if found := _DIRECTIVE.match(line):
            yield found.lastgroup or "", line[found.end() :].strip()
        elif ":" in line:
            yield "other", ""


def _agent(value: str) -> str:
    """The product token of a user agent, ``*`` for all, or nothing."""
    if value.startswith("*"):
        return "*" if value.rstrip("* ") == "" else ""
    product = _PRODUCT.match(value.lower())
    return product[0] if product else ""


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0
