"""Enrichment in a child process: enrichers loaded once, then one article at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from newsline.enricher import Run
from newsline.outcomes import Reason
from newsline.records import EnrichedArticle, RawArticle, decode_enriched, encode
from newsline.sandbox import replacement
from pipeline.enrich.runner.deadline import Overrun
from pipeline.enrich.runner.enrichers import Enrichers, EnricherSettings

_enrichers: Enrichers


class EnrichFailure(NamedTuple):
    """The reason why an article could not be enriched."""

    reason: Reason
    error: str


class Answer(NamedTuple):
    """An article's outcome, with each enricher's run on it."""

    outcome: EnrichedArticle | EnrichFailure
    runs: tuple[Run, ...]


def load_enrichers(settings: EnricherSettings, deadline: float) -> None:
    """Load the enrichers. Raises as :class:`pipeline.enrich.runner.enrichers.Enrichers` does."""
    global _enrichers  # noqa: PLW0603 - a child process is this one object
    _enrichers = Enrichers(settings, deadline)


def enrich_article(article: RawArticle) -> Answer:
    """Enrich the article and validate the record: its constructor does not."""
    runs: list[Run] = []
    outcome: EnrichedArticle | EnrichFailure
    try:
        enriched = _enrichers.enrich(article, datetime.now(UTC), runs.append)
        outcome = decode_enriched(encode(enriched))
    except Overrun as error:
        outcome = EnrichFailure(Reason.DEADLINE, str(error))
        replacement.request()  # an interrupted model may be in any state
    except MemoryError:
        raise
    except Exception as error:  # an enricher's own: the article's fault
        outcome = EnrichFailure(Reason.ERROR, f"{type(error).__name__}: {error}")
    return Answer(outcome, tuple(runs))
