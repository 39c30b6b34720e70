"""Enriched articles as JSON Lines: one file per partition, one line per article, in order."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from newsline.records import EnrichedArticle, encode
from newsline.sinks import SinkError

_files: dict[Path, BinaryIO] = {}
"""This process's files, locked until it ends: a job writes before it learns that it is fenced, and
must not truncate its successor's articles."""


class _Mark(msgspec.Struct):
    """The last batch that was started, and the file's length before it, in bytes."""

    batch: str
    length: int


class JsonLines:
    """A :class:`newsline.sinks.Sink` that writes DIRECTORY/enriched-PARTITION.jsonl.

    Before a batch is appended, its mark is stored beside the file. A batch with the mark's name
    repeats an uncommitted one, so the file is truncated first.
    """

    def __init__(self, directory: str | Path) -> None:
        self._directory = Path(directory)

    def write(self, partition: int, batch: str, articles: Sequence[EnrichedArticle]) -> None:
        path = file_of(self._directory, partition)
        try:
            file = _files.get(path) or _open(path)
            file.truncate(_length_before(path, batch))
            file.write(b"".join(encode(article) + b"\n" for article in articles))
            file.flush()
            os.fsync(file.fileno())
        except BlockingIOError as error:
            raise SinkError(f"another job writes {path}: give each its own --jsonl") from error
        except OSError as error:
            what_to_do = "write to a directory of yours, on a disk with space"
            raise SinkError(f"{path}: {error.strerror}: {what_to_do}") from error


def file_of(directory: Path, partition: int) -> Path:
    """The file of a partition of news.raw."""
    return directory / f"enriched-{partition}.jsonl"


def _open(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise
    _files[path] = file
    return file


def _length_before(path: Path, batch: str) -> int:
    """The file's length before the batch. Stores the mark of a new batch."""
    mark_path = path.with_suffix(".mark")
    length = path.stat().st_size
    if mark_path.exists():
        mark = msgspec.json.decode(mark_path.read_bytes(), type=_Mark)
        if mark.batch == batch:
            return min(mark.length, length)
    _replace(mark_path, msgspec.json.encode(_Mark(batch, length)))
    return length


def _replace(path: Path, content: bytes) -> None:
    """Write the file atomically."""
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
