"""A small file system that can be full."""

from __future__ import annotations

import errno
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
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
        mount = ["mount", "-t", "tmpfs", "-o", f"size={self._size},mode=755", "none"]
        subprocess.run([*mount, str(self.directory)], check=True, capture_output=True)
        return self

    def __exit__(self, *exc_info: object) -> None:
        subprocess.run(["umount", "--lazy", str(self.directory)], check=True)

    def fill(self, *, left: int = 0) -> None:
        """Take all space; ``left`` bytes stay free."""
        with self._filler.open("ab", buffering=0) as filler:
            for size in (256 * BLOCK, BLOCK, 1):
                try:
                    while filler.write(b"\0" * size) == size:
                        pass
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
            filler.truncate(max(0, self._filler.stat().st_size - left))

    def free(self) -> None:
        self._filler.unlink(missing_ok=True)


@cache
def can_mount() -> bool:
    """Whether this process may; root in a container often may not."""
    with (
        suppress(OSError, subprocess.CalledProcessError),
        tempfile.TemporaryDirectory() as directory,
        Disk(Path(directory), 1),
    ):
        return True
    return False
