"""Where enriched articles go besides news.enriched. Each sink's write is idempotent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from newsline.errors import OperatorError
from newsline.records import EnrichedArticle


class SinkError(OperatorError):
    """A sink cannot be written; the batch is not committed, and is written again later."""


class Sink(Protocol):
    """A place for enriched articles; it travels to the workers pickled, so it opens files late."""

    def write(self, partition: int, batch: str, articles: Sequence[EnrichedArticle]) -> None:
        """Store the articles of a batch of the partition, which its name tells from all others.

        Called before the batch is committed. After a crash the next batch begins where this one did
        and has its name, but other articles perhaps: it takes the place of what was written.
        """
        ...
