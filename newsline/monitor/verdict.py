"""The verdict on a snapshot: the condition of the pipeline, and its first broken stage. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from newsline.monitor.rules import Found, all_rules, flows, newest_enriched
from newsline.monitor.snapshot import (
    Condition,
    FlowStage,
    Snapshot,
    Verdict,
    longest_wait,
    records_waiting,
)
from newsline.monitor.words import span

PATH = Path(__file__).with_name("findings.toml")

WORST_FIRST = (
    Condition.BROKEN,
    Condition.UNKNOWN,
    Condition.DEGRADED,
    Condition.STARTING,
    Condition.QUIET,
    Condition.HEALTHY,
)
"""An unknown figure may hide a broken stage, so it comes before what is known to be degraded."""

BY_STATE = (FlowStage.FEEDS, FlowStage.CONNECTOR, FlowStage.STATE)
"""Stages that are seen in the connector's state."""


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of fault: its stage, its words for people, and what to do."""

    stage: FlowStage
    condition: Condition
    sentence: str
    command: str
    runbook: str


@cache
def findings() -> Mapping[str, Finding]:
    """All kinds by name, in the order in which one explains others."""
    return msgspec.toml.decode(PATH.read_bytes(), type=dict[str, Finding])


def verdict(snapshot: Snapshot) -> Verdict:
    """The condition of the pipeline at the time of the snapshot."""
    found = sorted(all_rules(snapshot), key=_rank)
    stages = dict(_stages(found, snapshot))
    if not found:
        return msgspec.structs.replace(_well(snapshot), stages=stages)
    first, *rest = found
    kind = findings()[first.name]
    return Verdict(
        condition=kind.condition,
        stage=kind.stage,
        sentence=_sentence(first),
        since=None if first.seconds is None else snapshot.at - first.seconds,
        command=kind.command.format_map(first.words),
        runbook=kind.runbook,
        others=list(dict.fromkeys(map(_sentence, rest))),
        stages=stages,
    )


def _rank(found: Found) -> tuple[int, int]:
    order = list(findings())
    return WORST_FIRST.index(findings()[found.name].condition), order.index(found.name)


def _sentence(found: Found) -> str:
    return findings()[found.name].sentence.format_map(found.words)


def _stages(found: Sequence[Found], snapshot: Snapshot) -> Iterator[tuple[FlowStage, Condition]]:
    """Each stage's worst condition; unknown where this monitor cannot look."""
    for stage in FlowStage:
        own = (findings()[each.name] for each in found)
        conditions = [kind.condition for kind in own if kind.stage is stage]
        is_seen = (snapshot.feeds if stage in BY_STATE else snapshot.broker) is not None
        default = Condition.HEALTHY if is_seen else Condition.UNKNOWN
        yield stage, min(conditions, key=WORST_FIRST.index, default=default)


def _well(snapshot: Snapshot) -> Verdict:
    """Nothing is wrong: articles flow, or none was to be expected."""
    assert snapshot.broker
    newest = newest_enriched(snapshot)
    ago = None if newest is None else max(0.0, snapshot.at - newest)
    where = "" if snapshot.has_state else "; feeds are not seen from here"
    if ago is not None and flows(snapshot):
        words = f"Fresh articles are flowing; the newest was enriched {span(ago)} ago{where}"
        return Verdict(condition=Condition.HEALTHY, sentence=words)
    lag = snapshot.broker.lag
    if records_waiting(lag):
        words = f"New articles wait for the job, the oldest for {span(longest_wait(lag))}{where}"
        return Verdict(condition=Condition.HEALTHY, sentence=words)
    last = "none yet" if ago is None else f"the newest is {span(ago)} old"
    words = f"Nothing new was to be expected; {last}{where}"
    return Verdict(condition=Condition.QUIET, sentence=words)
