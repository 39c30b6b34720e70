"""Whether fewer articles came than the feeds' pace makes likely. Pure."""

from __future__ import annotations

from math import exp, lgamma, log

UNLIKELY = 1e-3
"""Probability below which a count is no chance. At one look in 2 s a rarer value would delay the
answer; a likelier one would call a calm hour a fault: windows overlap, so that a day has about
150 independent looks at 10 minutes."""


NEGLIGIBLE = 1e-9


def too_few(actual: int, expected: float) -> bool:
    """True if a Poisson process that brings ``expected`` brings ``actual`` or fewer by chance
    with a probability below UNLIKELY."""
    return actual < expected and probability(actual, expected) < UNLIKELY


def probability(at_most: int, expected: float) -> float:
    """P(count <= at_most) of a Poisson distribution with this mean, for ``at_most`` up to it.

    By logarithms: ``exp(-expected)`` is 0 from 746 on.
    """
    total = 0.0
    for count in range(at_most, -1, -1):
        term = exp(count * log(expected) - expected - lgamma(count + 1))
        total += term
        if term <= total * NEGLIGIBLE:
            break  # the further ones are smaller
    return total
