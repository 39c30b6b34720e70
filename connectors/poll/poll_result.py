"""The records of a poll: what was fetched, what was processed, and the result. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from connectors.fetch import Response
from connectors.parse import ParsedFeed
from connectors.poll import losses
from connectors.poll.entry_handler import EntryResult
from connectors.state import FeedState, SeenEntry, SeenSitemap
from connectors.websub.subscription import Offer
from newsline.outcomes import POLL_SUCCEEDED, FetchOutcome, PollOutcome
from newsline.records import MAX_URL


class FetchResult(NamedTuple):
    """One address, of a feed or of a sitemap, after fetching and parsing."""

    outcome: PollOutcome | FetchOutcome  # OK before parsing: worth parsing
    detail: str = ""  # for the operator
    response: Response | None = None
    parsed: ParsedFeed | None = None
    retry_after: float = 0.0  # seconds, asked for by the host


class ProcessedFeed(NamedTuple):
    """A parsed feed after its entries were handled."""

    title: str
    ttl: float  # seconds; 0: the feed asks for nothing
    results: Sequence[EntryResult]
    ages: Sequence[float | None]  # of new entries, in seconds since published; None: no date
    same: bool  # the same feed as before, not another one at its address
    unread: int = 0  # entries that were not handled
    hub: str | None = None
    topic: str | None = None  # the feed's URL at the hub
    sitemaps: Sequence[SeenSitemap] = ()  # of an index, those that were read
    whole: bool = True  # False: some sitemaps of the index were not read
    partial: bool = False  # an index: only sitemaps that may have changed were read
    changing: Sequence[str] = ()  # parameters of links that change from poll to poll
    left_out: Sequence[SeenEntry] = ()  # some of the unread ones, to be saved

    @property
    def settled(self) -> bool:
        """True if no entry is to be tried again."""
        return all(result.settled for result in self.results)

    @property
    def seen(self) -> Sequence[SeenEntry]:
        """The entries to save."""
        return [*(result.seen for result in self.results if result.seen), *self.left_out]

    @property
    def listed(self) -> int:
        """Entries in the body, with those that were not handled."""
        return len(self.results) + self.unread

    @property
    def lost(self) -> Mapping[str, int]:
        """Those of the listed entries that are lost, by outcome."""
        stored = [result.stored for result in self.results if result.stored]
        return losses.lost(stored, self.listed, self.unread)

    def has_gap(self, before: FeedState) -> bool:
        """Whether entries may have come and gone since the poll ``before``."""
        new = sum(result.unlisted for result in self.results)
        return not self.partial and losses.has_gap(before, len(self.results), new)

    @property
    def seen_sitemaps(self) -> Sequence[SeenSitemap]:
        """The sitemaps to save: none until all entries are settled, so that they are read again."""
        return self.sitemaps if self.settled else ()


class PollResult(NamedTuple):
    """The result of a poll. ``processed``: if a feed was parsed and its entries were handled."""

    outcome: PollOutcome | FetchOutcome
    detail: str = ""
    response: Response | None = None
    retry_after: float = 0.0
    processed: ProcessedFeed | None = None

    @property
    def succeeded(self) -> bool:
        return self.outcome in POLL_SUCCEEDED

    @property
    def offer(self) -> Offer | None:
        """The feed's WebSub hub. Link headers take precedence over the body (WebSub, 4)."""
        links = self.response.links if self.response else {}
        hub = links.get("hub") or (self.processed.hub if self.processed else None)
        topic = links.get("self") or (self.processed.topic if self.processed else None)
        if not hub or not topic or len(topic) > MAX_URL:
            return None
        return Offer(hub, topic)

    @property
    def ages(self) -> Sequence[float | None]:
        """As of ProcessedFeed; none if no feed was parsed."""
        return self.processed.ages if self.processed else ()


def body_hash(body: bytes) -> str:
    """32 hex digits. 30 % of polls bring the same body with a new ETag."""
    return blake2b(body, digest_size=16).hexdigest()
