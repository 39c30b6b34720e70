"""What runs in an enrichment child: one set of models, loaded once, one article at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from pipeline.enrich.enricher import Enricher
from pipeline.records import EnrichedArticle, RawArticle

_enricher: Enricher


def load(models: Mapping[str, str] | None) -> None:
    """Load the models; raises what :class:`pipeline.enrich.enricher.Enricher` does."""
    global _enricher  # noqa: PLW0603 - a child process is this one object
    _enricher = Enricher(models)


def enrich(article: RawArticle) -> EnrichedArticle:
    """The article, enriched now by this child's models."""
    return _enricher.enrich(article, datetime.now(UTC))
