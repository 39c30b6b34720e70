"""A subscription to a feed at its hub, and what happens to it. Pure, but for its random names."""

from __future__ import annotations

import secrets
from typing import NamedTuple

DAY = 24 * 3600.0
LEASE = 10 * DAY
"""Seconds that are asked for, and taken for granted where the hub does not say."""

SHORTEST_LEASE = 60.0
LONGEST_LEASE = 30 * DAY

RENEWED = 0.75
"""Of a lease, after which it is renewed."""

FIRST_BACK_OFF = 300.0
MAX_WORDS = 300


class Offer(NamedTuple):
    """Where a feed's news is pushed from, and the URL by which the hub knows the feed."""

    hub: str
    topic: str


class Subscription(NamedTuple):
    """A feed's subscription; times in seconds since 1970.

    ``token`` ends the callback's URL, where nobody can guess it; ``secret`` signs what is pushed.
    ``next_try``: when the hub is to be asked next, for a start or to renew. ``asked_at``: since
    when we wait for the hub to verify. ``expires``: the end of the lease, None where there is none.
    ``detail``: what the hub last said against it.
    """

    feed_url: str
    hub: str
    topic: str
    token: str
    secret: str
    next_try: float = 0.0
    asked_at: float | None = None
    expires: float | None = None
    failures: int = 0
    detail: str = ""
    last_push: float | None = None

    def is_live(self, now: float) -> bool:
        """Whether the hub has promised to push."""
        return self.expires is not None and now < self.expires

    def is_asked_for(self, topic: str) -> bool:
        """Whether a hub that wants it verified does so on our request."""
        return self.asked_at is not None and topic == self.topic


def begun(feed_url: str, hub: str, topic: str) -> Subscription:
    """A new one, of which the hub does not know yet."""
    return Subscription(
        feed_url, hub, topic, token=secrets.token_urlsafe(32), secret=secrets.token_hex(32)
    )


def asked(subscription: Subscription, now: float) -> Subscription:
    """The hub is asked, for the first time, again or to renew; one that was asked before and has
    not verified has failed."""
    failures = subscription.failures + (subscription.asked_at is not None)
    return subscription._replace(
        asked_at=now, failures=failures, next_try=now + _back_off(failures + 1)
    )


def failed(subscription: Subscription, detail: str, now: float) -> Subscription:
    """The hub could not be asked, or has said no at once; a lease that runs goes on."""
    failures = subscription.failures + 1
    return subscription._replace(
        asked_at=None,
        failures=failures,
        next_try=now + _back_off(failures),
        detail=detail[:MAX_WORDS],
    )


def verified(subscription: Subscription, lease: str, now: float) -> Subscription:
    """The hub has asked back: it pushes for ``lease`` seconds, as it writes them, from now on."""
    seconds = float(lease[:9]) if lease.isascii() and lease.isdigit() else LEASE
    seconds = min(max(seconds, SHORTEST_LEASE), LONGEST_LEASE)
    return subscription._replace(
        asked_at=None,
        expires=now + seconds,
        next_try=now + RENEWED * seconds,
        failures=0,
        detail="",
    )


def denied(subscription: Subscription, reason: str, now: float) -> Subscription:
    """The hub does not push, or no longer; it is asked again after a day."""
    words = f"denied: {reason}" if reason else "denied"
    return subscription._replace(
        asked_at=None, expires=None, next_try=now + DAY, detail=words[:MAX_WORDS]
    )


def _back_off(failures: int) -> float:
    return min(FIRST_BACK_OFF * 2.0 ** min(failures - 1, 20), DAY)
