"""The curated vocabulary and the trained model, as one confidence for each top-level concept. Pure.

docs/reference/tags-model.md has what was measured: of each alone, and of both.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

VOCABULARY_WEIGHT = 0.2
"""What a point of the vocabulary's score adds to a log-probability: of .03 to 2, this did best on
the HuffPost texts that training holds back."""

LISTED_WEIGHT = 0.4
"""How much of the log-odds is the vocabulary's own confidence: the model's shares exclude each
other, and an article on a war is also one on politics."""

ENOUGH = 50.0
"""Substance of a text that the vocabulary has its full say on; a headline has few of its terms."""

UNLISTED = 0.1
"""The confidence that is taken for granted where the vocabulary has none: it knows few words."""

UNLABELLED = frozenset(f"medtop:{number}000000" for number in ("03", "09", "16", "17"))
"""Disaster, labour, conflict and weather: the model has had definitions of these and no texts, and
so takes a war for politics. The vocabulary's word is as good there."""


def mix(scores: Mapping[str, float], vocabulary_scores: Mapping[str, float]) -> dict[str, float]:
    """The model's log-probabilities, moved by the vocabulary's scores, as shares of 1."""
    mixed = {
        code: score + VOCABULARY_WEIGHT * vocabulary_scores.get(code, 0.0)
        for code, score in scores.items()
    }
    most = max(mixed.values())
    raised = {code: math.exp(score - most) for code, score in mixed.items()}
    total = sum(raised.values())
    return {code: share / total for code, share in raised.items()}


def confidence(share: float, calibration: tuple[float, float]) -> float:
    """The chance that a code with this share is right; it grows with the share."""
    slope, offset = calibration
    return _chance(slope * log_odds(share) + offset)


def agreed(code: str, read: float, listed: float, substance: float = ENOUGH) -> float:
    """One confidence of the model's and the vocabulary's own; it grows with either."""
    if code in UNLABELLED:
        return max(read, listed)
    said = log_odds(max(listed, UNLISTED))
    weight = LISTED_WEIGHT * min(1.0, substance / ENOUGH)
    return _chance((1 - weight) * log_odds(read) + weight * said)


def log_odds(share: float) -> float:
    """Of a share, kept within ±14."""
    share = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(share / (1 - share))


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
