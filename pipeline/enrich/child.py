"""What runs in an enrichment child: one set of models, loaded once, one article at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from pipeline.enrich.enricher import Enricher
from pipeline.records import EnrichedArticle, RawArticle, decode_enriched, encode

_enricher: Enricher


def load(models: Mapping[str, str] | None) -> None:
    """Load the models; raises what :class:`pipeline.enrich.enricher.Enricher` does."""
    global _enricher  # noqa: PLW0603 - a child process is this one object
    _enricher = Enricher(models)


def enrich(article: RawArticle) -> EnrichedArticle:
    """The article, enriched now by this child's models, and validated: making a record does not.

    Raises msgspec.ValidationError where an enricher has broken the contract.
    """
    return decode_enriched(encode(_enricher.enrich(article, datetime.now(UTC))))
