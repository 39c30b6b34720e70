"""A monitor on real sources, each in the state of a fault."""

from __future__ import annotations

import threading
import time

import pytest

from connectors.state import FeedState, State
from newsline.broker import BrokerUnreachable, connect
from newsline.monitor import look as looks
from newsline.monitor.disks import DisksLook, places
from newsline.monitor.look import Look
from newsline.monitor.monitor import Monitor, MonitorSources
from newsline.monitor.snapshot import Condition, FlowStage
from newsline.topics import contents
from tests.support.command import until
from tests.support.example_records import raw_article, raw_message
from tests.support.feed_states import put


@pytest.fixture
def broker(tmp_path):
    with connect(f"embedded:{tmp_path / 'broker.db'}") as connection:
        contents.ensure(connection)
        yield connection


def judged(broker, state=""):
    """The verdict after one answer of each source."""
    with Monitor(MonitorSources(lambda: broker, "job", str(state))) as monitor:
        until(monitor.has_answered)
        return monitor.judged().verdict


def state_with(path, *feeds):
    state = State(str(path))
    put(state, *feeds)
    state.close()
    return path


def feed(number, **changes):
    now = time.time()
    good = FeedState(f"https://{number}.example/feed", last_outcome="ok", last_success=now - 5)
    return good._replace(next_poll=now + 60, **changes)


def test_feeds_that_answer_and_bring_nothing_are_a_quiet_pipeline(tmp_path, broker):
    state = state_with(tmp_path / "state.db", feed(1), feed(2))
    verdict = judged(broker, state)
    assert (verdict.condition, verdict.stage) == (Condition.QUIET, None)


def test_feeds_that_have_answered_once_and_all_fail_now_are_broken(tmp_path, broker):
    down = {"failures": 2, "last_outcome": "connect", "last_detail": "connection refused"}
    failed = [
        each._replace(
            last_failure=each.last_failure._replace(at=time.time() - 1, outcome="connect")
        )
        for each in (feed(1, **down), feed(2, **down))
    ]
    verdict = judged(broker, state_with(tmp_path / "state.db", *failed))
    assert (verdict.condition, verdict.stage) == (Condition.BROKEN, FlowStage.FEEDS)
    assert "connection refused" in verdict.sentence
    assert verdict.since == pytest.approx(time.time() - 5, abs=5)


def test_records_that_wait_while_nothing_commits_are_a_broken_job_though_none_is_counted(broker):
    broker.producer("test").commit([raw_message(raw_article(1))])
    with broker.transaction() as connection:
        connection.execute("UPDATE records SET timestamp = timestamp - 75")
    verdict = judged(broker)
    assert (verdict.condition, verdict.stage) == (Condition.BROKEN, FlowStage.JOB)


def test_a_state_that_is_missing_is_broken_if_it_was_named(tmp_path, broker):
    verdict = judged(broker, tmp_path / "none.db")
    assert (verdict.condition, verdict.stage) == (Condition.BROKEN, FlowStage.STATE)


def test_a_broker_that_hangs_is_unknown_at_first_and_stops_no_other_source(monkeypatch, tmp_path):
    monkeypatch.setattr(looks, "HANGS_SECONDS", 0.0)
    forever = threading.Event()

    def hang():
        forever.wait()
        raise BrokerUnreachable("ended")

    sources = MonitorSources(hang, "job", places={"broker": tmp_path})
    with Monitor(sources) as monitor:
        until(lambda: monitor.look().snapshot.disks)
        snapshot = monitor.judged().snapshot
        assert snapshot.broker is None
        assert snapshot.broker_problem == "no answer in 0 s"
    forever.set()


def test_a_figure_is_unknown_when_it_is_older_than_15_seconds(monkeypatch):
    look = Look("test", lambda: 5)
    look.start()
    until(lambda: look.fresh() == 5)
    look.end()
    later = time.monotonic() + 15
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert look.fresh() is None


def test_a_fault_of_our_own_in_a_look_is_a_problem_and_no_silence():
    look = Look("test", lambda: 1 / 0)
    look.start()
    until(look.problem)
    assert look.problem() == "ZeroDivisionError: division by zero"
    look.end()


def test_places_are_the_local_files_of_the_addresses(tmp_path):
    found = places(f"embedded://{tmp_path}/b.db", f"{tmp_path}/s.db", str(tmp_path))
    assert sorted(found) == ["broker", "sinks", "state"]
    assert places("kafka://b:9092", "postgresql://u@h/db") == {}
    (disk,) = DisksLook({"broker": tmp_path / "none" / "b.db"})()
    assert disk.free_bytes > 0
    assert 0 < disk.free_share <= 1
