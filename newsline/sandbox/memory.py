"""How much memory a sandbox's children may take together: less than there is.

The kernel kills a process, or the whole container, when the memory of its cgroup is used up. So the
children's limits, and the part of their parent, are a sum below it: then a task that takes too much
ends its own child only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from newsline.announce import warn
from newsline.errors import OperatorError

PARTS = "NEWSLINE_MEMORY_PARTS"
"""Set by ``newsline run`` for its processes: the number of those that share the memory. Not for
operators."""

MEBIBYTE = 1024**2

PARENT_BYTES = 512 * MEBIBYTE
"""For all but the children: a connector with 10,000 feeds takes 208 MB, a job's process 200 MB. Of
less than 2 GiB, a quarter."""

CGROUPS = Path("/sys/fs/cgroup")
OWN_CGROUPS = Path("/proc/self/cgroup")


class Memory(NamedTuple):
    """Bytes that this process and its children may take, and what limits them."""

    size: int
    limited_by: str

    def for_children(self) -> int:
        return self.size - min(PARENT_BYTES, self.size // 4)


def available() -> Memory:
    """The least of the machine's memory and the limits of our cgroups, versions 1 and 2."""
    parts = int(os.environ.get(PARTS, "1"))
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    container = min(_cgroup_limits(), default=machine)
    if container < machine:
        return Memory(container // parts, "the limit of this container")
    return Memory(machine // parts, "that of this machine")


def fitting_children(asked: int, least: int, flag: str) -> int:
    """The number of children to start, each with ``least`` bytes or more.

    ``asked``: 0 for one per core, or as many as fit. Raises OperatorError if more are asked for
    than fit; warns on stderr if not even one does.
    """
    memory = available()
    fitting = memory.for_children() // least
    if asked > max(1, fitting):
        raise OperatorError(
            f"{flag} {asked} needs {_shown(_needed(asked, least))} of memory,"
            f" and {memory.limited_by} is {_shown(memory.size)}: give {flag} {max(1, fitting)},"
            " or more memory"
        )
    if not fitting:
        warn(
            f"{memory.limited_by} is {_shown(memory.size)} of memory, less than"
            f" the {_shown(_needed(1, least))} that one child needs: large articles may end it"
        )
    return asked or max(1, min(os.cpu_count() or 1, fitting))


def child_limit(children: int, least: int) -> int:
    """The memory limit of each of the children, in bytes; never below ``least``."""
    return max(least, available().for_children() // children)


def _needed(children: int, least: int) -> int:
    """The inverse of :meth:`Memory.for_children`."""
    total = children * least
    return total + min(PARENT_BYTES, total // 3)


def _cgroup_limits() -> Iterator[int]:
    """The limits of our cgroup and those above it. In a container the path may be the host's: then
    the container's own limit is at the root."""
    try:
        lines = OWN_CGROUPS.read_text().splitlines()
    except OSError:  # not Linux
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            root, name = CGROUPS, "memory.max"
        elif "memory" in controllers.split(","):
            root, name = CGROUPS / "memory", "memory.limit_in_bytes"
        else:
            continue
        own = root / path.lstrip("/")
        for group in (own, *own.parents):
            if group.is_relative_to(root):
                yield from _limit(group / name)


def _limit(file: Path) -> Iterator[int]:
    """The limit in the file; none if there is no such file, or it says ``max``."""
    try:
        yield int(file.read_text())
    except (OSError, ValueError):
        return


def _shown(size: int) -> str:
    return f"{size / 1024**3:.1f} GiB"
