"""Decoding and enriching a batch. The work is done by killable child processes, a model in each."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from typing import NamedTuple

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindow
from apache_beam.utils.timestamp import MIN_TIMESTAMP
from apache_beam.utils.windowed_value import WindowedValue

from pipeline.beam import failure, heartbeat, outcome
from pipeline.beam.claims import Partition
from pipeline.beam.outcome import Decoded
from pipeline.beam.source import Batch
from pipeline.broker import Record
from pipeline.enrich import child
from pipeline.errors import OperatorError
from pipeline.records import DeadLetter, EnrichedArticle, RawArticle, Reason, Stage
from pipeline.sandbox import ChildCrashed, DeadlineExceeded, Sandbox, SandboxClosed

ATTEMPTS = 2
"""A child may die of its machine (out of memory) rather than of its article: one more try."""

MAX_TASKS = 5_000
"""A child is replaced after this many articles: spaCy's vocabulary grows a little all the same."""


class DecodedBatch(NamedTuple):
    """A batch whose records have been decoded, in order."""

    batch: Batch
    items: tuple[Decoded, ...]


class Enriched(NamedTuple):
    """A record and what became of it."""

    record: Record
    outcome: EnrichedArticle | DeadLetter


class EnrichedBatch(NamedTuple):
    """A batch whose every record has its outcome, in order."""

    batch: Batch
    items: tuple[Enriched, ...]


def decode_batch(batch: Batch) -> DecodedBatch:
    """Each record's article or dead letter."""
    return DecodedBatch(batch, tuple(outcome.decode(batch.partition, r) for r in batch.records))


class Children(NamedTuple):
    """How enrichment children are run: how many, on which models, and how long an article may take.

    ``models`` maps a language to a spaCy package, None being the default; ``deadline`` in seconds.
    """

    workers: int
    models: Mapping[str, str] | None
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
                initargs=(children.models,),
                max_tasks=MAX_TASKS,
            )
        return _sandboxes[os.getpid()]


def end_children() -> None:
    """End this process's children at once."""
    with _lock:
        if sandbox := _sandboxes.pop(os.getpid(), None):
            sandbox.close()


class EnrichBatch(beam.DoFn):
    """DecodedBatch → EnrichedBatch. All batches of a bundle are in the children's queue at once."""

    def __init__(self, children: Children) -> None:
        self._children = children

    def setup(self) -> None:
        self._sandbox = sandbox_of_this_process(self._children)

    def start_bundle(self) -> None:
        self._started: list[tuple[DecodedBatch, list[Future[EnrichedArticle] | None]]] = []

    def process(self, decoded: DecodedBatch) -> None:
        futures = [self._start(item.article) for item in decoded.items]
        self._started.append((decoded, futures))

    def finish_bundle(self) -> Iterator[WindowedValue]:
        for decoded, futures in self._started:
            partition = decoded.batch.partition
            with failure.kept():
                items = tuple(
                    Enriched(item.record, self._finish(partition, item, future))
                    for item, future in zip(decoded.items, futures, strict=True)
                )
            yield WindowedValue(
                EnrichedBatch(decoded.batch, items), MIN_TIMESTAMP, (GlobalWindow(),)
            )

    def _start(self, article: RawArticle | DeadLetter) -> Future[EnrichedArticle] | None:
        if isinstance(article, DeadLetter):
            return None
        return self._sandbox.submit(child.enrich, article, deadline=self._children.deadline)

    def _finish(
        self, partition: Partition, item: Decoded, future: Future[EnrichedArticle] | None
    ) -> EnrichedArticle | DeadLetter:
        if isinstance(item.article, DeadLetter):
            return item.article
        assert future is not None
        for attempt in range(1, ATTEMPTS + 1):
            heartbeat.beat()
            try:
                return future.result()
            except DeadlineExceeded as error:
                reason, text = Reason.DEADLINE, str(error)
                break
            except ChildCrashed as error:
                reason, text = Reason.CRASH, str(error)
                if attempt < ATTEMPTS:
                    future = self._start(item.article)
                    assert future is not None
            except (OperatorError, SandboxClosed):
                raise
            except Exception as error:  # an enricher's own: the article's fault, not the job's
                reason, text = Reason.ERROR, f"{type(error).__name__}: {error}"
                break
        return outcome.dead_letter(partition, item.record, Stage.ENRICH, reason, text, attempt)
