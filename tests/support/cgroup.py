"""A cgroup with a memory limit, as a container has; its tests need root."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsline.sandbox.memory import CGROUPS


@contextmanager
def memory_limited_to(size: int) -> Iterator[Sequence[str]]:
    """Prefix for a command that may take ``size`` bytes with its children. Skips the test where no
    cgroup can be made."""
    group, limit = _place()
    try:
        group.mkdir()
        (group / limit).write_text(str(size))
    except OSError as error:
        pytest.skip(f"no cgroup: {error}")
    try:
        yield ["sh", "-c", f'echo $$ > {group}/cgroup.procs; exec "$@"', "sh"]
    finally:
        group.rmdir()


def _place() -> tuple[Path, str]:
    name = f"newsline-test-{os.getpid()}"
    if (CGROUPS / "cgroup.controllers").exists():
        return CGROUPS / name, "memory.max"
    return CGROUPS / "memory" / name, "memory.limit_in_bytes"
