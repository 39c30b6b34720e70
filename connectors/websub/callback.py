"""The HTTP endpoint that WebSub hubs call: verification, denial, pushes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Container
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.http_exceptions import ContentEncodingError

from connectors.parse import FeedBody
from connectors.state import State
from connectors.state.async_state import AsyncState
from connectors.state.models import Subscription
from connectors.websub.push_limiter import PushLimiter
from connectors.websub.signature import is_authentic
from connectors.websub.subscription import denied, verified
from newsline.errors import OperatorError
from newsline.outcomes import POLL_SUCCEEDED, FetchOutcome, PollOutcome, WebSubOutcome
from newsline.service import metrics
from newsline.service.http_server import listening

MAX_BYTES = 10 * 1024**2
BODY_SECONDS = 30.0

UNREADABLE = (
    web.HTTPRequestEntityTooLarge,
    web.RequestPayloadError,
    ContentEncodingError,
    TimeoutError,
)

Push = Callable[[str, FeedBody], Awaitable[PollOutcome | FetchOutcome]]
"""Processes a pushed body of the feed at a URL, and returns the outcome."""


class CallbackAddress(NamedTuple):
    """The public URL at which hubs reach the endpoint, and the HOST:PORT to listen on."""

    callback: str
    listen: str


def callback_address(callback: str, listen_at: str) -> CallbackAddress | None:
    """The two settings as one record; None if neither is set.

    Raises OperatorError if only one is set, or if the callback is not a URL.
    """
    if not callback and not listen_at:
        return None
    if not callback or not listen_at:
        raise OperatorError("--websub-callback and --websub-listen work only together: set both")
    if not _is_prefix(callback):
        raise OperatorError(
            f"--websub-callback {callback!r} is not an http or https URL without query and fragment"
        )
    return CallbackAddress(callback, listen_at)


def _is_prefix(url: str) -> bool:
    """True for a URL that a path can be appended to."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    if not url.isprintable() or parts.scheme not in ("http", "https"):
        return False
    return bool(parts.hostname) and not set("?#") & set(url)


@asynccontextmanager
async def serve_callback(
    listen_at: str, state: AsyncState, push: Push, listed: Container[str]
) -> AsyncIterator[str]:
    """Serve hubs at HOST:PORT while the block runs, for the feeds in ``listed``; yields the URL.

    Pushes not processed at the end of the block are left to the next poll.
    """
    callback = _Callback(state, push, listed)
    application = web.Application(client_max_size=MAX_BYTES)
    application.router.add_get("/{path:.*}", callback.verify)
    application.router.add_post("/{path:.*}", callback.receive)
    try:
        async with listening(
            application, listen_at, "--websub-listen", shutdown_timeout=1.0
        ) as url:
            yield url
    finally:
        await callback.close()


class _Callback:
    def __init__(self, state: AsyncState, push: Push, listed: Container[str]) -> None:
        self._state = state
        self._push = push
        self._listed = listed
        self._limiter = PushLimiter()
        self._processing: set[asyncio.Task[None]] = set()

    async def verify(self, request: web.Request) -> web.Response:
        """Confirm a subscription that we requested, or record that the hub denies it."""
        subscription = await self._subscription(request)
        topic = request.query.get("hub.topic", "")
        challenge = request.query.get("hub.challenge", "")
        mode = request.query.get("hub.mode")
        now = time.time()
        if subscription and mode == "denied" and topic == subscription.topic:
            reason = " ".join(request.query.get("hub.reason", "").split())
            await self._state.call(State.keep_subscription, denied(subscription, reason, now))
            return _answer(200, WebSubOutcome.DENIED)
        if subscription and mode == "subscribe" and challenge and subscription.is_requested(topic):
            lease = request.query.get("hub.lease_seconds", "")
            await self._state.call(State.keep_subscription, verified(subscription, lease, now))
            return _answer(200, WebSubOutcome.VERIFIED, challenge)
        return _answer(404, WebSubOutcome.REFUSED)

    async def receive(self, request: web.Request) -> web.Response:
        """Receive a push. 410 makes the hub stop; an empty 2xx means that it need not retry."""
        subscription = await self._subscription(request)
        if subscription is None or not subscription.is_live(time.time()):
            return _answer(410, WebSubOutcome.GONE)
        feed_url = subscription.feed_url
        size = min(request.content_length or MAX_BYTES, MAX_BYTES)
        if not self._limiter.has_room(feed_url, size):
            return _answer(503, WebSubOutcome.BUSY)
        self._limiter.add(feed_url, size)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.read()
        except UNREADABLE as error:
            return _unreadable(request, error)
        finally:
            self._limiter.remove(feed_url, size)
        if not is_authentic(request.headers.get("X-Hub-Signature", ""), subscription.secret, body):
            return _answer(202, WebSubOutcome.BAD_SIGNATURE)
        pushed = FeedBody(body, subscription.topic, request.content_type, request.charset)
        self._process_later(subscription, pushed)
        return web.Response(status=202)

    async def close(self) -> None:
        """Cancel the pushes that are being processed: the next poll reads the feed."""
        for task in self._processing:
            task.cancel()
        await asyncio.gather(*self._processing, return_exceptions=True)

    def _process_later(self, subscription: Subscription, pushed: FeedBody) -> None:
        """Process the push after the answer: hubs do not wait for pages to be fetched."""
        task = asyncio.create_task(self._process(subscription, pushed))
        feed_url, size = subscription.feed_url, len(pushed.content)
        self._limiter.add(feed_url, size)
        self._processing.add(task)
        task.add_done_callback(self._processing.discard)
        task.add_done_callback(lambda _: self._limiter.remove(feed_url, size))

    async def _subscription(self, request: web.Request) -> Subscription | None:
        found = await self._state.call(State.subscription_at, request.path.rpartition("/")[2])
        return found if found and found.feed_url in self._listed else None

    async def _process(self, subscription: Subscription, pushed: FeedBody) -> None:
        try:
            outcome = await self._push(subscription.feed_url, pushed)
            if current := await self._state.call(State.subscription_at, subscription.token):
                await self._state.call(
                    State.keep_subscription, current._replace(last_push=time.time())
                )
        except Exception:  # of the broker or the state: the next poll meets and reports it
            metrics.WEBSUB.labels(WebSubOutcome.FAILED).inc()
            return
        metrics.WEBSUB.labels(_outcome(outcome)).inc()


def _outcome(parsed: PollOutcome | FetchOutcome) -> WebSubOutcome:
    if parsed is FetchOutcome.THROTTLED:
        return WebSubOutcome.BUSY
    return WebSubOutcome.PUSHED if parsed in POLL_SUCCEEDED else WebSubOutcome.UNREADABLE


def _unreadable(request: web.Request, error: Exception) -> web.Response:
    """The answer to a push whose body failed with one of :data:`UNREADABLE`."""
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return _answer(413, WebSubOutcome.TOO_LARGE)
    if isinstance(error, TimeoutError):
        return _answer(408, WebSubOutcome.BROKEN)
    request.content.feed_eof()  # otherwise aiohttp reads on, and logs the same error again
    answer = _answer(400, WebSubOutcome.BROKEN)
    answer.force_close()
    return answer


def _answer(status: int, outcome: WebSubOutcome, text: str = "") -> web.Response:
    """Count the outcome and build the answer. The text may be the hub's own challenge: ``nosniff``,
    which :mod:`newsline.service.http_server` adds, keeps browsers from rendering it as a page."""
    metrics.WEBSUB.labels(outcome).inc()
    return web.Response(status=status, text=text)
