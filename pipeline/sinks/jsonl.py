"""Enriched articles as JSON Lines: a file per partition, a line per article, in order."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.records import EnrichedArticle, encode
from pipeline.sinks import SinkError


class _Mark(msgspec.Struct):
    """The last batch begun: its first offset, and the file's length before it, in bytes."""

    start: int
    length: int


class JsonLines:
    """A :class:`pipeline.sinks.Sink` that writes DIRECTORY/enriched-PARTITION.jsonl.

    Before a batch is appended its mark is stored beside the file; a batch that begins where the
    marked one did is that one again, not committed the first time, so the file is cut back first.
    """

    def __init__(self, directory: str | Path) -> None:
        self._directory = Path(directory)

    def write(self, partition: int, start: int, articles: Sequence[EnrichedArticle]) -> None:
        path = self._directory / f"enriched-{partition}.jsonl"
        try:
            self._write(path, start, articles)
        except OSError as error:
            what_to_do = "write to a directory of yours, on a disk with space"
            raise SinkError(f"{path}: {error.strerror}: {what_to_do}") from error

    def _write(self, path: Path, start: int, articles: Sequence[EnrichedArticle]) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        length = self._length_before(path, start)
        with path.open("ab") as file:
            file.truncate(length)
            file.write(b"".join(encode(article) + b"\n" for article in articles))
            file.flush()
            os.fsync(file.fileno())

    def _length_before(self, path: Path, start: int) -> int:
        mark_path = path.with_suffix(".mark")
        length = path.stat().st_size if path.exists() else 0
        if mark_path.exists():
            mark = msgspec.json.decode(mark_path.read_bytes(), type=_Mark)
            if mark.start == start:
                return min(mark.length, length)
        _replace(mark_path, msgspec.json.encode(_Mark(start, length)))
        return length


def _replace(path: Path, content: bytes) -> None:
    """Write the file whole or not at all."""
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
