"""Path patterns of robots.txt (RFC 9309, 2.2.2) and of tdmrep.json. Pure.

``*`` is any number of characters, ``$`` at the end is the end of the path. The leftmost place of a
part between two ``*`` leaves most for the others, so nothing is tried twice. Searching a part takes
at worst its length times that of the path, so the parts of a file have a limit.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from msgspec import Struct

MAX_PATTERN = 2_048
"""Characters; longer patterns are ignored, as is every URL of this length."""

MAX_SEARCHED = 20_000
"""Characters after the first ``*`` of all patterns of a file, each part counted as one more: 10 ms
for the worst path of 2,000 characters."""

_KEPT = frozenset(b"/%*")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")


class Pattern(Struct, frozen=True):
    """``parts``: what is between the ``*``. ``length``: of the pattern, by which the most specific
    one is found."""

    parts: tuple[str, ...]
    to_end: bool
    length: int

    @property
    def searched(self) -> int:
        """Its share of MAX_SEARCHED."""
        return sum(len(part) + 1 for part in self.parts[1:])

    @property
    def kept(self) -> int:
        """Its weight in memory, in rules of usual length."""
        return 1 + self.length // 300

    def matches(self, path: str) -> bool:
        """Whether it matches a path from :func:`normal_path`."""
        first, *others = self.parts
        if not path.startswith(first):
            return False
        at = len(first)
        if not others:
            return not self.to_end or at == len(path)
        for part in others[:-1]:
            at = path.find(part, at)
            if at < 0:
                return False
            at += len(part)
        last = others[-1]
        if self.to_end:
            return path.endswith(last) and len(path) - len(last) >= at
        return path.find(last, at) >= 0


def pattern(written: str) -> Pattern | None:
    """The pattern as a site wrote it; None if it is empty or too long, before or after its
    characters are percent-encoded."""
    if not written or len(written) > MAX_PATTERN:
        return None
    if written.startswith(("https://", "http://")):
        written = f"/{written}"
    to_end = written.endswith("$")
    normal = _normal(re.sub(r"\*{2,}", "*", written[: len(written) - to_end]), safe="/%=*")
    if len(normal) > MAX_PATTERN:
        return None
    return Pattern(tuple(normal.split("*")), to_end, len(normal) + to_end)


def normal_path(path_and_query: str) -> str:
    """A URL's path and query, in the form that patterns have."""
    return _normal(path_and_query, safe="/%=")


def _normal(text: str, safe: str) -> str:
    """The text with each character in one spelling, percent-encoded or not."""
    return quote(_ESCAPE.sub(_decoded, text.encode("utf-8", "replace")), safe=safe)


def _decoded(escape: re.Match[bytes]) -> bytes:
    byte = int(escape[1], 16)
    return escape[0].upper() if byte in _KEPT else bytes([byte])
