"""The state's cost per poll with five million known entries, compared with ten thousand.

A poll lists 50 entries of a feed, two of them new. Measured is CPU time, SQLite's checkpoints
included; the disk's own time depends on its other users.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

from connectors.feedlist.feed_list import Feed
from connectors.state import AfterPoll, SeenEntry, State
from connectors.state.tables import Digest

FEW, MANY = 10_000, 5_000_000
OF_A_FEED = 500
"""Known entries per feed: two months at eight a day."""

COLUMNS = (
    *("feed", "entry_id", "fingerprint", "attempts", "settled"),
    *("outcome", "detail", "handled", "listed", "link"),
)

LISTED = 50
NEW = 2
POLLS = 100
WARM_UP, PARTS = 5, 20
"""Hundreds of polls, each of a feed whose rows are not cached if there are many."""


def measure(directory: Path, many: int = MANY) -> Sequence[tuple[float, float]]:
    """CPU milliseconds per poll with many known entries and with few, measured in turn."""
    directory.mkdir(parents=True, exist_ok=True)
    with (
        closing(State(str(directory / "many.db"))) as larger,
        closing(State(str(directory / "few.db"))) as smaller,
    ):
        among_many = _filled(larger, many)
        among_few = _filled(smaller, FEW)
        pairs = [
            (_polls(larger, among_many, part), _polls(smaller, among_few, part))
            for part in range(WARM_UP + PARTS)
        ]
    return pairs[WARM_UP:]


def _filled(state: State, known: int) -> Sequence[Feed]:
    feeds = [Feed(f"https://site{n}.example/feed") for n in range(known // OF_A_FEED)]
    state.enlist(feeds)
    fill(state.name, [state.feed(feed.url).id for feed in feeds])
    return feeds


def fill(path: str, ids: list[int]) -> None:
    """Insert the entries that past polls of these feeds would have left."""
    statement = f"INSERT INTO entries ({', '.join(COLUMNS)}) VALUES (?{', ?' * (len(COLUMNS) - 1)})"
    with closing(sqlite3.connect(path)) as connection:
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'entries' AND type = 'index'"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        connection.executemany(statement, _rows(ids))
        for _, definition in indexes:
            connection.execute(definition)
        connection.commit()


def _rows(ids: list[int]) -> Iterator[tuple]:
    now = time.time()
    for feed in ids:
        keys = sorted(Digest.of(_entry_id(feed, n)) for n in range(OF_A_FEED))
        for key in keys:
            link = blake2b(key, digest_size=16).digest()
            yield feed, key, link, 1, True, "published", "", now, now, link


def _entry_id(feed: int, number: int) -> str:
    return f"https://site{feed}.example/?p={number}"


def _polls(state: State, feeds: Sequence[Feed], part: int) -> float:
    """Milliseconds per poll, over polls of feeds far apart."""
    spent = 0.0
    for number in range(part * POLLS, (part + 1) * POLLS):
        feed = state.claim(feeds[number * 997 % len(feeds)].url, time.time())
        assert feed
        last = OF_A_FEED + NEW * (number // len(feeds))
        ids = [_entry_id(feed.id, n) for n in range(last - LISTED + NEW, last + NEW)]
        began = time.process_time()
        seen = state.entries(feed.id, ids)
        now = time.time()
        new = [
            SeenEntry(one, "ab" * 16, 1, True, "published", "", now, now, f"{one}#link")
            for one in ids
            if one not in seen
        ]
        state.save_polls([AfterPoll(feed._replace(next_poll=now), new)])
        spent += time.process_time() - began
        assert len(new) == NEW
    return spent / POLLS * 1_000
