"""The step that commits: a batch's outcomes and its offset, in one transaction."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import apache_beam as beam

from newsline import trace_context
from newsline.announce import report
from newsline.broker import BrokerUnreachable, Fenced, Message, MessageTooLarge
from newsline.log_lines import LogEvent
from newsline.outcomes import Reason, Stage
from newsline.records import EnrichedArticle
from newsline.service import metrics, spans, version
from newsline.service.spans import TraceSpan
from newsline.sinks import Sink
from pipeline.beam import process_state
from pipeline.beam.dead_letters import Outcome, dead_letter, message, next_step
from pipeline.beam.enrichment import EnrichedBatch
from pipeline.beam.in_flight import EnrichedRecord

RETRY_SECONDS = 10.0
"""How long a commit outlasts an unreachable broker, as a read does: a failover takes less."""

RETRY_PAUSE = 0.2


class CommitBatch(beam.DoFn):
    """EnrichedBatch → the sinks, then news.enriched and news.dead-letter with the input offset."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = sinks

    def process(self, enriched: EnrichedBatch) -> None:
        with process_state.first_error.recording():
            try:
                outcomes = self._committed(enriched)
                metrics.count_outcomes(outcomes)
                for article in _articles(outcomes):
                    version.note_models(article.models)
                if spans.wanted():
                    _export_spans(enriched)
            except BaseException:
                process_state.claims.give_up(enriched.batch.partition)
                raise

    def _committed(self, enriched: EnrichedBatch) -> Sequence[Outcome]:
        """Commit. Retry for RETRY_SECONDS while the broker is unreachable."""
        try:
            return self._commit(enriched)
        except BrokerUnreachable as error:
            report(
                f"the broker is unreachable, retrying: {error}",
                LogEvent.OUTAGE,
                level=logging.WARNING,
            )
        deadline = time.monotonic() + RETRY_SECONDS
        while True:
            try:
                outcomes = self._settle(enriched)
            except BrokerUnreachable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(RETRY_PAUSE)
            else:
                report("the broker is reachable again", LogEvent.RECOVERY)
                return outcomes

    def _settle(self, enriched: EnrichedBatch) -> Sequence[Outcome]:
        """Commit a batch whose first commit has an unknown outcome. A new claim settles that."""
        partition = enriched.batch.partition
        process_state.claims.give_up(partition)
        if process_state.claims.claim(partition).offset == enriched.batch.end:
            return _messages(enriched)[1]
        return self._commit(enriched)

    def _commit(self, enriched: EnrichedBatch) -> Sequence[Outcome]:
        partition, start, end, _ = enriched.batch
        claim = process_state.claims.claim(partition)
        if claim.offset != start:
            raise Fenced(f"another process has taken over {partition.owner} since it was read")
        messages, outcomes = _messages(enriched)
        for sink in self._sinks:
            sink.write(partition.number, enriched.batch.name, _articles(outcomes))
        try:
            claim.commit(messages, end)
        except MessageTooLarge as error:
            return self._commit(_without_largest(enriched, messages, error))
        return outcomes


def _export_spans(enriched: EnrichedBatch) -> None:
    """A span for each record with a trace: from its storing on news.raw to its commit. Its parent
    is the step that published it."""
    now, partition = time.time(), enriched.batch.partition
    for record, outcome in enriched.items:
        if step := next_step(partition, record):
            attributes: dict[str, str | int] = {
                "newsline.outcome": type(outcome).__name__,
                "messaging.destination.partition.id": str(partition.number),
                "messaging.kafka.offset": record.offset,
            }
            parent = trace_context.read(record.headers)
            spans.export(TraceSpan("enrich", step, parent, record.timestamp, now, attributes))


def _articles(outcomes: Sequence[Outcome]) -> list[EnrichedArticle]:
    return [outcome for outcome in outcomes if isinstance(outcome, EnrichedArticle)]


def _messages(enriched: EnrichedBatch) -> tuple[list[Message], list[Outcome]]:
    pairs = [message(enriched.batch.partition, *item) for item in enriched.items]
    return [m for m, _ in pairs], [o for _, o in pairs]


def _without_largest(
    enriched: EnrichedBatch, messages: Sequence[Message], error: MessageTooLarge
) -> EnrichedBatch:
    """The batch with its largest article as a dead letter: a topic may have a lower limit."""
    articles = [
        n for n, item in enumerate(enriched.items) if isinstance(item.outcome, EnrichedArticle)
    ]
    if not articles:
        raise error
    largest = max(articles, key=lambda n: len(messages[n].value or b""))
    items = list(enriched.items)
    record = items[largest].record
    refused = dead_letter(
        enriched.batch.partition, record, Stage.ENCODE, Reason.TOO_LARGE, str(error)
    )
    items[largest] = EnrichedRecord(record, refused)
    return EnrichedBatch(enriched.batch, tuple(items))
