"""What can become of a poll, a page and an entry. The sets are closed: they are metrics' labels."""

from __future__ import annotations

from enum import StrEnum

from connectors.fetch import FetchOutcome


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
    NOT_HTML = "not_html"
    NO_TEXT = "no_text"
    EXTRACT_DEADLINE = "extract_deadline"
    EXTRACT_CRASH = "extract_crash"
    EXTRACT_ERROR = "extract_error"


class EntryOutcome(StrEnum):
    """What an entry came to, where its page did not stop it; where it did, see Page-, FetchOutcome.

    ``unchanged``: the same entry, nothing new to say. ``duplicate``: another entry, or another
    feed's, of an article that is published already. ``invalid``: the contract refuses what was
    found. ``unread``: past the entries that one feed may have, or beyond reading.
    """

    PUBLISHED = "published"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    NO_LINK = "no_link"
    INVALID = "invalid"
    UNREAD = "unread"


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
