"""Events of an article in JSON Lines files."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from newsline.records import decode_enriched
from newsline.sinks.jsonl import file_of
from newsline.trace import from_records
from newsline.trace.events import LineEvent
from newsline.trace.wanted import Wanted


def in_files(directory: Path, wanted: Wanted, partitions: Collection[int]) -> Iterator[LineEvent]:
    """The article's lines in the files of these partitions of news.raw; at least one event each."""
    for partition in sorted(partitions):
        file = file_of(directory, partition)
        lines = list(_lines(file, wanted)) if file.exists() else []
        yield from lines or [LineEvent(at=None, file=str(file), line=None, revision=None)]


def _lines(file: Path, wanted: Wanted) -> Iterator[LineEvent]:
    with file.open("rb") as opened:
        for number, line in enumerate(opened, 1):
            if wanted.key not in line:
                continue
            article = from_records.decoded(line, decode_enriched)
            if article and article.article_id == wanted.article_id:
                at, revision = article.enriched_at, article.revision
                yield LineEvent(at=at, file=str(file), line=number, revision=revision)
