"""A real PgBouncer between the tests and their PostgreSQL."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import psycopg

from deploy.local.process import Process, free_ports, wait_until
from tests.support import debian
from tests.support.postgres import USER, as_nobody, for_nobody

START_SECONDS = 60.0

CONFIGURATION = """
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
"""


class PgBouncer(Process):
    """Listens before the server of ``database``, its address. ``settings``: of pgbouncer.ini."""

    def __init__(self, database: str, **settings: str | int) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="newsline-pgbouncer-"))
        self._port = free_ports(1)[0]
        server = psycopg.conninfo.conninfo_to_dict(database)
        self._database = server["dbname"]
        users = self._directory / "users.txt"
        users.write_text(f'"{USER}" ""\n')
        configuration = self._directory / "pgbouncer.ini"
        configuration.write_text(
            CONFIGURATION.format(
                host=server["host"], port=server["port"], own_port=self._port, users=users
            )
            + "".join(f"{name} = {value}\n" for name, value in settings.items())
        )
        found = debian.program("pgbouncer", "pgbouncer", libraries=("libc-ares2", "libevent-2.1-7"))
        program = shutil.copy2(found, self._directory)  # .cache/ may be root's alone
        for path in (self._directory, users, configuration):
            for_nobody(path)
        libraries = [f"LD_LIBRARY_PATH={self._directory}"]
        for library in found.parent.glob("*.so*"):
            shutil.copy2(library, self._directory)
        command = [*as_nobody(), "env", *libraries, str(program), str(configuration)]
        super().__init__(command, self._directory / "pgbouncer.log")

    @property
    def address(self) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self._port}/{self._database}"

    def start(self) -> None:
        """Returns when it answers."""
        super().start()
        wait_until(self._answers, [self], START_SECONDS)

    def __exit__(self, *exc_info: object) -> None:
        super().__exit__(*exc_info)
        shutil.rmtree(self._directory, ignore_errors=True)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.address, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True
