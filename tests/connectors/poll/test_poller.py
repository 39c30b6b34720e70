"""One poll of one feed: a real site, fetcher, sandbox, state and broker."""

import asyncio
import time
from collections import Counter

import pytest
from aiohttp import encode_basic_auth, web

from connectors.feedlist.feed_list import Feed
from connectors.parse import MAX_ENTRIES
from connectors.poll import feed_fetcher, redirects
from connectors.poll.feed_update import body_hash
from connectors.publish.publisher import Publisher
from connectors.state import FeedState, FeedValidators, LearnedRedirect
from newsline.broker import Fenced
from newsline.service import metrics
from tests.support import extraction_tasks
from tests.support.connector_harness import feed, item, story
from tests.support.feed_states import put
from tests.support.news_site import rss


def polls() -> Counter[str]:
    return Counter(metrics.totals(metrics.POLLS)["newsline_polls"])


@pytest.fixture
async def harbour(harness, site):
    """A harness whose site has a feed of one article, polled before with the ETag "1"."""
    site.says("/feed", feed(item()), ETag='"1"', Last_Modified="yesterday")
    site.says("/harbour", story())
    assert await harness.poll() == {"published": 1}
    return harness


def headers(harness) -> list[tuple[str | None, str | None]]:
    """The conditions of each request for the feed."""
    return [
        (request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since"))
        for request in harness.site.requests
        if request.path == "/feed"
    ]


async def test_a_poll_remembers_what_it_came_to(harbour):
    state = harbour.feed()
    assert (state.last_outcome, state.failures, state.last_detail) == ("ok", 0, "")
    assert state.validators == FeedValidators('"1"', "yesterday", body_hash(feed(item()).encode()))
    assert state.last_success < time.time() < state.next_poll


async def test_every_poll_is_counted_once(harbour, site):
    before = polls()
    await harbour.poll()
    site.says("/feed", status=500)
    await harbour.poll()
    assert polls() - before == {"same_body": 1, "server_error": 1}


async def test_a_feed_that_has_not_changed_is_not_sent_again(harbour, site):
    async def not_modified(request: web.Request) -> web.Response:
        return web.Response(status=304 if request.headers.get("If-None-Match") == '"1"' else 500)

    site.answers["/feed"] = not_modified
    before = harbour.feed()
    assert await harbour.poll() == {}
    after = harbour.feed()
    assert headers(harbour) == [(None, None), ('"1"', "yesterday")]
    assert (after.last_outcome, after.failures) == ("not_modified", 0)
    assert after.validators == before.validators
    assert after.interval > before.interval


async def test_the_same_body_with_a_new_etag_has_no_entries_to_look_at(harbour, site):
    site.says("/feed", feed(item()), ETag='"2"')
    assert await harbour.poll() == {}
    assert harbour.feed().last_outcome == "same_body"
    await harbour.poll()
    assert headers(harbour)[-1] == ('"2"', None)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>Please log in</body></html>", b'{"error": "not today"}', b"\x00\xff"],
)
async def test_what_is_no_feed_is_a_failure_and_forgets_nothing(harbour, site, body):
    before = harbour.feed()
    site.says("/feed", body, ETag='"bad"')
    assert await harbour.poll() == {}
    after = harbour.feed()
    assert (after.last_outcome, after.failures) == ("not_a_feed", 1)
    assert after.last_detail
    assert after.validators == before.validators
    assert (after.interval, after.last_success) == (before.interval, before.last_success)
    site.says("/feed", feed(item(), item("mill")))
    assert await harbour.poll() == {"unchanged": 1, "not_found": 1}
    assert (harbour.feed().failures, harbour.feed().last_detail) == (0, "")


async def test_a_feed_that_cannot_be_had_is_asked_less_and_less_often(harness):
    waits = []
    for failures in range(1, 4):
        assert await harness.poll() == {}
        state = harness.feed()
        assert (state.last_outcome, state.failures) == ("not_found", failures)
        assert "404" in state.last_detail
        waits.append(state.next_poll - time.time())
    assert waits[0] * 1.5 < waits[1] < waits[2] / 1.5
    assert harness.feed().why == "3rd failure in a row: not_found"


async def test_a_server_that_says_when_to_come_back_is_left_alone_until_then(harness, site):
    site.says("/feed", status=429, Retry_After="7200")
    await harness.poll()
    assert harness.feed().last_outcome == "throttled"
    assert harness.feed().next_poll - time.time() > 7_000


async def test_a_feed_that_takes_too_long_to_parse_is_a_failure(harness, site, monkeypatch):
    monkeypatch.setattr(harness.poller._feeds, "_parse_seconds", 0.5)
    site.says("/feed", rss([("/a", "A", "")]) + b"<" * 2_000_000)  # 15 s without a deadline
    assert await harness.poll() == {}
    assert (harness.feed().last_outcome, harness.feed().failures) == ("parse_deadline", 1)


@pytest.mark.parametrize(
    ("task", "outcome"),
    [(extraction_tasks.die, "parse_crash"), (extraction_tasks.fail, "parse_error")],
)
async def test_a_feed_that_breaks_its_parser_is_a_failure(
    harness, site, monkeypatch, task, outcome
):
    monkeypatch.setattr(feed_fetcher, "parse_feed", task)
    site.says("/feed", feed(item()))
    assert await harness.poll() == {}
    assert (harness.feed().last_outcome, harness.feed().failures) == (outcome, 1)


async def test_validators_are_stored_when_every_entry_is_settled_and_not_before(harness, site):
    site.says("/feed", feed(item(), item("mill")), ETag='"1"', Last_Modified="yesterday")
    site.says("/harbour", story())
    site.says("/mill", status=503)
    assert await harness.poll() == {"published": 1, "server_error": 1}
    assert harness.feed().validators == FeedValidators()
    site.says("/mill", story(title="Mill shuts"))
    assert await harness.poll() == {"unchanged": 1, "published": 1}
    assert harness.feed().validators[:2] == ('"1"', "yesterday")
    assert headers(harness) == [(None, None), (None, None)]


async def test_a_new_entry_that_fails_takes_the_validators_back(harbour, site):
    site.says("/feed", feed(item(), item("mill")), ETag='"2"')
    site.says("/mill", status=503)
    assert await harbour.poll() == {"unchanged": 1, "server_error": 1}
    assert harbour.feed().validators == FeedValidators()


async def test_rss_is_a_feed_like_any_other(harness, site):
    site.says("/feed", rss([("/harbour", "Harbour reopens", ""), ("/mill", "Mill shuts", "")]))
    site.says("/harbour", story())
    site.says("/mill", story(title="Mill shuts"))
    assert await harness.poll() == {"published": 2}


async def test_an_empty_feed_is_a_good_poll(harness, site):
    site.says("/feed", feed(), ETag='"1"')
    assert await harness.poll() == {}
    assert (harness.feed().last_outcome, harness.feed().validators.etag) == ("ok", '"1"')


async def test_hostile_words_in_a_feed_come_to_an_outcome(harness, site):
    nasty = ["\x00", "\ufdd0", "\u202e", "'; DROP TABLE feeds; --", "%", "x" * 5_000, "http://[::1"]
    items = [
        item(f"{n}{url}{word}", title=word, url=f"{url}{word}")
        for n, word in enumerate(nasty)
        for url in ("/", "http://", "//")
    ]
    site.says("/feed", feed(*items))
    outcomes = await harness.poll()
    assert sum(outcomes.values()) == len(items)


async def test_a_broker_that_refuses_ends_the_poll_and_nothing_is_remembered(
    harbour, site, broker, broker_address, state
):
    before = harbour.feed()
    ids = {"harbour", "mill"}
    known = state.entries(before.id, ids)
    site.says("/feed", feed(item("mill"), *(item(f"slow-{n}") for n in range(40))))
    site.says("/mill", story(title="Mill shuts"))
    left = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        await left.wait()
        return web.Response()

    site.answers |= {f"/slow-{n}": slow for n in range(40)}
    Publisher(broker, broker_address, state)
    (claimed,) = harbour.claim()
    with pytest.raises(Fenced):
        await harbour.poller.poll(claimed, 0.5)
    assert harbour.feed() == before._replace(next_poll=0.0)
    assert state.entries(before.id, ids) == known
    handling = {task for task in asyncio.all_tasks() if "Poller._handle" in repr(task)}
    await asyncio.gather(*handling, return_exceptions=True)
    assert all(task.cancelled() for task in handling)
    left.set()


async def test_entries_past_the_limit_of_a_feed_are_counted_too(harness, site):
    entries = [{"id": str(number), "title": "no link"} for number in range(MAX_ENTRIES + 7)]
    site.says("/feed", feed(*entries))
    assert await harness.poll() == {"no_link": MAX_ENTRIES, "unread": 7}


async def test_a_feed_that_is_gone_is_left_alone_and_read_again_should_it_come_back(harness, site):
    site.says("/feed", status=410)
    await harness.poll()
    assert harness.feed().next_poll - time.time() > 6 * 24 * 3_600
    assert harness.feed().why == "gone (410): retired, polled every 7 d"
    site.says("/feed", feed(item()))
    site.says("/harbour", story())
    assert await harness.poll() == {"published": 1}
    assert harness.feed().next_poll - time.time() < 2 * 3_600


async def test_a_feed_that_asks_for_an_hour_is_given_it_by_a_304_too(harness, site):
    items = "<item><title>A</title><link>/harbour</link></item>"
    site.says(
        "/feed", f'<rss version="2.0"><channel><ttl>60</ttl>{items}</channel></rss>', ETag="1"
    )
    site.says("/harbour", story())
    await harness.poll()

    async def not_modified(_: web.Request) -> web.Response:
        return web.Response(status=304)

    site.answers["/feed"] = not_modified
    await harness.poll()
    assert harness.feed().last_outcome == "not_modified"
    assert harness.feed().next_poll - time.time() > 3_500
    assert harness.feed().why == "the feed asks for 60 min (ttl or sy:updatePeriod)"


async def test_a_feed_that_has_moved_is_polled_at_its_new_address_and_keeps_its_name(
    harbour, site, monkeypatch
):
    monkeypatch.setattr(redirects, "SECONDS", 0.0)
    site.answers["/new"] = site.answers["/feed"]
    site.says("/feed", status=301, Location="/new")
    for _ in range(redirects.POLLS):
        await harbour.poll()
    assert harbour.feed().redirect.address == f"{site.url}/new"
    asked = site.paths.count("/feed")
    site.says("/new", feed(item(), item("mill")))
    site.says("/mill", story(title="Mill shuts"))
    assert await harbour.poll() == {"unchanged": 1, "published": 1}
    assert site.paths.count("/feed") == asked
    assert {one.feeds[0].url for one in harbour.articles()} == {f"{site.url}/feed"}
    del site.answers["/new"]
    await harbour.poll()
    assert harbour.feed().redirect.address is None
    site.says("/feed", feed(item()))
    assert await harbour.poll() == {"unchanged": 1}


async def test_a_feeds_login_is_sent_and_never_published(harness, site):
    site.says("/feed", feed(item()))
    site.says("/harbour", story())
    harness.state.enlist([Feed(site.url.replace("//", "//ana:secret@") + "/feed")])
    (claimed,) = harness.state.claim_due(time.time(), 1)
    await harness.poller.poll(claimed, 0.0)
    asked = next(request for request in site.requests if request.path == "/feed")
    assert asked.headers["Authorization"] == encode_basic_auth("ana", "secret")
    assert [one.feeds[0].url for one in harness.articles()] == [f"{site.url}/feed"]


async def test_feeds_that_have_moved_to_one_address_say_so(harness, site, monkeypatch):
    monkeypatch.setattr(redirects, "SECONDS", 0.0)
    site.says("/new", feed(item()))
    site.says("/harbour", story())
    for path in ("/feed", "/other"):
        site.says(path, status=308, Location="/new")
        for _ in range(redirects.POLLS):
            await harness.poll(path)
    assert harness.feed().redirect.also_read_by is None
    assert harness.feed("/other").redirect.also_read_by == f"{site.url}/feed"


async def test_a_learned_address_that_becomes_private_is_refused_and_forgotten(harness, site):
    site.says("/feed", feed())
    put(
        harness.state,
        FeedState(f"{site.url}/feed", redirect=LearnedRedirect("http://192.168.0.1/feed")),
    )
    await harness.poll()
    assert harness.feed().last_outcome == "address_refused"
    assert harness.feed().redirect.address is None
    assert "192.168.0.1" in harness.feed().why
    await harness.poll()
    assert harness.feed().last_outcome == "ok"
