"""What Flink itself knows of settings, by the names in its classes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from functools import cache

from deploy.local import downloads

SUFFIXES = ("factory.class", "port")
"""Of a metrics reporter, whose name stands in the middle of the setting's."""


def properties(text: str) -> dict[str, str]:
    """As the image's entry point reads FLINK_PROPERTIES: a comment would be a setting to it."""
    pairs = (line.partition(":") for line in text.splitlines() if line.strip())
    return {key.strip(): value.strip() for key, _, value in pairs}


def unknown_keys(settings: Iterable[str]) -> set[str]:
    """The settings that Flink does not know, and so would ignore."""
    asked = {key: _name(key) for key in settings}
    known = known_names(frozenset(asked.values()))
    return {key for key, name in asked.items() if name not in known}


@cache
def known_names(names: frozenset[str]) -> set[str]:
    """Those of the names that stand in a class of Flink 1.19.3: in its constants, as a rule."""
    found: set[str] = set()
    for jar in downloads.flink().glob("flink-*.jar"):
        with zipfile.ZipFile(jar) as opened:
            for entry in opened.namelist():
                if entry.startswith("org/apache/flink/") and entry.endswith(".class"):
                    code = opened.read(entry)
                    found |= {name for name in names - found if name.encode() in code}
    return found


def _name(key: str) -> str:
    if key.startswith("metrics.reporter."):
        return next(suffix for suffix in SUFFIXES if key.endswith(suffix))
    return key
