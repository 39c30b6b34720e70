"""Responses for tests of the code after fetching."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from connectors.fetch import Redirect, Response

PLAIN = Response(
    status=200,
    url="",
    body=b"the body",
    content_type="application/rss+xml",
    charset=None,
    etag='"1"',
    last_modified=None,
    redirects=(),
    fetched_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    retry_after=None,
    fresh_for=None,
)


def response(url: str, *redirects: Redirect, fresh_for: float | None = None) -> Response:
    return msgspec.structs.replace(PLAIN, url=url, redirects=redirects, fresh_for=fresh_for)
