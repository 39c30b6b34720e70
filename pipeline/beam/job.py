"""The job's graph: news.raw → decode, enrich → sinks, news.enriched and news.dead-letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import apache_beam as beam

from newsline.records import RAW_TOPIC
from newsline.sinks import Sink
from pipeline.beam.children import Children
from pipeline.beam.claims import Begin
from pipeline.beam.commit import CommitBatch
from pipeline.beam.enrichment import EnrichRound
from pipeline.beam.source import ReadShare, Shares


class EnrichJob(NamedTuple):
    """A job's parameters: broker and group, enrichment, sinks, end.

    ``begin``: where to begin in partitions in which the group has no place. ``heartbeat``: seconds
    between two heartbeats of a partition; 0: none.
    """

    broker: str
    group: str
    children: Children
    sinks: Sequence[Sink] = ()
    until_caught_up: bool = False
    begin: Begin | None = None
    heartbeat: float = 0.0


def build(pipeline: beam.Pipeline, job: EnrichJob, element_keys: Sequence[int] = (0,)) -> None:
    """Add the job to the pipeline. Nothing shuffles after the read: see :mod:`.source`.

    ``element_keys``: one per share of the partitions; see :mod:`pipeline.flink.subtask_keys`.
    """
    total = len(element_keys)
    shares = Shares(job.broker, job.group, RAW_TOPIC, total, job.begin, job.heartbeat)
    _ = (
        pipeline
        | "Shares" >> beam.Create(element_keys, reshuffle=False)
        | "Read" >> beam.ParDo(ReadShare(shares, until_caught_up=job.until_caught_up))
        | "Enrich" >> beam.ParDo(EnrichRound(job.children))
        | "Commit" >> beam.ParDo(CommitBatch(job.sinks))
    )
