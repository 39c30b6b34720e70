"""The feed's state after a poll."""

import pytest

from connectors.fetch import Redirect
from connectors.poll.entry_handler import EntryResult
from connectors.poll.feed_update import MAX_DETAIL, Terms, after_push
from connectors.poll.feed_update import next_feed_state as after
from connectors.poll.poll_result import PollResult, ProcessedFeed, body_hash
from connectors.schedule import next_poll
from connectors.schedule.cadence import Cadence
from connectors.state import FeedState, FeedValidators, LearnedRedirect, PollFailure
from newsline.outcomes import EntryOutcome, FetchOutcome, PollOutcome
from tests.support.responses import response

NOW = 1_800_000_000.0
HOUR = 3_600.0
URL = "https://f.example/feed"
TERMS = Terms()
BUSY = FeedState(URL, last_success=NOW - HOUR, cadence=Cadence(0.0, 287.0, 72 * HOUR))
"""Four entries an hour."""


def ok(new: int = 0, ttl: float = 0.0, fresh_for: float | None = None) -> PollResult:
    results = [EntryResult(EntryOutcome.PUBLISHED)] * new
    processed = ProcessedFeed("Title", ttl, results, [None] * new, same=True)
    answer = response(URL, fresh_for=fresh_for)
    return PollResult(PollOutcome.OK, response=answer, processed=processed)


def failed(outcome=FetchOutcome.NOT_FOUND, detail="404", retry_after=0.0) -> PollResult:
    return PollResult(outcome, detail, retry_after=retry_after)


def wait(feed: FeedState) -> float:
    return feed.next_poll - NOW


def test_a_poll_says_what_it_brought_and_when_the_next_one_is():
    feed = after(BUSY, ok(new=4), TERMS, NOW)
    assert feed.why == "4 new entries in 60 min; on average one in 15 min"
    assert wait(feed) == pytest.approx(900, rel=0.1)
    assert feed.title == "Title"
    assert feed.validators[::2] == ('"1"', body_hash(b"the body"))


def test_an_outage_of_our_own_network_leaves_all_but_the_reason():
    before = BUSY._replace(failures=2, interval=900.0, next_poll=NOW - 60, last_outcome="timeout")
    feed = after(before, failed(FetchOutcome.OUTAGE, "no answer"), TERMS, NOW)
    assert feed._replace(why=before.why) == before
    assert feed.why == "our own network is down: polled when hosts answer again"


def test_a_first_poll_says_that_it_was_the_first():
    assert after(FeedState(URL), ok(new=1), TERMS, NOW).why.startswith("1 new entry at the first")


@pytest.mark.parametrize("result", [ok(ttl=2 * HOUR), ok(fresh_for=2 * HOUR)])
def test_the_feeds_own_wish_is_granted_wherever_it_stands(result):
    feed = after(BUSY, result, TERMS, NOW)
    assert wait(feed) == 2 * HOUR
    assert feed.why.startswith("the feed asks for 2 h (")


def test_the_wish_in_a_body_holds_until_another_body_is_read():
    feed = after(BUSY, ok(ttl=2 * HOUR), TERMS, NOW)
    again = after(feed, PollResult(PollOutcome.NOT_MODIFIED, response=response(URL)), TERMS, NOW)
    assert wait(again) == 2 * HOUR
    assert wait(after(again, ok(new=1), TERMS, NOW)) < HOUR


FAILURES = [
    *(FetchOutcome.NOT_FOUND, FetchOutcome.FORBIDDEN, FetchOutcome.THROTTLED),
    *(FetchOutcome.SERVER_ERROR, FetchOutcome.TIMEOUT, PollOutcome.NOT_A_FEED),
]


@pytest.mark.parametrize("outcome", FAILURES)
def test_a_feed_that_comes_back_is_polled_at_its_old_pace(outcome):
    feed = BUSY
    for _ in range(12):
        feed = after(feed, failed(outcome), TERMS, NOW)
    assert wait(feed) == next_poll.LONGEST
    assert feed.why == f"12th failure in a row: {outcome}"
    back = after(feed, ok(new=30), TERMS, NOW + 5 * next_poll.LONGEST)
    assert back.failures == 0
    assert back.cadence == BUSY.cadence
    assert back.next_poll - back.last_success == pytest.approx(900, rel=0.1)


def test_the_last_failure_stays_on_show_when_the_feed_is_well_again():
    feed = after(BUSY, failed(FetchOutcome.TIMEOUT, "no whole answer in 30 s"), TERMS, NOW)
    back = after(feed, ok(), TERMS, NOW + HOUR)
    assert (back.last_outcome, back.last_detail) == ("ok", "")
    assert back.last_failure == PollFailure(NOW, "timeout", "no whole answer in 30 s")


def test_the_validators_and_the_pace_outlive_failures():
    known = BUSY._replace(validators=FeedValidators('"7"', None, "hash"))
    feed = after(known, failed(), TERMS, NOW)
    assert (feed.validators, feed.interval) == (known.validators, known.interval)
    assert feed.last_success == known.last_success


def test_a_host_that_asks_to_wait_is_left_alone_for_a_day_at_the_most():
    feed = after(BUSY, failed(FetchOutcome.THROTTLED, retry_after=9e9), TERMS, NOW)
    assert wait(feed) == next_poll.LONGEST
    assert feed.why == "throttled: the host asks to wait 24 h"


def test_a_gone_feed_is_retired_and_says_so():
    feed = after(BUSY, failed(FetchOutcome.GONE, "410"), TERMS, NOW)
    assert wait(feed) == next_poll.RETIRED
    assert (feed.last_outcome, feed.why) == (
        "gone",
        "gone (410): retired, polled every 7 d",
    )


def test_a_learned_address_that_is_gone_does_not_retire_the_feed():
    moved = BUSY._replace(redirect=LearnedRedirect("https://new.example/feed"))
    feed = after(moved, failed(FetchOutcome.GONE), TERMS, NOW)
    assert feed.redirect.address is None
    assert wait(feed) == next_poll.FIRST_BACK_OFF
    assert feed.why == "gone at https://new.example/feed: the listed URL is polled again"


def test_a_move_is_learned_from_what_polls_bring():
    feed = BUSY
    moved = response("https://new.example/feed", Redirect(URL, permanent=True))
    for day in range(5):
        result = PollResult(PollOutcome.SAME_BODY, response=moved)
        feed = after(feed, result, TERMS, NOW + day * 86_400.0)
    assert (feed.url, feed.redirect.address) == (URL, "https://new.example/feed")


def test_what_a_server_says_is_not_kept_without_end():
    feed = after(BUSY, failed(detail="x" * 10_000), TERMS, NOW)
    assert len(feed.last_detail) == MAX_DETAIL
    moved = BUSY._replace(redirect=LearnedRedirect("https://new.example/" + "x" * 2_000))
    assert len(after(moved, failed(), TERMS, NOW).why) == MAX_DETAIL


def test_the_operators_interval_is_the_interval():
    assert wait(after(BUSY, ok(new=9, ttl=HOUR), Terms(interval=30.0), NOW)) == 30.0


def test_a_feed_that_is_pushed_is_polled_as_a_safety_net_and_keeps_its_pace():
    feed = after(BUSY, ok(new=4), Terms(renewal=7 * 86_400.0), NOW)
    assert wait(feed) == next_poll.SAFETY_NET
    pushed = after_push(feed, ok(new=1).processed._replace(ages=[1.0]), NOW + 60)
    assert (pushed.last_success, pushed.next_poll) == (NOW + 60, feed.next_poll)
    assert pushed.cadence.came == pytest.approx(feed.cadence.came + 1, rel=0.001)
