"""A process tree: its members and their memory."""

from __future__ import annotations

from pathlib import Path


def tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task").glob("*/children")
    below = [int(child) for listed in children for child in listed.read_text().split()]
    return [pid, *(p for child in below for p in tree(child))]


def proportional(pid: int) -> int:
    """Memory in KiB, shared pages divided among their users (proc(5), smaps_rollup)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
