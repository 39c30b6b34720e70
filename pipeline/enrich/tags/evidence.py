"""What a collector of evidence hands to the combination, whatever it has read."""

from __future__ import annotations

from typing import NamedTuple

from newsline.records import Evidence


class Finding(NamedTuple):
    """One reason for one concept: how sure it alone would make (0 to 1), and what it is.

    Findings of the same ``evidence.source`` repeat each other: only the surest of them counts.
    """

    code: str
    confidence: float
    evidence: Evidence
