"""Table ``revisits``: articles whose page is to be requested again, and when.

A claim postpones a revisit: if its connector dies, it is due again. A revisit that takes longer,
during an outage of the broker, may be made twice; the second one finds nothing new.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from connectors.state.models import Revisit
from connectors.state.tables import revisits, upsert

PUT_OFF = 600.0

LATE = 24 * 3600.0
"""Seconds. Revisits overdue for longer when a connector starts are deleted. Otherwise all those of
a long pause would be made at once."""

_COLUMNS = [revisits.c[name] for name in Revisit._fields]


def plan(connection: sa.Connection, planned: Sequence[Revisit]) -> None:
    """Save articles' first revisits; one that is planned already stays."""
    rows = [one._asdict() for one in sorted(planned, key=lambda one: one.article_id)]
    upsert(connection, revisits, rows, keep=True)


def claim(connection: sa.Connection, now: float, limit: int) -> Sequence[Revisit]:
    """Claim up to ``limit`` due revisits, the longest overdue first."""
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
    """Save a revisit that was made. ``due``: of the next one; None: it was the last."""
    this = revisits.c.article_id == revisit.article_id
    if due is None:
        connection.execute(sa.delete(revisits).where(this))
        return
    validators = {"etag": revisit.etag, "last_modified": revisit.last_modified}
    connection.execute(sa.update(revisits).values(due=due, **validators).where(this))


def forget_late(connection: sa.Connection, now: float) -> None:
    connection.execute(sa.delete(revisits).where(revisits.c.due < now - LATE))
