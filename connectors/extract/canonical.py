"""The address that a page gives as its article's. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from connectors.text.urls import absolute_url, canonical_url, out_of_cache, same_site
from newsline.records import MAX_URL

_UNFILLED = re.compile(
    r"%7B%7B|\$%7B|%3C%|\[object|/(?:undefined|null|none)/?$|^/404(?:\.\w+)?/?$", re.IGNORECASE
)
"""A template's placeholder, what a script made of nothing, the page for what is missing."""

_VARIANT = re.compile(
    r"(?:(?:amp|print(?:able|er)?|druck|mobile?|full|all|single|embed|share|feed|comments?"
    r"|photos?|gallery|index|default)(?:\.\w{2,5})?|(?:page|seite|part|p)?[-_]?\d{0,3}(?:\.html?)?)",
    re.IGNORECASE,
)
"""One step of what stands after an article's path in the addresses of its other versions and
pages."""

_NUMBER = re.compile(r"(?:^|\D)(?!(?:19|20)\d{6}$)\d{5,}")
"""One that is no date."""

_SLUG_HYPHENS = 4
"""In a path's step, from which it is a title or a UUID; sections have up to three."""


def declared_canonical(said: Iterable[str], base: str, url: str) -> str | None:
    """The first of the addresses that a page at ``url`` gives as its article's which can be that:
    it is on the same site (for a copy in an AMP cache, the original's), and no front page,
    placeholder or section. AMP and print versions name the article there."""
    site = out_of_cache(url)
    for written in filter(None, said):
        address = absolute_url(written, base)
        if address and len(address) <= MAX_URL and same_site(address, site):
            clean = canonical_url(address)
            if _is_an_article(clean) and (clean == canonical_url(site) or _is_of(clean, site)):
                return clean
    return None


def _is_an_article(address: str) -> bool:
    """Whether an address is no site's front page."""
    parts = urlsplit(address)
    return bool(parts.path.strip("/") or parts.query)


def _is_of(address: str, page: str) -> bool:
    """Whether an address can be that of the article on a page: it is filled in, and no folder that
    the page is in, unless the page is one version of it."""
    parts = urlsplit(address)
    if _UNFILLED.search(parts.path):
        return False
    folder, path = (f"{urlsplit(each).path.rstrip('/')}/" for each in (address, page))
    if parts.query or not path.startswith(folder):
        return True
    below = path[len(folder) :].strip("/").split("/")
    return all(map(_VARIANT.fullmatch, below)) or _names_an_article(folder.split("/")[-2])


def _names_an_article(step: str) -> bool:
    return step.count("-") >= _SLUG_HYPHENS or bool(_NUMBER.search(step))
