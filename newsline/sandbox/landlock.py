"""Landlock: the folders that a process may read; other processes are out of its reach. Linux 5.13.

Why own code: three system calls with the same number on each processor; the packages for them are
pre-releases.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable

from newsline.sandbox import kernel

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION, PATH_BENEATH = 1, 1
TSYNC, TSYNC_SINCE = 1 << 3, 8

READ_FILE, READ_DIR = 1 << 2, 1 << 3
MAKE_DEVICES = 1 << 6 | 1 << 11
SCOPES = 3
"""No signals and no abstract sockets to processes outside."""


def isolate() -> str | None:
    """Put other processes out of reach: their memory, environment and open files in /proc, ptrace
    and, since Linux 6.12, signals. Files stay as they are. Returns why that is not possible.

    Needs no_new_privs, as :func:`read_only` does.
    """
    return _restrict(MAKE_DEVICES, [])


def read_only(paths: Iterable[str]) -> str | None:
    """Let this thread read these files and folders only, and write, execute and connect nowhere.
    All threads since Linux 7.0; otherwise call it before others start.

    Returns why that is not possible.
    """
    return _restrict(None, paths)


def _restrict(rights: int | None, readable: Iterable[str]) -> str | None:
    """Handle these rights, by default all that the kernel knows."""
    version = kernel.call(CREATE_RULESET, None, 0, VERSION)
    if version < 1:
        return f"no Landlock ({kernel.reason()})"
    every = (1 << (13 if version < 2 else 14 if version < 3 else 15 if version < 5 else 16)) - 1
    network = 3 if version >= 4 and rights is None else 0
    attributes = struct.pack("=QQQ", rights or every, network, SCOPES if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = kernel.call(CREATE_RULESET, attributes, size, 0)
    if ruleset < 0:
        return f"no Landlock ({kernel.reason()})"
    try:
        for path in readable:
            _allow(ruleset, path)
        failed = kernel.call(RESTRICT_SELF, ruleset, TSYNC if version >= TSYNC_SINCE else 0)
        return f"no Landlock ({kernel.reason()})" if failed else None
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str) -> None:
    """Allow reading below the path, if there is one."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = READ_FILE | READ_DIR if os.path.isdir(path) else READ_FILE
        kernel.call(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)
