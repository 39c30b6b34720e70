"""Words in any script: the unit of all limits on the length of a text. Pure."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

PATH = Path(__file__).with_name("scripts.toml")


class _Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    letters: str  # ranges of a character class
    letters_per_word: float


_SCRIPTS = msgspec.toml.decode(PATH.read_bytes(), type=dict[str, _Script]).values()
_RUNS = [(re.compile(f"[{each.letters}]+"), each.letters_per_word) for each in _SCRIPTS]
_UNSPACED = re.compile(f"[{''.join(each.letters for each in _SCRIPTS)}]+")
_TOKEN = re.compile(r"[぀-ヿ㐀-䶿一-鿿]|[^\W぀-ヿ㐀-䶿一-鿿]+")
_WORD_SPACE = "\u1361"
"""Ethiopic, in place of a space."""


def count_words(text: str) -> int:
    """The words between white space. In a script without spaces, and in Korean, the number of
    English words that as many letters stand for."""
    if text.isascii():
        return len(text.split())
    if not _UNSPACED.search(text):
        return len(text.replace(_WORD_SPACE, " ").split())
    letters = sum(sum(map(len, run.findall(text))) / per_word for run, per_word in _RUNS)
    others = _UNSPACED.sub(" ", text).split()
    return round(letters) + sum(any(map(str.isalnum, other)) for other in others)


def tokens(text: str) -> list[str]:
    """Runs of letters and digits, case-folded, to compare texts by. Each Chinese or Japanese
    character is a token; combining marks separate tokens, as in Thai."""
    return _TOKEN.findall(text.casefold())
