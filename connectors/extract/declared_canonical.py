"""The canonical URL that a page declares for its article. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from connectors.text.urls import absolute_url, canonical_url, out_of_cache, same_site
from newsline.records import MAX_URL

_UNFILLED = re.compile(
    r"%7B%7B|\$%7B|%3C%|\[object|/(?:undefined|null|none)/?$|^/404(?:\.\w+)?/?$", re.IGNORECASE
)
"""Template placeholders, a script's undefined values, the error page."""

_VARIANT = re.compile(
    r"(?:(?:amp|print(?:able|er)?|druck|mobile?|full|all|single|embed|share|feed|comments?"
    r"|photos?|gallery|index|default)(?:\.\w{2,5})?|(?:page|seite|part|p)?[-_]?\d{0,3}(?:\.html?)?)",
    re.IGNORECASE,
)
"""A path segment that an article's other versions and further pages append."""

_NUMBER = re.compile(r"(?:^|\D)(?!(?:19|20)\d{6}$)\d{5,}")
"""A number of five digits or more, except dates."""

_SLUG_HYPHENS = 4
"""Hyphens from which a path segment is a title or a UUID; sections have up to three."""


def declared_canonical(declared: Iterable[str], base: str, url: str) -> str | None:
    """The first plausible canonical URL among those that the page at ``url`` declares, else None.

    It is on the same site (for a copy in an AMP cache, on the original's) and is not a front page,
    placeholder or section. AMP and print versions declare the article's URL there.
    """
    site = out_of_cache(url)
    for link in filter(None, declared):
        address = absolute_url(link, base)
        if address and len(address) <= MAX_URL and same_site(address, site):
            canonical = canonical_url(address)
            is_page = canonical == canonical_url(site)
            if not _is_front_page(canonical) and (is_page or _may_be_article(canonical, site)):
                return canonical
    return None


def _is_front_page(address: str) -> bool:
    parts = urlsplit(address)
    return not (parts.path.strip("/") or parts.query)


def _may_be_article(address: str, page: str) -> bool:
    """True unless the address has a placeholder, or is a section above the page: a parent path is
    plausible only if the page is a version of the article there."""
    parts = urlsplit(address)
    if _UNFILLED.search(parts.path):
        return False
    folder, path = (f"{urlsplit(each).path.rstrip('/')}/" for each in (address, page))
    if parts.query or not path.startswith(folder):
        return True
    below = path[len(folder) :].strip("/").split("/")
    return all(map(_VARIANT.fullmatch, below)) or _is_slug(folder.split("/")[-2])


def _is_slug(segment: str) -> bool:
    return segment.count("-") >= _SLUG_HYPHENS or bool(_NUMBER.search(segment))
