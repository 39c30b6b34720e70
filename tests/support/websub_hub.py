"""A well-behaved WebSub hub (https://www.w3.org/TR/websub/) on 127.0.0.1."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple

import aiohttp
from aiohttp import web

from tests.support.http_server import Server, serve


class Subscriber(NamedTuple):
    callback: str
    secret: str


class Hub:
    """``subscribers``: verified ones by topic. ``requests``: the forms received. ``lease``: seconds
    granted."""

    def __init__(self, server: Server, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.subscribers: dict[str, Subscriber] = {}
        self.requests: list[dict[str, str]] = []
        self.verifying: list[asyncio.Task[None]] = []
        self.lease = 864_000
        self.status = 202
        self._session = session
        server.answers["/hub"] = self._answer

    @property
    def url(self) -> str:
        return f"{self.server.url}/hub"

    async def settled(self) -> None:
        """Wait for the verifications in progress."""
        await asyncio.gather(*self.verifying)

    async def verify(self, callback: str, **parameters: str) -> tuple[int, str]:
        """GET a callback; the first underscore of a parameter becomes a dot."""
        named = {name.replace("_", ".", 1): value for name, value in parameters.items()}
        async with self._session.get(callback, params=named) as answer:
            return answer.status, await answer.text()

    async def publish(
        self, topic: str, body: str, *, method: str = "sha256", headers: Mapping[str, str] = {}
    ) -> int:
        """Push to the subscriber of the topic; an answer 410 removes it."""
        callback, secret = self.subscribers[topic]
        digest = hmac.new(secret.encode(), body.encode(), method).hexdigest()
        named = {"Content-Type": "application/json", "X-Hub-Signature": f"{method}={digest}"}
        async with self._session.post(callback, data=body, headers=named | headers) as answer:
            if answer.status == 410:
                del self.subscribers[topic]
            return answer.status

    async def deny(self, topic: str, reason: str) -> None:
        callback = self.subscribers.pop(topic).callback
        asked = {"hub_mode": "denied", "hub_topic": topic, "hub_reason": reason}
        assert (await self.verify(callback, **asked))[0] == 200

    async def _answer(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.requests.append(form)
        assert 32 <= len(form["hub.secret"]) < 200
        if self.status == 202:
            self.verifying.append(asyncio.create_task(self._subscribe(form)))
        return web.Response(status=self.status, text="no" if self.status != 202 else "")

    async def _subscribe(self, form: Mapping[str, str]) -> None:
        status, text = await self.verify(
            form["hub.callback"],
            hub_mode=form["hub.mode"],
            hub_topic=form["hub.topic"],
            hub_challenge="a challenge",
            hub_lease_seconds=str(self.lease),
        )
        if (status, text) == (200, "a challenge"):
            agreed = Subscriber(form["hub.callback"], form["hub.secret"])
            self.subscribers[form["hub.topic"]] = agreed


@asynccontextmanager
async def open_hub() -> AsyncIterator[Hub]:
    async with serve() as server, aiohttp.ClientSession() as session:
        yield Hub(server, session)
