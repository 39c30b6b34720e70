"""Permanent redirects of feeds, learned after polls and days."""

import pytest

from connectors.fetch import Redirect
from connectors.parse import FeedBody, parse_feed
from connectors.poll import redirects
from connectors.state import FeedState, FeedValidators, LearnedRedirect
from newsline.outcomes import FetchOutcome, PollOutcome
from tests.support.connector_harness import feed as json_feed
from tests.support.connector_harness import item
from tests.support.responses import response

DAY = 86_400.0
OLD, NEW, OTHER = "https://old.example/feed", "https://new.example/feed", "https://other.example/"
MOVED = response(NEW, Redirect(OLD, permanent=True))
LISTED = FeedState(OLD, validators=FeedValidators('"1"'))
LEARNED = LISTED._replace(redirect=LearnedRedirect(NEW))


def polled(feed: FeedState, *, days: float, polls: int, to=MOVED, same: bool = True) -> FeedState:
    """The feed after so many polls over so many days, from the first to the last."""
    for n in range(polls):
        feed = redirects.after_success(feed, to, n * days * DAY / max(polls - 1, 1), same=same)
    return feed


def test_an_address_is_learned_when_it_has_served_the_feed_for_polls_and_days():
    feed = polled(LISTED, days=3, polls=5)
    assert (feed.url, feed.redirect) == (OLD, LearnedRedirect(NEW))
    assert feed.validators.etag == '"1"'


@pytest.mark.parametrize(("days", "polls"), [(2.9, 100), (30, 4), (0, 1)])
def test_it_takes_both_the_polls_and_the_days(days, polls):
    feed = polled(LISTED, days=days, polls=polls)
    assert feed.redirect[:2] == (None, NEW)
    assert feed.redirect.polls == polls


@pytest.mark.parametrize(
    "hops",
    [
        [Redirect(OLD, permanent=False)],
        [Redirect(OLD, permanent=True), Redirect(OTHER, permanent=False)],
        [],
    ],
)
def test_only_redirects_that_are_permanent_on_every_hop_are_learned(hops):
    assert polled(LISTED, days=9, polls=9, to=response(NEW, *hops)) == LISTED


def test_a_feed_with_a_login_keeps_its_listed_address():
    listed = LISTED._replace(url="https://ana:secret@old.example/feed")
    assert polled(listed, days=9, polls=9) == listed


def test_a_chain_of_permanent_redirects_leads_to_its_end():
    chain = response(NEW, Redirect(OLD, permanent=True), Redirect(OTHER, permanent=True))
    assert polled(LISTED, days=3, polls=5, to=chain).redirect.address == NEW


@pytest.mark.parametrize("between", [response(OLD), response(OTHER, Redirect(OLD, permanent=True))])
def test_a_redirect_that_changes_begins_anew(between):
    feed = polled(LISTED, days=2, polls=4)
    feed = redirects.after_success(feed, between, 3 * DAY, same=True)
    assert redirects.after_success(feed, MOVED, 4 * DAY, same=True).redirect.polls == 1


def test_an_address_that_serves_another_feed_is_not_learned_though_it_keeps_to_that():
    feed = redirects.after_success(LISTED, MOVED, 0.0, same=False)
    for day in range(1, 10):
        feed = redirects.after_success(feed, MOVED, day * DAY, same=True)
    assert feed.redirect[:2] == (None, NEW)
    assert feed.redirect.polls == 0


def test_a_feed_that_moves_back_is_polled_at_its_listed_url():
    back = response(OLD, Redirect(NEW, permanent=True))
    assert polled(LEARNED, days=3, polls=5, to=back).redirect.address is None


def test_a_feed_that_moves_on_is_followed():
    on = response(OTHER, Redirect(NEW, permanent=True))
    assert polled(LEARNED, days=3, polls=5, to=on).redirect.address == OTHER


@pytest.mark.parametrize(
    "outcome",
    [
        *(FetchOutcome.NOT_FOUND, FetchOutcome.GONE, FetchOutcome.ADDRESS_REFUSED),
        *(FetchOutcome.FORBIDDEN, PollOutcome.NOT_A_FEED),
    ],
)
def test_a_learned_address_that_has_no_feed_is_given_up_at_once(outcome):
    assert redirects.is_lost(LEARNED._replace(failures=1), outcome)
    assert not redirects.is_lost(LISTED._replace(failures=1), outcome)


@pytest.mark.parametrize("outcome", [FetchOutcome.TIMEOUT, FetchOutcome.SERVER_ERROR])
def test_a_learned_address_that_fails_for_a_while_is_given_up_after_some_failures(outcome):
    lost = [
        redirects.is_lost(LEARNED._replace(failures=failures), outcome) for failures in (1, 2, 3)
    ]
    assert lost == [False, False, True]


def test_what_is_given_up_leaves_the_feed_as_it_was_listed_and_without_validators():
    assert redirects.forgotten(LEARNED) == FeedState(OLD)


@pytest.mark.parametrize(
    ("title", "entry", "same"),
    [
        ("The Test Courier", "harbour", True),
        ("The Test Courier", "mill", True),
        ("Another", "harbour", True),
        ("Another", "mill", False),
        ("", "mill", False),
    ],
)
def test_a_feed_is_known_by_an_entry_or_by_its_title(title, entry, same):
    parsed = parse_feed(FeedBody(json_feed(item(entry)).encode(), NEW, "", None))
    before = FeedState(OLD, last_success=1.0, title=title)
    assert redirects.same_feed(before, {"harbour"}, parsed) is same


def test_a_feed_that_has_never_been_read_is_what_it_is_found_to_be():
    parsed = parse_feed(FeedBody(json_feed(item()).encode(), NEW, "", None))
    assert redirects.same_feed(FeedState(OLD), {}, parsed)
