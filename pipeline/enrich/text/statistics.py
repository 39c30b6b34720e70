"""Text statistics: lengths and reading time.

Words per minute are from Trauzettel-Klosinski and Dietz, "Standardized Assessment of Reading
Performance: The New International Reading Speed Texts IReST" (IOVS 53, 2012): adults
reading aloud. Other languages have the mean of that study.
"""

from __future__ import annotations

from newsline.records import Statistics
from newsline.words import SCRIPTS, count_spaced_words, letters_by_script
from pipeline.enrich.text.sentences import sentences

WORDS_A_MINUTE = {
    **{"ar": 138, "en": 228, "fi": 161, "fr": 195, "de": 179, "he": 187, "it": 188, "nl": 202},
    **{"pl": 166, "pt": 181, "ru": 184, "sl": 180, "es": 218, "sv": 199, "tr": 166},
}
MEAN_PACE = 184

CHARACTERS_A_MINUTE = {"zh": 255, "ja": 357}
"""From the same study. Each Chinese or Japanese character counts as a word."""

_CHARACTERS = ("han", "kana")
_ESTIMATED = [name for name, each in SCRIPTS.items() if not each.spaced and name not in _CHARACTERS]


def count(text: str, language: str) -> Statistics:
    """The counts, and the reading time in seconds at the pace of the language."""
    found = letters_by_script(text)
    characters = sum(found.get(name, 0) for name in _CHARACTERS)
    words = count_spaced_words(text) + round(
        sum(found.get(name, 0) / SCRIPTS[name].letters_per_word for name in _ESTIMATED)
    )
    minutes = words / WORDS_A_MINUTE.get(language, MEAN_PACE)
    minutes += characters / CHARACTERS_A_MINUTE.get(language, CHARACTERS_A_MINUTE["zh"])
    return Statistics(
        words=words + characters,
        sentences=sum(1 for _ in sentences(text)),
        paragraphs=sum(1 for line in text.split("\n") if line.strip()),
        characters=len(text),
        reading_seconds=round(60 * minutes),
    )
