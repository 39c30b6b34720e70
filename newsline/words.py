"""Words in any script: the unit of all limits on the length of a text. Pure."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import msgspec

PATH = Path(__file__).with_name("scripts.toml")


class _Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    letters: str  # ranges of a character class
    letters_per_word: float
    spaced: bool = False


SCRIPTS = msgspec.toml.decode(PATH.read_bytes(), type=dict[str, _Script])
_RUNS = {name: re.compile(f"[{each.letters}]+") for name, each in SCRIPTS.items()}
_COUNTED = re.compile(f"[{''.join(each.letters for each in SCRIPTS.values())}]+")
_UNSPACED = re.compile(f"[{''.join(s.letters for s in SCRIPTS.values() if not s.spaced)}]+")
_TOKEN = re.compile(r"[぀-ヿ㐀-䶿一-鿿]|[^\W぀-ヿ㐀-䶿一-鿿]+")
_WORD_SPACE = "\u1361"
"""Ethiopic, in place of a space."""

CHARACTERS_PER_WORD = 6
"""In English, with the space."""

COMBINING = "\u200c\u200d" + "".join(
    letter
    for letter in map(chr, range(0x300, 0x10000))
    if unicodedata.category(letter).startswith("M")
)
"""Combining marks, such as vowel signs, and joiners: parts of words that ``\\w`` lacks. Those
beyond U+FFFF, of scripts without news, would slow each search down."""

_WORD = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")
_SIGN = f"[{COMBINING}՛՜՞׳״]"
"""Combining mark, or a mark of Armenian or Hebrew within a word."""

_HAS_SIGNS = re.compile(_SIGN)
_SIGNED_WORD = re.compile(rf"[^\W_]+(?:(?:{_SIGN}+|[’'.,-])[^\W_]+)*")


def count_words(text: str) -> int:
    """The words between white space. In a script without spaces, and in Korean, the number of
    English words that as many letters stand for."""
    if not (found := letters_by_script(text)):
        return len(text.replace(_WORD_SPACE, " ").split())
    words = sum(count / SCRIPTS[name].letters_per_word for name, count in found.items())
    others = _COUNTED.sub(" ", text).split()
    return round(words) + sum(any(map(str.isalnum, other)) for other in others)


def english_length(text: str) -> int:
    """The characters of the text; of one without spaces, those of its translation into English."""
    if text.isascii() or not _COUNTED.search(text):
        return len(text)
    return CHARACTERS_PER_WORD * count_words(text)


def letters_by_script(text: str) -> dict[str, int]:
    """The number of letters in each of the scripts of scripts.toml; empty if there are none."""
    if text.isascii() or not _COUNTED.search(text):
        return {}
    return {name: sum(map(len, run.findall(text))) for name, run in _RUNS.items()}


def count_spaced_words(text: str) -> int:
    """The words in scripts with spaces: runs of letters, digits and combining marks."""
    if text.isascii():
        return len(_WORD.findall(text))
    word = _SIGNED_WORD if _HAS_SIGNS.search(text) else _WORD
    return len(word.findall(_UNSPACED.sub(" ", text) if _UNSPACED.search(text) else text))


def tokens(text: str) -> list[str]:
    """Runs of letters and digits, case-folded, to compare texts by. Each Chinese or Japanese
    character is a token; combining marks separate tokens, as in Thai."""
    return _TOKEN.findall(text.casefold())
