"""The newest enriched articles as a table."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from newsline.broker import Broker
from newsline.printable import printable
from newsline.records import ENRICHED_TOPIC, EnrichedArticle, decode_enriched
from newsline.topics.newest import newest

SHOWN = 100


def show(broker: Broker) -> None:
    """Print the newest enriched articles, oldest first."""
    table = Table("title", "language", "entities", "tags", title="Enriched articles")
    for _, article in reversed(newest(broker, ENRICHED_TOPIC, SHOWN, decode_enriched)):
        table.add_row(*map(_cell, _cells(article)))
    Console().print(table)


def _cells(article: EnrichedArticle) -> tuple[str, str, str, str]:
    revision = f" (revision {article.revision})" if article.revision > 1 else ""
    entities = ", ".join(entity.name for entity in article.entities[:5])
    tags = ", ".join(tag.name for tag in article.topic_tags[:3])
    return article.title + revision, article.language.code, entities, tags


def _cell(text: str) -> Text:
    """Text without rich's markup."""
    return Text(printable(text))
