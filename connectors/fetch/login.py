"""The login of a feed, for requests to the origin at which it is listed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

from yarl import URL


class Login:
    """``login``: USER:PASSWORD. No other origin gets it, wherever the feed redirects to."""

    def __init__(self, feed_url: str, login: str) -> None:
        self._origin = URL(feed_url).origin()
        self._header = f"Basic {b64encode(login.encode()).decode()}"

    def headers(self, url: URL) -> Mapping[str, str]:
        return {"Authorization": self._header} if url.origin() == self._origin else {}
