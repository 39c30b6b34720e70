"""The record that collectors of evidence pass on to the combination."""

from __future__ import annotations

from typing import NamedTuple

from newsline.records import Evidence


class TagFinding(NamedTuple):
    """One reason for one concept. ``confidence``: of this reason alone, 0 to 1.

    Of findings with the same ``evidence.source`` only the most confident counts.
    """

    code: str
    confidence: float
    evidence: Evidence
