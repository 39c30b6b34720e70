"""The form of the shipped JSON tables: compact, one row per line, so that a diff shows rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def as_json(table: Mapping[str, Any], row_ends: str, next_begins: str = "") -> bytes:
    """The table as UTF-8 JSON with a line break between ``row_ends`` and ``next_begins``."""
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    return (text.replace(row_ends + next_begins, f"{row_ends}\n{next_begins}") + "\n").encode()
