"""What Prometheus reads in each case of the alert rules, and all alerts that then fire.

A series is a function of the minutes since the start. None: the target has not served it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

Series = Callable[[float], float | None]
At = Mapping[float, Collection[str]]

OK, FAILED = 'newsline_polls_total{outcome="ok"}', 'newsline_polls_total{outcome="connect"}'
FAILING = 'newsline_feeds{health="failing"}'
ANSWER = 'newsline_feeds{health="ok"}'
PARTLY = 'newsline_feeds{health="partly"}'
LAG, LAG_SECONDS = 'newsline_lag_records{partition="0"}', 'newsline_lag_seconds{partition="0"}'
RAW, ENRICHED, DEAD = (
    f'newsline_topic_records{{topic="{topic}"}}'
    for topic in ("news.raw", "news.enriched", "news.dead-letter")
)
DELAYS = "newsline_enrich_delay_seconds_count"
IN_TIME = 'newsline_enrich_delay_seconds_bucket{le="60.0"}'
DATED = "newsline_freshness_seconds_count"
EXPECTED = 'newsline_expected_articles{window="60m"}'
ACTUAL = 'newsline_window_articles{window="60m", topic="news.raw"}'
OVERDUE = "newsline_feed_overdue_seconds"
FAILED_SINCE = "newsline_feeds_failed_since_success"
JOB_QUIET = "newsline_job_silent_seconds"
POLL_QUIET = "newsline_connector_silent_seconds"
SKIPPED = 'newsline_offsets_skipped_total{partition="2"}'
POISON = 'newsline_dead_letters_open{stage="decode", reason="invalid"}'


class Case(NamedTuple):
    """``fires``: by minute, with the severity where an alert has several. ``gone``: series of WELL
    that do not exist here. ``step``: minutes between two scrapes. ``flink``: with its series and
    rules."""

    name: str
    fires: At
    series: Mapping[str, Series] = {}
    gone: Collection[str] = ()
    step: float = 1
    flink: bool = False


def up(job: str, instance: str = "a") -> str:
    return f'up{{job="newsline-{job}", instance="{instance}"}}'


def stage(name: str) -> str:
    return f'newsline_stage_ok{{stage="{name}"}}'


def read(source: str) -> str:
    return f'newsline_monitor_read_timestamp_seconds{{source="{source}"}}'


def disk(figure: str, place: str) -> str:
    return f'newsline_disk_free_{figure}{{place="{place}"}}'


def always(value: float) -> Series:
    return lambda _: value


def rate(per_minute: float) -> Series:
    return lambda minute: per_minute * minute


def between(begin: float, end: float, inside: float | None, outside: float | None) -> Series:
    return lambda minute: inside if begin <= minute < end else outside


def stops(per_minute: float, begin: float, end: float) -> Series:
    """A counter that stands still for a time."""
    return lambda minute: per_minute * (min(minute, begin) + max(0.0, minute - end))


def runs(per_minute: float, begin: float, end: float) -> Series:
    """A counter that grows for a time."""
    return lambda minute: per_minute * min(max(0.0, minute - begin), end - begin)


def grows(per_minute: float, begin: float, end: float) -> Series:
    """Grows for a time, and is 0 before and afterwards."""
    return lambda minute: per_minute * (minute - begin) if begin <= minute < end else 0.0


def shrinks(per_minute: float, end: float) -> Series:
    """Falls to 0 from the tenth minute on."""
    return lambda minute: max(0.0, per_minute * (end - minute)) if minute >= 10 else 0.0


def catches_up(per_minute: float, begin: float, end: float, done: float) -> Series:
    """A counter that stands still for a time, and then makes up for it."""
    missed = per_minute * (end - begin)
    made_up = runs(missed / (done - end), end, done)
    return lambda minute: stops(per_minute, begin, end)(minute) + made_up(minute)


def from_zero(counter: Series, restart: float) -> Series:
    """The counter of a process that is started again."""
    return lambda minute: counter(minute if minute < restart else minute - restart)


def gone_between(series: Series, begin: float, end: float) -> Series:
    return lambda minute: None if begin <= minute < end else series(minute)


WELL: Mapping[str, Series] = {
    up("connectors"): always(1),
    up("enrich"): always(1),
    up("monitor"): always(1),
    OK: rate(10),
    FAILED: rate(1),
    ANSWER: always(90),
    PARTLY: always(5),
    FAILING: always(5),
    'newsline_feeds{health="retired"}': always(3),
    OVERDUE: always(20),
    FAILED_SINCE: always(0),
    POLL_QUIET: always(2),
    JOB_QUIET: lambda minute: 2 if minute % 3 else 0,
    "newsline_feed_gaps_total": always(3),
    "newsline_outage": always(0),
    'newsline_articles_published_total{kind="new"}': rate(5),
    "newsline_articles_enriched_total": rate(5),
    RAW: rate(5),
    ENRICHED: rate(5),
    DEAD: always(2),
    LAG: lambda minute: minute % 3,
    LAG_SECONDS: always(1),
    DELAYS: rate(5),
    IN_TIME: rate(5),
    DATED: rate(5),
    EXPECTED: always(300),
    ACTUAL: always(280),
    'newsline_enricher_articles_total{enricher="quotes", outcome="ok"}': rate(50),
    'newsline_enricher_articles_total{enricher="quotes", outcome="error"}': rate(1),
    'newsline_open_transaction_seconds{topic="news.raw", partition="0"}': always(0),
    **{stage(name): always(1) for name in ("feeds", "connector", "state", "broker", "job")},
    **{read(source): rate(60) for source in ("broker", "state", "disks")},
    **{disk("ratio", place): always(0.4) for place in ("broker", "state")},
    **{disk("bytes", place): always(4e9) for place in ("broker", "state")},
}
ON_FLINK: Mapping[str, Series] = {
    up("flink", "jobmanager"): always(1),
    up("flink", "task-1"): always(1),
    "flink_jobmanager_numRunningJobs": always(1),
    'flink_jobmanager_job_numRestarts{job_name="newsline-enrich"}': always(1),
    'flink_jobmanager_job_numberOfFailedCheckpoints{job_name="newsline-enrich"}': always(1),
    'flink_jobmanager_job_numberOfCompletedCheckpoints{job_name="newsline-enrich"}': rate(6),
}
RUNNING, RESTARTS, FAILED_CHECKPOINTS, CHECKPOINTS = list(ON_FLINK)[2:]

MONITORS = (
    *("newsline_topic", "newsline_lag", "newsline_stage", "newsline_disk", "newsline_monitor"),
    *("newsline_open", "newsline_outage", EXPECTED, ACTUAL, up("monitor")),
)
FROM_MONITOR = tuple(name for name in WELL if name.startswith(MONITORS))
QUIET: Mapping[str, Series] = {
    'newsline_articles_published_total{kind="new"}': always(40),
    "newsline_articles_enriched_total": always(40),
    'newsline_polls_total{outcome="not_modified"}': rate(10),
    OK: always(100),
    RAW: always(40),
    ENRICHED: always(40),
    LAG: always(0),
    LAG_SECONDS: always(0),
    JOB_QUIET: always(0),
    DELAYS: always(40),
    IN_TIME: always(40),
    DATED: always(40),
    EXPECTED: always(2),
    ACTUAL: always(0),
}
"""Nothing new in any feed, and hardly anything was to be expected."""

SILENT = {
    ENRICHED: stops(5, 10, 20),
    LAG: grows(5, 10, 20),
    LAG_SECONDS: grows(60, 10, 20),
    JOB_QUIET: grows(60, 10, 20),
    "newsline_articles_enriched_total": stops(5, 10, 20),
    DELAYS: stops(5, 10, 20),
    IN_TIME: stops(5, 10, 20),
    DATED: stops(5, 10, 20),
}
"""The job does not commit from the tenth to the twentieth minute."""

NO_POLLS = {
    OK: stops(10, 10, 40),
    FAILED: stops(1, 10, 40),
    RAW: stops(5, 10, 40),
    ENRICHED: stops(5, 10, 40),
    LAG: lambda minute: 0 if 10 <= minute < 40 else minute % 3,
    ACTUAL: between(30, 100, 20, 280),
    OVERDUE: grows(60, 10, 40),
    POLL_QUIET: grows(60, 10, 40),
}
NO_BROKER = {
    stage("broker"): between(10, 40, 0, 1),
    **{
        name: gone_between(WELL[name], 10.5, 40)
        for name in (RAW, ENRICHED, DEAD, LAG, LAG_SECONDS, JOB_QUIET, read("broker"))
    },
}
ALL_FAIL = {
    OK: stops(10, 10, 40),
    FAILED: lambda minute: rate(1)(minute) + runs(10, 10, 40)(minute),
    ANSWER: between(12, 40, 0, 90),
    FAILING: between(12, 40, 95, 5),
    FAILED_SINCE: between(12, 40, 95, 0),
    PARTLY: between(12, 40, 0, 5),
    ACTUAL: between(30, 100, 20, 280),
}

CASES: Sequence[Case] = [
    Case("all is well for eight hours", {60: (), 240: (), 480: ()}, step=5),
    Case("a quiet night", {60: (), 240: (), 480: ()}, QUIET, step=5),
    Case(
        "newsline and Prometheus have just been started",
        {0.5: (), 1: (), 2: (), 5: (), 15: ()},
        {
            up("enrich"): lambda minute: None if minute < 1 else 1,
            OK: lambda minute: None if minute < 1 else 10,
            ENRICHED: lambda minute: 0 if minute < 1.5 else 5 * minute,
            LAG: lambda minute: 5 * minute if minute < 1.5 else 0,
            EXPECTED: lambda minute: None if minute < 10 else 40,
            ACTUAL: lambda minute: None if minute < 10 else 40,
        },
        step=0.5,
    ),
    Case(
        "all processes are started again, and their counters begin at 0",
        {9: (), 11: (), 13: (), 20: (), 40: ()},
        {
            name: from_zero(of, 10)
            for name, of in WELL.items()
            if "_total" in name or "_count" in name or "_bucket" in name
        },
    ),
    Case(
        "without Prometheus having seen a monitor",
        {9: (), 14: ["NewslineMonitorDown"], 60: ["NewslineMonitorDown"]},
        gone=FROM_MONITOR,
    ),
    Case(
        "the monitor is killed, and no other process has one",
        {15: (), 22: ["NewslineMonitorDown"], 39: ["NewslineMonitorDown"], 41: (), 60: ()},
        {name: gone_between(WELL[name], 10, 40) for name in FROM_MONITOR}
        | {up("monitor"): between(10, 40, 0, 1)},
    ),
    Case(
        "the monitor reads nothing any more",
        {15: (), 28: ["NewslineMonitorDown"], 39: ["NewslineMonitorDown"], 42: (), 60: ()},
        {name: gone_between(WELL[name], 10, 40) for name in FROM_MONITOR}
        | {up("monitor"): always(1)}
        | {
            read(source): lambda minute: 600 if 10 <= minute < 40 else 60 * minute
            for source in ("broker", "state", "disks")
        },
    ),
    Case(
        "the monitor runs within the connectors",
        {60: ()},
        gone=[up("monitor")],
    ),
    Case(
        "on one machine without Flink the job dies, and nobody reads from outside",
        {9: (), 13: ["NewslineJobSilent"], 29: ["NewslineJobSilent"], 32: ["NewslineJobSilent"]},
        {up("enrich"): between(0, 10, 1, 0), read("broker"): rate(60)},
        gone=[name for name in FROM_MONITOR if not name.startswith(("newsline_monitor", "up"))],
    ),
    Case(
        "the job is stopped while articles come",
        {10: (), 13: ["NewslineJobSilent"], 19: ["NewslineJobSilent"], 23: (), 60: (), 90: ()},
        SILENT,
    ),
    Case(
        "the job is killed while articles come",
        {10: (), 13: ["NewslineJobSilent"], 19: ["NewslineJobSilent"], 23: (), 60: ()},
        SILENT | {up("enrich"): between(10, 20, 0, 1)},
    ),
    Case(
        "the job is killed in a quiet night, and then an article comes",
        {10: (), 16: ["NewslineJobDown"], 33: ["NewslineJobSilent"], 45: ()},
        QUIET
        | {
            up("enrich"): between(10, 40, 0, 1),
            LAG: between(30, 40, 1, 0),
            LAG_SECONDS: grows(60, 30, 40),
            JOB_QUIET: between(30, 40, 2_000, 0),
            ENRICHED: lambda minute: 40 if minute < 40 else 41,
        },
    ),
    Case(
        "one worker of two dies; the other works for it",
        {10: (), 14: (), 27: ["NewslineProcessDown"], 45: ()},
        {up("enrich", "b"): between(10, 40, 0, 1)},
    ),
    Case(
        "one connector of two dies",
        {10: (), 20: (), 27: ["NewslineProcessDown"], 45: ()},
        {up("connectors", "b"): between(10, 40, 0, 1)},
    ),
    Case(
        "the connectors are killed",
        {14: (), 16: ["NewslineConnectorsDown"], 39: ["NewslineConnectorsDown"], 41: (), 60: ()},
        NO_POLLS
        | {
            up("connectors"): between(10, 40, 0, 1),
            "newsline_feed_gaps_total": lambda minute: 3 if minute < 41 else 90,
            **{
                name: gone_between(WELL[name], 10, 40)
                for name in (OK, FAILED, ANSWER, FAILING, PARTLY)
            },
        },
    ),
    Case(
        "the connectors' pods are gone, and the monitor is within them",
        {14: (), 16: ["NewslineConnectorsDown"], 39: ["NewslineConnectorsDown"], 41: ()},
        {
            name: gone_between(of, 10, 40)
            for name, of in WELL.items()
            if name in FROM_MONITOR or name in (up("connectors"), OK, FAILED, ANSWER, FAILING)
        }
        | {up("connectors"): between(10, 40, None, 1)},
        gone=[up("monitor")],
    ),
    Case(
        "the broker is gone",
        {10: (), 13: ["NewslineBrokerDown"], 39: ["NewslineBrokerDown"], 41: (), 60: ()},
        NO_POLLS | NO_BROKER | {up("enrich"): between(11, 41, 0, 1)},
    ),
    Case(
        "the connectors answer, and no poll ends",
        {14: (), 16: ["NewslineConnectorSilent"], 39: ["NewslineConnectorSilent"], 41: (), 60: ()},
        NO_POLLS,
    ),
    Case(
        "the state is locked",
        {10: (), 13: ["NewslineStateDown"], 39: ["NewslineStateDown"], 41: (), 60: ()},
        NO_POLLS | {stage("state"): between(10, 40, 0, 1)},
    ),
    Case(
        "the broker's disk is full",
        {10: (), 12: ["NewslineDiskLow"], 39: ["NewslineDiskLow"], 45: (), 60: ()},
        NO_POLLS
        | {
            disk("ratio", "broker"): between(10, 40, 0, 0.4),
            disk("bytes", "broker"): between(10, 40, 0, 4e9),
            stage("broker"): between(10, 40, 0, 1),
            stage("state"): between(10, 40, 0, 1),
            ENRICHED: stops(5, 10, 40),
            LAG: between(10, 40, 12, 0),
            LAG_SECONDS: grows(60, 10, 40),
            JOB_QUIET: grows(60, 10, 40),
        },
    ),
    Case(
        "a large disk has little left by its share, and much by its size",
        {60: ()},
        {disk("ratio", "broker"): always(0.04), disk("bytes", "broker"): always(2e11)},
    ),
    Case(
        "no feed answers",
        {15: (), 21: ["NewslineNoFeedAnswers"], 39: ["NewslineNoFeedAnswers"], 42: (), 60: ()},
        ALL_FAIL,
    ),
    Case(
        "our network is down: few feeds are probed, and all fail",
        {15: (), 22: ["NewslineOutage"], 39: ["NewslineOutage"], 42: (), 60: ()},
        {
            OK: stops(10, 10, 40),
            FAILED: lambda minute: rate(1)(minute) + runs(1, 10, 40)(minute),
            POLL_QUIET: grows(60, 10, 40),
            "newsline_outage": between(11, 40, 1, 0),
            FAILING: between(11, 40, 12, 5),
            FAILED_SINCE: between(11, 40, 7, 0),
            ACTUAL: between(30, 100, 20, 280),
        },
    ),
    Case(
        "nearly all feeds fail alike",
        {15: (), 22: ["NewslineOutage"], 39: ["NewslineOutage"], 42: (), 60: ()},
        ALL_FAIL | {OK: rate(0.5), "newsline_outage": between(11, 40, 1, 0)},
    ),
    Case(
        "with two feeds polled each hour, the dead one fails between two polls of the other",
        {20: (), 59: ["NewslineManyFeedsFailing"], 119: ["NewslineManyFeedsFailing"]},
        {
            OK: lambda minute: minute // 60,
            FAILED: lambda minute: minute // 5,
            ANSWER: always(1),
            FAILING: always(1),
            FAILED_SINCE: between(5, 1_000, 1, 0),
            PARTLY: always(0),
            EXPECTED: always(1),
            ACTUAL: always(1),
            'newsline_feeds{health="retired"}': always(0),
        },
        step=5,
    ),
    Case(
        "a third of the feeds fails",
        {30: (), 42: ["NewslineManyFeedsFailing"], 59: ["NewslineManyFeedsFailing"], 62: ()},
        {ANSWER: between(10, 60, 60, 90), FAILING: between(10, 60, 35, 5)},
    ),
    Case(
        "one feed of a hundred has become a web page",
        {420: (), 490: ["NewslineMoreFeedsFailing"], 770: ["NewslineMoreFeedsFailing"], 800: ()},
        {
            ANSWER: lambda minute: 90 if minute < 420 else 89,
            FAILING: lambda minute: 5 if minute < 420 else 6,
        },
        step=5,
    ),
    Case(
        "robots.txt disallows the pages of most feeds",
        {20: (), 26: ["NewslineBelowExpected"], 39: ["NewslineBelowExpected"], 46: ()},
        {
            ANSWER: between(10, 40, 20, 90),
            PARTLY: between(10, 40, 75, 5),
            ACTUAL: between(20, 40, 30, 280),
        },
    ),
    Case(
        "of a quarter of the feeds a part is lost",
        {60: (), 72: ["NewslineFeedsPartly"], 79: ["NewslineFeedsPartly"], 81: ()},
        {ANSWER: between(10, 80, 70, 90), PARTLY: between(10, 80, 25, 5)},
    ),
    Case(
        "fewer articles than expected, by chance",
        {60: (), 70: ()},
        {EXPECTED: always(9), ACTUAL: always(1)},
    ),
    Case(
        "feeds are not polled in time",
        {35: (), 47: ["NewslineFeedsLate"], 61: ()},
        {OVERDUE: grows(60, 10, 60)},
    ),
    Case(
        "feeds list nothing but new entries, poll after poll",
        {4: (), 60: ["NewslineFeedGaps"], 700: ()},
        {"newsline_feed_gaps_total": runs(1, 0, 60)},
        step=5,
    ),
    Case(
        "the job is slower than the feeds",
        {12: (), 27: ["NewslineLagGrowing"], 39: ["NewslineLagGrowing"], 48: (), 70: ()},
        {
            LAG: grows(2, 10, 40),
            LAG_SECONDS: lambda minute: (
                (30 * (minute - 10) if 10 <= minute < 40 else max(0, 900 - 200 * (minute - 40)))
                if minute >= 10
                else 0
            ),
        },
    ),
    Case(
        "one partition of two does not move",
        {12: (), 21: ["NewslineLagGrowing"], 39: ["NewslineLagGrowing"], 41: (), 70: ()},
        {
            'newsline_lag_records{partition="1"}': grows(2, 10, 40),
            'newsline_lag_seconds{partition="1"}': grows(60, 10, 40),
            ENRICHED: rate(3),
        },
    ),
    Case(
        "the job stops for an hour, and catches up in half of one",
        {69: ["NewslineJobSilent"], 73: (), 85: (), 99: (), 130: ()},
        {
            LAG: lambda minute: (
                5 * (minute - 10) if 10 <= minute < 70 else shrinks(10, 100)(minute)
            ),
            LAG_SECONDS: lambda minute: (
                60 * (minute - 10) if 10 <= minute < 70 else shrinks(120, 100)(minute)
            ),
            JOB_QUIET: grows(60, 10, 70),
            IN_TIME: stops(5, 10, 100),
            **dict.fromkeys((ENRICHED, DELAYS, DATED), catches_up(5, 10, 70, 100)),
        },
    ),
    Case(
        "records wait for long, and no longer",
        {25: (), 33: ["NewslineCompletenessGap"], 39: ["NewslineCompletenessGap"], 44: ()},
        {
            LAG: between(0, 40, 7_510, 0),
            LAG_SECONDS: lambda minute: 2_400 - 9 * minute if minute < 40 else 0,
            RAW: lambda minute: 1_000_000 + 500 * minute,
        },
    ),
    Case(
        "a transaction stays open",
        {12: (), 17: ["NewslineOpenTransaction"], 29: ["NewslineOpenTransaction"], 31: ()},
        {'newsline_open_transaction_seconds{topic="news.raw", partition="2"}': grows(60, 10, 30)},
    ),
    Case(
        "dead letters, until they are replayed or dropped",
        {5: (), 10: ["NewslineDeadLetters"], 115: ["NewslineDeadLetters"], 125: ()},
        {POISON: between(10, 120, 5, None)},
        step=5,
    ),
    Case(
        "the retention overtakes the job",
        {5: (), 15: ["NewslineOffsetsSkipped"], 65: ["NewslineOffsetsSkipped"], 80: (), 300: ()},
        {SKIPPED: between(10, 10_000, 40, None)},
        step=5,
    ),
    Case(
        "another program commits with the job's group",
        {9: (), 12: ["NewslineOffsetJump"], 80: ()},
        {'newsline_offset_jumps_total{reason="foreign_commit"}': between(10, 999, 4, None)},
    ),
    Case(
        "offsets of the job's group have expired",
        {9: (), 25: ["NewslineOffsetExpired"], 90: ()},
        {'newsline_offset_jumps_total{reason="expired"}': between(20, 999, 1, None)},
    ),
    Case(
        "an enricher fails on one article in four",
        {10: (), 90: ["NewslineEnricherFails"], 300: ()},
        {
            'newsline_enricher_articles_total{enricher="readability", outcome="ok"}': runs(
                3, 0, 120
            ),
            'newsline_enricher_articles_total{enricher="readability", outcome="deadline"}': runs(
                1, 0, 120
            ),
        },
        step=5,
    ),
    Case(
        "most articles have dates in the future from one hour on",
        {420: (), 470: ["NewslineDatesUnusable"], 900: ()},
        {DATED: lambda minute: 5 * min(minute, 420) + 0.5 * max(0, minute - 420)},
        step=5,
    ),
    Case(
        "a list whose feeds have no dates",
        {420: (), 480: ()},
        {DATED: always(0)},
        step=5,
    ),
    Case(
        "a fifth of the articles comes late, with a short lag",
        {10: (), 30: ["NewslineFreshnessBurn page"], 59: ["NewslineFreshnessBurn page"], 100: ()},
        {IN_TIME: lambda minute: 5 * minute - runs(1, 0, 60)(minute)},
    ),
    Case(
        "at night two of three articles come late",
        {60: (), 70: ()},
        {DELAYS: rate(3 / 60), IN_TIME: rate(1 / 60), DATED: rate(3 / 60)},
    ),
    Case(
        "two of a hundred articles come late for six hours",
        {350: ["NewslineFreshnessBurn ticket"], 620: ()},
        {IN_TIME: lambda minute: 5 * minute - runs(0.1, 0, 360)(minute), LAG: always(0)},
        step=5,
    ),
    Case(
        "many records of news.raw have no outcome for a time, and the lag is steady",
        {30: ["NewslineCompletenessBurn page"], 50: ["NewslineCompletenessBurn page"], 75: ()},
        {
            LAG: between(0, 60, 200, 0),
            LAG_SECONDS: lambda minute: 2_400 - 9 * minute if minute < 60 else 0,
        },
    ),
    Case("all is well on Flink", {60: ()}, flink=True),
    Case(
        "no job runs on Flink, and articles come",
        {10: (), 13: ["NewslineJobSilent"], 19: ["NewslineJobSilent"], 23: (), 60: ()},
        SILENT | {RUNNING: between(10, 20, 0, 1), CHECKPOINTS: stops(6, 10, 20)},
        flink=True,
    ),
    Case(
        "no job runs on Flink in a quiet night",
        {14: (), 16: ["NewslineJobNotRunning"], 29: ["NewslineJobNotRunning"], 31: ()},
        QUIET | {RUNNING: between(10, 30, 0, 1)},
        flink=True,
    ),
    Case(
        "the job manager is gone",
        {14: (), 16: ["NewslineJobNotRunning"], 29: ["NewslineJobNotRunning"], 32: ()},
        QUIET
        | {name: gone_between(ON_FLINK[name], 10, 30) for name in list(ON_FLINK)[2:]}
        | {up("flink", "jobmanager"): between(10, 30, 0, 1)},
        flink=True,
    ),
    Case(
        "one task manager of two is gone",
        {14: (), 16: ["NewslineFlinkDown"], 29: ["NewslineFlinkDown"], 31: ()},
        {up("flink", "task-2"): between(10, 30, 0, 1)},
        flink=True,
    ),
    Case(
        "the job falls over again and again, and its checkpoints with it",
        {10: (), 30: ["NewslineJobRestarts"], 60: ["NewslineJobRestarts"], 110: ()},
        {
            RESTARTS: runs(1, 20, 60),
            FAILED_CHECKPOINTS: runs(1, 20, 60),
            CHECKPOINTS: stops(6, 20, 60),
        },
        flink=True,
    ),
    Case(
        "some checkpoints fail",
        {10: (), 30: ["NewslineCheckpointsFail"], 60: ["NewslineCheckpointsFail"], 80: ()},
        {FAILED_CHECKPOINTS: runs(1, 20, 60)},
        flink=True,
    ),
    Case(
        "no checkpoint is completed, and no article waits",
        {10: (), 36: ["NewslineNoCheckpoint"], 59: ["NewslineNoCheckpoint"], 63: ()},
        {CHECKPOINTS: stops(6, 20, 60)},
        flink=True,
    ),
    Case(
        "the broker is gone under a job on Flink",
        {10: (), 13: ["NewslineBrokerDown"], 39: ["NewslineBrokerDown"], 90: ()},
        NO_BROKER
        | {
            RESTARTS: runs(1, 10, 20),
            FAILED_CHECKPOINTS: runs(1, 10, 20),
            CHECKPOINTS: stops(6, 10, 40),
        },
        flink=True,
    ),
]
