"""Phrases of boilerplate, by kind and by the module that uses them: page_phrases.toml. Pure."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

PATH = Path(__file__).with_name("page_phrases.toml")


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phrases with the same readers: the names of the modules that use them."""

    readers: tuple[str, ...]
    phrases: tuple[str, ...]


@cache
def kinds() -> dict[str, list[Group]]:
    """Kind → its groups."""
    return msgspec.toml.decode(PATH.read_bytes(), type=dict[str, list[Group]])


def phrases(kind: str, reader: str) -> frozenset[str]:
    """The phrases of the kind for the reader. Raises LookupError if there are none."""
    groups = [group for group in kinds()[kind] if reader in group.readers]
    if not groups:
        raise LookupError(f"no phrases of kind {kind} for {reader}")
    return frozenset(phrase for group in groups for phrase in group.phrases)


def any_of(kind: str, reader: str) -> str:
    """A regular expression that matches any of them."""
    return f"(?:{'|'.join(sorted(phrases(kind, reader)))})"
