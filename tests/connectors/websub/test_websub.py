"""Feeds with a real hub, from the first poll to a push."""

import asyncio
import json
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web

from connectors.feedlist.feed_list import Feed
from connectors.poll.wiring import Settings, open_connector
from connectors.schedule import next_poll
from connectors.websub import callback as module
from connectors.websub import push_limiter, subscriber
from connectors.websub.callback import serve_callback
from connectors.websub.subscription import (
    DAY,
    failed,
    new_subscription,
    postponed,
    requested,
)
from newsline.errors import OperatorError
from newsline.service import metrics
from tests.support.connector_harness import (
    ConnectorHarness,
    feed,
    item,
    open_harness,
    published,
    story,
)
from tests.support.websub_hub import Hub, open_hub

SECONDS = 30.0


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with open_hub() as hub:
        yield hub


@pytest.fixture
async def harness(
    site, hub, broker, broker_address, state, sandbox
) -> AsyncIterator[ConnectorHarness]:
    """A harness that hubs reach, and a site whose feed offers one."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    opened = open_harness(
        *(site, broker, broker_address, state),
        parsing=sandbox,
        extracting=sandbox,
        allow=frozenset({hub.server.host}),
        callback=f"http://127.0.0.1:{port}/behind/a/proxy/",
    )
    offer(site, hub)
    site.says("/mill", story(title="Mill shuts"))
    async with (
        opened as harness,
        serve_callback(
            f"127.0.0.1:{port}", harness.store, harness.poller.push, {f"{site.url}/feed"}
        ),
    ):
        yield harness


def offer(site, hub, **fields: object) -> None:
    """The site's feed, which names its hub."""
    said = json.loads(feed()) | {"feed_url": topic(site), "hubs": [hub_of(hub)]} | fields
    site.says("/feed", json.dumps(said))


def hub_of(hub: Hub) -> dict[str, str]:
    return {"type": "WebSub", "url": hub.url}


def topic(site) -> str:
    return f"{site.url}/topic"


def subscription(harness):
    return harness.state.subscription(f"{harness.site.url}/feed")


async def polled(harness):
    """Poll, and let the hub be asked; the subscription after that."""
    await harness.poll()
    await harness.subscriber.drain()
    return subscription(harness)


async def subscribed(harness, hub):
    """Poll, and let the hub verify; the subscription after that."""
    await polled(harness)
    await hub.settled()
    return subscription(harness)


async def until(condition) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110 - what is pushed is read after the answer
            await asyncio.sleep(0.01)


def counts() -> Counter[str]:
    return Counter(metrics.totals(metrics.WEBSUB)["newsline_websub"])


async def test_a_feed_that_offers_a_hub_is_subscribed_and_what_is_pushed_is_published(harness, hub):
    before = counts()
    known = await subscribed(harness, hub)
    (form,) = hub.requests
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", topic(harness.site))
    assert known.is_live(time.time() + 9 * DAY)
    assert not known.is_live(time.time() + 11 * DAY)
    assert await hub.publish(topic(harness.site), feed(item("mill"))) == 202
    await until(lambda: counts()["pushed"] > before["pushed"])
    assert subscription(harness).last_push
    assert [article.title for article in harness.articles()] == ["Mill shuts"]
    assert harness.articles()[0].feeds[0].url == f"{harness.site.url}/feed"
    assert counts() - before == {"asked": 1, "verified": 1, "pushed": 1}


async def test_what_was_pushed_is_no_news_to_the_next_poll(harness, hub, site):
    await subscribed(harness, hub)
    await hub.publish(topic(site), feed(item("mill")))
    await until(lambda: subscription(harness).last_push)
    offer(site, hub, items=[item("mill")])
    assert await harness.poll() == {"unchanged": 1}
    assert len(harness.articles()) == 1


async def test_a_pushed_feed_is_polled_as_a_safety_net_only(harness, hub):
    await subscribed(harness, hub)
    await harness.poll()
    assert harness.feed().next_poll - time.time() > 0.9 * next_poll.SAFETY_NET
    assert harness.feed().why == "the hub pushes new entries; polled every 60 min"
    assert len(hub.requests) == 1


async def test_a_hub_in_link_headers_goes_before_one_in_the_body(harness, hub, site):
    body = json.loads(feed()) | {"hubs": [{"type": "WebSub", "url": "https://other.example/"}]}
    link = f'<{hub.url}>; rel="hub", </the-topic>; rel="self"'
    site.says("/feed", json.dumps(body), Link=link)
    assert (await subscribed(harness, hub)).is_live(time.time())
    assert hub.requests[0]["hub.topic"] == f"{site.url}/the-topic"


async def test_a_feed_that_does_not_say_by_which_url_its_hub_knows_it_is_polled(harness, hub, site):
    offer(site, hub, feed_url=None)
    assert await subscribed(harness, hub) is None
    assert hub.requests == []


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_each_method_of_signing_is_understood(harness, hub, method):
    await subscribed(harness, hub)
    await hub.publish(topic(harness.site), feed(item("mill")), method=method)
    await until(harness.articles)


@pytest.mark.parametrize(
    "signature", ["", "sha256=", "sha256=" + "0" * 64, "md5=" + "0" * 32, "sha256=é", "x" * 5_000]
)
async def test_what_is_not_signed_by_the_hub_is_taken_without_a_word_and_not_read(
    harness, hub, signature
):
    await subscribed(harness, hub)
    before = counts()
    forged = {"X-Hub-Signature": signature}
    assert await hub.publish(topic(harness.site), feed(item("mill")), headers=forged) == 202
    assert counts() - before == {"bad_signature": 1}
    await hub.publish(topic(harness.site), feed())
    await until(lambda: counts()["pushed"] > before["pushed"])
    assert harness.articles() == []


async def test_nothing_is_verified_that_we_did_not_ask_for(harness, hub):
    await subscribed(harness, hub)
    callback = hub.requests[0]["hub.callback"]
    asks = {"hub_mode": "subscribe", "hub_topic": topic(harness.site), "hub_challenge": "x"}
    before = counts()
    assert (await hub.verify(callback, **asks))[0] == 404  # it has been, already
    harness.state.keep_subscription(subscription(harness)._replace(asked_at=time.time()))
    assert (await hub.verify(callback + "x", **asks))[0] == 404
    for wrong in ({"hub_topic": "https://other.example/"}, {"hub_mode": "unsubscribe"}):
        assert (await hub.verify(callback, **(asks | wrong)))[0] == 404
    assert (await hub.verify(callback, hub_mode="denied", hub_topic="https://other/"))[0] == 404
    assert counts() - before == {"refused": 5}
    assert await hub.verify(callback, **asks) == (200, "x")


async def test_a_hub_that_denies_is_left_alone_for_a_day_and_the_feed_polled_at_its_pace(
    harness, hub
):
    await subscribed(harness, hub)
    await hub.deny(topic(harness.site), "too many subscribers")
    denied = subscription(harness)
    assert (denied.expires, denied.detail) == (None, "denied: too many subscribers")
    assert denied.next_try - time.time() > 0.9 * DAY
    await harness.poll()
    assert len(hub.requests) == 1
    assert "hub" not in harness.feed().why


async def test_a_hub_that_fails_is_asked_less_and_less_often(harness, hub):
    hub.status = 500
    before = counts()
    waits = []
    for failures in (1, 2, 3):
        failed = await polled(harness)
        assert (failed.failures, failed.expires) == (failures, None)
        assert "500" in failed.detail
        waits.append(failed.next_try - time.time())
        await polled(harness)
        assert len(hub.requests) == failures
        harness.state.keep_subscription(failed._replace(next_try=0.0))
    assert waits[0] * 1.5 < waits[1] < waits[2] / 1.5
    assert counts() - before == {"hub_failed": 3}
    hub.status = 202
    assert (await subscribed(harness, hub)).failures == 0


async def test_a_hub_that_never_verifies_is_asked_less_and_less_often(harness, hub, monkeypatch):
    async def never(_: object) -> None:
        pass

    monkeypatch.setattr(hub, "_subscribe", never)
    for failures in (0, 1, 2):
        assert (await subscribed(harness, hub)).failures == failures
        harness.state.keep_subscription(subscription(harness)._replace(next_try=0.0))


async def test_a_lease_is_renewed_before_it_ends_under_the_same_address(harness, hub):
    hub.lease = 1_000
    first = await subscribed(harness, hub)
    assert 700 < first.next_try - time.time() <= 750
    harness.state.keep_subscription(first._replace(next_try=time.time()))
    hub.lease = 864_000
    second = await subscribed(harness, hub)
    assert (second.token, second.secret) == (first.token, first.secret)
    assert second.expires > first.expires + DAY
    assert [form["hub.mode"] for form in hub.requests] == ["subscribe"] * 2


async def test_a_304_is_enough_to_renew(harness, hub, site):
    first = await subscribed(harness, hub)
    harness.state.keep_subscription(first._replace(next_try=0.0))
    await subscribed(harness, hub)
    assert harness.feed().last_outcome == "same_body"
    assert len(hub.requests) == 2


async def test_when_a_lease_has_ended_the_hub_is_told_to_stop_and_the_feed_polled(harness, hub):
    known = await subscribed(harness, hub)
    harness.state.keep_subscription(known._replace(expires=time.time() - 1))
    assert await hub.publish(topic(harness.site), feed(item("mill"))) == 410
    assert hub.subscribers == {}
    await harness.poll()
    assert harness.feed().next_poll - time.time() < 2 * 3_600
    assert "hub" not in harness.feed().why


async def test_a_feed_that_no_longer_offers_a_hub_is_not_pushed_any_more(harness, hub, site):
    await subscribed(harness, hub)
    site.says("/feed", feed())
    await harness.poll()
    assert subscription(harness) is None
    assert await hub.publish(topic(site), feed(item("mill"))) == 410


async def test_an_offer_that_changes_with_every_body_is_not_taken_up_every_time(harness, hub, site):
    await subscribed(harness, hub)
    for number in range(3):
        offer(site, hub, feed_url=f"{topic(site)}?time={number}")
        await polled(harness)
    assert len(hub.requests) == 1
    harness.state.keep_subscription(subscription(harness)._replace(next_try=0.0))
    offer(site, hub, feed_url=f"{topic(site)}?time=3")
    assert (await subscribed(harness, hub)).topic == f"{topic(site)}?time=3"
    assert hub.requests[0]["hub.callback"] != hub.requests[1]["hub.callback"]


async def test_what_is_larger_than_a_feed_may_be_is_refused(harness, hub, monkeypatch):
    await subscribed(harness, hub)
    before = counts()
    assert await hub.publish(topic(harness.site), "x" * (module.MAX_BYTES + 1)) == 413
    assert counts() - before == {"too_large": 1}


async def test_what_does_not_come_in_time_is_refused(harness, hub, monkeypatch):
    monkeypatch.setattr(module, "BODY_SECONDS", 0.1)
    await subscribed(harness, hub)
    before, told = counts(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await told.wait()

    pushing = asyncio.create_task(push(hub, harness.site, slow()))
    await until(lambda: counts() - before == {"broken": 1})
    told.set()
    assert await pushing == 408


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("size", [1, 100_000])
async def test_what_is_not_encoded_as_it_says_is_refused(harness, hub, caplog, encoding, size):
    await subscribed(harness, hub)
    before = counts()
    assert await push(hub, harness.site, b"no such thing" * size, Content_Encoding=encoding) == 400
    assert counts() - before == {"broken": 1}
    assert not caplog.records


async def push(hub, site, body, **headers: str) -> int:
    """What a push is answered whose body may be anything."""
    callback = hub.subscribers[topic(site)].callback
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with ClientSession() as session, session.post(callback, data=body, headers=named) as said:
        return said.status


async def test_what_is_pushed_and_is_no_feed_is_counted_and_forgets_nothing(harness, hub):
    await subscribed(harness, hub)
    before, known = counts(), harness.feed()
    assert await hub.publish(topic(harness.site), "<html>") == 202
    await until(lambda: counts() - before == {"unreadable": 1})
    assert harness.feed() == known


@pytest.mark.parametrize(
    ("limit", "value"),
    [("MAX_PUSHES", 1), ("MAX_PUSHES_PER_FEED", 1), ("MAX_TOTAL_BYTES", len(feed(item())))],
)
async def test_a_hub_that_pushes_faster_than_pages_come_is_asked_to_wait(
    harness, hub, site, monkeypatch, limit, value
):
    monkeypatch.setattr(push_limiter, limit, value)
    await subscribed(harness, hub)
    before, let = counts(), asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        await let.wait()
        return web.Response(body=story())

    site.answers["/harbour"] = slow
    assert await hub.publish(topic(site), feed(item())) == 202
    assert await hub.publish(topic(site), feed(item("mill"))) == 503
    let.set()
    await until(lambda: (counts() - before)["pushed"])  # then there is room
    assert len(harness.articles()) == 1
    assert await hub.publish(topic(site), feed(item("mill"))) == 202
    await until(lambda: len(harness.articles()) == 2)


async def test_a_poll_and_a_push_of_one_feed_publish_an_article_once(harness, hub, site):
    await subscribed(harness, hub)
    offer(site, hub, items=[item("mill")])
    (claimed,) = harness.claim("/feed")
    await asyncio.gather(
        harness.poller.poll(claimed, 0.5),
        hub.publish(topic(site), feed(item("mill"))),
    )
    await until(lambda: subscription(harness).last_push)
    assert len(harness.articles()) == 1


async def test_a_hub_at_a_private_address_is_not_asked(harness, hub, site):
    offer(site, hub, hubs=[{"type": "WebSub", "url": "https://127.0.0.1:9/hub"}])
    before = counts()
    assert "127.0.0.1 is loopback" in (await polled(harness)).detail
    assert counts() - before == {"hub_failed": 1}


async def test_a_hub_that_hangs_holds_up_no_poll_and_is_given_up_at_the_end(harness, hub, site):
    asked = asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        asked.set()
        await asyncio.sleep(SECONDS)
        return web.Response()

    hub.server.answers["/hub"] = hang
    async with asyncio.timeout(SECONDS / 2):
        await harness.poll()
        await asked.wait()
        await harness.poll()
        await harness.subscriber.close()
    assert subscription(harness).asked_at


async def test_more_hubs_than_may_be_asked_at_once_are_asked_after_a_later_poll(
    harness, hub, monkeypatch
):
    monkeypatch.setattr(subscriber, "MAX_REQUESTS", 0)
    assert (await polled(harness)).asked_at is None
    assert hub.requests == []
    monkeypatch.setattr(subscriber, "MAX_REQUESTS", 1)
    assert (await subscribed(harness, hub)).is_live(time.time())


async def test_a_feed_that_is_off_the_list_is_not_pushed(harness, hub):
    await subscribed(harness, hub)
    callback = hub.requests[0]["hub.callback"]
    async with serve_callback("127.0.0.1:0", harness.store, harness.poller.push, set()) as url:
        known = hub.subscribers[topic(harness.site)]
        moved = url + callback.rpartition("/")[2]
        hub.subscribers[topic(harness.site)] = known._replace(callback=moved)
        assert await hub.publish(topic(harness.site), feed(item("mill"))) == 410


async def test_an_opened_connector_is_reached_by_hubs(hub, site, broker, broker_address, tmp_path):
    offer(site, hub)
    site.says("/mill", story(title="Mill shuts"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        host = f"127.0.0.1:{free.getsockname()[1]}"
    told = Settings(
        *(broker_address, str(tmp_path / "s.db"), frozenset({site.host, hub.server.host}), "", 1),
        websub=module.CallbackAddress(f"http://{host}/hubs", host),
    )
    feeds = [Feed(f"{site.url}/feed")]
    async with open_connector(feeds, broker, told) as connector:
        await connector.once(asyncio.Event())
        await until(lambda: hub.subscribers)
        assert await hub.publish(topic(site), feed(item("mill"))) == 202
        await until(lambda: published(broker))


def test_an_outage_of_our_own_network_is_no_failure_of_the_hub():
    asked = requested(new_subscription("https://f.example/", "https://h.example/", "topic"), 100.0)
    after = postponed(asked, 130.0)
    assert (after.failures, after.asked_at, after.next_try) == (0, None, 130.0)
    assert failed(asked, "refused", 130.0).failures == 1


@pytest.mark.parametrize(
    ("callback", "listen", "word"),
    [
        ("https://news.example/hubs", "", "together"),
        ("", "0.0.0.0:9410", "together"),
        ("news.example", "0.0.0.0:9410", "'news.example' is not"),
        ("https:///hubs", "0.0.0.0:9410", "is not an http or https URL"),
        ("https://news.example:99999/", "0.0.0.0:9410", "is not an http or https URL"),
        ("https://[::1/", "0.0.0.0:9410", "is not an http or https URL"),
        ("https://news.example/hubs?a=b", "0.0.0.0:9410", "without query and fragment"),
        ("https://news.example/hubs#a", "0.0.0.0:9410", "without query and fragment"),
        ("https://news.example/hu\nbs", "0.0.0.0:9410", "is not an http or https URL"),
    ],
)
def test_an_address_that_is_half_or_wrong_is_said_in_one_line(callback, listen, word):
    with pytest.raises(OperatorError, match=word):
        module.callback_address(callback, listen)


def test_without_an_address_there_are_no_subscriptions():
    assert module.callback_address("", "") is None
    assert (
        module.callback_address("https://n.example/hubs", "0.0.0.0:9410").listen == "0.0.0.0:9410"
    )
