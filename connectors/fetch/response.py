"""The result of a fetch: a Response, or FetchFailed with an outcome; headers are parsed here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from msgspec import Struct

from connectors.text.opt_outs import OptOuts
from newsline.outcomes import FetchOutcome
from newsline.records import utc

STATUS_OUTCOMES = {
    401: FetchOutcome.FORBIDDEN,
    403: FetchOutcome.FORBIDDEN,
    404: FetchOutcome.NOT_FOUND,
    410: FetchOutcome.GONE,
    429: FetchOutcome.THROTTLED,
    451: FetchOutcome.FORBIDDEN,
}


LONGEST_RETRY_AFTER = 86_400.0
"""Seconds; a longer Retry-After is cut to a day."""


class FetchFailed(Exception):
    """A failed fetch: its outcome, and a detail of one line for the operator.

    ``retry_after``: the server's, in seconds. ``status``: None without an answer. ``local``: it
    failed on this machine, for want of a route or of a name server.
    """

    def __init__(
        self,
        outcome: FetchOutcome,
        detail: str,
        retry_after: float | None = None,
        status: int | None = None,
        *,
        local: bool = False,
    ) -> None:
        detail = detail.encode("utf-8", "backslashreplace").decode()
        super().__init__(f"{outcome}: {detail}")
        self.outcome = outcome
        self.detail = detail
        self.retry_after = None if retry_after is None else min(retry_after, LONGEST_RETRY_AFTER)
        self.status = status
        self.local = local


class Inconclusive(FetchFailed):
    """Says nothing of the URL: counts as no attempt, and is not cached."""


class Deferred(Inconclusive):
    """No request was sent: the host's limit allows none for ``seconds``."""

    def __init__(self, host: str, seconds: float) -> None:
        super().__init__(
            FetchOutcome.THROTTLED, f"no request to {host} for another {seconds:.0f} s", seconds
        )


class Validators(Struct, frozen=True):
    """The validators of a conditional request, exactly as the server sent them."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in pairs.items() if value}


class Redirect(Struct, frozen=True):
    """A followed redirect: the URL that redirects, and whether permanently (301, 308)."""

    url: str
    permanent: bool


class Response(Struct, frozen=True, kw_only=True):
    """An answer with status 2xx, or 304 with an empty body.

    ``url``: the final URL after all redirects, without credentials. ``body``: after transfer and
    content decoding. ``retry_after`` and ``fresh_for``: in seconds, None if not given. ``links``:
    the first URL of each relation in Link headers. ``reserved_in_header`` and, for a page,
    ``reserved_by_site``: the publisher's opt-outs.
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
    fresh_for: float | None
    links: Mapping[str, str] = {}
    reserved_in_header: OptOuts = OptOuts()
    reserved_by_site: OptOuts = OptOuts()

    @property
    def moved_to(self) -> str | None:
        """The final URL if every redirect was permanent; None without redirects."""
        permanent = self.redirects and all(hop.permanent for hop in self.redirects)
        return self.url if permanent else None


def outcome_of(status: int) -> FetchOutcome | None:
    """The failure for a status; None for 2xx and 304."""
    if 200 <= status < 300 or status == 304:
        return None
    if 400 <= status < 500:
        return STATUS_OUTCOMES.get(status, FetchOutcome.CLIENT_ERROR)
    return FetchOutcome.SERVER_ERROR if status >= 500 else FetchOutcome.BAD_RESPONSE


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait by Retry-After, given in seconds or as a date; 0 for a date in the past."""
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return float(value[:9])
    return _until(value, now)


_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


def fresh_for(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds for which a response is fresh: Cache-Control, else Expires (RFC 9111, 4.2.1)."""
    if found := _MAX_AGE.search(headers.get("Cache-Control", "")):
        return float(found[1])
    expires = headers.get("Expires")
    return _until(expires, now) if expires else None


def _until(date: str, now: datetime) -> float | None:
    """Seconds until a date in a header; None if it is not a date."""
    try:
        return max(0.0, (utc(parsedate_to_datetime(date)) - now).total_seconds())
    except (ValueError, OverflowError):
        return None


MAX_LINKS = 16 * 1024
_LINK = re.compile(r"<([^<>]{1,2048})>((?:\s*;\s*[\w*]+\s*=\s*(?:\"[^\"]*\"|[^\";,\s]+))*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\";,\s]+))", re.IGNORECASE)


def links(headers: Sequence[str], url: str) -> dict[str, str]:
    """The first absolute URL of each relation in the Link headers (RFC 8288) of ``url``."""
    found: dict[str, str] = {}
    for target, parameters in _LINK.findall(", ".join(headers)[:MAX_LINKS]):
        rel = _REL.search(parameters)
        with suppress(ValueError):
            for name in (rel[1] or rel[2]).lower().split() if rel else ():
                found.setdefault(name, urljoin(url, target))
    return found
