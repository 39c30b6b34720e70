"""Whether fewer articles came than the feeds' pace makes likely. Pure."""

from __future__ import annotations

from math import exp

UNLIKELY = 1e-3
"""Probability below which a count is no chance. At one look in 2 s a rarer value would delay the
answer; a likelier one would call a calm hour a fault: windows overlap, so that a day has about
150 independent looks at 10 minutes."""


def too_few(actual: int, expected: float) -> bool:
    """True if a Poisson process that brings ``expected`` brings ``actual`` or fewer by chance
    with a probability below UNLIKELY."""
    return actual < expected and probability(actual, expected) < UNLIKELY


def probability(at_most: int, expected: float) -> float:
    """P(count <= at_most) of a Poisson distribution with this mean."""
    term = total = exp(-expected)
    for count in range(1, at_most + 1):
        term *= expected / count
        total += term
    return min(1.0, total)
