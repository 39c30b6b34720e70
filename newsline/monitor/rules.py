"""The rules by which a snapshot shows a fault. Pure; names are those of findings.toml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from newsline.counts import number_of
from newsline.monitor.expectation import too_few
from newsline.monitor.feeds_condition import FeedsCondition
from newsline.monitor.snapshot import (
    STALE_SECONDS,
    BrokerNow,
    DiskNow,
    FlowStage,
    ProcessNow,
    Snapshot,
    Window,
    longest_wait,
    records_waiting,
)
from newsline.monitor.words import records_wait, size, span
from newsline.outcomes import Health
from newsline.records import ENRICHED_TOPIC
from newsline.topics.open_transactions import LONG_SECONDS

JOB_SILENT_SECONDS = 15.0
"""Time without a commit while records wait. A batch takes some seconds; with the time until a
record comes and until the look, the stage is named within 30 s."""

CONNECTOR_SILENT_SECONDS = 15.0
"""Time without the end of a poll while a feed is due. A free connector takes a due feed at once."""

START_SECONDS = 120.0
"""Time in which a process may load models and imports: 10 to 60 s on a busy machine."""

FIRST_LOOK_SECONDS = STALE_SECONDS
"""Time for the first answers of all sources."""

BEHIND_SECONDS = 300.0
"""Age of the oldest waiting record from which the job is behind, as in the alert on lag."""

PROBLEM_SECONDS = 5.0
"""A broker or state that fails for less is restarting, or a server changes its leader."""

FULL_BYTES = 1024 * 1024
"""Less does not hold the largest record, which takes 1 MiB."""

LOW_SHARE = 0.1
LOW_BYTES = 10 * 1024**3
"""A disk is nearly full below this share, unless so many bytes are free."""

FAILING_SHARE = 0.05
"""Of a long list, some feeds always fail."""

ALL_ALIKE = 10
"""So many feeds that fail with no success between show that none answers, as do all of a short
list."""

FEW_LOST = 3
"""Entries without an article that are chance: a gallery, a page that is too short."""

FEW_DATED = 5
"""Articles that show whether dates are usable."""

AHEAD_SECONDS = 60.0
"""Clocks of machines that are kept by NTP differ by less than a second."""

DEAD_LETTER_SECONDS = 3600.0
"""Open dead letters that are older are work for the day, no news."""


RECENT_SECONDS = 600.0
"""An article within this time shows that the pipeline flows; between two feeds' polls it may
rest for some minutes."""


class Found(NamedTuple):
    """A fault: its name, since how many seconds (None: not known), and words of its sentence."""

    name: str
    seconds: float | None = None
    words: Mapping[str, str] = {}


def all_rules(now: Snapshot) -> Iterator[Found]:
    """Everything that the snapshot shows to be wrong or unknown, in no order."""
    return chain(
        _broker(now), _state(now), _disks(now), _processes(now), _dates(now), _expectation(now)
    )


def _broker(now: Snapshot) -> Iterator[Found]:
    if now.broker_problem is not None and now.broker_problem_seconds >= PROBLEM_SECONDS:
        words = {"problem": now.broker_problem}
        yield Found("broker_gone", _failing_for(now, "topics"), words)
    elif now.broker is None:
        yield _not_read(now, "broker_unknown")
    else:
        yield from _job(now, now.broker)
        seconds = max((each.seconds for each in now.broker.open_transactions or ()), default=0.0)
        if seconds >= LONG_SECONDS:
            yield Found("open_transaction", seconds, {"open": span(seconds)})
        yield from _dead_letters(now)
        if now.broker.ahead_seconds >= AHEAD_SECONDS:
            yield Found("clock_behind", None, {"ahead": span(now.broker.ahead_seconds)})


def _failing_for(now: Snapshot, source: str) -> float | None:
    """Seconds since the source last answered; None if it never has."""
    read_at = now.read_at.get(source)
    seconds = now.broker_problem_seconds if source == "topics" else now.state_problem_seconds
    return None if read_at is None else seconds


def _job(now: Snapshot, broker: BrokerNow) -> Iterator[Found]:
    waiting, waited = records_waiting(broker.lag), longest_wait(broker.lag)
    if not waiting:
        return
    words = {"waiting": records_wait(waiting), "waited": span(waited)}
    if min(broker.job_silent_seconds, waited) >= JOB_SILENT_SECONDS:
        if _may_start(now, FlowStage.JOB):
            return  # told by the process
        is_new = broker.job_moved_at is None and now.watched_seconds < START_SECONDS
        if is_new and broker.job_silent_seconds < START_SECONDS:
            yield Found("job_not_seen", broker.job_silent_seconds, words)
        else:
            yield Found("job_silent", broker.job_silent_seconds, words)
    elif waited >= BEHIND_SECONDS:
        yield Found("job_behind", None, words)


def _dead_letters(now: Snapshot) -> Iterator[Found]:
    if now.dead_letters is None:
        yield _not_read(now, "dead_letters_unknown")
        return
    fresh = [
        each
        for each in now.dead_letters
        if each.open and (each.newest_at is None or now.at - each.newest_at < DEAD_LETTER_SECONDS)
    ]
    if fresh:
        worst = sorted(fresh, key=lambda each: -each.open)
        yield Found(
            "dead_letters",
            None,
            {
                "open": number_of(sum(each.open for each in fresh), "record"),
                "reasons": ", ".join(f"{each.stage} {each.reason} {each.open}" for each in worst),
            },
        )


def _state(now: Snapshot) -> Iterator[Found]:
    is_made = "state" in now.read_at or not _may_start(now, FlowStage.CONNECTOR)
    if not now.has_state or not is_made:  # a connector that starts makes the state
        return
    if now.state_problem is not None and now.state_problem_seconds >= PROBLEM_SECONDS:
        yield Found("state_gone", _failing_for(now, "state"), {"problem": now.state_problem})
    elif now.feeds is None:
        yield _not_read(now, "state_unknown")
    else:
        yield from chain(_connector(now, now.feeds), _feeds(now.feeds, now.at))


def _connector(now: Snapshot, feeds: FeedsCondition) -> Iterator[Found]:
    silent = now.connector_silent_seconds
    if any(each.stage is FlowStage.CONNECTOR and each.state == "ended" for each in now.processes):
        return
    if silent < CONNECTOR_SILENT_SECONDS or not feeds.listed or feeds.outage:
        return  # during an outage of our own network feeds wait on purpose
    words = {"silent": span(silent), "overdue": span(feeds.overdue_seconds)}
    if feeds.overdue_seconds >= CONNECTOR_SILENT_SECONDS:
        if not _may_start(now, FlowStage.CONNECTOR):
            yield Found("connector_silent", silent, words)
    elif feeds.being_polled:
        yield Found("feeds_slow", silent, words | {"polling": str(feeds.being_polled)})


def _feeds(feeds: FeedsCondition, at: float) -> Iterator[Found]:
    failing = feeds.health.get(Health.FAILING, 0) + feeds.health.get(Health.RETIRED, 0)
    words = {"failing": str(failing), "total": str(feeds.listed), "cause": _cause(feeds)}
    if feeds.outage:
        words = {"cause": feeds.outage.cause}
        yield Found("outage", max(0.0, at - feeds.outage.since), words)
    elif feeds.failed_since_success and feeds.failed_since_success >= min(feeds.listed, ALL_ALIKE):
        success = feeds.newest_success
        yield Found("no_feed_answers", success and max(0.0, at - success), words)
    elif failing and failing >= FAILING_SHARE * feeds.listed:
        yield Found("feeds_fail", None, words)


def _cause(feeds: FeedsCondition) -> str:
    """The worst feed, with its outcome."""
    if not feeds.worst:
        return "gone (410)"
    worst = feeds.worst[0]
    return f"{worst.url}: {worst.outcome}" + (f" ({worst.detail})" if worst.detail else "")


def _disks(now: Snapshot) -> Iterator[Found]:
    if now.disks is None:
        yield _not_read(now, "disks_unknown")
        return
    for disk in now.disks:
        words = {"free": size(disk.free_bytes), "path": disk.path}
        if disk.free_bytes < FULL_BYTES:
            yield Found(f"{disk.place}_full", None, words)
        elif _is_low(disk):
            yield Found(f"{disk.place}_low", None, words)


def _is_low(disk: DiskNow) -> bool:
    return disk.free_share < LOW_SHARE and disk.free_bytes < LOW_BYTES


def _processes(now: Snapshot) -> Iterator[Found]:
    for each in now.processes:
        name = str(each.stage)
        if each.state == "ended" and each.stage is not FlowStage.CONNECTOR:
            continue  # nothing waits for it
        if each.state != "running":
            yield Found(f"{name}_{each.state}")
        elif each.restarts and not _has_worked(now, each):
            yield Found(f"{name}_restarted", each.age_seconds, {"age": span(each.age_seconds)})
        elif _is_starting(now, each):
            yield Found(f"{name}_starting", each.age_seconds)


def _has_worked(now: Snapshot, process: ProcessNow) -> bool:
    """True once a process has done something since its start, or had time enough."""
    feeds, broker = now.feeds, now.broker
    if process.stage is FlowStage.CONNECTOR:
        at = feeds.newest_poll if feeds else None
    else:
        at = broker.job_moved_at if broker else None
    is_old = process.age_seconds >= START_SECONDS
    return is_old or (at is not None and now.at - at < process.age_seconds)


def _may_start(now: Snapshot, stage: FlowStage) -> bool:
    return any(
        each.stage is stage and each.state == "running" and each.age_seconds < START_SECONDS
        for each in now.processes
    )


def _is_starting(now: Snapshot, process: ProcessNow) -> bool:
    """A young process that has done nothing yet."""
    if process.age_seconds >= START_SECONDS:
        return False
    if process.stage is FlowStage.CONNECTOR:
        return now.feeds is None or now.feeds.newest_poll is None
    broker = now.broker
    return broker is not None and broker.job_moved_at is None and records_waiting(broker.lag) > 0


def _dates(now: Snapshot) -> Iterator[Found]:
    if now.undated >= FEW_DATED and now.dated_before >= FEW_DATED:
        yield Found("dates_lost", None, {"undated": str(now.undated)})


def _expectation(now: Snapshot) -> Iterator[Found]:
    yield from _lost(now.windows)
    for window in now.windows:
        if window.published is None or window.expected is None:
            continue
        if too_few(window.published, window.expected):
            words = {
                "published": str(window.published),
                "expected": f"{window.expected:.0f}",
                "window": span(window.seconds),
            }
            name = "below_expected" if window.published else "nothing_expected_came"
            yield Found(name, window.seconds, words)
            return
    if not (now.has_state or now.broker is None or flows(now) or records_waiting(now.broker.lag)):
        yield Found("flow_unknown")


def _lost(windows: Iterable[Window]) -> Iterator[Found]:
    """The shortest window in which a third of the new entries was lost: where all are, the window
    of a minute has that after 20 s."""
    for window in windows:
        lost = sum((window.lost or {}).values())
        if window.lost and lost >= FEW_LOST and 2 * lost > (window.published or 0):
            worst = max(window.lost, key=lambda outcome: (window.lost or {})[outcome])
            words = {"lost": str(lost), "outcome": worst, "window": span(window.seconds)}
            yield Found("pages_refused", None, words)
            return


def flows(now: Snapshot) -> bool:
    """True if an article was enriched not long ago."""
    newest = newest_enriched(now)
    return newest is not None and now.at - newest < RECENT_SECONDS


def newest_enriched(now: Snapshot) -> float | None:
    """Time of the newest record on news.enriched."""
    topic = now.broker and now.broker.topics.get(ENRICHED_TOPIC)
    return topic.newest_at if topic else None


def _not_read(now: Snapshot, name: str) -> Found:
    return (
        Found("first_look")
        if now.watched_seconds < FIRST_LOOK_SECONDS
        else Found(name, None, _STALE)
    )


_STALE = {"stale": span(STALE_SECONDS)}
