"""What a feed loses: entries that lead to no article, and gaps between polls. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from connectors.state import FeedState, SeenEntry
from newsline.outcomes import EntryOutcome, FetchOutcome, PageOutcome

LED = frozenset(
    {
        EntryOutcome.PUBLISHED,
        EntryOutcome.UPDATE,
        EntryOutcome.UNCHANGED,
        EntryOutcome.DUPLICATE,
    }
)
"""Outcomes of entries that led to an article."""

NO_LOSS = LED | {
    EntryOutcome.OPTED_OUT,
    FetchOutcome.ROBOTS,
    FetchOutcome.ADDRESS_REFUSED,
    PageOutcome.NOT_HTML,
}
"""Outcomes of which nothing is lost: the article is known, is not to be had, or there is none."""

LOSSES = (
    frozenset((*EntryOutcome, *PageOutcome, *FetchOutcome))
    - NO_LOSS
    - {
        PageOutcome.OK,
        PageOutcome.NOT_MODIFIED,
        FetchOutcome.OUTAGE,  # tried again
    }
)

FEED_FAULTS = frozenset({EntryOutcome.NO_LINK, EntryOutcome.INVALID, EntryOutcome.UNREAD})
"""Each counts. The other losses are those of pages, and some are to be expected: a gallery has no
text."""

PAGES = 2
PAGES_SHARE = 0.1
"""Pages lost, and their share of the entries listed, from which they count; or if it is all."""

SMALLEST_WINDOW = 2
"""Entries. A feed that lists only its last one has no other choice than to list a new one."""

OVERDUE = 2.0
"""Intervals since the last poll, from which a gap is our own: the connector did not run."""


def is_lost(seen: SeenEntry) -> bool:
    """Whether the entry has led to no article and is not tried again."""
    return seen.settled and seen.title is not None and seen.outcome in LOSSES


def lost(stored: Iterable[SeenEntry], listed: int, unread: int) -> Mapping[str, int]:
    """The entries lost of those ``listed``, by outcome, the most frequent first."""
    counts = Counter(str(each.outcome) for each in stored if is_lost(each))
    counts[EntryOutcome.UNREAD.value] += unread
    pages = sum(count for outcome, count in counts.items() if outcome not in FEED_FAULTS)
    if pages < min(listed, max(PAGES, PAGES_SHARE * listed)):
        counts = Counter({name: counts[name] for name in counts if name in FEED_FAULTS})
    return {outcome: count for outcome, count in counts.most_common() if count}


def has_gap(before: FeedState, listed: int, new: int) -> bool:
    """Whether entries may have come and gone unread since the last poll: all that are ``listed``
    are ``new``. Not if far fewer are listed than before: such a feed lists those of a time, as of a
    day.
    """
    last = before.coverage.listed
    is_first = before.last_success is None or not last
    return not is_first and new == listed >= max(SMALLEST_WINDOW, last / 2)


def is_too_slow(before: FeedState, elapsed: float) -> bool:
    """Whether a gap after ``elapsed`` seconds is due to the interval, and not to an outage."""
    return not before.failures and elapsed <= OVERDUE * (before.interval or elapsed)
