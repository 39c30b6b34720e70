"""What an enricher is: a function of the article, behind one small interface.

newsline's own are in :mod:`pipeline.enrich.runner.builtin`; others come from installed packages,
see :mod:`pipeline.enrich.runner.installed`. How to write one:
``docs/how-to/add-an-enricher.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from newsline.outcomes import EnricherOutcome
from newsline.records import EnrichedArticle, Model


class Part(NamedTuple):
    """What an enricher adds to a record.

    ``fields``: of newsline's own enrichers, the record's fields that they fill; of an installed
    one, a JSON object of its own. ``note``: what is left out and why, such as ``no model for fr``.
    ``models``: what had a part in it, where that is not the enricher's own package alone.
    """

    fields: Mapping[str, Any]
    note: str = ""
    models: Sequence[Model] = ()


Enrich = Callable[[EnrichedArticle], Part]
"""An enricher at work: the article, with what newsline's own enrichers before it have found → what
it adds. Installed ones come last, and do not see each other's parts.

A pure function: the same article gives the same part, and what it is given stays as it is.
"""


class Enricher(NamedTuple):
    """One enricher, by its name in the record, and the package that it comes with.

    ``load`` gives the function, with its models loaded. Where a ``required`` enricher fails there
    is no record; any other that fails leaves its part out. ``installed``: its part goes into
    ``extensions``.
    """

    name: str
    load: Callable[[], Enrich]
    package: str = "newsline"
    version: str = ""
    required: bool = False
    installed: bool = False


class Run(NamedTuple):
    """An enricher's work on one article: what came of it, and how long it took, in seconds."""

    enricher: str
    outcome: EnricherOutcome
    seconds: float
