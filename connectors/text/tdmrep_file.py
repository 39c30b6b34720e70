"""The content of a tdmrep.json (W3C TDM Reservation Protocol): opt-outs by path. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct, field

from connectors.text.opt_outs import OptOuts, reserved
from connectors.text.path_rules import MAX_PATTERN, MAX_SEARCHED, Pattern, pattern

MAX_RULES = 1_000


class _Written(Struct):
    location: str = "/"
    reservation: object = field(name="tdm-reservation", default=None)
    policy: object = field(name="tdm-policy", default=None)


class TdmRule(Struct, frozen=True):
    location: Pattern
    opt_outs: OptOuts


def parse_tdmrep(body: bytes) -> tuple[TdmRule, ...]:
    """The rules in a file; none if it is malformed."""
    try:
        written = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"), type=list[_Written])
    except (ValueError, RecursionError):
        return ()
    return tuple(_rules(written[:MAX_RULES]))


def _rules(written: Sequence[_Written]) -> list[TdmRule]:
    rules = []
    searched = 0
    for each in written:
        location = pattern(" ".join(each.location.split()))
        if location and searched + location.searched <= MAX_SEARCHED:
            searched += location.searched
            rules.append(TdmRule(location, _opt_outs(each)))
    return rules


def _opt_outs(rule: _Written) -> OptOuts:
    policy = rule.policy if isinstance(rule.policy, str) and len(rule.policy) <= MAX_PATTERN else ""
    return OptOuts(tdm=reserved(str(rule.reservation)), policy=policy)
