"""What runs in an enrichment child: the enrichers, loaded once, and one article at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from newsline.enricher import Run
from newsline.outcomes import Reason
from newsline.records import EnrichedArticle, RawArticle, decode_enriched, encode
from pipeline.enrich.runner.deadline import Overrun
from pipeline.enrich.runner.enrichers import Enrichers, Settings

_load: Callable[[], Enrichers]
_enrichers: Enrichers


class Failure(NamedTuple):
    """Why an article could not be enriched."""

    reason: Reason
    error: str


class Answer(NamedTuple):
    """What became of an article, and each enricher's run on it."""

    outcome: EnrichedArticle | Failure
    runs: tuple[Run, ...]


def load(settings: Settings, deadline: float) -> None:
    """Load the enrichers; raises what :class:`pipeline.enrich.runner.enrichers.Enrichers` does."""
    global _load, _enrichers  # noqa: PLW0603 - a child process is this one object
    _load = partial(Enrichers, settings, deadline)
    _enrichers = _load()


def enrich(article: RawArticle) -> Answer:
    """The article, enriched now and validated: making a record does not."""
    global _enrichers  # noqa: PLW0603
    runs: list[Run] = []
    outcome: EnrichedArticle | Failure
    try:
        enriched = _enrichers.enrich(article, datetime.now(UTC), runs.append)
        outcome = decode_enriched(encode(enriched))
    except Overrun as error:
        outcome = Failure(Reason.DEADLINE, str(error))
        _enrichers = _load()  # a model that was interrupted may be left anyhow
    except MemoryError:
        raise
    except Exception as error:  # an enricher's own: the article's fault
        outcome = Failure(Reason.ERROR, f"{type(error).__name__}: {error}")
    return Answer(outcome, tuple(runs))
