"""Refuse a PostgreSQL address behind which a client has no session of its own.

A pooler in transaction mode gives each transaction to any of its sessions. Writer ids and the
publish lock, which are locks of a session, would then belong to other clients, without an error.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

import sqlalchemy as sa

RELEASE_SECONDS = 5.0
"""Time for a server to release the locks of a session that has ended; PostgreSQL takes 2 ms."""

POLL_SECONDS = 0.005

_TAKE = sa.text("SELECT pg_advisory_lock(CAST(:key AS bigint))")
_FIND = sa.text(
    "SELECT pid = pg_backend_pid() FROM pg_locks"
    " WHERE locktype = 'advisory' AND objid = CAST(:key AS bigint) AND objsubid = 1"
)


def has_sessions(engine: sa.Engine) -> bool:
    """Whether a connection is one session: it keeps a lock from one transaction to the next, and
    the lock ends with the connection.

    Behind a pooler in transaction mode the lock stays with the pooler's session, or is gone after
    the first transaction. Comparing process ids would not do: a pool may have one session only.
    """
    key = {"key": secrets.randbelow(2**31)}
    with _unprepared(engine) as connection:
        connection.execute(_TAKE, key)
        connection.commit()
        kept = connection.execute(_FIND, key).scalar()
        connection.commit()
        connection.invalidate()
    return bool(kept) and _is_released(engine, key)


def _is_released(engine: sa.Engine, key: dict[str, int]) -> bool:
    until = time.monotonic() + RELEASE_SECONDS
    with _unprepared(engine) as connection:
        while connection.execute(_FIND, key).first():
            if time.monotonic() > until:
                return False
            connection.commit()
            time.sleep(POLL_SECONDS)
    return True


def _unprepared(engine: sa.Engine) -> sa.Connection:
    """A connection without prepared statements, which another session of a pooler lacks."""
    connection = engine.connect()
    driver: Any = connection.connection.driver_connection
    driver.prepare_threshold = None
    return connection
