"""Redirects of feeds: a permanent one (301, 308) is learned after polls and days. Pure.

Every redirect is followed at each poll. One that is permanent on every hop is learned when the new
address has served the same feed for :data:`POLLS` polls over :data:`SECONDS`, so that a site that
is taken over, or redirects by mistake for an evening, changes nothing. The listed URL stays the
feed's identity.
"""

from __future__ import annotations

from collections.abc import Collection

from connectors.fetch import Response
from connectors.parse import ParsedFeed
from connectors.state import FeedState, FeedValidators, LearnedRedirect
from connectors.text.urls import without_login
from newsline.outcomes import PASSING, FetchOutcome, PollOutcome
from newsline.records import MAX_TITLE

POLLS = 5
SECONDS = 3 * 24 * 3600.0

FAILURES = 3
"""In a row, of a passing kind, after which a learned address is given up."""


def after_success(feed: FeedState, response: Response, now: float, *, same: bool) -> FeedState:
    """The feed after a successful poll; ``same``: it brought the feed that was read before."""
    return feed._replace(redirect=_observed(feed, response, now, same=same))


def _observed(feed: FeedState, response: Response, now: float, *, same: bool) -> LearnedRedirect:
    before, to = feed.redirect, response.moved_to
    # Redirect targets are stored without credentials, so a feed with a login never learns one.
    if to is None or without_login(feed.url) != feed.url:
        return before._replace(candidate=None, since=None, polls=0)
    if to != before.candidate:
        return before._replace(candidate=to, since=now, polls=int(same))
    # An address that once served another feed is not learned, even if it keeps to that one.
    polls = before.polls + 1 if same and before.polls else 0
    since = now if before.since is None else before.since
    if polls < POLLS or now - since < SECONDS:
        return before._replace(polls=polls)
    return LearnedRedirect(address=None if to == feed.url else to)


def same_feed(before: FeedState, seen: Collection[str], parsed: ParsedFeed) -> bool:
    """True if a body is of the feed that was read before; ``seen``: ids of its known entries."""
    ids = (*(entry.id for entry in parsed.entries), *(one.url for one in parsed.sitemaps))
    if before.last_success is None or any(name in seen for name in ids):
        return True
    return bool(before.title) and parsed.title[:MAX_TITLE] == before.title


def is_lost(feed: FeedState, outcome: PollOutcome | FetchOutcome) -> bool:
    """True if the learned address is to be given up, after ``feed.failures`` failures in a row."""
    if not feed.redirect.address:
        return False
    return outcome not in PASSING or feed.failures >= FAILURES


def forgotten(feed: FeedState) -> FeedState:
    """The feed polled at its listed URL, and whole: the validators were another server's."""
    return feed._replace(redirect=LearnedRedirect(), validators=FeedValidators())
