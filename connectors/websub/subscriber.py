"""Subscription requests to WebSub hubs, after polls that found one."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from connectors.fetch import Fetcher, FetchFailed
from connectors.state import State
from connectors.state.async_state import AsyncState
from connectors.state.models import Subscription
from connectors.websub.subscription import (
    LEASE,
    Offer,
    failed,
    new_subscription,
    postponed,
    requested,
)
from newsline.errors import OperatorError
from newsline.outcomes import FetchOutcome, WebSubOutcome
from newsline.service import metrics

MAX_REQUESTS = 50
"""One hub serves thousands of feeds, and the limiter admits few requests per host. A feed beyond
this number requests its subscription after a later poll."""


class Subscriber:
    """Sends subscription requests in the background: polls do not wait for hubs. ``callback``: the
    public URL at which hubs reach us."""

    def __init__(self, fetcher: Fetcher, state: AsyncState, callback: str) -> None:
        self._fetcher = fetcher
        self._state = state
        self._callback = callback.rstrip("/")
        self._requests: set[asyncio.Task[None]] = set()

    async def renewal(self, feed_url: str) -> float | None:
        """Seconds until the feed's subscription must be renewed; None if no hub pushes."""
        known = await self._state.call(State.subscription, feed_url)
        now = time.time()
        return known.next_try - now if known and known.is_live(now) else None

    async def update(self, feed_url: str, offer: Offer | None, *, read: bool) -> None:
        """Subscribe or renew if due, without waiting for the hub. A failure is counted and stored.

        ``read``: the feed's body was parsed, so that no offer means that the feed has no hub any
        more. A changed offer takes effect when the next request is due: some feeds give a different
        URL of their own in every body.
        """
        known = await self._state.call(State.subscription, feed_url)
        if known and read and offer is None:
            await self._state.call(State.unsubscribe, feed_url)
            return
        offer = offer or (Offer(known.hub, known.topic) if known else None)
        is_due = known is None or known.next_try <= time.time()
        if offer is None or not is_due:
            return
        if known is None or offer != (known.hub, known.topic):
            known = new_subscription(feed_url, *offer)
        has_room = len(self._requests) < MAX_REQUESTS
        known = requested(known, time.time()) if has_room else known
        # Stored first: a hub may verify before it answers.
        await self._state.call(State.keep_subscription, known)
        if not has_room:
            return
        task = asyncio.create_task(self._request(known))
        self._requests.add(task)
        task.add_done_callback(self._requests.discard)

    async def drain(self) -> None:
        """Wait for the requests in flight."""
        await asyncio.gather(*self._requests)

    async def close(self) -> None:
        """Cancel the requests in flight: a later poll sends them again."""
        for task in self._requests:
            task.cancel()
        await asyncio.gather(*self._requests, return_exceptions=True)

    async def _request(self, subscription: Subscription) -> None:
        try:
            await self._fetcher.post(
                subscription.hub, self._form(subscription), feed=subscription.feed_url
            )
        except FetchFailed as failure:
            metrics.WEBSUB.labels(WebSubOutcome.HUB_FAILED).inc()
            with suppress(OperatorError):  # of the state: the next poll meets and reports it
                await self._failed(subscription, failure)
        else:
            metrics.WEBSUB.labels(WebSubOutcome.ASKED).inc()

    async def _failed(self, subscription: Subscription, failure: FetchFailed) -> None:
        current = await self._state.call(State.subscription_at, subscription.token)
        if current and current.asked_at is not None:
            now = time.time()
            is_ours = failure.outcome is FetchOutcome.OUTAGE
            after = postponed(current, now) if is_ours else failed(current, failure.detail, now)
            await self._state.call(State.keep_subscription, after)

    def _form(self, subscription: Subscription) -> dict[str, str]:
        return {
            "hub.mode": "subscribe",
            "hub.topic": subscription.topic,
            "hub.callback": f"{self._callback}/{subscription.token}",
            "hub.lease_seconds": str(round(LEASE)),
            "hub.secret": subscription.secret,
        }
