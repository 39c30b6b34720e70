"""Given names of people, of the United States: given_names.txt. Pure."""

from __future__ import annotations

from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("given_names.txt")
"""The US Census Bureau's list of 1990, in the public domain, from the package names 0.3.0."""


def is_given_name(word: str) -> bool:
    """True for a given name of the United States, in any case."""
    return word.upper() in given_names()


@cache
def given_names() -> frozenset[str]:
    return frozenset(PATH.read_text(encoding="ascii").split())
