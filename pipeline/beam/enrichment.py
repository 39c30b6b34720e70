"""Decoding and enriching a batch. The work is done by killable child processes, a model in each."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from typing import NamedTuple

import apache_beam as beam

from newsline.records import RawArticle
from newsline.sandbox.pool import Sandbox
from pipeline.beam import first_error, in_flight
from pipeline.beam.claims import Batch, Partition
from pipeline.beam.coder import emits
from pipeline.beam.in_flight import Enriched, Work
from pipeline.beam.source import Round
from pipeline.enrich.runner import child
from pipeline.enrich.runner.child import Answer
from pipeline.enrich.runner.enrichers import Settings

MAX_TASKS = 5_000
"""A child is replaced after this many articles: spaCy's vocabulary grows a little all the same."""


ROUND_SECONDS = 0.25
"""How long a round waits for a batch to be done. New records wait as long at the most, while
others are at work; a shorter round costs more than it gains."""


class EnrichedBatch(NamedTuple):
    """A batch whose every record has its outcome, in order."""

    batch: Batch
    items: tuple[Enriched, ...]


class Children(NamedTuple):
    """How enrichment children are run: how many, which enrichers, and how many seconds an article
    may take."""

    workers: int
    enrichers: Settings
    deadline: float


_lock = threading.Lock()
_sandboxes: dict[int, Sandbox] = {}


def sandbox_of_this_process(children: Children) -> Sandbox:
    """The children of this process, started at the first call; every thread's DoFn shares them."""
    with _lock:
        if os.getpid() not in _sandboxes:
            _sandboxes[os.getpid()] = Sandbox(
                children.workers,
                initializer=child.load,
                initargs=(children.enrichers, children.deadline),
                max_tasks=MAX_TASKS,
            )
        return _sandboxes[os.getpid()]


def end_children() -> None:
    """End this process's children at once."""
    with _lock:
        if sandbox := _sandboxes.pop(os.getpid(), None):
            sandbox.close()
    in_flight.forget_all()


@emits(EnrichedBatch)
class EnrichRound(beam.DoFn):
    """Round → its batches, decoded and enriched, of those that are done when the round ends.

    The others stay :mod:`.underway`; the source emits them again in the next round.
    """

    def __init__(self, children: Children) -> None:
        self._children = children

    def setup(self) -> None:
        self._sandbox = sandbox_of_this_process(self._children)

    def process(self, round_: Round) -> Iterator[EnrichedBatch]:
        with first_error.kept():
            works = [
                in_flight.work_on(batch, partial(self._start, batch.partition))
                for batch in round_.batches
            ]
            done = _wait_for_some(works, ROUND_SECONDS)
        for work in done:
            yield EnrichedBatch(work.batch, in_flight.finish(work))

    def _start(self, partition: Partition, article: RawArticle) -> Future[Answer]:
        """Each partition has its lane: heavy articles in one do not hold up the others."""
        deadline = self._children.deadline
        return self._sandbox.submit(child.enrich, article, deadline=deadline, lane=partition)


def _wait_for_some(works: Sequence[Work], seconds: float) -> Sequence[Work]:
    """Those that are done, as soon as one is, or none after a while."""
    until = time.monotonic() + seconds
    while works:
        pending = {work: work.pending() for work in works}
        done = [work for work in works if not pending[work]]
        left = until - time.monotonic()
        if done or left <= 0:
            return done
        wait([futures[-1] for futures in pending.values()], left, FIRST_COMPLETED)
    return []
