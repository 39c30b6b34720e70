"""The job's graph: news.raw → decode → enrich → sinks, news.enriched and news.dead-letter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import apache_beam as beam

from pipeline.beam.claims import Partition
from pipeline.beam.enrichment import Children, EnrichBatch, decode_batch
from pipeline.beam.sink import CommitBatch
from pipeline.beam.source import ReadPartition
from pipeline.records import RAW_TOPIC
from pipeline.sinks import Sink


class Job(NamedTuple):
    """What a job is told: where it reads and writes, how it enriches, when it ends."""

    broker: str
    group: str
    partitions: int
    children: Children
    sinks: Sequence[Sink] = ()
    until_caught_up: bool = False


def build(pipeline: beam.Pipeline, job: Job) -> None:
    """Add the job to the pipeline. Nothing shuffles after the read: see :mod:`.source`."""
    partitions = [Partition(job.broker, job.group, RAW_TOPIC, n) for n in range(job.partitions)]
    _ = (
        pipeline
        | "Partitions" >> beam.Create(partitions)
        | "Spread" >> beam.Reshuffle()
        | "Read"
        >> beam.ParDo(ReadPartition(partitions=job.partitions, until_caught_up=job.until_caught_up))
        | "Decode" >> beam.Map(decode_batch)
        | "Enrich" >> beam.ParDo(EnrichBatch(job.children))
        | "Commit" >> beam.ParDo(CommitBatch(job.sinks))
    )
