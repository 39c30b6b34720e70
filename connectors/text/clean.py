"""Strings from outside made fit for a record: what no article needs is taken out of them. Pure."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from w3lib.url import safe_url_string

from newsline.records import MAX_URL

# Controls but tab and newline, lone surrogates (UTF-8 cannot hold them), non-characters, and what
# takes no place on the page: soft hyphens, zero-width spaces, byte order marks, bidi marks.
_UNFIT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u2060\ufeff\ufffe\uffff\ud800-\udfff]"
)
_LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_URL = re.compile(r"https?://[!#-\[\]-~]+")
_DEFAULT_PORT = {"http": ":80", "https": ":443"}
_TAG = re.compile(r"<(?:/?[A-Za-z]|!)[^<>]*>")


def clean_text(text: str) -> str:
    """NFC, lines ended by ``\\n``, without characters that cannot be seen, sent or stored."""
    return unicodedata.normalize("NFC", _LINE_END.sub("\n", _UNFIT.sub("", text)))


def clean_line(text: str) -> str:
    """Cleaned, on one line, with single spaces."""
    return " ".join(clean_text(text).split())


def clean_lines(text: str) -> list[str]:
    """The lines of a text that say something, each cleaned and with single spaces."""
    return [words for part in clean_text(text).split("\n") if (words := " ".join(part.split()))]


def strip_markup(markup: str) -> str:
    """What a string of HTML says, on one line; a ``<`` that begins no tag stays."""
    return clean_line(unescape(_TAG.sub(" ", markup) if "<" in markup else markup))


def letters(text: str) -> str:
    """The letters and digits alone, in one case: what two spellings of a name have in common."""
    return "".join(c for c in text.casefold() if c.isalnum())


def shortened(text: str, limit: int) -> str:
    """At most ``limit`` characters: cut between words and marked by an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    words, space, _ = cut.rpartition(" ")
    return (words if space and len(words) > limit // 2 else cut).rstrip() + "…"


def without_default_port(scheme: str, netloc: str) -> str:
    """The host of a URL, with its port where that is not the scheme's own."""
    return netloc.removesuffix(_DEFAULT_PORT.get(scheme, ""))


def usable_url(url: str | None) -> str | None:
    """The URL in ASCII, if the contract takes it."""
    try:
        found = safe_url_string(url.strip()) if url else ""
    except (ValueError, UnicodeError):
        return None
    return found if len(found) <= MAX_URL and _URL.fullmatch(found) else None
