"""Text statistics: lengths and reading time.

Words per minute are from Trauzettel-Klosinski and Dietz, "Standardized Assessment of Reading
Performance: The New International Reading Speed Texts IReST" (IOVS 53, 2012): adults
reading aloud. Other languages have the mean of that study.
"""

from __future__ import annotations

import re

from newsline.records import Statistics
from pipeline.enrich.text.sentences import sentences

_WORD = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Chinese and Japanese characters: each counts as a word."""

WORDS_A_MINUTE = {
    **{"ar": 138, "en": 228, "fi": 161, "fr": 195, "de": 179, "he": 187, "it": 188, "nl": 202},
    **{"pl": 166, "pt": 181, "ru": 184, "sl": 180, "es": 218, "sv": 199, "tr": 166},
}
MEAN_PACE = 184

CHARACTERS_A_MINUTE = {"zh": 255, "ja": 357}
"""From the same study, for scripts without spaces."""


def count(text: str, language: str) -> Statistics:
    """The counts, and the reading time in seconds at the pace of the language."""
    unspaced = len(_UNSPACED.findall(text))
    words = len(_WORD.findall(_UNSPACED.sub(" ", text) if unspaced else text))
    minutes = words / WORDS_A_MINUTE.get(language, MEAN_PACE)
    minutes += unspaced / CHARACTERS_A_MINUTE.get(language, CHARACTERS_A_MINUTE["zh"])
    return Statistics(
        words=words + unspaced,
        sentences=sum(1 for _ in sentences(text)),
        paragraphs=sum(1 for line in text.split("\n") if line.strip()),
        characters=len(text),
        reading_seconds=round(60 * minutes),
    )
