"""What a monitor reads from the topics, and its two clocks."""

from __future__ import annotations

import pytest

from newsline.broker import Position, connect
from newsline.monitor.clock_steps import ClockSteps
from newsline.monitor.history import History, Totals
from newsline.monitor.lag_follower import LagFollower, Moment
from newsline.monitor.topic_follower import TopicFollower
from newsline.records import RAW_TOPIC
from newsline.topics import contents
from tests.support.example_records import raw_article, raw_message

GROUP = "job"


@pytest.fixture
def broker(tmp_path):
    with connect(f"embedded:{tmp_path / 'broker.db'}") as connection:
        contents.ensure(connection)
        yield connection


def publish(broker, *numbers):
    broker.producer("test").commit([raw_message(raw_article(number)) for number in numbers])


def made_older(broker, seconds):
    with broker.transaction() as connection:
        connection.execute("UPDATE records SET timestamp = timestamp - ?", (seconds,))


def now(broker, after=0.0, step=0.0):
    """So many seconds after the newest record, with the clock stepped since."""
    newest = contents.latest(broker, RAW_TOPIC, 1)[0].timestamp
    return Moment(newest + after + step, 1_000.0 + after)


def oldest(follower, broker, moment):
    return max(each.lag_seconds for each in follower.look(broker.end_offsets(RAW_TOPIC), moment))


def test_a_topic_counts_what_is_written_after_the_first_look(broker):
    publish(broker, 1, 2, 3)
    follower = TopicFollower(broker, RAW_TOPIC)
    assert follower.look(now(broker)).number == 0
    publish(broker, 4, 5)
    assert follower.look(now(broker, after=2)).number == 2
    assert follower.look(now(broker, after=4)).number == 0


def test_records_that_are_ahead_of_the_clock_are_seen_at_the_first_look(broker):
    publish(broker, 1)
    follower = TopicFollower(broker, RAW_TOPIC)
    follower.look(now(broker, after=10, step=-3_600))
    assert follower.ahead == pytest.approx(3_590.0)
    publish(broker, 2)
    follower.look(now(broker, after=1))
    assert follower.ahead == 0.0


def test_the_newest_record_is_as_old_as_it_is_though_the_clock_steps(broker):
    publish(broker, 1)
    follower = TopicFollower(broker, RAW_TOPIC)
    follower.look(now(broker, after=10))
    assert follower.newest == pytest.approx(1_000.0)
    publish(broker, 2)
    follower.look(now(broker, after=12, step=3_600))  # an hour forward
    assert 1_010.0 <= follower.newest <= 1_012.0


def test_lag_in_seconds_grows_by_the_monotonic_clock_and_a_step_changes_nothing(broker):
    publish(broker, 1)
    follower = LagFollower(broker, GROUP)
    assert oldest(follower, broker, now(broker, after=5)) == pytest.approx(5)
    assert oldest(follower, broker, now(broker, after=25, step=86_400)) == pytest.approx(25)
    assert oldest(follower, broker, now(broker, after=30, step=-86_400)) == pytest.approx(30)


def test_a_record_from_a_clock_that_was_a_day_ahead_is_no_older_than_the_look(broker):
    publish(broker, 1)
    made_older(broker, -86_400)
    follower = LagFollower(broker, GROUP)
    before = Moment(now(broker).wall - 86_400, 1_000.0)
    assert oldest(follower, broker, before) == 0.0
    later = Moment(before.wall + 60, 1_060.0)
    assert oldest(follower, broker, later) == pytest.approx(60)


def test_a_commit_is_seen_to_move_and_what_is_read_no_longer_waits(broker):
    publish(broker, *range(8))
    follower = LagFollower(broker, GROUP)
    ends = broker.end_offsets(RAW_TOPIC)
    waiting = follower.look(ends, now(broker))
    assert sum(each.lag_records for each in waiting) == 8
    assert follower.moved is None
    for partition, end in enumerate(ends):
        broker.producer("job").commit([], Position(GROUP, RAW_TOPIC, partition, end))
    assert sum(each.lag_records for each in follower.look(ends, now(broker, after=2))) == 0
    assert follower.moved == 1_002.0


def test_a_topic_that_was_created_again_is_followed_from_its_start(broker):
    publish(broker, *range(8))
    follower = TopicFollower(broker, RAW_TOPIC)
    follower.look(now(broker))
    moment = now(broker, after=2)
    with broker.transaction() as connection:
        connection.execute("DELETE FROM records")
        connection.execute("UPDATE ends SET offset = 0")
    assert follower.look(moment).number == 0
    publish(broker, 1)
    assert follower.look(moment).number == 1


@pytest.mark.parametrize("step", [3_600.0, -3_600.0])
def test_a_step_of_the_clock_is_recognised_and_forgotten_after_an_hour(step):
    steps = ClockSteps()
    steps.note(5_000.0, 1_000.0)
    assert steps.note(5_002.1, 1_002.0) == 0.0
    assert steps.note(5_004.0 + step, 1_004.0) == pytest.approx(step, abs=1)
    assert steps.note(8_608.0 + step, 4_608.0) == 0.0


def test_a_window_is_unknown_until_it_was_watched_and_then_counts_what_came_in_it():
    history = History()
    for seconds in range(0, 91, 2):
        history.note(1_000.0 + seconds, Totals(published=seconds, enriched=0))
        if seconds == 30:
            assert history.windows(None)[0].published is None
    minute, *longer = history.windows(0.5)
    assert (minute.published, minute.expected) == (60, 30.0)
    assert [window.published for window in longer] == [None, None, None]


def test_the_series_has_a_count_for_each_step_and_none_for_what_was_not_read():
    history = History()
    for step, published in enumerate([0, 7, None, 9, 12]):
        history.note(step * 10.0, Totals(published=published))
    assert history.series(0.0).published == [7, None, None, 3]
