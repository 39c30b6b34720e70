"""Text from feeds, servers and records, made safe for terminals and logs. Pure.

It may hold control sequences, which set the clipboard or forge lines, and characters that turn the
direction of what follows.
"""

from __future__ import annotations

import re
from collections.abc import Callable

JOINERS = "\u200c\u200d"
"""Within Persian and Indian words: they change no other character."""


def printable(text: str) -> str:
    """The text on one line; a space for each character that is not visible."""
    if text.isprintable():
        return text
    return _replaced(text, lambda _: " ")


def printable_lines(text: str) -> str:
    """Like :func:`printable`, but line breaks stay."""
    return "\n".join(map(printable, text.split("\n")))


def without_logins(text: str) -> str:
    """The text without the logins of URLs in it: it goes to a terminal or a log."""
    return _LOGIN.sub("", text)


def escaped(value: bytes) -> str:
    """Any bytes on one line; line breaks, what is not visible and what is not UTF-8 is escaped."""
    return _replaced(value.decode("utf-8", "backslashreplace"), _python_escape)


def _python_escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def escaped_json(line: bytes) -> bytes:
    """A line of JSON that means the same, with such characters escaped."""
    if line.isascii() and not _RAW_CONTROL.search(line):
        return line
    text = line.decode("utf-8", "backslashreplace")
    if text.isprintable():
        return line
    return _replaced(text, _json_escape).encode("utf-8", "backslashreplace")


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n] << 8 | units[n + 1]:04x}" for n in range(0, len(units), 2))


def _replaced(text: str, replacement: Callable[[str], str]) -> str:
    """The text with each character that is not visible replaced."""
    return "".join(
        char if char.isprintable() or char in JOINERS else replacement(char) for char in text
    )


_RAW_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_LOGIN = re.compile(r"(?<=://)[^/?#\s]*@")
