"""Whether sessions of connectors wait for another program's lock in PostgreSQL, for a monitor."""

from __future__ import annotations

import sqlalchemy as sa

from connectors.state.engine import StateUnreachable

_WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = 'newsline' AND wait_event_type = 'Lock'"
    " AND wait_event <> 'advisory' AND clock_timestamp() - query_start > interval '4 s'"
)
"""Advisory locks are the connectors' own; their transactions take milliseconds."""


def require_none(connection: sa.Connection, name: str) -> None:
    """Raises StateUnreachable if a connector waits for a lock. Does nothing on SQLite."""
    if connection.dialect.name == "postgresql" and connection.execute(_WAITING).scalar_one():
        raise StateUnreachable(f"{name} is locked by another program")
