"""Durations, sizes and waiting records in words. Pure."""

from __future__ import annotations

from newsline.counts import number_of


def span(seconds: float) -> str:
    """A duration in its largest unit, such as ``40 s``, ``3 min``, ``5 h`` or ``2 days``."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86_400:.0f} days"


def size(count: float) -> str:
    """A number of bytes, such as ``3.2 GB``."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def records_wait(count: int) -> str:
    """``1 record waits``, ``1,200 records wait``."""
    return f"{number_of(count, 'record')} wait" + ("s" if count == 1 else "")
