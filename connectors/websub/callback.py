"""Our side of WebSub that hubs call: they verify, deny and push."""

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
from connectors.websub.signature import is_authentic
from connectors.websub.subscription import Subscription, denied, verified
from newsline.errors import OperatorError
from newsline.outcomes import POLL_SUCCEEDED, PollOutcome, WebSubOutcome
from newsline.service import metrics
from newsline.service.bind import listen

MAX_BYTES = 10 * 1024**2
BODY_SECONDS = 30.0

PUSHES_AT_ONCE = 64
OF_ONE_FEED = 4
"""Being received or read, so that a feed whose pages hang holds up no other. A hub whose push is
not taken sends it again."""

BYTES_IN_HAND = 64 * 1024**2

UNREAD = (
    web.HTTPRequestEntityTooLarge,
    web.RequestPayloadError,
    ContentEncodingError,
    TimeoutError,
)

Push = Callable[[str, FeedBody], Awaitable[PollOutcome]]
"""Reads what was pushed of a feed, by its URL, and says what came of it."""


class CallbackAddress(NamedTuple):
    """The public URL under which hubs reach us, and the HOST:PORT to listen at."""

    callback: str
    listen: str


def callback_address(callback: str, listen_at: str) -> CallbackAddress | None:
    """None where nothing is set. Raises OperatorError where only one is, or what is no URL."""
    if not callback and not listen_at:
        return None
    if not callback or not listen_at:
        raise OperatorError("--websub-callback and --websub-listen are of use only together")
    if not _is_prefix(callback):
        raise OperatorError(
            f"--websub-callback {callback!r} is not an http or https URL without query and fragment"
        )
    return CallbackAddress(callback, listen_at)


def _is_prefix(url: str) -> bool:
    """Whether it is a URL to which a path can be added."""
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
    """Answer hubs at HOST:PORT while the block runs, for the feeds that are listed; yields the URL.

    What has been pushed and is not read by the end of the block is left to the next poll.
    """
    callback = _Callback(state, push, listed)
    application = web.Application(client_max_size=MAX_BYTES)
    application.router.add_get("/{path:.*}", callback.ask)
    application.router.add_post("/{path:.*}", callback.take)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        yield await listen(runner, listen_at, "--websub-listen")
    finally:
        await runner.cleanup()
        await callback.close()


class _Callback:
    def __init__(self, state: AsyncState, push: Push, listed: Container[str]) -> None:
        self._state = state
        self._push = push
        self._listed = listed
        self._in_hand: dict[object, tuple[str, int]] = {}
        """What is being received or, with its task, read: its feed and bytes."""

    async def ask(self, request: web.Request) -> web.Response:
        """A hub asks whether we want what it was asked for, or says that it denies it."""
        subscription = await self._subscription(request)
        topic = request.query.get("hub.topic", "")
        challenge = request.query.get("hub.challenge", "")
        mode = request.query.get("hub.mode")
        now = time.time()
        if subscription and mode == "denied" and topic == subscription.topic:
            reason = " ".join(request.query.get("hub.reason", "").split())
            await self._state.call(State.keep_subscription, denied(subscription, reason, now))
            return _answer(200, WebSubOutcome.DENIED)
        if subscription and mode == "subscribe" and challenge and subscription.is_asked_for(topic):
            lease = request.query.get("hub.lease_seconds", "")
            await self._state.call(State.keep_subscription, verified(subscription, lease, now))
            return _answer(200, WebSubOutcome.VERIFIED, challenge)
        return _answer(404, WebSubOutcome.REFUSED)

    async def take(self, request: web.Request) -> web.Response:
        """A hub pushes. 410 tells it to stop; 2xx, without a word, that it need not try again."""
        subscription = await self._subscription(request)
        if subscription is None or not subscription.is_live(time.time()):
            return _answer(410, WebSubOutcome.GONE)
        size = min(request.content_length or MAX_BYTES, MAX_BYTES)
        if self._is_busy(subscription.feed_url, size):
            return _answer(503, WebSubOutcome.BUSY)
        receiving = object()
        self._in_hand[receiving] = (subscription.feed_url, size)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.read()
        except UNREAD as error:
            return _unread(request, error)
        finally:
            del self._in_hand[receiving]
        if not is_authentic(request.headers.get("X-Hub-Signature", ""), subscription.secret, body):
            return _answer(202, WebSubOutcome.BAD_SIGNATURE)
        pushed = FeedBody(body, subscription.topic, request.content_type, request.charset)
        task = asyncio.create_task(self._read(subscription, pushed))
        self._in_hand[task] = (subscription.feed_url, len(body))
        task.add_done_callback(self._in_hand.pop)
        return web.Response(status=202)

    async def close(self) -> None:
        tasks = [each for each in self._in_hand if isinstance(each, asyncio.Task)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _is_busy(self, feed_url: str, size: int) -> bool:
        feeds = [feed for feed, _ in self._in_hand.values()]
        too_many = len(feeds) >= PUSHES_AT_ONCE or feeds.count(feed_url) >= OF_ONE_FEED
        return too_many or sum(size for _, size in self._in_hand.values()) + size > BYTES_IN_HAND

    async def _subscription(self, request: web.Request) -> Subscription | None:
        found = await self._state.call(State.subscription_at, request.path.rpartition("/")[2])
        return found if found and found.feed_url in self._listed else None

    async def _read(self, subscription: Subscription, pushed: FeedBody) -> None:
        """After the answer: hubs do not wait for pages to be fetched."""
        try:
            outcome = await self._push(subscription.feed_url, pushed)
            if current := await self._state.call(State.subscription_at, subscription.token):
                await self._state.call(
                    State.keep_subscription, current._replace(last_push=time.time())
                )
        except Exception:  # the broker's or the state's: the next poll meets it and tells it
            metrics.WEBSUB.labels(WebSubOutcome.FAILED).inc()
            return
        taken = outcome in POLL_SUCCEEDED
        metrics.WEBSUB.labels(WebSubOutcome.PUSHED if taken else WebSubOutcome.UNREADABLE).inc()


def _unread(request: web.Request, error: Exception) -> web.Response:
    """The answer to a push whose body cannot be had: one of :data:`UNREAD`."""
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return _answer(413, WebSubOutcome.TOO_LARGE)
    if isinstance(error, TimeoutError):
        return _answer(408, WebSubOutcome.BROKEN)
    request.content.feed_eof()  # or aiohttp goes on reading, and logs what it meets
    answer = _answer(400, WebSubOutcome.BROKEN)
    answer.force_close()
    return answer


def _answer(status: int, outcome: WebSubOutcome, text: str = "") -> web.Response:
    """The answer, its outcome counted. The text is the hub's own: no browser may take it for a
    page."""
    metrics.WEBSUB.labels(outcome).inc()
    return web.Response(status=status, text=text, headers={"X-Content-Type-Options": "nosniff"})
