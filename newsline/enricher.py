"""The interface of an enricher: a function of the article.

newsline's own are in :mod:`pipeline.enrich.runner.builtin`; those of installed packages are loaded
by :mod:`pipeline.enrich.runner.installed`. How to write one:
``docs/how-to/add-an-enricher.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from newsline.outcomes import EnricherOutcome
from newsline.records import EnrichedArticle, Model


class Part(NamedTuple):
    """The result of an enricher.

    ``fields``: for newsline's own enrichers, fields of the record; for an installed one, a JSON
    object of its own. ``note``: what is left out and why, such as ``no model for fr``. ``models``:
    the models that were used, if not only the enricher's package.
    """

    fields: Mapping[str, Any]
    note: str = ""
    models: Sequence[Model] = ()


Enrich = Callable[[EnrichedArticle], Part]
"""The function of an enricher. Its argument has the results of newsline's own enrichers that ran
before it. Installed ones run last, and do not see each other's parts.

It must be pure: the same article gives the same part.
"""


class Enricher(NamedTuple):
    """An enricher: its name in the record, its package and version.

    ``load`` loads the models and returns the function. If a ``required`` enricher fails, the record
    becomes a dead letter; any other only leaves its part out. The part of an ``installed`` one goes
    into ``extensions``.
    """

    name: str
    load: Callable[[], Enrich]
    package: str = "newsline"
    version: str = ""
    required: bool = False
    installed: bool = False


class Run(NamedTuple):
    """One run of an enricher on one article: its outcome and its duration in seconds."""

    enricher: str
    outcome: EnricherOutcome
    seconds: float
