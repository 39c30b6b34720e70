"""RawArticle → EnrichedArticle: language, entities, topic tags, and by which models."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from pipeline.enrich import entities, gazetteer, language, tags, wording
from pipeline.records import EnrichedArticle, Entity, Model, RawArticle


class Enricher:
    """The models of one process. Enriching is a function of these, the article and the time."""

    def __init__(self, models: Mapping[str, str] | None = None) -> None:
        """Load everything. ``models``: language → spaCy package, None being the English default.

        Raises OperatorError where a package is not installed.
        """
        self._recogniser = entities.Recogniser(models)
        for module in (gazetteer, language, tags):
            module.load()

    def enrich(self, article: RawArticle, now: datetime) -> EnrichedArticle:
        """The article with what its text holds; ``now`` (UTC) becomes ``enriched_at``."""
        detected = language.detect(f"{article.title}\n{article.text}", article.declared_language)
        return EnrichedArticle(
            **msgspec.structs.asdict(article),
            language=detected,
            entities=self._entities(article, detected.code),
            topic_tags=tags.tag(article, detected.code),
            models=self._models(detected.code),
            notes=self._notes(detected.code),
            enriched_at=now,
        )

    def _entities(self, article: RawArticle, code: str) -> tuple[Entity, ...]:
        if code not in self._recogniser.languages:
            return ()
        marked = self._recogniser.mark(article.text, code)
        return entities.extract(article.text, marked, article.title)

    def _models(self, code: str) -> tuple[Model, ...]:
        recognised = code in self._recogniser.languages
        return (
            language.model(),
            *([self._recogniser.model(code)] if recognised else []),
            tags.model(),
        )

    def _notes(self, code: str) -> tuple[str, ...]:
        if code == language.UNDECIDED:
            return (
                "entities: language undecided",
                "topic_tags: language undecided, publisher's labels only",
            )
        notes = []
        if code not in self._recogniser.languages:
            notes.append(f"entities: no model for {code}")
        if code not in wording.LANGUAGES:
            notes.append(f"topic_tags: no vocabulary for {code}, publisher's labels only")
        return tuple(notes)
