"""Sizes in bytes as text. Pure."""

from __future__ import annotations

import re

_UNITS = {
    f"{prefix}{unit}": base**power
    for unit, base in (("B", 1000), ("iB", 1024))
    for power, prefix in enumerate("KMGT", 1)
}
_SIZE = re.compile(rf"(\d+)\s?({'|'.join(_UNITS)})")


def parse_size(text: str) -> int | None:
    """Parse a number with KB, MB, GB, TB, or KiB to TiB, as bytes; None for anything else."""
    size = _SIZE.fullmatch(text)
    return int(size[1]) * _UNITS[size[2]] if size else None


def format_size(size: int) -> str:
    """Format in the largest unit of which there is one or more: 512 B, 20 KB, 1.5 GB."""
    for unit in ("TB", "GB", "MB", "KB"):
        if size >= _UNITS[unit]:
            return f"{size / _UNITS[unit]:.3g} {unit}"
    return f"{size} B"
