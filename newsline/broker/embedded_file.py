"""The embedded broker's file: its tables, and their upgrade from earlier versions."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from newsline.broker import BrokerError

VERSION = 3
"""Of the tables, in the file's ``user_version``; version 1 wrote none."""

LOCK_SECONDS = 30.0
"""Time that a writer waits for others; a transaction holds the file for about a millisecond."""

TABLES = (
    "CREATE TABLE IF NOT EXISTS topics (topic TEXT PRIMARY KEY, partitions INTEGER NOT NULL,"
    " max_bytes INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS ends (topic TEXT, partition INTEGER, offset INTEGER NOT NULL,"
    " PRIMARY KEY (topic, partition)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS records (topic TEXT, partition INTEGER, offset INTEGER,"
    " key BLOB NOT NULL, value BLOB NOT NULL, timestamp REAL NOT NULL,"
    " PRIMARY KEY (topic, partition, offset))",
    'CREATE TABLE IF NOT EXISTS committed ("group" TEXT, topic TEXT, partition INTEGER,'
    ' offset INTEGER NOT NULL, PRIMARY KEY ("group", topic, partition)) WITHOUT ROWID',
    "CREATE TABLE IF NOT EXISTS producers (name TEXT PRIMARY KEY, epoch INTEGER NOT NULL)"
    " WITHOUT ROWID",
)

SINCE_VERSION_2 = (
    "ALTER TABLE topics ADD COLUMN retention REAL",  # seconds; NULL: for ever
    "ALTER TABLE topics ADD COLUMN size INTEGER",  # bytes; NULL: any
    "ALTER TABLE ends ADD COLUMN oldest INTEGER NOT NULL DEFAULT 0",  # offset
    "ALTER TABLE ends ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0",  # of keys and values
    "UPDATE ends SET bytes = (SELECT coalesce(sum(length(key) + length(value)), 0) FROM records"
    " WHERE records.topic = ends.topic AND records.partition = ends.partition)",
)

SINCE_VERSION_3 = (
    "ALTER TABLE records ADD COLUMN headers BLOB",  # MessagePack; NULL: none
)


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, for any thread. It must exist: a file that was moved away while in use would
    be replaced by an empty one, which hides that it is gone."""
    connection = _open(path, "rw")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def prepare(path: Path) -> None:
    """Create the tables, or upgrade older ones. Raises BrokerError if they are newer."""
    if not path.exists():
        # Space can be given back only if this is set before the first page is written.
        with closing(_open(path, "rwc")) as connection:
            connection.executescript("PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
    with closing(connect(path)) as connection:
        if _version(connection) == VERSION:
            return
        connection.execute("BEGIN IMMEDIATE")
        version = _version(connection)
        if version > VERSION:
            raise BrokerError(
                f"{path} was written by a newer newsline: its tables have version {version}, this"
                f" newsline needs {VERSION}: install the newer one again"
            )
        if version < VERSION:
            upgrades = (*(SINCE_VERSION_2 if version < 2 else ()), *SINCE_VERSION_3)
            for statement in (*TABLES, *upgrades, f"PRAGMA user_version = {VERSION}"):
                connection.execute(statement)
        connection.execute("COMMIT")


def _open(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"file:{quote(str(path))}?mode={mode}"
    return sqlite3.connect(
        uri, uri=True, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False
    )


def _version(connection: sqlite3.Connection) -> int:
    ((version,),) = connection.execute("PRAGMA user_version").fetchall()
    return int(version)
