"""PostgreSQL's password from a file, so that it is in no address, environment or command line."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from newsline.errors import OperatorError
from newsline.private_files import read_secret

PASSWORD_FILE = "NEWSLINE_STATE_PASSWORD_FILE"
MEANING = (
    "File with PostgreSQL's password, for an address without one. Read again for each connection,"
    " so that it can be renewed. Not used for a SQLite file."
)


def provide(engine: sa.Engine, path: str) -> None:
    """Give each new connection of the engine the password in the file. Raises OperatorError if the
    file cannot be read, or if the address has a password too."""
    if engine.url.password is not None:
        raise OperatorError(f"--state has a password, and {PASSWORD_FILE} is set: leave one out")
    _read(path)

    def connecting(
        _dialect: object, _record: object, _arguments: object, parameters: dict[str, Any]
    ) -> None:
        parameters["password"] = _read(path)

    sa.event.listen(engine, "do_connect", connecting)


def _read(path: str) -> str:
    try:
        return read_secret(path)
    except OperatorError as error:
        raise OperatorError(f"{PASSWORD_FILE} {error}") from None
