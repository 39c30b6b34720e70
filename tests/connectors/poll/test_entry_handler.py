"""From an entry in a feed to its one outcome: a real site, fetcher, sandbox, state and broker."""

import sqlite3
from contextlib import closing

import pytest

from connectors.article import page_reader as reader
from connectors.article.page_reader import PageReader
from connectors.fetch import Fetcher
from connectors.fetch.throttle import Politeness
from connectors.parse import FeedBody, parse_feed
from connectors.poll.entry_handler import ATTEMPTS, EntryHandler
from connectors.state import FeedState, SeenEntry
from newsline.outcomes import EntryOutcome
from newsline.records import MAX_TITLE, Reservation, decode_raw, encode
from newsline.sandbox.fair_share import FairShare
from newsline.sandbox.pool import ChildrenFailed, Sandbox
from tests.support import extraction_tasks
from tests.support.connector_harness import FIRST, SECOND, THIRD, feed, item, open_harness, story

FOURTH = "The council will meet again in December, when the cost of the walls is to be counted."
FULL_TEXT = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"
SLOW = f"<p>{'<span>x y</span> ' * 40_000}</p>"
"""26 s of trafilatura 2.3.1."""

LATER = "2036-01-01T00:00:00Z"


def seen(harness, name="harbour", path="/feed") -> SeenEntry:
    return harness.state.entries(harness.feed(path).id, [name])[name]


async def test_an_article_is_published_with_the_page_s_text(harness, site):
    site.says("/feed", feed(item()))
    site.says("/harbour", story())
    assert await harness.poll() == {"published": 1}
    (article,) = harness.articles()
    assert (article.title, article.text) == ("Harbour reopens", f"{FIRST}\n{SECOND}")
    assert (article.text_source, article.page_outcome) == ("page", "ok")
    assert article.url == article.fetched_url == f"{site.url}/harbour"
    assert [(ref.url, ref.entry_id) for ref in article.feeds] == [(f"{site.url}/feed", "harbour")]


async def test_an_entry_whose_host_is_left_alone_for_now_loses_no_attempt_by_it(
    site, broker, broker_address, state, sandbox
):
    site.says("/feed", feed(item()))
    site.says("/harbour", status=429, Retry_After="3600")
    paused = Fetcher(allow=frozenset({site.host}), own_politeness=Politeness(gap=0.0))
    parts = {"parsing": sandbox, "extracting": sandbox}
    async with open_harness(
        site, broker, broker_address, state, fetcher=paused, **parts
    ) as harness:
        assert await harness.poll() == {"throttled": 1}
        entries = EntryHandler(PageReader(paused, FairShare(sandbox)), state, pytest.fail)
        parsed = parse_feed(
            FeedBody(feed(item()).encode(), harness.site.url, "application/feed+json", None)
        )
        for _ in range(2 * ATTEMPTS):
            handled = await entries.handle(harness.feed(), parsed.entries[0], seen(harness))
            assert (handled.outcome, handled.seen.attempts) == ("throttled", 1)
            assert not handled.settled


async def test_what_a_publisher_reserves_is_in_the_record(harness, site):
    site.says("/feed", feed(item(), item("mill")))
    site.says("/harbour", story(head='<meta name="robots" content="noai">'), X_Robots_Tag="noai")
    site.says("/mill", story(FIRST, THIRD))
    site.says("/.well-known/tdmrep.json", '[{"location": "/h", "tdm-reservation": 1}]')
    assert await harness.poll() == {"published": 2}
    reserved = {
        article.url.rpartition("/")[2]: article.reservations for article in harness.articles()
    }
    assert reserved["mill"] == ()
    assert reserved["harbour"] == (
        Reservation("meta", "noai"),
        Reservation("header", "noai"),
        Reservation("tdmrep", "tdm"),
    )


@pytest.mark.parametrize("full_text", ["", FULL_TEXT])
async def test_what_a_publisher_reserves_is_not_published_where_that_is_binding(
    harness, site, sandbox, full_text
):
    site.says("/harbour", story(), TDM_Reservation="1")
    site.says("/mill", story(), X_Robots_Tag="noimageai")
    published = []

    async def publish(candidate):
        published.append(candidate.link)
        return EntryOutcome.PUBLISHED

    async with Fetcher(allow=frozenset({site.host})) as fetcher:
        reader = PageReader(fetcher, FairShare(sandbox), respect_opt_outs=True)
        handler = EntryHandler(reader, harness.store, publish)
        body = feed(item(content_html=full_text), item("mill")).encode()
        parsed = parse_feed(FeedBody(body, f"{site.url}/feed", "application/feed+json", None))
        handled = [
            await handler.handle(FeedState(site.url), entry, None) for entry in parsed.entries
        ]
    assert [one.outcome for one in handled] == ["opted_out", "published"]
    assert all(one.settled for one in handled)
    assert published == [f"{site.url}/mill"]


async def test_an_entry_that_is_settled_is_not_fetched_again(harness, site):
    site.says("/feed", feed(item()))
    site.says("/harbour", story())
    await harness.poll()
    site.says("/feed", feed(item(), item("mill")))
    assert await harness.poll() == {"unchanged": 1, "not_found": 1}
    assert site.paths.count("/harbour") == 1


async def test_a_changed_entry_with_a_changed_page_is_an_update(harness, site):
    site.says("/feed", feed(item()))
    site.says("/harbour", story())
    await harness.poll()
    site.says("/feed", feed(item(summary="Now with a plan.")))
    site.says("/harbour", story(FIRST, SECOND, THIRD))
    assert await harness.poll() == {"update": 1}
    first, second = harness.articles()
    assert (second.revision, second.changed) == (2, ("text",))
    assert second.first_seen == first.first_seen < second.fetched_at


async def test_a_changed_entry_with_the_same_page_is_unchanged(harness, site):
    site.says("/feed", feed(item()))
    site.says("/harbour", story())
    await harness.poll()
    site.says("/feed", feed(item(summary="A better summary.")))
    assert await harness.poll() == {"unchanged": 1}
    assert len(harness.articles()) == 1


async def test_the_same_link_in_another_feed_is_a_duplicate_and_not_fetched_again(harness, site):
    site.says("/feed", feed(item()))
    site.says("/other", feed(item("else", url="/harbour?utm_source=other#top")))
    site.says("/harbour", story())
    assert await harness.poll() == {"published": 1}
    assert await harness.poll("/other") == {"duplicate": 1}
    assert site.paths.count("/harbour") == 1
    (article,) = harness.articles()
    listed = {one.feed_url for one in harness.state.listings(article.article_id)}
    assert listed == {f"{site.url}/feed", f"{site.url}/other"}


async def test_another_link_with_the_same_canonical_url_is_a_duplicate(harness, site):
    head = '<link rel="canonical" href="/harbour">'
    site.says("/feed", feed(item(), item("mobile"), item("amp")))
    for path in ("/harbour", "/mobile", "/amp"):
        site.says(path, story(head=head))
    assert await harness.poll() == {"published": 1, "duplicate": 2}
    (article,) = harness.articles()
    assert article.url == f"{site.url}/harbour"
    site.says("/other", feed(item("x", url="/mobile"), item("y", url="/amp")))
    assert await harness.poll("/other") == {"duplicate": 2}
    assert site.paths.count("/mobile") == site.paths.count("/amp") == 1


async def test_a_known_link_is_fetched_again_where_a_new_feed_says_it_is_newer(harness, site):
    site.says("/feed", feed(item()))
    site.says("/harbour", story())
    await harness.poll()
    site.says("/harbour", story(FIRST, SECOND, THIRD))
    site.says("/other", feed(item(date_modified=LATER)))
    assert await harness.poll("/other") == {"update": 1}
    assert len(harness.articles()[1].feeds) == 2


async def test_an_update_s_record_holds_to_the_contract_whatever_feeds_call_the_article(
    harness, site
):
    site.says("/feed", feed(item()))
    site.says("/other", feed(item(title="word " * MAX_TITLE)))
    site.says("/harbour", story())
    await harness.poll()
    assert await harness.poll("/other") == {"duplicate": 1}
    site.says("/feed", feed(item(title="Harbour shuts")))
    site.says("/harbour", story(title="Harbour shuts"))
    assert await harness.poll() == {"update": 1}
    update = harness.articles()[1]
    assert decode_raw(encode(update)) == update
    assert len(update.feeds) == 2


async def test_an_entry_whose_poll_was_never_finished_is_unchanged_and_not_fetched_again(
    harness, site, tmp_path
):
    site.says("/feed", feed(item(), item("else", url="/harbour?utm_source=feed")))
    site.says("/harbour", story())
    assert await harness.poll() == {"published": 1, "duplicate": 1}
    with sqlite3.connect(tmp_path / "state.db") as other:
        other.execute("DELETE FROM entries")
    site.says("/feed", feed(item("else", url="/harbour?utm_source=feed")))
    assert await harness.poll() == {"unchanged": 1}
    assert site.paths.count("/harbour") == 1


async def test_an_entry_without_a_link_is_counted_as_such_and_settled(harness, site):
    site.says("/feed", feed(item(url=None)))
    assert await harness.poll() == {"no_link": 1}
    assert seen(harness).settled


async def test_a_page_that_is_not_there_ends_the_entry(harness, site):
    site.says("/feed", feed(item()))
    assert await harness.poll() == {"not_found": 1}
    assert seen(harness).settled
    assert harness.articles() == []


async def test_a_page_that_is_not_there_leaves_the_feed_s_own_full_text(harness, site):
    site.says("/feed", feed(item(content_html=FULL_TEXT)))
    assert await harness.poll() == {"published": 1}
    (article,) = harness.articles()
    assert article.text == f"{FIRST}\n{SECOND}\n{THIRD}"
    assert (article.text_source, article.page_outcome) == ("feed", "not_found")
    assert (article.title, article.url) == ("News of the harbour", f"{site.url}/harbour")


async def test_a_teaser_is_no_full_text(harness, site):
    site.says("/feed", feed(item(content_html="<p>Read on our site.</p>")))
    assert await harness.poll() == {"not_found": 1}


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"%PDF-1.7 and so on", "not_html"),
        (b"", "not_html"),
        (b"<html><body><p>This page has moved.</p></body></html>", "no_text"),
    ],
)
async def test_a_page_without_an_article_ends_the_entry(harness, site, body, outcome):
    site.says("/feed", feed(item()))
    site.says("/harbour", body)
    assert await harness.poll() == {outcome: 1}
    assert seen(harness).settled


async def test_a_page_that_takes_too_long_to_read_ends_the_entry_at_the_deadline(
    harness, site, monkeypatch
):
    monkeypatch.setattr(reader, "EXTRACT_SECONDS", 0.5)
    site.says("/feed", feed(item(), item("mill")))
    site.says("/harbour", f"<html><body><article>{SLOW}</article></body></html>")
    site.says("/mill", story())
    assert await harness.poll() == {"extract_deadline": 1, "published": 1}
    assert seen(harness).settled


async def test_a_full_text_that_takes_too_long_to_read_is_none(harness, site, monkeypatch):
    monkeypatch.setattr(reader, "EXTRACT_SECONDS", 0.5)
    site.says("/feed", feed(item(content_html=SLOW)))
    assert await harness.poll() == {"not_found": 1}


async def test_an_entry_that_the_contract_refuses_is_invalid(harness, site):
    site.says("/feed", feed(item(title="")))
    site.says("/harbour", f"<html><body><p>{FIRST}</p><p>{SECOND}</p></body></html>")
    assert await harness.poll() == {"invalid": 1}
    assert seen(harness).settled
    assert harness.articles() == []


async def test_what_robots_txt_disallows_is_counted_and_settled(harness, site):
    site.says("/robots.txt", "User-agent: *\nDisallow: /harbour")
    site.says("/feed", feed(item(), item("mill")))
    site.says("/mill", story())
    assert await harness.poll() == {"robots": 1, "published": 1}
    assert "/harbour" not in site.paths
    assert seen(harness).settled


async def test_an_address_that_must_not_be_asked_ends_the_entry(harness, site):
    site.says("/feed", feed(item(url="http://127.0.0.1:9/harbour")))
    assert await harness.poll() == {"address_refused": 1}
    assert seen(harness).settled


async def test_a_failure_that_may_pass_is_tried_at_each_poll_and_then_settled(harness, site):
    site.says("/feed", feed(item()))
    site.says("/harbour", status=503)
    for attempt in range(1, ATTEMPTS + 1):
        assert await harness.poll() == {"server_error": 1}
        assert seen(harness).attempts == attempt
        assert seen(harness).settled == (attempt == ATTEMPTS)
    assert await harness.poll() == {}
    assert site.paths.count("/harbour") == ATTEMPTS


async def test_a_failure_that_passes_is_forgotten(harness, site):
    site.says("/feed", feed(item()))
    site.says("/harbour", status=503)
    assert await harness.poll() == {"server_error": 1}
    site.says("/harbour", story())
    assert await harness.poll() == {"published": 1}
    assert seen(harness).settled


async def test_a_changed_entry_has_all_its_attempts_again(harness, site):
    site.says("/harbour", status=503)
    for _ in range(ATTEMPTS - 1):
        site.says("/feed", feed(item()))
        await harness.poll()
    site.says("/feed", feed(item(title="Another title")))
    await harness.poll()
    assert (seen(harness).attempts, seen(harness).settled) == (1, False)


async def test_the_feed_s_text_is_published_until_the_page_can_be_had(harness, site):
    site.says("/feed", feed(item(title="Harbour reopens", content_html=FULL_TEXT)))
    site.says("/harbour", status=503)
    assert await harness.poll() == {"published": 1}
    assert await harness.poll() == {"unchanged": 1}
    site.says("/harbour", story(FIRST, SECOND, FOURTH))
    assert await harness.poll() == {"update": 1}
    assert await harness.poll() == {}
    assert [(a.text_source, a.page_outcome) for a in harness.articles()] == [
        ("feed", "server_error"),
        ("page", "ok"),
    ]


async def test_a_page_that_kills_its_child_is_tried_again(harness, site, monkeypatch):
    site.says("/feed", feed(item()))
    site.says("/harbour", story())
    with monkeypatch.context() as patched:
        patched.setattr(reader, "extract_page", extraction_tasks.die)
        assert await harness.poll() == {"extract_crash": 1}
    assert not seen(harness).settled
    assert await harness.poll() == {"published": 1}


async def test_an_error_that_nobody_thought_of_ends_the_entry(harness, site, monkeypatch):
    monkeypatch.setattr(reader, "extract_page", extraction_tasks.fail)
    site.says("/feed", feed(item()))
    site.says("/harbour", story())
    assert await harness.poll() == {"extract_error": 1}
    assert seen(harness).settled


@pytest.mark.parametrize("part", ["parsing", "extracting"])
async def test_a_sandbox_without_children_is_no_fault_of_feed_or_page(
    site, broker, broker_address, state, sandbox, part
):
    site.says("/feed", feed(item()))
    site.says("/harbour", story())
    with closing(Sandbox(1, initializer=extraction_tasks.refuse)) as broken:
        sandboxes = {"parsing": sandbox, "extracting": sandbox} | {part: broken}
        async with open_harness(site, broker, broker_address, state, **sandboxes) as harness:
            with pytest.raises(ChildrenFailed, match="no model"):
                await harness.poll()
    assert harness.feed().last_outcome == "never"
    assert harness.state.entries(harness.feed().id, ["harbour"]) == {}


async def test_two_feeds_that_list_one_link_in_the_same_second_fetch_it_once(harness, site):
    paths = [f"/feed/{n}" for n in range(6)]
    for path in paths:
        site.says(path, feed(item()))
    site.says("/harbour", story())
    assert await harness.poll(*paths) == {"published": 1, "duplicate": 5}
    assert site.paths.count("/harbour") == 1
    (article,) = harness.articles()
    assert len(harness.state.listings(article.article_id)) == 6


CLOSED = '<meta property="article:content_tier" content="locked">'
WALLS = [
    (story(FIRST, SECOND, head=CLOSED), "paywalled"),
    (
        b"<html><body><h1>Before you go on</h1><p>We and our partners use cookies to store personal"
        b" data, with your consent.</p><button>Accept all</button></body></html>",
        "consent_wall",
    ),
]


@pytest.mark.parametrize(("body", "outcome"), WALLS)
async def test_what_stands_before_an_article_is_not_published_as_one(harness, site, body, outcome):
    site.says("/feed", feed(item()))
    site.says("/harbour", body)
    assert await harness.poll() == {outcome: 1}
    assert seen(harness).settled
    assert harness.articles() == []


@pytest.mark.parametrize(("body", "outcome"), WALLS)
async def test_behind_a_wall_the_feed_s_full_text_is_the_article(harness, site, body, outcome):
    site.says("/feed", feed(item(content_html=FULL_TEXT)))
    site.says("/harbour", body)
    assert await harness.poll() == {"published": 1}
    (article,) = harness.articles()
    assert article.text == f"{FIRST}\n{SECOND}\n{THIRD}"
    assert (article.text_source, article.page_outcome) == ("feed", outcome)
    assert article.access == ("walled" if outcome == "paywalled" else None)
    assert (article.reading, article.reading_reason) == ("feed", "only")


async def test_a_page_that_shows_a_part_gives_way_to_the_feed_s_full_text(harness, site):
    site.says("/feed", feed(item(content_html=FULL_TEXT)))
    site.says("/harbour", story(FIRST, SECOND))
    assert await harness.poll() == {"published": 1}
    (article,) = harness.articles()
    assert article.text == f"{FIRST}\n{SECOND}\n{THIRD}"
    assert (article.text_source, article.page_outcome) == ("feed", "ok")
    assert (article.reading, article.reading_reason) == ("feed", "longest")


async def test_one_report_on_two_sites_is_in_one_cluster(harness, site):
    site.says("/feed", feed(item("harbour"), item("port"), item("storm")))
    site.says("/harbour", story(FIRST, SECOND, THIRD, FOURTH))
    site.says("/port", story("(Agency) " + FIRST, SECOND, THIRD, FOURTH, title="Port opens"))
    site.says("/storm", story(*(f"A storm like storm {n} was never seen here." for n in range(9))))
    assert await harness.poll() == {"published": 3}
    articles = {article.url.rpartition("/")[2]: article for article in harness.articles()}
    assert articles["harbour"].cluster_id == articles["port"].cluster_id
    assert articles["storm"].cluster_id == articles["storm"].article_id
    assert [bool(articles[name].nearest) for name in ("harbour", "port")].count(True) == 1
