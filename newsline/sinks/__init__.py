"""Destinations of enriched articles beside news.enriched. Writing to a sink is idempotent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from newsline.errors import OperatorError
from newsline.records import EnrichedArticle


class SinkError(OperatorError):
    """The sink cannot be written. The batch is not committed, and is written again later."""


class Sink(Protocol):
    """A destination of enriched articles. It is pickled for the workers, so it opens files late."""

    def write(self, partition: int, batch: str, articles: Sequence[EnrichedArticle]) -> None:
        """Store the articles of a batch. Its name is unique in the partition.

        Called before the batch is committed. After a crash, the next batch has the same start and
        name, but perhaps other articles: it replaces the ones written before.
        """
        ...
