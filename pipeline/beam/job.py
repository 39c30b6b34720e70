"""The job's graph: news.raw → decode, enrich → sinks, news.enriched and news.dead-letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import apache_beam as beam

from newsline.records import RAW_TOPIC
from newsline.sinks import Sink
from pipeline.beam.enrichment import Children, EnrichRound
from pipeline.beam.sink import CommitBatch
from pipeline.beam.source import ReadShare, Shares


class Job(NamedTuple):
    """What a job is told: where it reads and writes, how it enriches, when it ends."""

    broker: str
    group: str
    children: Children
    sinks: Sequence[Sink] = ()
    until_caught_up: bool = False


def build(pipeline: beam.Pipeline, job: Job, seats: Sequence[int] = (0,)) -> None:
    """Add the job to the pipeline. Nothing shuffles after the read: see :mod:`.source`.

    The partitions are dealt out to as many workers as there are ``seats``: the numbers by which
    their shares go.
    """
    shares = Shares(job.broker, job.group, RAW_TOPIC, len(seats))
    _ = (
        pipeline
        | "Shares" >> beam.Create(seats, reshuffle=False)
        | "Read" >> beam.ParDo(ReadShare(shares, until_caught_up=job.until_caught_up))
        | "Enrich" >> beam.ParDo(EnrichRound(job.children))
        | "Commit" >> beam.ParDo(CommitBatch(job.sinks))
    )
