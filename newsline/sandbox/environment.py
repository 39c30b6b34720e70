"""The environment variables of children: none that may be a secret."""

from __future__ import annotations

from collections.abc import Mapping

NAMES = ("PATH", "HOME", "TZ", "LANG", "LANGUAGE", "TMPDIR")
ENRICHERS = "NEWSLINE_ENRICHER_"
PREFIXES = ("LC_", "LD_", "PYTHON", "MALLOC_", ENRICHERS)

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Unless set: there is a child for each core already."""

CONFINE = "NEWSLINE_CONFINE"
"""``no``: children keep all rights of the user."""


def for_child(environment: Mapping[str, str]) -> Mapping[str, str]:
    """The variables that a child inherits: those of Python, libraries and enrichers."""
    inherited = {
        name: value
        for name, value in environment.items()
        if name in (*NAMES, *ONE_THREAD) or name.startswith(PREFIXES)
    }
    return ONE_THREAD | inherited


def is_for_children(name: str) -> bool:
    """True for newsline's own variables that only children and their sandbox read."""
    return name == CONFINE or name.startswith(ENRICHERS)
