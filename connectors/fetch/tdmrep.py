"""/.well-known/tdmrep.json (W3C TDM Reservation Protocol): an origin's opt-outs by path."""

from __future__ import annotations

import time
from collections.abc import Sequence

from yarl import URL

from connectors.fetch.response import FetchFailed
from connectors.fetch.well_known import FetchFile, Origin, WellKnown
from connectors.text.opt_outs import OptOuts
from connectors.text.path_rules import normal_path
from connectors.text.tdmrep_file import TdmRule, parse_tdmrep
from newsline.clock import Clock
from newsline.sandbox.fair_share import FairShare

PATH = ".well-known/tdmrep.json"


class Tdmrep:
    """The opt-outs of each origin. An unreachable or malformed file reserves nothing."""

    def __init__(
        self,
        fetch: FetchFile,
        children: FairShare | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self._files = WellKnown(PATH, parse_tdmrep, _weight, fetch, children, clock)

    async def opt_outs(self, url: URL, *, host_allowed: bool = False) -> OptOuts:
        """The opt-outs of the first rule that matches the page. Raises Inconclusive."""
        rules = await self._files.get(Origin(url.origin(), host_allowed))
        if not rules or isinstance(rules, FetchFailed):
            return OptOuts()
        path = normal_path(url.raw_path_qs)
        found = (rule.opt_outs for rule in rules if rule.location.matches(path))
        return next(found, OptOuts())


def _weight(rules: Sequence[TdmRule]) -> int:
    return 1 + sum(rule.location.kept + len(rule.opt_outs.policy) // 300 for rule in rules)
