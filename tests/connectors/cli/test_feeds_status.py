"""``newsline feeds status`` on states written by polls."""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import msgspec
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from connectors.cli.feeds_status import Sort, feed_lines
from connectors.feedlist.feed_list import Feed
from connectors.poll.report import report
from connectors.state import (
    AfterPoll,
    Coverage,
    EntryCounts,
    FeedNow,
    FeedState,
    LearnedRedirect,
    PollFailure,
    State,
)
from connectors.state.models import Subscription
from newsline.cli import app
from newsline.outcomes import Health
from tests.support.command import newsline
from tests.support.feed_states import put

NOW = 1_800_000_000.0
HOUR, DAY = 3600.0, 86_400.0
WELL = FeedState(
    "https://a.example/rss",
    last_outcome="ok",
    last_success=NOW - 2 * HOUR,
    next_poll=NOW + 3 * HOUR,
    why="nothing new in 2 h; on average one in 5 h",
    counts=EntryCounts(entries=12_345, published=150, updates=4, duplicates=50),
)
FAILING = FeedState(
    "https://b.example/feed",
    last_outcome="timeout",
    last_detail="no whole answer in 30 s",
    failures=7,
    last_success=NOW - 2 * DAY,
    next_poll=NOW + 9 * HOUR,
    why="7th failure in a row: timeout",
    last_failure=PollFailure(NOW - 4 * HOUR, "timeout", "no whole answer in 30 s"),
    counts=EntryCounts(robots=3, refused=1),
)
GONE = FeedState(
    "https://gone.example/",
    last_outcome="gone",
    failures=1,
    next_poll=NOW + 7 * DAY,
    why="gone (410): retired, polled every 7 d",
    last_failure=PollFailure(NOW - HOUR * 3, "gone"),
)
MOVED = WELL._replace(
    url="https://m.example/",
    redirect=LearnedRedirect("https://new.example/", "https://newer.example/"),
)
PARTLY = Coverage(20, {"no_text": 5, "no_link": 1}, gaps=2, last_gap=NOW - 3 * HOUR)
HUB = Subscription(
    WELL.url, "https://hub.example/", WELL.url, "token", "secret", expires=NOW + DAY, last_push=NOW
)


def test_a_feed_s_login_is_shown_to_nobody():
    feed = now(WELL._replace(url="https://ana:secret@a.example/rss"))
    assert report(feed, NOW).url == "https://a.example/rss"


def now(feed, **others):
    """The feed as it stands, listed and in nobody's hands but for ``others``."""
    return FeedNow(feed, **({"listed": True, "leased_until": 0.0, "subscription": None} | others))


@pytest.mark.parametrize(
    ("feed", "expected"),
    [
        (
            now(WELL),
            """\
ok       https://a.example/rss
         2 h ago    in 3 h        12,345     150   25%  nothing new in 2 h; on average one in 5 h
""",
        ),
        (
            now(FAILING),
            """\
failing  https://b.example/feed
         2 d ago    in 9 h             0       0    0%  7th failure in a row: timeout
         last error, 4 h ago: timeout: no whole answer in 30 s
         robots.txt: 3 entries with a disallowed page
         address guard: 1 entry with a page at a private address or an unusual port
""",
        ),
        (
            now(GONE),
            """\
retired  https://gone.example/
         never      in 7 d             0       0    0%  gone (410): retired, polled every 7 d
         last error, 3 h ago: gone
""",
        ),
        (
            now(MOVED, subscription=HUB),
            """\
ok       https://m.example/
         2 h ago    in 3 h        12,345     150   25%  nothing new in 2 h; on average one in 5 h
         moved to https://new.example/
         redirects to https://newer.example/
         hub https://hub.example/: live, last push 0 s ago
""",
        ),
        (
            now(WELL._replace(coverage=PARTLY)),
            """\
partly   https://a.example/rss
         2 h ago    in 3 h        12,345     150   25%  nothing new in 2 h; on average one in 5 h
         lost: 6 of 20 entries listed: 5 no_text, 1 no_link
         gap 3 h ago: all entries were new, others may have come and gone; 2 gaps in all
""",
        ),
        (
            now(FeedState("https://new.example/")),
            """\
new      https://new.example/
         never      due                0       0    0%
""",
        ),
        (
            now(WELL._replace(next_poll=NOW - 3 * HOUR)),
            """\
ok       https://a.example/rss
         2 h ago    late 3 h      12,345     150   25%  nothing new in 2 h; on average one in 5 h
""",
        ),
        (
            now(WELL._replace(next_poll=NOW - 3 * HOUR), leased_until=NOW + 50),
            """\
ok       https://a.example/rss
         2 h ago    now           12,345     150   25%  nothing new in 2 h; on average one in 5 h
""",
        ),
        (
            now(WELL._replace(last_detail="2 of 10 sitemaps failed"), listed=False),
            """\
ok       https://a.example/rss
         2 h ago    none          12,345     150   25%  nothing new in 2 h; on average one in 5 h
         not in the feed list: not polled
         last poll: 2 of 10 sitemaps failed
""",
        ),
    ],
)
def test_a_feed_in_lines_that_fit_a_terminal_of_100_columns(feed, expected):
    shown = list(feed_lines(report(feed, NOW), NOW))
    assert shown == expected.splitlines()
    assert max(map(len, shown)) <= 100


def test_what_a_site_says_is_on_one_line_and_cannot_move_the_cursor():
    said = "\x1b[2Jgone\nok       https://a.example/\u202e\x9b1A"
    nasty = FAILING._replace(last_failure=FAILING.last_failure._replace(detail=said))
    shown = list(feed_lines(report(now(nasty), NOW), NOW))
    assert len(shown) == 5
    assert "timeout:  [2Jgone ok       https://a.example/  1A" in shown[2]


def test_json_has_these_fields_and_no_secret():
    found = report(now(FAILING, subscription=HUB._replace(detail="denied", expires=None)), NOW)
    assert json.loads(msgspec.json.encode(found)) == {
        "url": "https://b.example/feed",
        "listed": True,
        "health": "failing",
        "being_polled": False,
        "failures": 7,
        "last_outcome": "timeout",
        "last_success": "2027-01-13T08:00:00Z",
        "last_error": {
            "at": "2027-01-15T04:00:00Z",
            "outcome": "timeout",
            "detail": "no whole answer in 30 s",
        },
        "note": "",
        "next_poll": "2027-01-15T17:00:00Z",
        "overdue_seconds": 0,
        "why": "7th failure in a row: timeout",
        "moved_to": None,
        "moving_to": None,
        "also_read_by": None,
        "entries": 0,
        "published": 0,
        "updates": 0,
        "duplicates": 0,
        "duplicate_share": 0.0,
        "robots": 3,
        "refused": 1,
        "entries_listed": 0,
        "entries_lost": {},
        "gaps": 0,
        "last_gap": None,
        "websub": {
            "hub": "https://hub.example/",
            "state": "failing",
            "expires": None,
            "last_push": "2027-01-15T08:00:00Z",
            "detail": "denied",
        },
    }


@pytest.fixture
def address(any_state_address):
    """A state, on each store, of five feeds of which one is not listed any more."""
    since = time.time() - NOW
    feeds = [
        each._replace(
            next_poll=each.next_poll + since,
            last_success=each.last_success and each.last_success + since,
            last_failure=each.last_failure._replace(
                at=each.last_failure.at and each.last_failure.at + since
            ),
        )
        for each in (
            WELL,
            FAILING,
            GONE,
            MOVED._replace(counts=MOVED.counts._replace(published=900)),
        )
    ]
    with closing(State(any_state_address)) as state:
        put(state, WELL._replace(url="https://unlisted.example/"), *feeds)
        state.enlist([Feed(feed.url) for feed in feeds])
        state.keep_subscription(HUB._replace(expires=time.time() + DAY))
    return any_state_address


def status(address, *options):
    done = CliRunner().invoke(app, ["feeds", "status", "--state", address, *options])
    assert done.exit_code == 0, done.output
    return done.stdout


def as_json(address, *options):
    return [json.loads(line) for line in status(address, "--json", *options).splitlines()]


def test_all_listed_feeds_are_shown_with_a_total(address):
    shown = status(address).splitlines()
    assert shown[0] == "health   feed"
    assert shown[1] == f"{'':9}last read  next poll    entries     new   dup  reason"
    assert [line for line in shown if line[0] != " "][1:] == [
        "ok       https://a.example/rss",
        "ok       https://m.example/",
        "failing  https://b.example/feed",
        "retired  https://gone.example/",
        "4 feeds: 1 failing, 2 ok, 1 retired",
    ]


def test_only_those_that_fail(address):
    urls = [feed["url"] for feed in as_json(address, "--failing")]
    assert urls == [FAILING.url, GONE.url]
    assert status(address, "--failing").endswith("4 feeds: 1 failing, 2 ok, 1 retired\n")


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.NEXT, [WELL, MOVED, FAILING, GONE]),
        (Sort.SUCCESS, [GONE, FAILING, WELL, MOVED]),
        (Sort.ERROR, [GONE, FAILING, WELL, MOVED]),
        (Sort.DUPLICATES, [WELL, MOVED, FAILING, GONE]),
        (Sort.URL, [WELL, FAILING, GONE, MOVED]),
        (Sort.NEW, [MOVED, WELL, FAILING, GONE]),
    ],
)
def test_the_order_is_one_s_own_choice(address, sort, expected):
    shown = as_json(address, "--sort", sort)
    assert [feed["url"] for feed in shown] == [feed.url for feed in expected]


def test_a_feed_that_is_named_is_shown_though_it_is_not_listed(address):
    shown = as_json(address, "https://unlisted.example/", WELL.url)
    assert {feed["url"]: feed["listed"] for feed in shown} == {
        WELL.url: True,
        "https://unlisted.example/": False,
    }
    assert [feed["websub"] and feed["websub"]["state"] for feed in shown] == ["live", None]


def test_a_feed_that_is_not_known_is_an_error_in_one_line(address):
    done = newsline("feeds", "status", "https://x.example/", WELL.url, "--state", address)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("newsline: https://x.example/: not in ")
    assert done.stderr.count("\n") == 1


def test_an_outage_of_our_own_network_is_told_below_the_total(tmp_path):
    path = str(tmp_path / "state.db")
    now = time.time()
    with closing(State(path)) as state:
        put(state, WELL._replace(next_poll=now - 4 * HOUR))
        state.begin_outage(now - 6 * HOUR, "dns: no such name", now)
    total, outage = status(path).splitlines()[-2:]
    assert total == "1 feed: 1 ok; 1 overdue, for up to 4 h"
    assert outage.partition("; last probe ")[0] == (
        "our own network has been down for 6 h: no host answers (dns: no such name); feeds wait,"
        " and are polled when hosts answer again"
    )


def test_feeds_that_nobody_polls_are_overdue_and_the_total_asks_why(tmp_path):
    path = str(tmp_path / "state.db")
    with closing(State(path)) as state:
        put(state, *(WELL._replace(url=f"https://{n}.example/", next_poll=NOW) for n in range(3)))
        with state._engine.begin() as connection:
            late = time.time() - 4 * HOUR
            connection.exec_driver_sql(f"UPDATE feeds SET next_poll = {late}")
    assert status(path).splitlines()[-1] == (
        "3 feeds: 3 ok; 3 overdue, for up to 4 h: does newsline poll run?"
    )
    assert [feed["overdue_seconds"] // 60 for feed in as_json(path)] == [240] * 3


def test_a_state_without_feeds_says_so(tmp_path):
    State(str(tmp_path / "state.db")).close()
    assert status(str(tmp_path / "state.db")) == "0 feeds\n"


def test_the_state_is_asked_as_often_for_a_thousand_feeds_as_for_one(any_state_address):
    asked = []
    with closing(State(any_state_address)) as state:
        for count in (1, 1_000):
            state.enlist([Feed(f"https://{n}.example/feed") for n in range(count)])
            due = state.claim_due(time.time(), count)
            state.save_polls(
                [AfterPoll(FAILING._replace(url=each.url, id=each.id)) for each in due]
            )
            with queries_for_feeds() as queries:
                shown = status(any_state_address).splitlines()
            assert shown[-1].endswith(f"{count:,} failing")
            asked.append(len(queries))
    assert asked[0] == asked[1] > 0


@contextmanager
def queries_for_feeds() -> Iterator[list[str]]:
    """The SQL statements on table feeds, of all states of this process."""
    found = []

    def note(_connection, _cursor, statement, *_) -> None:
        if "FROM feeds" in statement:
            found.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(sa.Engine, "before_cursor_execute", note)


def test_health_and_times_are_those_that_the_alerts_and_the_state_have():
    found = report(now(WELL), NOW)
    assert found.health is Health.OK
    assert found.last_success == datetime(2027, 1, 15, 6, tzinfo=UTC)
