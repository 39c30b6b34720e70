"""Our side of WebSub that asks: hubs to push, after polls that found one."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from connectors.fetch import Fetcher, FetchFailed
from connectors.state import State
from connectors.state.async_state import AsyncState
from connectors.websub.subscription import LEASE, Offer, Subscription, asked, begun, failed
from newsline.errors import OperatorError
from newsline.outcomes import WebSubOutcome
from newsline.service import metrics

ASKED_AT_ONCE = 50
"""A hub serves thousands of feeds, and has a host's few seats. Who finds no place here asks after a
later poll."""


class Subscriber:
    """Asks hubs beside the polls, which wait for none. ``callback`` is the public URL under which
    hubs reach us."""

    def __init__(self, fetcher: Fetcher, state: AsyncState, callback: str) -> None:
        self._fetcher = fetcher
        self._state = state
        self._callback = callback.rstrip("/")
        self._asking: set[asyncio.Task[None]] = set()

    async def renewal(self, feed_url: str) -> float | None:
        """Seconds until the feed's subscription is to be renewed; None where no hub pushes."""
        known = await self._state.call(State.subscription, feed_url)
        now = time.time()
        return known.next_try - now if known and known.is_live(now) else None

    async def tend(self, feed_url: str, offer: Offer | None, *, read: bool) -> None:
        """Subscribe, or renew, where it is time to, without waiting for the hub. Its failure is
        counted and kept.

        ``read``: the feed's body was read, so that no offer means that there is no hub any more.
        An offer that changes is taken up when the hub would have been asked again: some feeds have
        another address of their own in every body.
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
            known = begun(feed_url, *offer)
        has_place = len(self._asking) < ASKED_AT_ONCE
        known = asked(known, time.time()) if has_place else known
        # First: a hub may verify before it answers.
        await self._state.call(State.keep_subscription, known)
        if not has_place:
            return
        task = asyncio.create_task(self._ask(known))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    async def settled(self) -> None:
        """Return when no hub is being asked."""
        await asyncio.gather(*self._asking)

    async def close(self) -> None:
        """What is being asked is asked again after some later poll."""
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)

    async def _ask(self, subscription: Subscription) -> None:
        try:
            await self._fetcher.post(subscription.hub, self._form(subscription))
        except FetchFailed as failure:
            metrics.WEBSUB.labels(WebSubOutcome.HUB_FAILED).inc()
            with suppress(OperatorError):  # the state's: the next poll meets it too, and tells it
                await self._failed(subscription, failure)
        else:
            metrics.WEBSUB.labels(WebSubOutcome.ASKED).inc()

    async def _failed(self, subscription: Subscription, failure: FetchFailed) -> None:
        current = await self._state.call(State.subscription_at, subscription.token)
        if current and current.asked_at is not None:
            await self._state.call(
                State.keep_subscription, failed(current, failure.detail, time.time())
            )

    def _form(self, subscription: Subscription) -> dict[str, str]:
        return {
            "hub.mode": "subscribe",
            "hub.topic": subscription.topic,
            "hub.callback": f"{self._callback}/{subscription.token}",
            "hub.lease_seconds": str(round(LEASE)),
            "hub.secret": subscription.secret,
        }
