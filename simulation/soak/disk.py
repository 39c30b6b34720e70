"""A small file system that can be full."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path
from typing import Self

BLOCK = 4096


class Disk:
    """A tmpfs of ``megabytes`` at ``directory`` while the block runs; needs root."""

    def __init__(self, directory: Path, megabytes: int) -> None:
        self.directory = directory
        self._size = f"{megabytes}m"
        self._filler = directory / "filler"

    def __enter__(self) -> Self:
        self.directory.mkdir(parents=True, exist_ok=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={self._size},mode=755", "soak"]
        subprocess.run([*mount, str(self.directory)], check=True)
        return self

    def __exit__(self, *exc_info: object) -> None:
        subprocess.run(["umount", "--lazy", str(self.directory)], check=True)

    def fill(self) -> None:
        """Leave no free byte."""
        with self._filler.open("ab", buffering=0) as filler:
            for size in (256 * BLOCK, BLOCK, 1):
                try:
                    while filler.write(b"\0" * size) == size:
                        pass
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    def free(self) -> None:
        self._filler.unlink(missing_ok=True)


def can_mount() -> bool:
    return os.geteuid() == 0
