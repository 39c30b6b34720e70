"""A feed for the parsers to read."""

from __future__ import annotations

from typing import NamedTuple


class MadeFeed(NamedTuple):
    name: str
    body: bytes
