"""What a fetch comes to: a response, or one of a closed set of failures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from msgspec import Struct

from pipeline.records import utc


class FetchOutcome(StrEnum):
    """Why a fetch brought nothing. The set is closed: it is a metric's label.

    ``forbidden``: 401, 403, 451. ``throttled``: 429. ``client_error``: any other 4xx.
    ``bad_response``: what the server says is no HTTP, or breaks off. ``robots``: robots.txt asks
    for the page not to be fetched.
    """

    BAD_URL = "bad_url"
    ROBOTS = "robots"
    DNS = "dns"
    ADDRESS_REFUSED = "address_refused"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    BAD_RESPONSE = "bad_response"
    TOO_LARGE = "too_large"
    MOVED_TOO_OFTEN = "moved_too_often"
    NOT_FOUND = "not_found"
    GONE = "gone"
    FORBIDDEN = "forbidden"
    THROTTLED = "throttled"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"


STATUS_OUTCOMES = {
    401: FetchOutcome.FORBIDDEN,
    403: FetchOutcome.FORBIDDEN,
    404: FetchOutcome.NOT_FOUND,
    410: FetchOutcome.GONE,
    429: FetchOutcome.THROTTLED,
    451: FetchOutcome.FORBIDDEN,
}


class FetchFailed(Exception):
    """A fetch that brought nothing: the outcome, and a detail in one line for the operator.

    ``retry_after`` is what the server asks for, in seconds.
    """

    def __init__(
        self, outcome: FetchOutcome, detail: str, retry_after: float | None = None
    ) -> None:
        super().__init__(f"{outcome}: {detail}")
        self.outcome = outcome
        self.detail = detail
        self.retry_after = retry_after


class Validators(Struct, frozen=True):
    """What makes a request conditional, word for word as the server gave it."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in pairs.items() if value}


class Redirect(Struct, frozen=True):
    """One that was followed: from where, and whether the server says that it is for good."""

    url: str
    permanent: bool


class Response(Struct, frozen=True, kw_only=True):
    """An answer with status 2xx, or 304 with an empty body.

    ``url`` is the one that answered, after all redirects and without credentials. ``body`` is
    decoded of its transfer and content encodings. ``retry_after`` and ``max_age``, where the server
    gives them, are in seconds.
    """

    status: int
    url: str
    body: bytes
    content_type: str
    charset: str | None
    etag: str | None
    last_modified: str | None
    redirects: tuple[Redirect, ...]
    fetched_at: datetime
    retry_after: float | None
    max_age: float | None


def outcome_of(status: int) -> FetchOutcome | None:
    """The failure that a status means; None for 2xx and 304."""
    if 200 <= status < 300 or status == 304:
        return None
    if 400 <= status < 500:
        return STATUS_OUTCOMES.get(status, FetchOutcome.CLIENT_ERROR)
    return FetchOutcome.SERVER_ERROR if status >= 500 else FetchOutcome.BAD_RESPONSE


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait by Retry-After, given in seconds or as a date; 0 for what has passed."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(0.0, (utc(parsedate_to_datetime(value)) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


def max_age(headers: Mapping[str, str]) -> float | None:
    """Seconds for which a response is fresh by Cache-Control."""
    found = _MAX_AGE.search(headers.get("Cache-Control", ""))
    return float(found[1]) if found else None


def now_utc() -> datetime:
    return datetime.now(UTC)
