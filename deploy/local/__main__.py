"""``python -m deploy.local start|stop``."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import typer

from deploy.local import cluster
from newsline.errors import OperatorError

DIRECTORY = Path("data/cluster")
COMMANDS = {"start": cluster.start, "stop": cluster.stop}


def main(*arguments: str) -> None:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        sys.exit(f"usage: python -m deploy.local {'|'.join(COMMANDS)}")
    # The operator's settings name another broker.
    for name in [name for name in os.environ if name.startswith("NEWSLINE_")]:
        del os.environ[name]
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    try:
        COMMANDS[arguments[0]](DIRECTORY)
    except OperatorError as error:
        sys.exit(f"{arguments[0]}: {error}")
    except typer.Exit as exited:  # a newsline command has printed the error
        sys.exit(exited.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main(*sys.argv[1:])
