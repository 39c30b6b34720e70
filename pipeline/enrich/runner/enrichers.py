"""RawArticle → EnrichedArticle: each enricher in order, within its deadline, counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from newsline.enricher import Enrich, Enricher, Part, Run
from newsline.errors import OperatorError
from newsline.outcomes import EnricherOutcome
from newsline.records import (
    CONTROL_CHARACTERS,
    MAX_EXTENSIONS,
    MAX_NOTE,
    EnrichedArticle,
    Language,
    Model,
    RawArticle,
)
from pipeline.enrich.runner import builtin, installed
from pipeline.enrich.runner.deadline import Overrun, within
from pipeline.enrich.text import language

REQUIRED_SHARE = 0.9
"""Share of an article's deadline for all enrichers together. The rest is for the transfer."""

OPTIONAL_SHARE = 0.1
"""Share of an article's deadline for each optional enricher."""

Observe = Callable[[Run], object]


class EnricherSettings(NamedTuple):
    """The operator's settings: spaCy packages by language, names of enrichers to leave out, and
    ``recall`` for more topic tags with lower precision."""

    models: Mapping[str, str] | None = None
    without: Sequence[str] = ()
    recall: bool = False


class Enrichers:
    """The enrichers of one process. A record depends on these, the article and the time only."""

    def __init__(
        self, settings: EnricherSettings | None = None, deadline: float | None = None
    ) -> None:
        """Load all enrichers. ``deadline``: seconds per article; None: no limit.

        A deadline works in a process's main thread only.

        Raises OperatorError if an enricher does not load, or if one to leave out is unknown.
        """
        known, off = _known(settings or EnricherSettings())
        self._loaded = [(each, each.load()) for each in known if each.name not in off]
        ours = [each.name for each in known if not each.installed]
        self._notes = tuple(f"{name}: switched off" for name in ours if name in off)
        self._deadline = deadline

    def enrich(
        self, article: RawArticle, now: datetime, observe: Observe = lambda run: None
    ) -> EnrichedArticle:
        """The enriched article; ``now`` (UTC) becomes ``enriched_at``.

        ``observe`` is called with each run. Raises a required enricher's exception, or Overrun.
        """
        started = time.perf_counter()
        fields = msgspec.structs.asdict(article) | _nothing_found(now)
        fields["notes"] = self._notes
        for enricher, function in self._loaded:
            seconds = self._allowed(enricher, time.perf_counter() - started)
            so_far = EnrichedArticle(**(fields | {"extensions": {}}))
            part = _run(enricher, function, so_far, seconds, observe)
            fields |= _with(fields, enricher, part)
        return EnrichedArticle(**fields)

    def _allowed(self, enricher: Enricher, taken: float) -> float | None:
        """Seconds for the enricher, ``taken`` being used up by those before it."""
        if self._deadline is None:
            return None
        left = self._deadline * REQUIRED_SHARE - taken
        return left if enricher.required else min(left, self._deadline * OPTIONAL_SHARE)


def _known(settings: EnricherSettings) -> tuple[Sequence[Enricher], Sequence[str]]:
    """All enrichers in order, and the names of those to leave out."""
    known = [
        *builtin.builtin_enrichers(settings.models, recall=settings.recall),
        *installed.installed_enrichers(),
    ]
    names = [enricher.name for enricher in known]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            packages = " and ".join(e.package for e in known if e.name == name)
            raise OperatorError(f"two enrichers are called {name}, of {packages}: uninstall one")
    off = [name for name in names if name in settings.without]
    for name in settings.without:
        if name not in names:
            raise OperatorError(f"--without {name}: no such enricher; known are {', '.join(names)}")
    extra = [e.name for e in known if e.installed and e.name not in off]
    if len(extra) > MAX_EXTENSIONS:
        raise OperatorError(
            f"{len(extra)} enrichers are installed ({', '.join(extra)}), and a record has room for"
            f" {MAX_EXTENSIONS}: leave out others with --without"
        )
    return known, off


def _nothing_found(now: datetime) -> dict[str, Any]:
    """The fields of an article before the first enricher."""
    return {
        "language": Language(language.UNDECIDED, 0.0),
        "entities": (),
        "topic_tags": (),
        "models": (),
        "extensions": {},
        "enriched_at": now,
    }


def _run(
    enricher: Enricher,
    function: Enrich,
    article: EnrichedArticle,
    seconds: float | None,
    observe: Observe,
) -> Part:
    """The enricher's part; a note if an optional enricher fails."""
    started, outcome = time.perf_counter(), EnricherOutcome.OK
    try:
        with within(seconds, enricher.name):
            return function(article)
    except BaseException as error:  # a package may raise anything, even SystemExit
        outcome = EnricherOutcome.DEADLINE if isinstance(error, Overrun) else EnricherOutcome.ERROR
        if enricher.required or isinstance(error, MemoryError):
            raise
        why = f", {type(error).__name__}: {error}" if outcome is EnricherOutcome.ERROR else ""
        return Part({}, f"{outcome}{why}")
    finally:
        observe(Run(enricher.name, outcome, time.perf_counter() - started))


def _with(fields: Mapping[str, Any], enricher: Enricher, part: Part) -> Mapping[str, Any]:
    """The fields that the enricher's part changes."""
    changed: dict[str, Any] = dict(part.fields)
    if enricher.installed:
        own = {enricher.name: part.fields} if part.fields else {}
        changed = {"extensions": fields["extensions"] | own}
    if part.fields:
        package = Model(enricher.name, enricher.package, enricher.version)
        changed["models"] = (*fields["models"], *(part.models or [package]))
    if part.note:
        changed["notes"] = (*fields["notes"], _note(enricher.name, part.note))
    return changed


def _note(name: str, words: str) -> str:
    """A note within the contract, whatever the enricher returned: one short line of UTF-8."""
    line = CONTROL_CHARACTERS.sub(" ", f"{name}: {' '.join(words.split())}")
    return line[:MAX_NOTE].encode(errors="replace").decode()
