"""Table ``subscriptions``: the feeds' subscriptions at their hubs."""

from __future__ import annotations

import sqlalchemy as sa

from connectors.state.models import Subscription
from connectors.state.tables import subscriptions, upsert

_COLUMNS = [subscriptions.c[name] for name in Subscription._fields]


def find(connection: sa.Connection, feed_url: str) -> Subscription | None:
    return _find(connection, subscriptions.c.feed_url == feed_url)


def find_at(connection: sa.Connection, token: str) -> Subscription | None:
    return _find(connection, subscriptions.c.token == token)


def keep(connection: sa.Connection, subscription: Subscription) -> None:
    upsert(connection, subscriptions, [subscription._asdict()])


def forget(connection: sa.Connection, feed_url: str) -> None:
    connection.execute(sa.delete(subscriptions).where(subscriptions.c.feed_url == feed_url))


def _find(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Subscription | None:
    row = connection.execute(sa.select(*_COLUMNS).where(condition)).first()
    return Subscription(*row) if row else None
