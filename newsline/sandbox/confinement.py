"""Confinement of a child: what code in it could do if a hostile page took it over."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib.util import find_spec

from newsline.sandbox import kernel, landlock, seccomp

MOST_FILES = 256

OWN = ("newsline", "connectors", "pipeline")

SYSTEM = (
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/null",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/self",
    "/sys/devices/system/cpu",
)
"""Files that libraries and the C library open late."""


def end_with(parent: int) -> None:
    """End with the parent. Without this signal, a child ends at its next read from the socket."""
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def isolate() -> None:
    """At the start of a child: no new rights, no core dumps, no reach of other processes.

    RLIMIT_NPROC is not set: it counts the processes of the user, not of the child.
    """
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        landlock.isolate()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = MOST_FILES if most == resource.RLIM_INFINITY else min(MOST_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))


def confine() -> str:
    """After the imports: no sockets, no writing, no programs and processes; only the folders of
    Python and its packages can be read. Returns what this kernel cannot do, empty if nothing.
    """
    if sys.platform != "linux":
        return f"no seccomp and Landlock on {sys.platform}"
    missing = [landlock.read_only(_readable(sys.path)), seccomp.install()]
    return " and ".join(filter(None, missing))


def _readable(path: Sequence[str]) -> Iterator[str]:
    """The folders of Python and its packages, and of what libraries need.

    In other folders on the path, such as a checkout with data beside the code, only the packages
    and modules.
    """
    yield from (*SYSTEM, sys.prefix, sys.base_prefix)
    for entry in (each or os.curdir for each in path):
        if os.path.basename(entry) in ("site-packages", "dist-packages") or os.path.isfile(entry):
            yield entry
        elif os.path.isdir(entry):
            with suppress(FileNotFoundError):
                yield from (each.path for each in os.scandir(entry) if _is_code(each))
    yield from _packages()


def _packages() -> Iterator[str]:
    """The folders of our packages and of those that are imported: those of an editable installation
    are in no folder of the path."""
    known = (sys.prefix, sys.base_prefix)
    own = (find_spec(name) for name in OWN)
    loaded = (getattr(module, "__spec__", None) for module in list(sys.modules.values()))
    for spec in (*own, *loaded):
        if spec and "." not in spec.name:
            places = (*(spec.submodule_search_locations or ()), spec.origin or "")
            yield from (each for each in places if each and not each.startswith(known))


def _is_code(entry: os.DirEntry[str]) -> bool:
    if entry.name.endswith((".py", ".so")):
        return True
    return entry.is_dir() and os.path.exists(os.path.join(entry.path, "__init__.py"))
