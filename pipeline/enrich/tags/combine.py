"""One confidence per top-level concept from the vocabulary and the trained model. Pure.

Measurements of each alone and of both: docs/reference/tags-model.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

VOCABULARY_WEIGHT = 0.2
"""Log-probability per point of the vocabulary's score: the best of .03 to 2 on the HuffPost texts
that training holds back."""

LISTED_WEIGHT = 0.4
"""Weight of the vocabulary's own confidence in the log-odds. The model's shares exclude each
other, but an article on a war is also one on politics."""

ENOUGH = 50.0
"""Substance from which the vocabulary has its full weight; a headline has few of its terms."""

UNLISTED = 0.1
"""Confidence assumed for concepts without a vocabulary score: the vocabulary is small."""

UNLABELLED = frozenset(f"medtop:{number}000000" for number in ("03", "09", "16", "17"))
"""Disaster, labour, conflict and weather: trained on definitions without texts, so the model takes
a war for politics. The vocabulary is as reliable there."""


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
    """The probability that a code with this share is right; it grows with the share."""
    slope, offset = calibration
    return _chance(slope * log_odds(share) + offset)


def agreed(code: str, read: float, listed: float, substance: float = ENOUGH) -> float:
    """One confidence from the model's (``read``) and the vocabulary's (``listed``)."""
    if code in UNLABELLED:
        return max(read, listed)
    said = log_odds(max(listed, UNLISTED))
    weight = LISTED_WEIGHT * min(1.0, substance / ENOUGH)
    return _chance((1 - weight) * log_odds(read) + weight * said)


def log_odds(share: float) -> float:
    """The log-odds of a share, within ±14."""
    share = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(share / (1 - share))


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
