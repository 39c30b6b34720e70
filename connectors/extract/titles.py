"""Choose one title among those that a page declares and shows. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from connectors.text.clean import letters, strip_markup
from newsline.words import count_words, tokens

_SEPARATOR = re.compile(
    r"\s+(?:[|–—―·•«»‹›:/~_-]|::|>>?)\s+|\s*[|｜]\s*|:\s+|(?<=[぀-鿿])[_-](?=[぀-鿿])"
)
"""Between Chinese or Japanese characters, marks without spaces separate too."""
_LONGEST = 1_000
_SHORT_HOST = 5
"""Letters of a host's name that may be a part of a site's name in a title, at least."""
_SHARED = 0.5
"""Share of the words of the shorter one that a heading has in common with a declared title."""
_SECTION = 3
"""Words of a section's heading, at most."""


def best_title(
    declared: Iterable[str], site_name: str, headings: Iterable[str] = (), host: str = ""
) -> str:
    """The heading that a declared title confirms; else the first declared title that occurs twice,
    else the first; empty if all are empty.

    ``declared``: in JSON-LD and in the page's head; ``headings``: as shown. A heading without words
    of the declared titles is a section's or the logo. Site names are removed, also those that only
    the host or the logo confirms; if nothing else is declared, a long heading is the title. A title
    that ends in an ellipsis is chosen only if all do.
    """
    shown = [text[:_LONGEST] for text in headings if text]
    sites = [site_name, *_host_names(host)]
    titles = [t for d in declared if (t := _cut(strip_markup(d)[:_LONGEST], sites, shown))]
    names = set(map(_key, sites))
    named = [title for title in titles if _key(title) not in names]
    if titles and not named:
        return next((heading for heading in shown if count_words(heading) > _SECTION), titles[0])
    titles = named
    whole = [title for title in titles if not _is_cut_short(title)] or titles
    if heading := _confirmed(shown, whole, sites):
        return heading
    keys = [title.casefold() for title in whole]
    agreed = (title for title, key in zip(whole, keys, strict=True) if keys.count(key) > 1)
    return next(agreed, "") or next(iter(whole or shown), "")


def without_site(title: str, site_name: str) -> str:
    """The title without the site's name at its start or end; at the end also without a part of
    it."""
    site = _key(site_name)
    marks = list(_SEPARATOR.finditer(title)) if site else []
    for mark in reversed(marks):
        key = _key(title[mark.end() :])
        part = len(key) > 3 and key in site and not _is_colon(mark)
        if part or key.removesuffix("com") == site:
            return without_site(title[: mark.start()], site_name)
    if marks and _key(title[: marks[0].start()]) == site:
        return title[marks[0].end() :]
    return title


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def _without_host(title: str, name: str) -> str:
    """The title without a last part that is a name of its host, or begins as it does, and without
    a first part that is one."""
    marks = list(_SEPARATOR.finditer(title))
    key = _key(title[marks[-1].end() :]) if marks and not _is_colon(marks[-1]) else ""
    if key.startswith(name) or (len(key) > _SHORT_HOST and name.startswith(key)):
        return title[: marks[-1].start()]
    if marks and _key(title[: marks[0].start()]) == name:
        return title[marks[0].end() :]
    return title


def _cut(title: str, sites: list[str], shown: Iterable[str]) -> str:
    """The title without site names, or the part of it that is a heading on the page, or that is
    before the section that is one."""
    site_name, *host_names = sites
    title = without_site(title, site_name)
    for name in host_names:
        title = _without_host(title, name)
    headings = {letters(heading) for heading in shown}
    for mark in _SEPARATOR.finditer(title):
        first, last = title[: mark.start()], _SEPARATOR.split(title[mark.end() :])[0]
        if not _is_colon(mark) and letters(first) in headings:
            return first
        if letters(last) in headings and count_words(last) <= min(_SECTION, count_words(first) - 1):
            return first
    return title


def _confirmed(shown: Iterable[str], titles: list[str], sites: list[str]) -> str:
    """The heading that has most in common with a declared title; empty without any in common."""
    best, most = "", 0.0
    for heading in shown:
        key = _key(heading)
        if any(key == _key(site) for site in sites) or _is_cut_short(heading):
            continue
        for title in titles:
            common = 0.0 if _is_section(heading, title) else _common(heading, title)
            if common > most:
                best, most = _spelled(heading, title), common
    return best


def _common(heading: str, title: str) -> float:
    """The share of common words; 0 if too few. Of a short heading, all are needed."""
    if letters(heading) == letters(title):
        return 1.0
    here, there = set(tokens(heading)), set(tokens(title))
    common = len(here & there)
    share = common / max(1, min(len(here), len(there)))
    fewest = 1.0 if len(here) <= _SECTION else _SHARED
    return share if common > 1 and share >= fewest else 0.0


def _spelled(heading: str, title: str) -> str:
    """The heading; the declared title if the heading is in capitals, has lost a space, or has a
    label in front."""
    label = _SEPARATOR.search(heading)
    if label and letters(heading[label.end() :]) == letters(title):
        return title
    is_same = letters(heading) == letters(title)
    return title if is_same and (heading.isupper() or tokens(heading) != tokens(title)) else heading


def _is_section(heading: str, title: str) -> bool:
    """Whether a heading is only a short part of a title with longer ones: World: Bridge closed."""
    parts = _SEPARATOR.split(title)
    return (
        len(parts) > 1
        and count_words(heading) <= _SECTION
        and letters(heading) in map(letters, parts)
        and max(map(count_words, parts)) > _SECTION
    )


def _is_colon(mark: re.Match[str]) -> bool:
    return mark[0].strip() == ":"


def _is_cut_short(title: str) -> bool:
    return title.endswith(("…", "..."))


def _host_names(host: str) -> list[str]:
    """The labels of a host that may be a site's name."""
    return [name for label in host.split(".") if len(name := _key(label)) >= _SHORT_HOST]


def _key(name: str) -> str:
    return letters(name).removeprefix("the")
