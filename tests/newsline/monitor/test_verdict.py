"""The verdict, fault by fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from newsline.monitor.feeds_condition import OwnOutage
from newsline.monitor.rules import START_SECONDS, all_rules
from newsline.monitor.snapshot import Condition, FlowStage, OpenNow, Snapshot, TopicNow
from newsline.monitor.verdict import WORST_FIRST, findings, verdict
from newsline.records import TOPICS
from tests.support.pipeline_snapshots import (
    GIB,
    NOW,
    WELL,
    disk,
    failing,
    letters,
    process,
    seen,
    waiting,
    windows,
)

HTML = failing("https://news.example/feed", "not_a_feed", "an HTML page")
QUIET_TOPICS = {topic: TopicNow(records=9, newest_at=NOW - 7_200, rate=0.0) for topic in TOPICS}

FAULTS = {
    "all feeds are down": (
        seen(
            feeds={
                "health": {"failing": 6},
                "failed_since_success": 6,
                "newest_success": NOW - 40,
                "worst": [failing("https://news.example/feed", "connect")],
            }
        ),
        ("broken", "feeds", "newslinenofeedanswers"),
    ),
    "twenty feeds in a row fail, of 500": (
        seen(
            feeds={"listed": 500, "health": {"ok": 480, "failing": 20}, "failed_since_success": 20}
        ),
        ("broken", "feeds", "newslinenofeedanswers"),
    ),
    "one feed is an HTML page": (
        seen(feeds={"health": {"ok": 5, "failing": 1}, "worst": [HTML]}),
        ("degraded", "feeds", "newslinemanyfeedsfailing"),
    ),
    "the servers are slow": (
        seen(feeds={"being_polled": 4}, connector_silent_seconds=25.0),
        ("degraded", "feeds", "newslinemanyfeedsfailing"),
    ),
    "robots.txt disallows the pages": (
        seen(windows=[replace(each, published=0, lost={"robots": 6}) for each in windows(0, 0.1)]),
        ("degraded", "feeds", "newslinefeedspartly"),
    ),
    "our own network is down": (
        seen(feeds={"outage": OwnOutage(since=NOW - 90, seen=NOW - 3, cause="dns")}),
        ("broken", "feeds", "newslineoutage"),
    ),
    "the clock was set back by an hour": (
        seen(broker=replace(WELL.broker, ahead_seconds=3_600.0)),
        ("degraded", "broker", "a-clock-is-wrong"),
    ),
    "run has ended its connector, and enriches what was polled": (
        seen(
            processes=[process(FlowStage.CONNECTOR, state="ended")],
            feeds={"overdue_seconds": 40.0},
            connector_silent_seconds=40.0,
        ),
        ("quiet", "connector", "how-to-read-the-verdict"),
    ),
    "dates are in the future": (
        seen(undated=9, dated_before=60),
        ("degraded", "feeds", "newslinedatesunusable"),
    ),
    "nothing comes although 30 articles were to be expected": (
        seen(windows=windows(published=0)),
        ("broken", "feeds", "newslinebelowexpected"),
    ),
    "5 articles come of 30 that were to be expected": (
        seen(windows=windows(published=5)),
        ("degraded", "feeds", "newslinebelowexpected"),
    ),
    "the connector does nothing": (
        seen(feeds={"overdue": 3, "overdue_seconds": 25.0}, connector_silent_seconds=25.0),
        ("broken", "connector", "newslineconnectorsilent"),
    ),
    "the connector's process has ended": (
        seen(processes=[process(FlowStage.CONNECTOR, state="gone")]),
        ("broken", "connector", "newslineconnectorsilent"),
    ),
    "the connector's process is stopped": (
        seen(processes=[process(FlowStage.CONNECTOR, state="stopped")]),
        ("broken", "connector", "newslineconnectorsilent"),
    ),
    "the state is locked": (
        seen(feeds=None, state_problem="state.db is locked", state_problem_seconds=9.0),
        ("broken", "state", "newslinestatedown"),
    ),
    "the broker is gone": (
        seen(broker=None, broker_problem="kafka://b:9092 is down", broker_problem_seconds=9.0),
        ("broken", "broker", "newslinebrokerdown"),
    ),
    "the broker's disk is full": (
        seen(disks=[disk("broker", 12_288, 0.001)]),
        ("broken", "broker", "newslinedisklow"),
    ),
    "the broker's disk is nearly full": (
        seen(disks=[disk("broker", 2 * GIB, 0.04)]),
        ("degraded", "broker", "newslinedisklow"),
    ),
    "the state's disk is full": (
        seen(disks=[disk("state", 0, 0.0)]),
        ("broken", "state", "newslinedisklow"),
    ),
    "a transaction stays open": (
        seen(
            broker={
                "open_transactions": [
                    OpenNow(topic="news.raw", partition=0, records=90, seconds=70.0)
                ]
            }
        ),
        ("broken", "broker", "newslineopentransaction"),
    ),
    "the job does not commit": (
        seen(broker={"lag": waiting(40, 25.0), "job_silent_seconds": 25.0}),
        ("broken", "job", "newslinejobsilent"),
    ),
    "the job's process is stopped, and nothing waits yet": (
        seen(processes=[process(FlowStage.JOB, state="stopped")]),
        ("broken", "job", "newslinejobsilent"),
    ),
    "the job was killed and started again": (
        seen(
            broker={
                "lag": waiting(9, 30.0),
                "job_silent_seconds": 30.0,
                "job_moved_at": NOW - 30,
            },
            processes=[process(FlowStage.JOB, age_seconds=20.0, restarts=1)],
        ),
        ("degraded", "job", "newslinejobsilent"),
    ),
    "the job is behind": (
        seen(broker={"lag": waiting(4_000, 900.0), "job_silent_seconds": 1.0}),
        ("degraded", "job", "newslinelaggrowing"),
    ),
    "records cannot be decoded": (
        seen(dead_letters=letters(3, age=20.0)),
        ("degraded", "job", "newslinedeadletters"),
    ),
    "the topics have not been read": (
        seen(broker=None),
        ("unknown", "broker", "newslinemonitordown"),
    ),
    "a disk hangs": (
        seen(disks=None),
        ("unknown", "broker", "newslinemonitordown"),
    ),
    "the state has not been read": (
        seen(feeds=None),
        ("unknown", "state", "newslinemonitordown"),
    ),
    "dead letters have not been counted": (
        seen(dead_letters=None),
        ("unknown", "job", "newslinemonitordown"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_stage_and_the_section_of_the_runbook(fault):
    snapshot, expected = FAULTS[fault]
    found = verdict(snapshot)
    assert (found.condition, found.stage, found.runbook) == expected
    assert found.command
    assert found.stages[found.stage] is found.condition


GOOD = {
    "articles flow": (WELL, Condition.HEALTHY),
    "a batch takes some seconds": (
        seen(broker={"lag": waiting(40, 12.0), "job_silent_seconds": 12.0}),
        Condition.HEALTHY,
    ),
    "the job works off a backlog": (
        seen(broker={"lag": waiting(4_000, 200.0), "job_silent_seconds": 3.0}),
        Condition.HEALTHY,
    ),
    "a partition rests, as records of another are committed": (
        seen(broker={"lag": waiting(1, 2.0), "job_silent_seconds": 300.0}),
        Condition.HEALTHY,
    ),
    "a job that was killed has committed again": (
        seen(processes=[process(FlowStage.JOB, age_seconds=20.0, restarts=1)]),
        Condition.HEALTHY,
    ),
    "the first articles of the day have just come": (
        seen(broker={"topics": QUIET_TOPICS, "lag": waiting(3, 4.0), "job_silent_seconds": 4.0}),
        Condition.HEALTHY,
    ),
    "a broker restarts": (
        seen(broker_problem="connection reset", broker_problem_seconds=2.0),
        Condition.HEALTHY,
    ),
    "three of 500 feeds fail": (
        seen(feeds={"listed": 500, "health": {"ok": 497, "failing": 3}}),
        Condition.HEALTHY,
    ),
    "a large disk has 5 % free": (seen(disks=[disk("broker", 90 * GIB, 0.05)]), Condition.HEALTHY),
    "dead letters of yesterday are open": (
        seen(dead_letters=letters(3, age=80_000.0)),
        Condition.HEALTHY,
    ),
    "a gallery has no text": (
        seen(windows=[replace(each, lost={"no_text": 2}) for each in windows()]),
        Condition.HEALTHY,
    ),
    "a night in which feeds bring nothing": (
        seen(broker={"topics": QUIET_TOPICS}, windows=windows(published=0, expected=0.5)),
        Condition.QUIET,
    ),
    "feeds that have never brought anything": (
        seen(broker={"topics": {}}, windows=windows(published=0, expected=0.0)),
        Condition.QUIET,
    ),
    "feeds wait on purpose during an outage that is over": (
        seen(connector_silent_seconds=90.0),
        Condition.HEALTHY,
    ),
}


@pytest.mark.parametrize("case", GOOD)
def test_what_is_no_fault_has_no_stage(case):
    snapshot, condition = GOOD[case]
    found = verdict(snapshot)
    assert (found.condition, found.stage, found.command) == (condition, None, None)


def test_a_job_that_loads_its_models_is_starting_and_not_broken():
    job = process(FlowStage.JOB, age_seconds=START_SECONDS / 2)
    lag = {"lag": waiting(90, 50.0), "job_silent_seconds": 50.0, "job_moved_at": None}
    assert verdict(seen(broker=lag, processes=[job])).condition is Condition.STARTING
    old = process(FlowStage.JOB, age_seconds=START_SECONDS + 1)
    assert verdict(seen(broker=lag, processes=[old])).condition is Condition.BROKEN


def test_a_monitor_that_has_just_begun_is_starting_until_its_sources_have_answered():
    assert verdict(seen(broker=None, watched_seconds=1.0)).condition is Condition.STARTING
    assert verdict(seen(broker=None, watched_seconds=16.0)).condition is Condition.UNKNOWN


def test_the_sentence_names_the_feed_that_fails_and_the_cause():
    found = verdict(FAULTS["one feed is an HTML page"][0])
    assert found.sentence == (
        "1 of 6 feeds fail: https://news.example/feed: not_a_feed (an HTML page)"
    )
    assert found.command == "newsline feeds status --failing"


def test_since_when_comes_from_the_last_time_at_which_it_worked():
    assert verdict(FAULTS["all feeds are down"][0]).since == NOW - 40
    assert verdict(FAULTS["the job does not commit"][0]).since == NOW - 25


def test_a_broker_that_is_gone_explains_a_connector_that_does_nothing():
    found = verdict(
        seen(
            broker=None,
            broker_problem="down",
            broker_problem_seconds=60.0,
            feeds={"overdue": 3, "overdue_seconds": 60.0},
            connector_silent_seconds=60.0,
        )
    )
    assert found.stage is FlowStage.BROKER
    assert [other.partition(":")[0] for other in found.others] == ["The connector does not poll"]


def test_of_two_faults_the_first_in_the_walk_is_named_and_the_other_is_added():
    found = verdict(
        seen(
            feeds={"health": {"failing": 6}, "failed_since_success": 6},
            broker={"lag": waiting(40, 25.0), "job_silent_seconds": 25.0},
        )
    )
    assert found.stage is FlowStage.FEEDS
    assert found.others == ["The job does not commit: 40 records wait, the oldest for 25 s"]


def test_without_a_state_the_flow_shows_that_all_is_well_and_a_silence_shows_nothing():
    flows = seen(feeds=None, has_state=False)
    assert verdict(flows).condition is Condition.HEALTHY
    assert "not seen" in verdict(flows).sentence
    assert verdict(flows).stages[FlowStage.FEEDS] is Condition.UNKNOWN
    silent = seen(feeds=None, has_state=False, broker={"topics": QUIET_TOPICS})
    assert verdict(silent).condition is Condition.UNKNOWN


def test_every_kind_of_finding_has_a_rule():
    rules = {found.name for snapshot, _ in FAULTS.values() for found in all_rules(snapshot)}
    others = {
        "state_low", "sinks_full", "sinks_low", "job_gone", "job_not_seen",
        "connector_restarted", "connector_starting", "job_starting", "first_look", "flow_unknown",
    }  # fmt: skip
    assert rules | others == set(findings())


def _rank(snapshot: Snapshot) -> int:
    return WORST_FIRST.index(verdict(snapshot).condition)


FIGURES = ("broker", "feeds", "dead_letters", "disks")


@given(st.sets(st.sampled_from(FIGURES), min_size=1), st.sampled_from(sorted(GOOD)))
def test_no_unknown_figure_is_ever_healthy_or_quiet(unknown, case):
    snapshot = replace(GOOD[case][0], **dict.fromkeys(unknown))
    assert verdict(snapshot).condition not in (Condition.HEALTHY, Condition.QUIET)


def worse(snapshot: Snapshot, fault: str) -> Snapshot:
    """The snapshot with the figures in which the fault differs from a good one."""
    other = FAULTS[fault][0]
    names = [
        name for name in Snapshot.__struct_fields__ if getattr(other, name) != getattr(WELL, name)
    ]
    return replace(snapshot, **{name: getattr(other, name) for name in names})


@given(st.lists(st.sampled_from(sorted(FAULTS)), min_size=1, max_size=4))
def test_a_further_fault_never_makes_the_verdict_better(faults):
    snapshot, changed = WELL, set()
    for fault in faults:
        after = worse(snapshot, fault)
        fields = {
            name
            for name in Snapshot.__struct_fields__
            if getattr(after, name) != getattr(snapshot, name)
        }
        if fields & changed:
            continue  # it would take back an earlier one
        assert _rank(after) <= _rank(snapshot)
        snapshot, changed = after, changed | fields


@given(st.floats(-4_000, 4_000), st.sampled_from(sorted({*FAULTS, *GOOD})))
def test_a_step_of_the_clock_changes_no_condition_of_what_is_measured_by_the_other(step, case):
    snapshot = (FAULTS | GOOD)[case][0]
    if snapshot.dead_letters or "night" in case:
        return  # ages of records, which the clock of the broker has given
    broker = snapshot.broker
    if broker and broker.job_moved_at:  # a monitor gives its times by the clock as it is now
        broker = replace(broker, job_moved_at=broker.job_moved_at + step)
    now = replace(snapshot, at=snapshot.at + step, broker=broker)
    assert {each.name for each in all_rules(now)} == {each.name for each in all_rules(snapshot)}
