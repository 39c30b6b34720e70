"""Key phrases of two and three words, in any language with spaces between words.

Candidates are runs of words without stop words (spaCy's lists) or punctuation. Forms of a phrase
are counted together ("prime minister", "prime ministers") and weighted by count, first position
and title. Libraries: YAKE 0.7.3 takes 16 ms for a text of 315 words, this takes 0.6; RAKE ranks
long runs first; others need a model.
"""

from __future__ import annotations

import re
import runpy
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import Stemmer

from newsline.records import MAX_KEY_PHRASES, MAX_NAME, Entity
from newsline.words import COMBINING

MAX_READ = 20_000
"""Characters: key phrases occur early, and a long text must not take long."""

MIN_COUNT = 2
_SIZES = (2, 3)
_WITHOUT_SPACES = frozenset(("ja", "km", "lo", "my", "th", "zh"))
_ADVERB = re.compile(r"[a-z]{3,}ly")
"""Not the last word of an English phrase: "attacks immediately" is half a sentence."""
_WORD = re.compile(r"[^ ]+|$")
"""A run's words, and its end."""

_INNER = rf"[\w{COMBINING}’'-]"
_RUN = re.compile(rf"(?<!{_INNER})[^\W\d_]{_INNER}*+(?: [^\W\d_]{_INNER}*+)+")
_STEMMERS = {
    **{"ar": "arabic", "da": "danish", "de": "german", "en": "english", "es": "spanish"},
    **{"fi": "finnish", "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch"},
    **{"no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish"},
}
_NEWS_STOP = frozenset(
    (
        *("mr", "mrs", "ms", "dr", "said", "says", "told", "added", "asked", "think", "thinks"),
        *("inside", "outside", "today", "tonight", "yesterday", "tomorrow", "remains", "according"),
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("january", "february", "march", "april", "june", "july", "august", "september"),
        *("october", "november", "december", "week", "year", "month", "day", "years"),
        *("time", "people", "including", "new", "just", "like", "way", "lot"),
        *("percent",),
    )
)


Key = tuple[str, ...]
"""The stems of a phrase's words, equal for all its forms."""


def extract_key_phrases(
    title: str, text: str, language: str, entities: Sequence[Entity] = ()
) -> tuple[str, ...]:
    """At most :data:`MAX_KEY_PHRASES`, highest score first; none without a list of stop words.

    ``entities``: their names are not key phrases.
    """
    stop = _stop_words(language)
    if not stop or language in _WITHOUT_SPACES:
        return ()
    read, stem = text[:MAX_READ], _stemmer(language)
    names = {name.casefold() for entity in entities for name in (entity.name, *entity.aliases)}
    forms, first = _counted(read, stop, stem)
    in_title = {_key(stem, words) for _, words in _phrases(title, stop)}
    scores = {
        key: sum(found.values()) * (2 - first[key] / len(read)) * (2 if key in in_title else 1)
        for key, found in forms.items()
        if sum(found.values()) >= MIN_COUNT
    }
    chosen: dict[Key, str] = {}
    for key in sorted(scores, key=lambda key: (-scores[key], -len(key), first[key])):
        phrase = forms[key].most_common(1)[0][0]
        if _tells(phrase, language, names) and not any(_overlap(key, other) for other in chosen):
            chosen[key] = phrase
    return tuple(chosen.values())[:MAX_KEY_PHRASES]


def _counted(
    text: str, stop: frozenset[str], stem: Stemmer.Stemmer
) -> tuple[Mapping[Key, Counter[str]], Mapping[Key, int]]:
    """Phrase → the count of each of its forms; phrase → its first position."""
    forms: dict[Key, Counter[str]] = defaultdict(Counter)
    first: dict[Key, int] = {}
    for position, words in _phrases(text, stop):
        key = _key(stem, words)
        forms[key][" ".join(words)] += 1
        first.setdefault(key, position)
    return forms, first


def _key(stem: Stemmer.Stemmer, words: Sequence[str]) -> Key:
    return tuple(stem.stemWords([word.casefold() for word in words]))


def _phrases(text: str, stop: frozenset[str]) -> Iterator[tuple[int, list[str]]]:
    """Each phrase's position and words."""
    for run in _RUN.finditer(text):
        stretch: list[tuple[int, str]] = []
        for found in _WORD.finditer(run[0]):
            word = found[0]
            plain = re.sub(r"['’]s?$", "", word)
            if plain and len(plain) > 1 and plain.casefold() not in stop:
                stretch.append((run.start() + found.start(), plain))
                if plain == word:
                    continue
            for size in _SIZES:
                for start in range(len(stretch) - size + 1):
                    phrase = stretch[start : start + size]
                    yield phrase[0][0], [plain for _, plain in phrase]
            stretch = []


def _tells(phrase: str, language: str, names: set[str]) -> bool:
    """False for half a sentence, and for a name or a part of one."""
    if language == "en" and _ADVERB.fullmatch(phrase.rpartition(" ")[2]):
        return False
    folded = phrase.casefold()
    return len(phrase) <= MAX_NAME and not any(folded in name for name in names)


def _overlap(key: Key, other: Key) -> bool:
    return len(set(key) & set(other)) >= min(len(key), len(other))


def _stop_words(language: str) -> frozenset[str]:
    """spaCy's list, in English with words of every news text; empty for a language without one."""
    words = _lists().get("nb" if language == "no" else language, frozenset())
    return words | _NEWS_STOP if language == "en" else words


@cache
def _lists() -> Mapping[str, frozenset[str]]:
    """Language → spaCy's stop words.

    Each file is run by itself: importing it imports its language, which takes seconds for French.
    """
    package = find_spec("spacy")
    folders = package.submodule_search_locations if package else None
    files = [f for folder in folders or () for f in Path(folder).glob("lang/*/stop_words.py")]
    return {
        file.parent.name: frozenset(map(str.casefold, runpy.run_path(str(file))["STOP_WORDS"]))
        for file in files
    }


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_STEMMERS.get(language, "porter"))


def load_stop_words() -> None:
    """Load the lists now instead of at the first text."""
    _lists()
