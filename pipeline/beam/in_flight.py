"""Batches in flight: children are working on their articles, for more than one round if need be."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import NamedTuple

from newsline.broker import Record
from newsline.errors import OperatorError
from newsline.outcomes import Reason, Stage
from newsline.records import RawArticle
from newsline.sandbox.pool import ChildCrashed, DeadlineExceeded, SandboxClosed
from newsline.service import metrics
from pipeline.beam import dead_letters
from pipeline.beam.claims import Batch, Partition
from pipeline.beam.dead_letters import Decoded, Outcome
from pipeline.enrich.runner.child import Answer, EnrichFailure

ATTEMPTS = 2
"""A child may die of its machine (out of memory) instead of its article: one more try."""

Submit = Callable[[RawArticle], Future[Answer]]
"""Submits an article to the children."""


class EnrichedRecord(NamedTuple):
    """A record with its outcome."""

    record: Record
    outcome: Outcome


class BatchInFlight:
    """A batch that is being enriched."""

    def __init__(self, batch: Batch, submit: Submit) -> None:
        self.batch = batch
        decoded = [dead_letters.decode_record(batch.partition, record) for record in batch.records]
        self._records = [_RecordInFlight(batch.partition, item, submit) for item in decoded]

    def pending(self) -> Sequence[Future[Answer]]:
        """The unfinished articles' futures; none if the batch is done.

        Raises errors that are no article's fault: OperatorError, SandboxClosed.
        """
        return [future for record in self._records if (future := record.pending())]

    def result(self) -> tuple[EnrichedRecord, ...]:
        """Each record with its outcome, in order. Call it once nothing is pending."""
        return tuple(record.result() for record in self._records)


class _RecordInFlight:
    """A record until it has an outcome."""

    def __init__(self, partition: Partition, decoded: Decoded, submit: Submit) -> None:
        self._partition = partition
        self._record = decoded.record
        self._outcome: Outcome | None = None
        if not isinstance(decoded.article, RawArticle):
            self._outcome = decoded.article
        else:
            self._submit = partial(submit, decoded.article)
            self._attempt = 1
            self._future = self._submit()

    def pending(self) -> Future[Answer] | None:
        if self._outcome is None and self._future.done():
            self._settle()
        return self._future if self._outcome is None else None

    def result(self) -> EnrichedRecord:
        assert self._outcome is not None
        return EnrichedRecord(self._record, self._outcome)

    def _settle(self) -> None:
        """Turn the finished future into an outcome, or submit the article again."""
        try:
            answer = self._future.result()
        except (OperatorError, SandboxClosed):
            raise
        except DeadlineExceeded as error:
            self._fail(Reason.DEADLINE, str(error))
        except ChildCrashed as error:
            if self._attempt < ATTEMPTS:
                self._attempt += 1
                self._future = self._submit()
            else:
                self._fail(Reason.CRASH, str(error))
        except Exception as error:  # an enricher's own: the article's fault, not the job's
            self._fail(Reason.ERROR, f"{type(error).__name__}: {error}")
        else:
            self._accept(answer)

    def _accept(self, answer: Answer) -> None:
        metrics.count_runs(answer.runs)
        if isinstance(answer.outcome, EnrichFailure):
            self._fail(*answer.outcome)
        else:
            self._outcome = answer.outcome

    def _fail(self, reason: Reason, error: str) -> None:
        self._outcome = dead_letters.dead_letter(
            self._partition, self._record, Stage.ENRICH, reason, error, self._attempt
        )


class InFlight:
    """The batches in flight in a process, at most one per partition."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._batches: dict[Partition, BatchInFlight] = {}

    def enrich(self, batch: Batch, submit: Submit) -> BatchInFlight:
        """The batch in flight; its articles are submitted at the first call."""
        with self._lock:
            known = self._batches.get(batch.partition)
            if known is None or known.batch.name != batch.name:
                known = self._batches[batch.partition] = BatchInFlight(batch, submit)
            return known

    def finish(self, finished: BatchInFlight) -> tuple[EnrichedRecord, ...]:
        """The result of a batch; it is no longer in flight."""
        with self._lock:
            if self._batches.get(finished.batch.partition) is finished:
                del self._batches[finished.batch.partition]
        return finished.result()

    def clear(self) -> None:
        """Drop all batches."""
        with self._lock:
            self._batches.clear()
