"""Words around people's names in bylines, by language: byline.toml. Pure."""

from __future__ import annotations

from pathlib import Path

import msgspec

PATH = Path(__file__).with_name("byline.toml")


class BylineParts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    credits: frozenset[str]
    later_credits: frozenset[str]
    ends: tuple[str, ...]
    ends_small: tuple[str, ...]
    labels: frozenset[str]
    alone: frozenset[str]
    label_phrases: tuple[str, ...]


class BylineRoles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: frozenset[str]
    endings: tuple[str, ...]
    modifiers: frozenset[str]


class NameWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    degrees: frozenset[str]
    particles: frozenset[str]
    organisations: frozenset[str]
    newspapers: frozenset[str]
    agencies: tuple[str, ...]
    organisation_small: frozenset[str]
    desks: frozenset[str]
    domains: frozenset[str]
    surnames: frozenset[str]
    not_given: frozenset[str]


class UnspacedWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    before: tuple[str, ...]
    before_mark: tuple[str, ...]
    departments: tuple[str, ...]
    department_ends: tuple[str, ...]
    after: tuple[str, ...]
    chinese_surnames: str
    compound_surnames: tuple[str, ...]
    dateline_ends: tuple[str, ...]
    organisations: tuple[str, ...]
    credits: tuple[str, ...]


class BylineWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tables of byline.toml, described there."""

    by: tuple[str, ...]
    by_before_full_name: tuple[str, ...]
    between: tuple[str, ...]
    between_any_case: tuple[str, ...]
    between_full_names: tuple[str, ...]
    place_starts: frozenset[str]
    in_place: tuple[str, ...]
    joined: dict[str, tuple[str, ...]]
    parts: BylineParts
    roles: BylineRoles
    words: NameWords
    unspaced: UnspacedWords


WORDS = msgspec.toml.decode(PATH.read_bytes(), type=BylineWords)


def key(word: str) -> str:
    """The word as the tables hold it."""
    return word.strip(".,:;!?()[]\"“”„'’*|–—-").casefold()
