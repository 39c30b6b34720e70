"""Where a feed has moved, learned from permanent redirects (301, 308). Pure.

A redirect is followed at each poll, whatever it is; one that is permanent on every hop is learned
when the new address has served the same feed for a while, so that a site that is taken over, or
redirects by mistake for an evening, changes nothing. The listed URL stays the feed's identity.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from connectors.fetch import Response
from connectors.parse import ParsedFeed
from connectors.state import FeedState
from connectors.text.urls import without_login
from newsline.outcomes import PASSING, FetchOutcome, PollOutcome
from newsline.records import MAX_TITLE

POLLS = 5
SECONDS = 3 * 24 * 3600.0

FAILURES = 3
"""In a row, of a kind that may pass, after which a learned address is given up."""

LISTED: Mapping[str, object] = {
    "address": None,
    "moving_to": None,
    "moving_since": None,
    "moving_polls": 0,
    "also_read_by": None,
    "etag": None,
    "last_modified": None,
    "body_hash": None,
}
"""Of a feed that is polled at its listed URL, and whole: the validators were another server's."""


def after_success(feed: FeedState, response: Response, now: float, *, same: bool) -> FeedState:
    """After a poll that was answered; ``same``: with the feed that was read before."""
    to = response.moved_to
    # An address is told without its login, and would be asked without it.
    if to is None or without_login(feed.url) != feed.url:
        if feed.moving_to is None:
            return feed
        return feed._replace(moving_to=None, moving_since=None, moving_polls=0)
    if to != feed.moving_to:
        return feed._replace(moving_to=to, moving_since=now, moving_polls=int(same))
    # What served another feed once is not trusted when it then keeps to that one.
    polls = feed.moving_polls + 1 if same and feed.moving_polls else 0
    since = now if feed.moving_since is None else feed.moving_since
    if polls < POLLS or now - since < SECONDS:
        return feed._replace(moving_polls=polls)
    validators = {name: getattr(feed, name) for name in ("etag", "last_modified", "body_hash")}
    address = None if to == feed.url else to
    return forgotten(feed)._replace(address=address, **validators)


def same_feed(before: FeedState, seen: Collection[str], parsed: ParsedFeed) -> bool:
    """Whether a body is of the feed that was read before: ``seen`` are the ids of its entries."""
    ids = (*(entry.id for entry in parsed.entries), *(one.url for one in parsed.sitemaps))
    if before.last_success is None or any(name in seen for name in ids):
        return True
    return bool(before.title) and parsed.title[:MAX_TITLE] == before.title


def is_lost(feed: FeedState, outcome: PollOutcome | FetchOutcome) -> bool:
    """Whether the learned address is to be given up, after ``feed.failures`` failures in a row."""
    return bool(feed.address) and (outcome not in PASSING or feed.failures >= FAILURES)


def forgotten(feed: FeedState) -> FeedState:
    """The feed is polled at its listed URL again."""
    return FeedState(**{**feed._asdict(), **LISTED})
