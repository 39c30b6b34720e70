"""Which hosts belong together: those under one registrable domain."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from tld import get_fld

REMEMBERED = 20_000


@lru_cache(REMEMBERED)
def site_of(host: str) -> str:
    """The registrable domain; the host itself if it has none, as an IP address.

    Suffixes that a company rents out count as its domain: all blogs of one hosting service are
    one site, as they fail together.
    """
    found = get_fld(f"http://{host}/", fail_silently=True, search_private=False)
    return str(found) if found else host


def site_of_url(url: str) -> str:
    """The site of a URL's host."""
    return site_of(urlsplit(url).hostname or "")
