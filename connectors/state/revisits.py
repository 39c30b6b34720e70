"""Articles whose page is to be looked at again, and when.

A claim puts a revisit off: whoever claimed it and died leaves it due again. One that takes longer,
since the broker is away, may be made twice, and then the second finds nothing new.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from connectors.state.models import Revisit
from connectors.state.tables import revisits, upsert

PUT_OFF = 600.0

LATE = 24 * 3600.0
"""Seconds; what is due for longer when a connector starts is forgotten, or all that was planned
before a long pause would be asked for at once."""

_COLUMNS = [revisits.c[name] for name in Revisit._fields]


def plan(connection: sa.Connection, planned: Sequence[Revisit]) -> None:
    """The first revisits of articles; one that is planned already stays as it is."""
    rows = [one._asdict() for one in sorted(planned, key=lambda one: one.article_id)]
    upsert(connection, revisits, rows, keep=True)


def claim(connection: sa.Connection, now: float, limit: int) -> Sequence[Revisit]:
    """Up to ``limit`` that are due and that nobody has in hand, first the longest overdue."""
    chosen = (
        sa.select(revisits.c.article_id)
        .where(revisits.c.due <= now)
        .order_by(revisits.c.due)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    change = sa.update(revisits).values(due=now + PUT_OFF)
    rows = connection.execute(change.where(revisits.c.article_id.in_(chosen)).returning(*_COLUMNS))
    return [Revisit(*row) for row in rows]


def made(connection: sa.Connection, revisit: Revisit, due: float | None) -> None:
    """It was made; the next one is due then, or None is."""
    this = revisits.c.article_id == revisit.article_id
    if due is None:
        connection.execute(sa.delete(revisits).where(this))
        return
    validators = {"etag": revisit.etag, "last_modified": revisit.last_modified}
    connection.execute(sa.update(revisits).values(due=due, **validators).where(this))


def forget_late(connection: sa.Connection, now: float) -> None:
    connection.execute(sa.delete(revisits).where(revisits.c.due < now - LATE))
