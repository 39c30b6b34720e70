"""Batches whose articles are in the hands of the children. Work that outlives a round."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import NamedTuple

from newsline.broker import Record
from newsline.errors import OperatorError
from newsline.outcomes import Reason, Stage
from newsline.records import DeadLetter, EnrichedArticle, RawArticle
from newsline.sandbox.pool import ChildCrashed, DeadlineExceeded, SandboxClosed
from newsline.service import metrics
from pipeline.beam import outcome
from pipeline.beam.claims import Batch, Partition
from pipeline.beam.outcome import Decoded
from pipeline.enrich.runner.child import Answer, Failure

ATTEMPTS = 2
"""A child may die of its machine (out of memory) rather than of its article: one more try."""

Start = Callable[[RawArticle], Future[Answer]]
"""Gives an article to the children."""


class Enriched(NamedTuple):
    """A record and what became of it."""

    record: Record
    outcome: EnrichedArticle | DeadLetter


class Work:
    """A batch that is being enriched."""

    def __init__(self, batch: Batch, start: Start) -> None:
        self.batch = batch
        decoded = [outcome.decode(batch.partition, record) for record in batch.records]
        self._tasks = [_Task(batch.partition, item, start) for item in decoded]

    def pending(self) -> Sequence[Future[Answer]]:
        """What is still to wait for; none when the batch is done. Raises what is no article's
        fault: OperatorError, SandboxClosed."""
        return [future for task in self._tasks if (future := task.pending())]

    def result(self) -> tuple[Enriched, ...]:
        """Each record with its outcome, in order, once nothing is pending."""
        return tuple(task.result() for task in self._tasks)


class _Task:
    """A record on its way to its outcome."""

    def __init__(self, partition: Partition, item: Decoded, start: Start) -> None:
        self._partition = partition
        self._record = item.record
        self._outcome: EnrichedArticle | DeadLetter | None = None
        if isinstance(item.article, DeadLetter):
            self._outcome = item.article
        else:
            self._start = partial(start, item.article)
            self._attempt = 1
            self._future = self._start()

    def pending(self) -> Future[Answer] | None:
        if self._outcome is None and self._future.done():
            self._settle()
        return self._future if self._outcome is None else None

    def result(self) -> Enriched:
        assert self._outcome is not None
        return Enriched(self._record, self._outcome)

    def _settle(self) -> None:
        try:
            answer = self._future.result()
        except (OperatorError, SandboxClosed):
            raise
        except DeadlineExceeded as error:
            self._fail(Reason.DEADLINE, str(error))
        except ChildCrashed as error:
            if self._attempt < ATTEMPTS:
                self._attempt += 1
                self._future = self._start()
            else:
                self._fail(Reason.CRASH, str(error))
        except Exception as error:  # an enricher's own: the article's fault, not the job's
            self._fail(Reason.ERROR, f"{type(error).__name__}: {error}")
        else:
            self._take(answer)

    def _take(self, answer: Answer) -> None:
        metrics.count_runs(answer.runs)
        if isinstance(answer.outcome, Failure):
            self._fail(*answer.outcome)
        else:
            self._outcome = answer.outcome

    def _fail(self, reason: Reason, error: str) -> None:
        self._outcome = outcome.dead_letter(
            self._partition, self._record, Stage.ENRICH, reason, error, self._attempt
        )


_lock = threading.Lock()
_works: dict[Partition, Work] = {}


def work_on(batch: Batch, start: Start) -> Work:
    """This process's work on the batch, begun when there is none yet."""
    with _lock:
        work = _works.get(batch.partition)
        if work is None or work.batch.name != batch.name:
            work = _works[batch.partition] = Work(batch, start)
        return work


def finish(work: Work) -> tuple[Enriched, ...]:
    """The work's result; it is kept no longer."""
    with _lock:
        if _works.get(work.batch.partition) is work:
            del _works[work.batch.partition]
    return work.result()


def forget_all() -> None:
    """Keep no work of this process any longer."""
    with _lock:
        _works.clear()
