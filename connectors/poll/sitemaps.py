"""The sitemaps that an index lists, read in the poll that reads it: those that may have changed.

What was read of a sitemap is remembered among the feed's entries, under its address: the hash of
its body as the fingerprint, its ``lastmod`` and its validators as the detail.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from connectors.fetch import Validators
from connectors.parse import ParsedFeed, Sitemap, merge_sitemaps
from connectors.poll.feed_update import Look, body_hash
from connectors.state import SeenEntry
from connectors.text.dates import parse_time
from newsline.outcomes import POLL_SUCCEEDED, PollOutcome

AT_A_POLL = 10

A_DAY_ANYWHERE = timedelta(hours=38)
"""From the midnight in Greenwich by which a day is written to the day's end in the last zone."""


class Read(NamedTuple):
    """A sitemap as it was read last."""

    body_hash: str | None = None
    lastmod: str = ""
    last_modified: str | None = None
    etag: str | None = None


class Followed(NamedTuple):
    """The index with its sitemaps as one feed. ``seen`` is to be remembered when all entries are
    settled. ``whole``: no sitemap is left of which the index does not say that it has not changed.
    ``looks``: one for each sitemap that was asked for."""

    feed: ParsedFeed
    seen: Sequence[SeenEntry] = ()
    whole: bool = True
    looks: Sequence[Look] = ()

    @property
    def failures(self) -> Sequence[Look]:
        return [look for look in self.looks if look.outcome not in POLL_SUCCEEDED]

    @property
    def failure(self) -> Look | None:
        """What stood in the way, where not one sitemap could be read."""
        failures = self.failures
        return failures[0] if failures and len(failures) == len(self.looks) else None

    @property
    def detail(self) -> str:
        """What an operator should know of a poll that succeeded all the same."""
        if not (failures := self.failures):
            return ""
        return f"{len(failures)} of {len(self.looks)} sitemaps failed: {failures[0].detail}"


async def follow(
    index: ParsedFeed,
    seen: Mapping[str, SeenEntry],
    now: datetime,
    look: Callable[[str, Validators, str | None], Awaitable[Look]],
) -> Followed:
    """Read the newest of the index's sitemaps that may have changed, :data:`AT_A_POLL` at most.

    ``look`` fetches and parses an address, given its validators and its body's hash. What is no
    index is returned as it is.
    """
    if not index.sitemaps:
        return Followed(index)
    before = {one.url: _read(seen.get(one.url)) for one in index.sitemaps}
    due = [one for one in index.sitemaps if may_have_changed(one, before[one.url], now)]
    chosen = due[:AT_A_POLL]
    looks = await asyncio.gather(*(_look(look, one.url, before[one.url]) for one in chosen))
    pairs = zip(chosen, looks, strict=True)
    read = [(one, each) for one, each in pairs if each.outcome in POLL_SUCCEEDED]
    sure = all(not _is_vague(one.lastmod, now) for one in chosen)
    return Followed(
        merge_sitemaps(index, [each.parsed for each in looks if each.parsed]),
        [_seen(one, each, before[one.url], now) for one, each in read],
        whole=sure and len(read) == len(due),
        looks=looks,
    )


def may_have_changed(sitemap: Sitemap, before: Read, now: datetime) -> bool:
    """Whether the index leaves it open that the sitemap is not as it was. Pure."""
    return sitemap.lastmod != before.lastmod or _is_vague(sitemap.lastmod, now)


def _is_vague(lastmod: str, now: datetime) -> bool:
    """Whether the sitemap may change without its lastmod: there is none, or a day that goes on."""
    at = parse_time(lastmod)
    return at is None or (len(lastmod) <= len("2026-11-25") and now < at + A_DAY_ANYWHERE)


async def _look(
    look: Callable[[str, Validators, str | None], Awaitable[Look]], url: str, before: Read
) -> Look:
    found = await look(url, Validators(before.etag, before.last_modified), before.body_hash)
    if found.parsed and found.parsed.sitemaps:
        return Look(PollOutcome.NOT_A_FEED, f"{url} is an index in an index")
    return found


def _read(seen: SeenEntry | None) -> Read:
    """The detail has a line for each field, for none of them can have two; the ETag is the last, as
    it may be long, and be cut."""
    fields = seen.detail.split("\n") if seen else []
    if seen is None or len(fields) != 3:
        return Read()
    lastmod, last_modified, etag = fields
    return Read(seen.fingerprint or None, lastmod, last_modified or None, etag or None)


def _seen(sitemap: Sitemap, look: Look, before: Read, now: datetime) -> SeenEntry:
    read = before._replace(lastmod=sitemap.lastmod)
    if look.parsed and look.response:
        response = look.response
        body = body_hash(response.body)
        read = Read(body, sitemap.lastmod, response.last_modified, response.etag)
    fingerprint, *fields = (field or "" for field in read)
    at = now.timestamp()
    return SeenEntry(
        *(sitemap.url, fingerprint, 1, True, "sitemap", "\n".join(fields)), handled=at, listed=at
    )
