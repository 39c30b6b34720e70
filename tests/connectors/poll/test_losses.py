"""What a feed loses is told: lost entries, and gaps between polls."""

import pytest

from connectors.poll.health import health
from connectors.poll.losses import has_gap, is_too_slow, lost
from connectors.state import Coverage, FeedState, SeenEntry
from newsline.outcomes import Health
from newsline.service import metrics
from tests.support.connector_harness import feed, item, story

READ = FeedState("https://f.example/", title="Courier", last_success=1.0, interval=600.0)
TWENTY = READ._replace(coverage=Coverage(listed=20))


def stored(outcome, title="A title", settled=True):
    return SeenEntry("id", "", 1, settled, outcome, title=title)


@pytest.mark.parametrize("outcome", ["no_link", "invalid", "unread"])
def test_each_entry_that_its_feed_spoils_counts(outcome):
    assert lost([stored(outcome)], listed=50, unread=0) == {outcome: 1}


@pytest.mark.parametrize(
    "outcome", ["no_text", "paywalled", "not_found", "extract_crash", "timeout"]
)
def test_pages_count_when_it_happens_again_and_again(outcome):
    assert lost([stored(outcome)] * 5, listed=50, unread=0) == {outcome: 5}
    assert lost([stored(outcome)] * 4, listed=50, unread=0) == {}
    assert lost([stored(outcome)], listed=3, unread=0) == {}
    assert lost([stored(outcome)] * 2, listed=3, unread=0) == {outcome: 2}
    assert lost([stored(outcome)], listed=1, unread=0) == {outcome: 1}


def test_what_counts_is_named_by_outcome_the_most_frequent_first():
    entries = [stored("no_text")] * 3 + [stored("no_link")]
    found = lost(entries, listed=10, unread=7)
    assert list(found.items()) == [("unread", 7), ("no_text", 3), ("no_link", 1)]


@pytest.mark.parametrize(
    "entry",
    [
        stored("published"),
        stored("unchanged"),
        stored("robots"),
        stored("opted_out"),
        stored("not_html"),
        stored("timeout", settled=False),
        stored("not_found", title=None),  # it has led to an article before
    ],
)
def test_what_is_known_refused_or_tried_again_is_not_lost(entry):
    assert lost([entry] * 9, listed=9, unread=0) == {}


def test_a_feed_with_all_entries_new_has_a_gap():
    assert has_gap(TWENTY, listed=20, new=20)


@pytest.mark.parametrize(
    ("before", "listed", "new"),
    [
        (TWENTY, 20, 19),  # one is known
        (TWENTY, 3, 3),  # a new day's first entries
        (READ._replace(coverage=Coverage(listed=1)), 1, 1),
        (READ, 20, 20),  # it was empty
        (TWENTY._replace(last_success=None), 20, 20),
        (TWENTY, 0, 0),
    ],
)
def test_what_is_no_gap(before, listed, new):
    assert not has_gap(before, listed, new)


def test_a_gap_after_an_outage_is_not_the_interval_s():
    assert is_too_slow(READ, 660.0)
    assert is_too_slow(READ._replace(interval=None), 5.0)
    assert not is_too_slow(READ, 7_200.0)
    assert not is_too_slow(READ._replace(failures=3), 660.0)


async def test_a_feed_of_which_a_part_is_lost_is_read_partly(harness, site):
    site.says("/feed", feed(item(), item("two", url=None), item("three", url=None)))
    site.says("/harbour", story())
    assert await harness.poll() == {"published": 1, "no_link": 2}
    assert health(harness.feed()) is Health.PARTLY
    assert harness.feed().coverage == Coverage(listed=3, lost={"no_link": 2})
    await harness.poll()
    assert health(harness.feed()) is Health.PARTLY
    site.says("/feed", feed(item()))
    await harness.poll()
    assert health(harness.feed()) is Health.OK


async def test_pages_without_text_again_and_again_are_told_until_they_are_gone(harness, site):
    names = ("one", "two", "three")
    site.says("/feed", feed(item(), *map(item, names)))
    site.says("/harbour", story())
    for name in names:
        site.says(f"/{name}", "<html><body><p>Watch the video.</p></body></html>")
    for _ in range(2):
        await harness.poll()
        assert harness.feed().coverage.lost == {"no_text": 3}
    site.says("/feed", feed(item(), item("one", title="Now with a text")))
    site.says("/one", story())
    await harness.poll()
    assert harness.feed().coverage.lost == {}


async def test_an_article_that_is_taken_down_later_is_not_lost(harness, site):
    names = ("one", "two", "three")
    site.says("/feed", feed(*map(item, names)))
    for name in names:
        site.says(f"/{name}", story())
    await harness.poll()
    for name in names:
        site.says(f"/{name}", status=404)
    site.says("/feed", feed(*(item(name, summary="New.") for name in names)))
    for _ in range(2):
        await harness.poll()
        assert harness.feed().coverage.lost == {}


async def test_items_that_cannot_be_read_are_lost(harness, site):
    body = feed(item()).replace('"items": [', '"items": ["no object", 7, ')
    site.says("/feed", body)
    site.says("/harbour", story())
    assert await harness.poll() == {"published": 1, "unread": 2}
    assert harness.feed().coverage == Coverage(listed=3, lost={"unread": 2})


async def test_dates_that_cannot_be_read_are_counted_and_named(harness, site):
    before = metrics.totals(metrics.DATES_UNREAD)["newsline_entry_dates_unread"][""]
    site.says("/feed", feed(item(date_published="next Smarch"), item("two", date_published="")))
    for name in ("harbour", "two"):
        site.says(f"/{name}", story())
    await harness.poll()
    assert harness.feed().last_detail == "dates not read of 1 of 2 entries, such as 'next Smarch'"
    after = metrics.totals(metrics.DATES_UNREAD)["newsline_entry_dates_unread"][""]
    assert after - before == 1


async def test_an_entry_beyond_the_limit_takes_nothing_from_one_of_its_id(harness, site):
    older = [item(f"n{n}", url=None, date_published="2020-01-01T00:00:00Z") for n in range(2_000)]
    newest = item("n1999", date_published="2026-11-20T00:00:00Z", url="/harbour")
    site.says("/feed", feed(newest, *older))
    site.says("/harbour", story())
    outcomes = await harness.poll()
    assert (outcomes["published"], outcomes["no_link"], outcomes["unread"]) == (1, 1999, 1)
    assert harness.state.entries(harness.feed().id, {"n1999"})["n1999"].outcome == "published"


async def test_a_gap_is_counted_shown_and_quickens_the_pace(harness, site):
    def listing(first):
        return feed(*(item(f"story-{n}") for n in range(first, first + 5)))

    for n in range(15):
        site.says(f"/story-{n}", story())
    gaps = metrics.totals(metrics.FEED_GAPS)["newsline_feed_gaps"][""]
    site.says("/feed", listing(0))
    await harness.poll()
    site.says("/feed", listing(2))
    await harness.poll()
    assert harness.feed().coverage.gaps == 0
    slow = harness.feed().interval
    site.says("/feed", listing(10))
    await harness.poll()
    found = harness.feed()
    assert (found.coverage.gaps, found.coverage.last_gap) == (1, pytest.approx(found.last_success))
    assert metrics.totals(metrics.FEED_GAPS)["newsline_feed_gaps"][""] == gaps + 1
    assert found.interval < slow
    assert "a gap, all 5 entries new" in found.why


async def test_an_entry_without_a_link_hides_no_gap(harness, site):
    for n in range(2):
        names = [f"story-{n}-{m}" for m in range(3)]
        for name in names:
            site.says(f"/{name}", story())
        advert = item(f"advert-{n}", url=None, title="Our app")
        site.says("/feed", feed(*map(item, names), advert))
        await harness.poll()
    assert harness.feed().coverage.gaps == 1
    for n in range(2):
        (entry,), _ = harness.state.named_entries(f"advert-{n}")
        assert entry.outcome == "no_link"


async def test_new_guids_for_the_same_articles_are_no_gap(harness, site):
    for name in "abc":
        site.says(f"/{name}", story(title=name))
    for n in range(3):
        entries = [item(f"{name}{n}", url=f"/{name}", title=name) for name in "abc"]
        site.says("/feed", feed(*entries))
        await harness.poll()
    assert harness.feed().coverage.gaps == 0


async def test_a_lost_entry_is_found_by_id_and_by_title(harness, site):
    site.says("/feed", feed(item("x-1", url=None, title="The Quay’s  plan"), item("x-2")))
    site.says("/x-2", story())
    await harness.poll()
    for name in ("x-1", "the quay's plan"):
        (entry,), articles = harness.state.named_entries(name)
        assert (entry.outcome, entry.title, articles) == ("no_link", "The Quay’s plan", [])
    _, articles = harness.state.named_entries("x-2")
    assert articles == [article.article_id for article in harness.articles()]
    assert harness.state.named_entries("News of the x-2") == ([], [])
