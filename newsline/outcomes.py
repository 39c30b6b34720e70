"""Every closed set of outcomes: of fetches, polls, pages, entries, pushes, enrichers, records.

The sets are closed: they are the labels of metrics and values in records.
"""

from __future__ import annotations

from enum import StrEnum


class FetchOutcome(StrEnum):
    """Why a fetch brought nothing. The set is closed: it is a metric's label.

    ``forbidden``: 401, 403, 451. ``throttled``: 429, or a host that is left alone for now.
    ``client_error``: any other 4xx. ``bad_response``: what the server says is no HTTP, or breaks
    off. ``robots``: robots.txt asks for the page not to be fetched.
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


class PollOutcome(StrEnum):
    """What a poll came to, where its fetch succeeded; where not, see FetchOutcome."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    SAME_BODY = "same_body"
    NOT_A_FEED = "not_a_feed"
    PARSE_DEADLINE = "parse_deadline"
    PARSE_CRASH = "parse_crash"
    PARSE_ERROR = "parse_error"


class PageOutcome(StrEnum):
    """What came of a page that was fetched; where fetching failed, see FetchOutcome."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    NOT_HTML = "not_html"
    NO_TEXT = "no_text"
    PAYWALLED = "paywalled"
    CONSENT_WALL = "consent_wall"
    EXTRACT_DEADLINE = "extract_deadline"
    EXTRACT_CRASH = "extract_crash"
    EXTRACT_ERROR = "extract_error"


class EntryOutcome(StrEnum):
    """What an entry came to, where its page did not stop it; where it did, see Page-, FetchOutcome.

    ``unchanged``: the same entry, nothing new to say. ``duplicate``: another entry, or another
    feed's, of an article that is published already. ``invalid``: the contract refuses what was
    found. ``opted_out``: its publisher reserves it, and that is binding. ``unread``: past the
    entries that one feed may have, or beyond reading.
    """

    PUBLISHED = "published"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    NO_LINK = "no_link"
    INVALID = "invalid"
    OPTED_OUT = "opted_out"
    UNREAD = "unread"


class RevisitOutcome(StrEnum):
    """What came of looking at an article's page again, where that did not stop it; where it did,
    see Page-, FetchOutcome.

    ``another_article``: the page now names another address as its own.
    """

    UPDATE = "update"
    UNCHANGED = "unchanged"
    ANOTHER_ARTICLE = "another_article"
    INVALID = "invalid"
    OPTED_OUT = "opted_out"


class WebSubOutcome(StrEnum):
    """What came of asking a hub, and of each of its calls."""

    ASKED = "asked"
    HUB_FAILED = "hub_failed"
    VERIFIED = "verified"
    DENIED = "denied"
    REFUSED = "refused"
    PUSHED = "pushed"
    UNREADABLE = "unreadable"
    BAD_SIGNATURE = "bad_signature"
    TOO_LARGE = "too_large"
    BROKEN = "broken"
    BUSY = "busy"
    GONE = "gone"
    FAILED = "failed"


class EnricherOutcome(StrEnum):
    """What came of an enricher's work on an article. The set is closed: it is a metric's label."""

    OK = "ok"
    ERROR = "error"
    DEADLINE = "deadline"


class Stage(StrEnum):
    """Where in the job a record failed."""

    DECODE = "decode"
    ENRICH = "enrich"
    ENCODE = "encode"


class Reason(StrEnum):
    """Why a record is a dead letter. The set is closed: it is a metric's label."""

    NOT_A_RECORD = "not_a_record"
    INVALID = "invalid"
    UNKNOWN_SCHEMA = "unknown_schema"
    DEADLINE = "deadline"
    CRASH = "crash"
    ERROR = "error"
    TOO_LARGE = "too_large"


POLL_SUCCEEDED = frozenset({PollOutcome.OK, PollOutcome.NOT_MODIFIED, PollOutcome.SAME_BODY})

PASSING = frozenset(
    {
        FetchOutcome.DNS,
        FetchOutcome.CONNECT,
        FetchOutcome.TIMEOUT,
        FetchOutcome.THROTTLED,
        FetchOutcome.SERVER_ERROR,
        FetchOutcome.BAD_RESPONSE,
        FetchOutcome.TLS,
        PageOutcome.EXTRACT_CRASH,
    }
)
"""What may be gone at the next poll, so that the entry is worth another try."""
