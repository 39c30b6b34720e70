"""Counts of things in words. Pure."""

from __future__ import annotations


def number_of(count: float, one: str, more: str = "") -> str:
    """``1 record``, ``1,200 records``; ``more``: the plural, unless it is ``one`` with an s."""
    return f"{count:,.0f} {one if count == 1 else more or f'{one}s'}"
