"""The cookies of one fetch: set by a redirect, returned at the next hop, then forgotten.

Some sites answer a first request with a cookie and a redirect to the same address. Kept any longer,
cookies would let publishers follow a client across polls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from aiohttp import CookieJar
from courlan.urlutils import get_tldinfo
from yarl import URL

MAX_BYTES = 8 * 1024
"""Of the Cookie header: servers commonly refuse a longer one."""


_DOMAIN = re.compile(r";\s*domain\s*=[^;]*", re.IGNORECASE)
_EPOCH = re.compile(r"(\b0?1[ -]jan[ -](?:19)?70 00:00:)00", re.IGNORECASE)


class RedirectCookies:
    """Cookies by the rules of RFC 6265: host, domain, path, Secure, Max-Age and Expires."""

    def __init__(self) -> None:
        self._jar: CookieJar | None = None

    def receive(self, set_cookie: Sequence[str], url: URL) -> None:
        """Store the cookies in the Set-Cookie headers of an answer from ``url``."""
        if not set_cookie:
            return
        if self._jar is None:
            # "unsafe" adds hosts that are IP addresses; their cookies are for that host only.
            self._jar = CookieJar(unsafe=True, quote_cookie=False)
        self._jar.update_cookies_from_headers([_readable(line) for line in set_cookie], url)
        # aiohttp 3.14 knows no public suffixes: a cookie for co.uk would reach every site there.
        self._jar.clear(
            lambda cookie: cookie["domain"] != url.raw_host and _is_public_suffix(cookie["domain"])
        )

    def headers(self, url: URL) -> Mapping[str, str]:
        """The Cookie header of a request to ``url``, if there are cookies for it."""
        pairs: list[str] = []
        for name, cookie in self._jar.filter_cookies(url).items() if self._jar else ():
            if sum(map(len, pairs)) + len(name) + len(cookie.value) < MAX_BYTES - 2 * len(pairs):
                pairs.append(f"{name}={cookie.value}")
        return {"Cookie": "; ".join(pairs)} if pairs else {}


def _readable(set_cookie: str) -> str:
    """A Set-Cookie header that aiohttp 3.14 reads as specified: it compares domains in capitals
    with others, and takes the first second of 1970, which deletes a cookie, for no date."""
    lower = _DOMAIN.sub(lambda attribute: attribute[0].lower(), set_cookie)
    return _EPOCH.sub(r"\g<1>01", lower)


def _is_public_suffix(domain: str) -> bool:
    return "." not in domain or get_tldinfo(f"http://{domain}/")[0] == domain
