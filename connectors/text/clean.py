"""Clean strings from feeds and pages for a record. Pure."""

from __future__ import annotations

import re
import unicodedata

from w3lib.url import safe_url_string

from connectors.text.markup import visible_text
from newsline.records import MAX_URL

# Control characters except tab and line breaks, lone surrogates (not encodable in UTF-8),
# non-characters, and invisible characters: soft hyphens, zero-width spaces, BOMs, bidi marks,
# invisible operators, deprecated format characters, annotations.
_UNFIT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2060-\u2064"
    "\u206a-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
# Embeddings, overrides and isolates, which turn the direction of what follows, and their ends.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ENDS = {"\u202c": "\u202a\u202b\u202d\u202e", "\u2069": "\u2066\u2067\u2068"}
_LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_URL = re.compile(r"https?://[!#-\[\]-~]+")
_DEFAULT_PORT = {"http": ":80", "https": ":443"}


def clean_text(text: str) -> str:
    """Normalise to NFC with ``\\n`` line ends; drop invisible and unencodable characters, and of
    each line whose direction is not turned back the marks that turn it."""
    text = unicodedata.normalize("NFC", _LINE_END.sub("\n", _UNFIT.sub("", text)))
    if not _TURNS.search(text):
        return text
    return "\n".join(
        line if _ends_turned(line) else _TURNS.sub("", line) for line in text.split("\n")
    )


def _ends_turned(line: str) -> bool:
    """True if each turn of the direction ends within the line, in order."""
    open_turns: list[str] = []
    for mark in _TURNS.findall(line):
        if mark not in _ENDS:
            open_turns.append(mark)
        elif not open_turns or open_turns.pop() not in _ENDS[mark]:
            return False
    return not open_turns


def clean_line(text: str) -> str:
    """Clean the text and put it on one line with single spaces, without turns of the direction."""
    line = " ".join(text.split())
    if line.isascii() and line.isprintable():
        return line
    return " ".join(_TURNS.sub("", clean_text(text)).split())


def clean_lines(text: str) -> list[str]:
    """The non-empty lines of a text, each cleaned and with single spaces."""
    return [words for part in clean_text(text).split("\n") if (words := " ".join(part.split()))]


def strip_markup(markup: str) -> str:
    """The visible text of an HTML string on one line."""
    return clean_line(visible_text(markup))


def letters(text: str) -> str:
    """Letters and digits only, case-folded: equal for two spellings of a name."""
    return "".join(filter(str.isalnum, text.casefold()))


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters: cut between words, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    words, space, _ = cut.rpartition(" ")
    return (words if space and len(words) > limit // 2 else cut).rstrip() + "…"


def without_default_port(scheme: str, netloc: str) -> str:
    """The host of a URL, with the port unless it is the scheme's default."""
    return netloc.removesuffix(_DEFAULT_PORT.get(scheme, ""))


def usable_url(url: str | None) -> str | None:
    """The URL in ASCII; None if a record cannot hold it."""
    try:
        found = safe_url_string(url.strip()) if url else ""
    except (ValueError, UnicodeError):
        return None
    return found if len(found) <= MAX_URL and _URL.fullmatch(found) else None
