"""A seccomp filter: the system calls of a process that only computes and reads. Linux, x86-64 and
arm64.

The numbers of the calls are in ``syscalls.json``: [x86-64, arm64], null where there is none. All
other calls fail with EPERM; those from clone3 on with ENOSYS, so that the C library falls back to
older calls, which can be checked. Why own code: the wheels of seccomp packages need libseccomp on
the system, and the only well-known one was last released in 2021.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from newsline.sandbox import kernel


class Machine(NamedTuple):
    """A processor: its column in the table, and its numbers for the kernel."""

    column: int
    audit_arch: int
    seccomp: int


MACHINES = {
    "x86_64": Machine(0, 0xC000003E, 317),
    "aarch64": Machine(1, 0xC00000B7, 277),
}
TABLE = Path(__file__).with_name("syscalls.json")
CLONE3 = 435
"""This and all later calls have the same number on each processor."""

CLONE_THREAD = 0x10000
PR_NAMES = (15, 16)  # PR_SET_NAME, PR_GET_NAME
FCNTL_HARMLESS = (0, 1, 2, 3, 4, 1030)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, …_CLOEXEC
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

SET_MODE_FILTER = 1
FLAG_TSYNC = 1

ALLOW = 0x7FFF0000
REFUSE = 0x00050000 | errno.EPERM
UNKNOWN = 0x00050000 | errno.ENOSYS

# Instructions of the kernel's filter language.
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data

Instruction = tuple[int, int, int, int]
"""Code, instructions to skip if true, if false, and a value."""


def install() -> str | None:
    """Confine all threads of this process for its life. Returns why that is not possible, or None.

    Needs no_new_privs.
    """
    machine = MACHINES.get(platform.machine())
    if machine is None:
        return f"no seccomp filter for {platform.machine()}"
    code = b"".join(struct.pack("=HBBI", *each) for each in program(machine, os.getpid()))
    buffer = ctypes.create_string_buffer(code)
    filter_ = struct.pack("HL", len(code) // 8, ctypes.addressof(buffer))
    if kernel.call(machine.seccomp, SET_MODE_FILTER, FLAG_TSYNC, filter_):
        return f"no seccomp filter ({kernel.reason()})"
    return None


def program(machine: Machine, process: int) -> Sequence[Instruction]:
    """The filter for a process with this id."""
    table: Mapping[str, Sequence[int | None]] = msgspec.json.decode(TABLE.read_bytes())
    numbers = {name: row[machine.column] for name, row in table.items()}
    checked = _checks(process)
    result: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, machine.audit_arch),
        (_RETURN, 0, 0, REFUSE),
        (_LOAD, 0, 0, _NUMBER),
    ]
    for name, number in numbers.items():
        if number is not None:
            body = checked.get(name, [(_RETURN, 0, 0, ALLOW)])
            result += [(_EQUAL, 0, len(body), number), *body]
    return [
        *result,
        (_AT_LEAST, 0, 1, CLONE3),
        (_RETURN, 0, 0, UNKNOWN),
        (_RETURN, 0, 0, REFUSE),
    ]


def _checks(process: int) -> Mapping[str, Sequence[Instruction]]:
    """The calls that depend on an argument: threads but no processes, reading but no writing,
    signals and limits for this process alone."""
    return {
        "open": _unless_any_bit(1, WRITING),
        "openat": _unless_any_bit(2, WRITING),
        "clone": _if_any_bit(0, CLONE_THREAD),
        "kill": _if_one_of(0, [process]),
        "tgkill": _if_one_of(0, [process]),
        "prctl": _if_one_of(0, PR_NAMES),
        "fcntl": _if_one_of(1, FCNTL_HARMLESS),
        "prlimit64": _if_one_of(0, [0]),
    }


def _if_any_bit(argument: int, bits: int) -> Sequence[Instruction]:
    return [_argument(argument), (_ANY_BIT, 0, 1, bits), *_ALLOW_ELSE_REFUSE]


def _unless_any_bit(argument: int, bits: int) -> Sequence[Instruction]:
    return [_argument(argument), (_ANY_BIT, 1, 0, bits), *_ALLOW_ELSE_REFUSE]


def _if_one_of(argument: int, values: Iterable[int]) -> Sequence[Instruction]:
    listed = list(values)
    tests = [(_EQUAL, len(listed) - 1 - n, 0, value) for n, value in enumerate(listed)]
    last = tests.pop()
    return [_argument(argument), *tests, (*last[:2], 1, last[3]), *_ALLOW_ELSE_REFUSE]


def _argument(index: int) -> Instruction:
    """Load the low half of an argument: the kernel reads no more of those that are checked."""
    return (_LOAD, 0, 0, _ARGUMENTS + 8 * index)


_ALLOW_ELSE_REFUSE: Sequence[Instruction] = [(_RETURN, 0, 0, ALLOW), (_RETURN, 0, 0, REFUSE)]
