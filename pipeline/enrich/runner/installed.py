"""Enrichers from installed packages, by the entry-point group ``newsline.enrichers``.

An entry point names a callable without arguments. It loads the enricher's models and returns its
function, :data:`newsline.enricher.Enrich`. The result is a JSON object of at most
:data:`newsline.records.MAX_EXTENSION_BYTES`, placed in the record under the enricher's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import msgspec

from newsline.enricher import Enrich, Enricher, Part
from newsline.errors import OperatorError
from newsline.records import ENRICHER_NAME, MAX_EXTENSION_BYTES, MAX_NAME

GROUP = "newsline.enrichers"

MAX_DEPTH = 16
"""Nesting of an extension: readers' decoders are recursive."""


def installed_enrichers() -> Sequence[Enricher]:
    """The installed enrichers, by name. Raises OperatorError for an invalid name."""
    return [_enricher(point) for point in sorted(entry_points(group=GROUP), key=lambda p: p.name)]


def _enricher(point: EntryPoint) -> Enricher:
    package, version = (point.dist.name, point.dist.version) if point.dist else ("unknown", "0")
    if not re.match(ENRICHER_NAME, point.name):
        raise OperatorError(
            f"the package {package} {version} has an enricher with the invalid name {point.name!r}"
            " (allowed: a-z, 0-9 and _, at most 40): uninstall it, or have it renamed"
        )
    return Enricher(
        name=point.name,
        load=_loading(point, f"{point.name} of the package {package} {version}"),
        package=package[:MAX_NAME],
        version=version[:MAX_NAME],
        installed=True,
    )


def _loading(point: EntryPoint, whose: str) -> Callable[[], Enrich]:
    """A loader that raises OperatorError for any exception of the package."""

    def load() -> Enrich:
        try:
            function = point.load()()
            if not callable(function):
                raise TypeError(f"{point.value} returned {type(function).__name__}, not a function")
        except MemoryError:
            raise
        except BaseException as error:
            why = " ".join(f"{type(error).__name__}: {error}".split())
            raise OperatorError(
                f"the enricher {whose} does not load: {why}: fix or uninstall the package,"
                f" or start with --without {point.name}"
            ) from error
        return lambda article: _checked(function(article))

    return load


def _checked(part: Any) -> Part:
    """The part as plain JSON. Raises TypeError or ValueError if it is none, or too large."""
    if not isinstance(part, Part) or not isinstance(part.note, str):
        raise TypeError(f"it returned {type(part).__name__}, not a Part with a note in words")
    value = msgspec.json.encode(part.fields)
    if len(value) > MAX_EXTENSION_BYTES:
        raise ValueError(f"its part has {len(value)} bytes, more than {MAX_EXTENSION_BYTES}")
    fields = msgspec.json.decode(value)
    if not isinstance(fields, dict):
        raise TypeError("its part is not a JSON object")
    if _depth(fields) > MAX_DEPTH:
        raise ValueError(f"its part is nested deeper than {MAX_DEPTH}")
    return Part(fields, part.note)


def _depth(value: Any) -> int:
    if not isinstance(value, dict | list):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(_depth, inner), default=0)
