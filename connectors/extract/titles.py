"""Choose one title among those that a page declares. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from connectors.text.clean import letters, strip_markup

_SEPARATOR = re.compile(r"\s+[|–—·•»:/-]\s+|\s*\|\s*|:\s+")
_LONGEST = 1_000


def best_title(candidates: Iterable[str], site_name: str) -> str:
    """The first title that occurs twice, else the first; empty if all are empty.

    Site names are removed. A title that ends in an ellipsis is chosen only if all do.
    """
    titles = [
        t for text in candidates if (t := without_site(strip_markup(text)[:_LONGEST], site_name))
    ]
    whole = [title for title in titles if not title.endswith(("…", "..."))] or titles
    keys = [title.casefold() for title in whole]
    agreed = (title for title, key in zip(whole, keys, strict=True) if keys.count(key) > 1)
    return next(agreed, whole[0] if whole else "")


def without_site(title: str, site_name: str) -> str:
    """The title without the site's name at its start or end; at the end also without a part of
    it."""
    site = _key(site_name)
    marks = list(_SEPARATOR.finditer(title)) if site else []
    for mark in reversed(marks):
        key = _key(title[mark.end() :])
        part = len(key) > 3 and key in site and ":" not in mark[0]
        if part or key.removesuffix("com") == site:
            return without_site(title[: mark.start()], site_name)
    if marks and _key(title[: marks[0].start()]) == site:
        return title[marks[0].end() :]
    return title


def _key(name: str) -> str:
    return letters(name).removeprefix("the")
