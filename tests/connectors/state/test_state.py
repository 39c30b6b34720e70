"""The interface of the state, on SQLite and PostgreSQL."""

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime

import pytest

from connectors.feedlist.feed_list import Feed
from connectors.schedule.cadence import Cadence
from connectors.state import (
    Acknowledged,
    AfterPoll,
    Coverage,
    EntryCounts,
    EntryMarks,
    FeedState,
    FeedValidators,
    KnownArticle,
    LearnedRedirect,
    Listing,
    PollFailure,
    SeenEntry,
    SeenSitemap,
    State,
    StateError,
)
from connectors.state.entries import KEPT, MAX_DETAIL
from connectors.state.feeds import LEASE_SECONDS
from connectors.state.tables import Digest

DATE = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOW = DATE.timestamp()
ID, ONE, TWO = "a" * 32, "1" * 32, "2" * 32
ARTICLE = KnownArticle(ID, 1, ONE, TWO, "page", DATE, DATE)
LISTING = Listing(ID, "https://f.example/", "e1", "Title")
URL = "https://f.example/"
ENTRY = SeenEntry("e1", ONE, 1, True, "published", "", NOW, NOW, Digest.of(""))


ADDED_IN_VERSION_2 = [
    *(("feeds", name) for name in ("changing", "listed_entries", "lost", "gaps", "last_gap")),
    *(("entries", name) for name in ("likeness", "address", "title")),
    ("revisions", "address"),
]


@pytest.fixture
def state(any_state):
    return any_state


def acknowledge(state, *batch: Acknowledged, broker: str = "broker", ends=()) -> None:
    with state.publish_lock(broker) as lock:
        lock.acknowledge(batch, ends)


def claimed(state, *urls: str) -> list[FeedState]:
    """The feeds, and no others, listed and claimed."""
    state.enlist([Feed(url) for url in urls])
    return list(state.claim_due(NOW, len(urls)))


def test_a_feed_never_polled_is_due_at_once(state):
    assert state.feed(URL) == FeedState(URL)
    (feed,) = claimed(state, URL)
    assert (feed.url, feed.next_poll, feed.last_outcome) == (URL, 0, "never")


def test_a_poll_is_remembered_with_its_entries(state):
    (feed,) = claimed(state, URL)
    after = feed._replace(
        next_poll=5.0,
        last_outcome="ok",
        validators=FeedValidators('W/"1"', None, ONE),
        cadence=Cadence(0.1, 2.0, 3.0),
        redirect=LearnedRedirect("https://g.example/", "https://h.example/", 4.0, 5, URL),
        counts=EntryCounts(3, 1, 1, 1, 2, 3),
        last_failure=PollFailure(6.0, "timeout", "no answer"),
    )
    state.save_polls([AfterPoll(after, [ENTRY])])
    assert state.feed(URL) == after
    assert state.entries(feed.id, ["e1", "e2"]) == {"e1": ENTRY}
    assert state.entries(feed.id + 1, ["e1"]) == {}


SITEMAP = SeenSitemap("https://f.example/1.xml", ONE, "2026-11-25", "yesterday", '"1"', NOW)


@pytest.mark.parametrize("sitemap", [SITEMAP, SeenSitemap(SITEMAP.url, read_at=NOW)])
def test_a_sitemap_is_saved_with_its_feed(state, sitemap):
    (feed,) = claimed(state, URL)
    state.save_polls([AfterPoll(feed, sitemaps=[sitemap])])
    assert state.sitemaps(feed.id, [SITEMAP.url, URL]) == {SITEMAP.url: sitemap}


def test_a_sitemap_is_a_row_among_the_entries_so_that_older_states_can_be_read(state):
    (feed,) = claimed(state, URL)
    detail = '2026-11-25\nyesterday\n"1"'
    row = SeenEntry(SITEMAP.url, ONE, 1, True, "sitemap", detail, NOW, NOW, Digest.of(""))
    state.save_polls([AfterPoll(feed, [row])])
    assert state.sitemaps(feed.id, [SITEMAP.url]) == {SITEMAP.url: SITEMAP}
    state.save_polls([AfterPoll(feed, sitemaps=[SITEMAP])])
    assert state.entries(feed.id, [SITEMAP.url]) == {SITEMAP.url: row}


def test_a_row_that_is_no_sitemaps_is_read_as_none(state):
    (feed,) = claimed(state, URL)
    state.save_polls([AfterPoll(feed, [ENTRY])])
    assert state.sitemaps(feed.id, ["e1"]) == {}


def test_the_polls_of_a_batch_are_remembered_each_for_its_feed(state):
    urls = [f"https://f.example/{n}" for n in range(20)]
    polls = [
        AfterPoll(feed._replace(failures=n), [ENTRY._replace(attempts=n)])
        for n, feed in enumerate(claimed(state, *urls))
    ]
    state.save_polls(polls)
    for poll in polls:
        assert state.feed(poll.feed.url) == poll.feed
        assert state.entries(poll.feed.id, ["e1"])["e1"].attempts == poll.feed.failures


def test_what_a_hostile_site_says_can_be_remembered(state):
    (feed,) = claimed(state, URL)
    nasty = "\x00'; DROP TABLE feeds; --\ud800%s" + "x" * 5_000
    state.save_polls(
        [AfterPoll(feed._replace(validators=FeedValidators(nasty), last_detail=nasty))]
    )
    entry = ENTRY._replace(entry_id=nasty, detail=nasty)
    state.save_polls([AfterPoll(feed, [entry])])
    assert len(state.entries(feed.id, [nasty])[nasty].detail) <= MAX_DETAIL
    acknowledge(state, Acknowledged(ARTICLE, [nasty], [LISTING._replace(title=nasty)]))
    assert state.article_at(nasty) == ARTICLE


def test_due_feeds_are_claimed_the_longest_overdue_first_and_each_once(state):
    feeds = claimed(state, *(f"https://f.example/{n}" for n in range(5)))
    order = [3, 0, 4, 1, 2]
    state.save_polls(
        [AfterPoll(feed._replace(next_poll=NOW + n)) for feed, n in zip(feeds, order, strict=True)]
    )
    assert state.claim_due(NOW - 1, 5) == []
    assert [f.next_poll - NOW for f in state.claim_due(NOW + 3, 2)] == [0, 1]
    assert [f.next_poll - NOW for f in state.claim_due(NOW + 3, 5)] == [2, 3]
    assert state.claim_due(NOW + 3, 5) == []


def test_a_feed_that_is_listed_no_more_is_not_polled_and_comes_back_as_it_was(state):
    feeds = claimed(state, URL, "https://g.example/")
    state.save_polls(
        [AfterPoll(feed._replace(validators=FeedValidators("1"), next_poll=NOW)) for feed in feeds]
    )
    assert [feed.url for feed in claimed(state, URL)] == [URL]
    assert state.feed("https://g.example/").validators.etag == "1"
    state.enlist([Feed("https://g.example/", 30.0)])
    (again,) = state.claim_due(NOW, 5)
    assert (again.url, again.validators.etag, again.fixed_interval) == (
        "https://g.example/",
        "1",
        30.0,
    )


def test_made_due_a_feed_is_due_though_it_was_just_polled(state):
    (feed,) = claimed(state, URL)
    state.save_polls([AfterPoll(feed._replace(next_poll=NOW + 60))])
    state.make_due()
    assert [feed.url for feed in state.claim_due(NOW, 1, due=0.0)] == [URL]


def test_a_feed_polled_while_the_clock_was_ahead_is_due_when_it_is_set_back(state):
    (feed,) = claimed(state, URL)
    day = NOW + 86_400
    state.save_polls([AfterPoll(feed._replace(last_success=day, next_poll=day + 60))])
    assert state.claim_due(NOW, 10) == []
    state.renew(NOW)
    assert [feed.url for feed in state.claim_due(NOW + 1, 10)] == [URL]


def test_a_failure_while_the_clock_was_ahead_is_forgotten_too(state):
    (feed,) = claimed(state, URL)
    failed = feed._replace(
        failures=1, last_failure=PollFailure(NOW + 3_600, "timeout"), next_poll=NOW + 4_000
    )
    state.save_polls([AfterPoll(failed)])
    state.renew(NOW)
    assert [feed.url for feed in state.claim_due(NOW + 1, 10)] == [URL]


def test_many_feeds_are_spread_when_the_clock_is_set_back(state):
    day = NOW + 86_400
    polls = [
        AfterPoll(feed._replace(last_success=day, next_poll=day + 60))
        for feed in claimed(state, *(f"https://f.example/{n}" for n in range(100)))
    ]
    state.save_polls(polls)
    state.renew(NOW)
    planned = [feed.next_poll for feed in state.feeds()]
    assert 98 < max(planned) - min(planned) <= 100
    state.renew(NOW + 20)
    assert [feed.next_poll for feed in state.feeds()] == planned


def test_a_feed_that_waits_for_a_day_by_the_right_clock_still_waits(state):
    (feed,) = claimed(state, URL)
    state.save_polls([AfterPoll(feed._replace(last_success=NOW, next_poll=NOW + 86_400))])
    state.renew(NOW)
    assert state.claim_due(NOW, 10) == []


def test_a_renewed_lease_lasts_and_a_released_feed_is_free(state):
    claimed(state, URL)
    state.renew(NOW + LEASE_SECONDS)
    assert state.claim_due(NOW + LEASE_SECONDS + 1, 1) == []
    state.release()
    assert len(state.claim_due(NOW, 1)) == 1


def test_entries_that_a_feed_has_not_listed_for_long_are_forgotten(state):
    (feed,) = claimed(state, URL)
    old = ENTRY._replace(entry_id="old", listed=NOW - KEPT - 1)
    state.save_polls([AfterPoll(feed, [ENTRY, old])])
    assert state.entries(feed.id, ["e1", "old"]).keys() == {"e1", "old"}
    state.save_polls([AfterPoll(feed._replace(pruned=NOW), [], prune=True)])
    assert state.entries(feed.id, ["e1", "old"]).keys() == {"e1"}


def test_an_acknowledged_article_is_known_by_id_and_by_link(state):
    acknowledge(state, Acknowledged(ARTICLE, ["https://l.example/"], [LISTING]))
    assert state.article(ID) == ARTICLE
    assert state.article_at("https://l.example/") == ARTICLE
    assert state.article_at("https://m.example/") is None
    assert state.listings(ID) == [LISTING]


def test_under_the_publish_lock_acknowledged_articles_are_known(state):
    with state.publish_lock("broker") as lock:
        assert lock.article(ID) is None
        lock.acknowledge([Acknowledged(ARTICLE, [], [LISTING])], [1])
        assert lock.article(ID) == ARTICLE
        assert lock.listings(ID) == [LISTING]
        assert lock.positions() == {0: 1}
        assert lock.list_in(LISTING, "https://l.example/")
        assert not lock.list_in(LISTING._replace(entry_id="e2"), "https://l.example/")


def test_an_error_under_the_publish_lock_changes_nothing(state):
    with suppress(ZeroDivisionError), state.publish_lock("broker") as lock:
        lock.acknowledge([Acknowledged(ARTICLE, [], [LISTING])], [1])
        raise ZeroDivisionError
    assert state.article(ID) is None
    assert state.positions("broker") == {}


def test_a_later_revision_supersedes_and_an_earlier_one_does_not(state):
    second = ARTICLE._replace(revision=2, title_hash=TWO)
    acknowledge(state, Acknowledged(second, [], []))
    acknowledge(state, Acknowledged(ARTICLE, [], []))
    assert state.article(ID) == second


def test_acknowledging_twice_changes_nothing(state):
    for _ in range(2):
        acknowledge(state, Acknowledged(ARTICLE, ["https://l.example/"], [LISTING]))
    assert state.article(ID) == ARTICLE
    assert state.listings(ID) == [LISTING]


def test_positions_are_kept_per_broker(state):
    acknowledge(state, broker="one", ends=[3, 4])
    acknowledge(state, broker="two", ends=[9])
    assert state.positions("one") == {0: 3, 1: 4}
    assert state.positions("two") == {0: 9}


def test_the_state_outlives_its_process(state, any_state_address):
    acknowledge(state, Acknowledged(ARTICLE, [], []))
    state.close()
    with closing(State(any_state_address)) as again:
        assert again.article(ID) == ARTICLE


def test_a_state_of_another_version_is_refused_in_one_line(state, any_state_address):
    with state._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE newsline_state SET version = 99")
    with pytest.raises(StateError, match="version 99") as error:
        State(any_state_address)
    assert "\n" not in str(error.value)


def test_a_state_of_the_version_before_is_upgraded_and_keeps_what_it_knows(
    state, any_state_address
):
    (feed,) = claimed(state, URL)
    state.save_polls([AfterPoll(feed, [ENTRY])])
    acknowledge(state, Acknowledged(ARTICLE, [URL], [LISTING]))
    with state._engine.begin() as connection:
        for table, column in ADDED_IN_VERSION_2:
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.exec_driver_sql("DROP TABLE moved")
        connection.exec_driver_sql("UPDATE newsline_state SET version = 1")
    state.close()
    for _ in range(2):
        with closing(State(any_state_address)) as upgraded:
            assert upgraded.feed(URL) == feed
            assert upgraded.entries(feed.id, ["e1"]) == {"e1": ENTRY}
            assert upgraded.article(ID) == upgraded.article_at(URL) == ARTICLE


def test_a_file_of_an_older_newsline_is_refused_in_one_line(tmp_path):
    with closing(sqlite3.connect(tmp_path / "state.db")) as old:
        old.execute("CREATE TABLE feeds (url TEXT PRIMARY KEY)")
    with pytest.raises(StateError, match=r"state\.db was made by an older newsline: delete it"):
        State(str(tmp_path / "state.db"))


def test_a_file_that_is_no_state_is_said_in_one_line(tmp_path):
    path = tmp_path / "state.db"
    path.write_text("this is not a database, but it is long enough to be looked at" * 20)
    with pytest.raises(StateError, match=r"state\.db") as error:
        State(str(path))
    assert "\n" not in str(error.value)


def test_a_file_has_one_connector(tmp_path):
    path = str(tmp_path / "deep" / "state.db")
    with closing(State(path)) as first, closing(State(path)) as second:
        first.enlist([Feed(URL)])
        with pytest.raises(StateError, match=r"in use by another connector") as error:
            second.enlist([Feed(URL)])
        assert "\n" not in str(error.value)
        assert second.feed(URL).url == URL
    with closing(State(path)) as next_one:
        next_one.enlist([Feed(URL)])


def test_what_a_dead_connector_had_claimed_on_a_file_is_free_at_once(tmp_path):
    path = str(tmp_path / "state.db")
    with closing(State(path)) as dead:
        assert len(claimed(dead, URL)) == 1
    with closing(State(path)) as state:
        assert len(claimed(state, URL)) == 1


def test_entries_are_found_by_likeness_and_by_link_and_lead_to_their_article(state):
    feed, other = claimed(state, URL, "https://g.example/")
    one = ENTRY._replace(
        link="https://a.example/1", likeness="like one", address="https://a.example/1"
    )
    two = ENTRY._replace(
        entry_id="e2", link="https://a.example/2", likeness="like two", title="Two"
    )
    state.save_polls([AfterPoll(feed, [one, two]), AfterPoll(other, [one])])
    acknowledge(state, Acknowledged(ARTICLE, ["https://a.example/1"], [LISTING]))
    marks = EntryMarks(Digest.of("like one"), Digest.of("https://a.example/2"))
    found = {each.entry_id: each for each in state.entries_like(feed.id, [marks])}
    assert found.keys() == {Digest.of("e1"), Digest.of("e2")}
    assert found[Digest.of("e1")].address == one.address
    assert state.article_of(feed.id, "e1") == state.article_of(feed.id, Digest.of("e1")) == ARTICLE
    assert state.article_of(feed.id, "e2") is None
    state.save_polls([AfterPoll(feed, [found[Digest.of("e1")]._replace(attempts=7)])])
    assert state.entries(feed.id, ["e1"])["e1"].attempts == 7


def test_entries_are_found_by_name(state):
    feed, other = claimed(state, URL, "https://g.example/")
    lost = ENTRY._replace(entry_id="e2", outcome="no_link", title="The Quay’s plan")
    published = ENTRY._replace(link="https://a.example/1")
    state.save_polls([AfterPoll(feed, [published, lost]), AfterPoll(other, [published])])
    acknowledge(state, Acknowledged(ARTICLE, ["https://a.example/1"], [LISTING]))
    entries, articles = state.named_entries("e1")
    assert ([each.feed_url for each in entries], articles) == ([URL, "https://g.example/"], [ID])
    (entry,), _ = state.named_entries("the quay's  PLAN")
    assert (entry.feed_url, entry.outcome) == (URL, "no_link")
    assert state.named_entries("another plan") == ([], [])


def test_coverage_and_changing_parameters_are_kept_with_the_feed(state):
    (feed,) = claimed(state, URL)
    coverage = Coverage(20, {"no_link": 3, "unread": 1}, gaps=2, last_gap=NOW)
    feed = feed._replace(coverage=coverage, changing=("sid", ";v"))
    state.save_polls([AfterPoll(feed)])
    assert state.feed(URL) == feed
