"""Text from feeds, servers and records as HTML. Pure.

It is escaped, on one line, without control characters, of limited length, and isolated in its
direction, so that it cannot turn the text after it.
"""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlsplit

from newsline.printable import printable

MOST = 300
"""Characters of a text, by default."""

ORIGINAL = 4_000
"""Characters of a dead letter's original."""

_MARK = r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_MARKS = re.compile(f"({_MARK}{{2}})({_MARK}+)")
"""More than two combining marks on a letter, which would cover the lines around it."""


def shown(text: str, most: int = MOST) -> str:
    """The text in an element that isolates its direction."""
    return f"<bdi>{plain(text, most)}</bdi>"


def plain(text: str, most: int = MOST) -> str:
    """The text, escaped, for an attribute or within an isolating element."""
    return escape(clamped(tame(text), most))


def tame(text: str) -> str:
    """One line without control characters, and at most two combining marks on a letter."""
    return _MARKS.sub(r"\1", printable(text))


def clamped(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def link(url: str, text: str, most: int = MOST) -> str:
    """A link that tells the site nothing; only the text if the URL is neither http nor https."""
    if not is_web(url):
        return shown(text, most)
    return f'<a href="{escape(url)}" rel="noreferrer noopener">{shown(text, most)}</a>'


def is_web(url: str) -> bool:
    """True for an absolute http or https URL without control characters and spaces."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(parts.netloc)
        and url.isprintable()
        and " " not in url
    )


def original(value: bytes, most: int = ORIGINAL) -> str:
    """Bytes as text. Control characters, bytes that are not UTF-8 and marks piled up on a letter
    are escapes."""
    text = value[: 4 * most + 4].decode("utf-8", "backslashreplace")[: most + 1]
    visible = "".join(
        char if char.isprintable() or char == "\n" else _escape(char) for char in text
    )
    piled = _MARKS.sub(lambda found: found[1] + _escape(found[2]), visible)
    return f"<bdi>{escape(clamped(piled, most))}</bdi>"


def _escape(text: str) -> str:
    return text.encode("unicode_escape").decode()
