"""The database: a SQLite file or PostgreSQL, with errors in one line."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection

from connectors.state.password import PASSWORD_FILE, provide
from connectors.state.session_check import has_sessions
from connectors.state.tables import VERSION, schema, tables
from newsline.errors import OperatorError
from newsline.private_files import warn_if_open

OURS = crc32(b"newsline")
"""The first half of the keys of our advisory locks on PostgreSQL, as a signed 32-bit number."""

CONNECTIONS = 8

WAIT_MS = 10_000
"""Lock timeout on PostgreSQL; after it the work is retried."""

SESSION_SETTINGS = {
    "lock_timeout": WAIT_MS,
    "tcp_keepalives_idle": 10,
    "tcp_keepalives_interval": 5,
    "tcp_keepalives_count": 3,
}

_CONFIGURATION = re.compile(
    r"password|authentication|no pg_hba|does not exist|permission denied|translate host"
)
_PASSING = re.compile(r"database or disk is full|database is locked|disk I/O error")
_PASSING_STATES = ("08", "40", "53", "55P03", "57", "58030")
"""SQLSTATEs (PostgreSQL's manual, appendix A): lost connections, deadlocks, no space or memory,
lock timeouts, servers that stop, failing disks."""

_NOT_A_PATH = re.compile(
    r"""
    \s* (?: (?P<scheme> [a-z] [a-z0-9+.-]* : [/\\]*) | // | \\\\ )  # mysql://, C:\, //HOST
    | \s* ["'~] | .* (?: \$ | %\w+% | [{}<>\x00-\x1f])             # what a shell would replace
    | .* (?: :// | (?:^|\s) (?: host | dbname | service) \s* = )   # a URL in quotes, a DSN of libpq
    | \s* $
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
"""SQLite would create a file of any such name: two connectors with the same mistyped URL would each
have a state of their own."""


class StateError(OperatorError):
    """The state cannot be used; the message is one line for the operator."""


class StateUnreachable(StateError):
    """The database is unreachable, full or busy. Nothing was lost; retry later."""


def is_postgresql(address: str) -> bool:
    return address.startswith(("postgresql://", "postgres://"))


def check_address(address: str) -> None:
    """Raise StateError unless the address is a file's path or a URL of PostgreSQL."""
    if is_postgresql(address) or not (found := _NOT_A_PATH.match(address)):
        return
    # Of a URL or DSN only the scheme: the rest may contain a password.
    is_secret = re.search(r"://|[=@]", address)
    shown = f"{found['scheme'] or ''}…" if is_secret or found["scheme"] else repr(address)
    raise StateError(
        f"--state {shown} is not understood: use a file (./NAME if its name has a colon), or"
        " postgresql://USER@HOST[:PORT]/DATABASE"
    )


def without_password(address: str) -> str:
    """The address without its password."""
    if not is_postgresql(address):
        return address
    return _url(address).render_as_string(hide_password=True).replace("+psycopg", "", 1)


def open_engine(address: str) -> sa.Engine:
    """An engine whose errors are :class:`StateError`; missing tables are created."""
    check_address(address)
    name = without_password(address)
    engine = _postgresql(address) if is_postgresql(address) else _sqlite(address)
    sa.event.listen(engine, "handle_error", _error_handler(name))
    try:
        if is_postgresql(address) and (path := os.environ.get(PASSWORD_FILE)):
            provide(engine, path)
        if is_postgresql(address):
            _require_sessions(engine, name)
        with engine.begin() as connection:
            _create_tables(connection, name)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _url(address: str) -> sa.URL:
    try:
        return sa.make_url(address).set(drivername="postgresql+psycopg")
    except (sa.exc.ArgumentError, ValueError):
        raise StateError(
            "--state is not an address: use a file, or postgresql://USER@HOST[:PORT]/DATABASE"
        ) from None


def _postgresql(address: str) -> sa.Engine:
    """Connections that notice a lost server within seconds."""
    # Of a connection that is lost within a pipeline it warns; the outage has a line of its own.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    return sa.create_engine(
        _url(address),
        pool_size=CONNECTIONS,
        max_overflow=0,
        connect_args={
            "connect_timeout": 5,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "tcp_user_timeout": WAIT_MS,
            "application_name": "newsline",
        },
    )


def _require_sessions(engine: sa.Engine, name: str) -> None:
    """Raise StateError behind a pooler in transaction mode. Only after that are sessions set up:
    such a pooler would give the settings to other clients."""
    if not has_sessions(engine):
        raise StateError(
            f"{name} is a connection pooler in transaction mode, and newsline needs sessions:"
            " set the pooler to session mode, or give PostgreSQL's own address"
        )
    engine.dispose()
    sa.event.listen(engine, "connect", _session_settings)


def _session_settings(connection: DBAPIConnection, _record: object) -> None:
    """Not in the connection's options, which poolers refuse."""
    cursor = connection.cursor()
    for setting, value in SESSION_SETTINGS.items():
        cursor.execute(f"SET {setting} = {value}")
    cursor.close()
    connection.commit()


def _sqlite(path: str) -> sa.Engine:
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StateError(f"{path}: {error.strerror}: give another with --state") from error
    warn_if_open(path)
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30.0})
    sa.event.listen(engine, "connect", _durable)
    return engine


def _durable(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA cache_size = -16384")
    cursor.close()


def _create_tables(connection: sa.Connection, name: str) -> None:
    """Create the tables, or upgrade older ones. Raises StateError if they are newer."""
    if _version(connection) == VERSION:
        return
    _let_others_wait(connection)  # a connector and a monitor may start at once
    version = _version(connection)
    if version is None:
        if sa.inspect(connection).has_table("feeds"):
            raise StateError(
                f"{name} was made by an older newsline: delete it, it is made again from news.raw"
            )
        tables.create_all(connection)
        connection.execute(sa.insert(schema).values(version=VERSION))
        return
    if version > VERSION:
        raise StateError(
            f"{name} has tables of version {version}, this newsline needs {VERSION}:"
            " give another with --state, it is made again from news.raw"
        )
    if version < VERSION:
        _upgrade(connection)


def _version(connection: sa.Connection) -> int | None:
    """Of the tables; None if there are none."""
    if not sa.inspect(connection).has_table(schema.name):
        return None
    return connection.execute(sa.select(schema.c.version)).scalar() or 0


def _let_others_wait(connection: sa.Connection) -> None:
    """Until the end of the transaction, for those that create the tables too."""
    if connection.dialect.name == "postgresql":
        advisory_lock(connection, sa.func.pg_advisory_xact_lock, 0)
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _upgrade(connection: sa.Connection) -> None:
    """Add the tables and columns that are missing: no version has removed or changed one."""
    there = sa.inspect(connection)
    for table in tables.sorted_tables:
        if not there.has_table(table.name):
            continue
        known = {column["name"] for column in there.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                added = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {added}")
    tables.create_all(connection)
    connection.execute(sa.update(schema).values(version=VERSION))


def advisory_lock(
    connection: sa.Connection, function: Callable[..., sa.ColumnElement], key: int
) -> bool:
    """Call an advisory lock function of PostgreSQL for the lock ``key`` of ours."""
    return bool(connection.execute(sa.select(function(OURS - 2**31, key))).scalar())


def _error_handler(name: str) -> Callable[[sa.engine.ExceptionContext], None]:
    def handle(context: sa.engine.ExceptionContext) -> None:
        if not isinstance(context.sqlalchemy_exception, sa.exc.DBAPIError):
            return
        original = context.original_exception
        words = " ".join(str(original).split())
        kind = StateUnreachable if _is_passing(original, words) else StateError
        raise kind(f"{name}: {words}{_advice(name)}") from original

    return handle


def _is_passing(error: BaseException, words: str) -> bool:
    if state := getattr(error, "sqlstate", None):
        return str(state).startswith(_PASSING_STATES)
    if type(error).__module__.startswith("psycopg"):
        return type(error).__name__ in ("OperationalError", "ConnectionTimeout") and not (
            _CONFIGURATION.search(words)
        )
    return bool(_PASSING.search(words))


def _advice(name: str) -> str:
    if is_postgresql(name):
        return ""
    return ": is it writable, on a local disk with space?"
