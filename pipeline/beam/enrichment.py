"""The step that decodes and enriches batches, by killable children with a model in each."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from typing import NamedTuple

import apache_beam as beam

from newsline.records import RawArticle
from pipeline.beam import process_state
from pipeline.beam.children import Children
from pipeline.beam.claims import Batch, Partition
from pipeline.beam.coder import emits
from pipeline.beam.in_flight import BatchInFlight, EnrichedRecord
from pipeline.beam.source import Round
from pipeline.enrich.runner import child
from pipeline.enrich.runner.child import Answer

ROUND_SECONDS = 0.25
"""Maximum wait for a batch to be done, and so the longest delay of new records while children
are busy. Shorter rounds cost more than they gain."""


class EnrichedBatch(NamedTuple):
    """A batch with an outcome for each record, in order."""

    batch: Batch
    items: tuple[EnrichedRecord, ...]


@emits(EnrichedBatch)
class EnrichRound(beam.DoFn):
    """Round → the decoded and enriched batches that are done when the round ends.

    The others stay in flight (:mod:`.in_flight`); the source emits them again in the next round.
    """

    def __init__(self, children: Children) -> None:
        self._children = children

    def setup(self) -> None:
        self._sandbox = process_state.sandbox.started(self._children)

    def process(self, round_: Round) -> Iterator[EnrichedBatch]:
        with process_state.first_error.recording():
            batches = [
                process_state.in_flight.enrich(batch, partial(self._submit, batch.partition))
                for batch in round_.batches
            ]
            done = _wait_for_some(batches, ROUND_SECONDS)
        for each in done:
            yield EnrichedBatch(each.batch, process_state.in_flight.finish(each))

    def _submit(self, partition: Partition, article: RawArticle) -> Future[Answer]:
        """Submit in the partition's own lane: heavy articles in one do not delay the others."""
        deadline = self._children.deadline
        return self._sandbox.submit(
            child.enrich_article, article, deadline=deadline, lane=partition
        )


def _wait_for_some(batches: Sequence[BatchInFlight], seconds: float) -> Sequence[BatchInFlight]:
    """The batches that are done, as soon as there is one; none after ``seconds``."""
    until = time.monotonic() + seconds
    while batches:
        pending = {batch: batch.pending() for batch in batches}
        done = [batch for batch in batches if not pending[batch]]
        left = until - time.monotonic()
        if done or left <= 0:
            return done
        wait([futures[-1] for futures in pending.values()], left, FIRST_COMPLETED)
    return []
