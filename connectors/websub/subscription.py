"""Changes of a subscription: requested, verified, failed, denied. Pure, except for random
tokens."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from connectors.state.models import Subscription

DAY = 24 * 3600.0
LEASE = 10 * DAY
"""Seconds requested, and assumed if the hub does not name a lease."""

SHORTEST_LEASE = 60.0
LONGEST_LEASE = 30 * DAY

RENEWED = 0.75
"""Share of a lease after which it is renewed."""

FIRST_BACK_OFF = 300.0
MAX_WORDS = 300


class Offer(NamedTuple):
    """A hub offered by a feed, and the feed URL known to the hub (its topic)."""

    hub: str
    topic: str


def new_subscription(feed_url: str, hub: str, topic: str) -> Subscription:
    """A subscription that the hub does not know yet."""
    return Subscription(
        feed_url, hub, topic, token=secrets.token_urlsafe(32), secret=secrets.token_hex(32)
    )


def requested(subscription: Subscription, now: float) -> Subscription:
    """After a request to the hub: the first, a retry or a renewal. An earlier request that was
    never verified counts as a failure."""
    failures = subscription.failures + (subscription.asked_at is not None)
    return subscription._replace(
        asked_at=now, failures=failures, next_try=now + _back_off(failures + 1)
    )


def failed(subscription: Subscription, detail: str, now: float) -> Subscription:
    """After a request that failed or was refused; a running lease continues."""
    failures = subscription.failures + 1
    return subscription._replace(
        asked_at=None,
        failures=failures,
        next_try=now + _back_off(failures),
        detail=detail[:MAX_WORDS],
    )


def postponed(subscription: Subscription, now: float) -> Subscription:
    """After a request that failed by an outage of our own network: due again."""
    return subscription._replace(asked_at=None, next_try=now)


def verified(subscription: Subscription, lease: str, now: float) -> Subscription:
    """After the hub's verification: it pushes for ``lease`` seconds (the hub's own text) from
    now."""
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
    """After a denial: the hub does not push, or no longer; the next request is a day later."""
    words = f"denied: {reason}" if reason else "denied"
    return subscription._replace(
        asked_at=None, expires=None, next_try=now + DAY, detail=words[:MAX_WORDS]
    )


def _back_off(failures: int) -> float:
    return min(FIRST_BACK_OFF * 2.0 ** min(failures - 1, 20), DAY)
