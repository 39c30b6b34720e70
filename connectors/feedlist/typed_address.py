"""The address of a page as an operator types or pastes it. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from connectors.feedlist.page_links import with_http
from connectors.text.clean import clean_line

_AROUND = "<>[]{}\"'`“”„«»‹›‘’,;|"
_HOST = re.compile(
    r"(?:[\w-]+\.)+[\w-]{2,}\.?|localhost|\d+(?:\.\d+){3}|\[[0-9a-f:.]+\]", re.IGNORECASE
)
_BROKEN_SCHEME = re.compile(r"(?i)^(https?)(?::/*|/{2,}|;//|\.//)(?=[^/])")


def typed_urls(text: str) -> list[str]:
    """The URLs to try for what was typed, the most likely first; one if it has a scheme.

    Words and punctuation around the address are dropped. Without a scheme, https is tried before
    http, and the name with or without ``www.`` after the typed one.
    """
    address = with_http(_address(clean_line(text)))
    if found := _BROKEN_SCHEME.match(address):
        return [f"{found[1].lower()}://{address[found.end() :]}"]
    if "://" in address:
        return [address]
    names = [address]
    host = urlsplit(f"//{address}").hostname or ""
    if _is_name(host):
        names.append(address[4:] if host.startswith("www.") else f"www.{address}")
    return [f"{scheme}://{name.lstrip('/')}" for name in names for scheme in ("https", "http")]


def _address(text: str) -> str:
    """The first word that is a URL, else the first one that begins with a host name."""
    words = [_bare(word) for word in re.split(r"[\s]+|(?<=\])(?=\()", text)]
    for word in words:
        if "://" in word or _BROKEN_SCHEME.match(word):
            return word
    for word in words:
        if _HOST.match(word.rpartition("@")[2]):
            return word
    return words[0] if len(words) == 1 else text


def _bare(word: str) -> str:
    """The word without punctuation around it; a closing bracket stays if it was opened."""
    word = word.strip(_AROUND).lstrip("(")
    while word and (
        word[-1] in ".,;:!?…" or (word[-1] == ")" and word.count(")") > word.count("("))
    ):
        word = word[:-1].rstrip(_AROUND)
    return word


def _is_name(host: str) -> bool:
    return "." in host and not re.fullmatch(r"[\d.]+|.*:.*", host)
