"""``make soak-connectors``: kill -9 of connectors at a hundred random moments, on each state store,
and of a connector and a job at 25 moments each.

Every article is published and enriched once, whatever is killed. ``SOAK_KILLS`` is how often.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tests.integration import test_kill
from tests.integration.test_kill_connectors import Size, kill_at_random
from tests.support.postgres import PostgresServer

KILLS = int(os.environ.get("SOAK_KILLS", "100"))
SIZE = Size(KILLS, articles=4 * KILLS, seconds=4.0 * KILLS)


def main() -> None:
    with tempfile.TemporaryDirectory() as directory, PostgresServer() as server:
        root = Path(directory)
        stores = {
            "sqlite": [str(root / "state.db")],
            "postgresql": [server.new_database()] * 2,
        }
        for name, states in stores.items():
            print(f"{name}, {len(states)} at once", flush=True)
            (root / name).mkdir()
            kill_at_random(root / name, states, SIZE)
        print("connector and job", flush=True)
        (root / "job").mkdir()
        broker = f"embedded:{root / 'job' / 'broker.db'}"
        test_kill.kill_at_random(root / "job", broker, kills=KILLS // 4)


if __name__ == "__main__":
    main()
