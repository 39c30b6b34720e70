"""Entries recognised though their feed has changed their id or address. Pure.

A corrected headline changes the address. A session, a token or a time in an address is new at every
poll: such parameters are found by comparing polls, whatever their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence, Set
from typing import NamedTuple

import msgspec

from connectors.parse import Entry
from connectors.parse.entry import entry_fingerprint, likeness
from connectors.state import EntryMarks, KnownArticle, SeenEntry
from connectors.state.tables import Digest
from connectors.text.urls import canonical_url, parameters, with_values, without_values
from newsline.records import RawArticle, article_id


class Address(NamedTuple):
    """An entry's address beside that of an earlier poll."""

    link: str = ""  # canonical
    known: str = ""  # the earlier canonical link if only values of parameters differ, else ``link``
    fingerprint: str = ""  # the entry's, with the earlier address if only parameters differ
    changing: Mapping[str, str] = {}  # the parameters that differ, with their earlier values


def address(entry: Entry, seen: SeenEntry | None) -> Address:
    """The entry's address; ``seen``: the entry as stored."""
    link = canonical_url(entry.link) if entry.link else ""
    if not seen or not seen.address or not link or entry.fingerprint == seen.fingerprint:
        return Address(link, link, entry.fingerprint)
    known = canonical_url(seen.address)
    changing = changed_values(known, link)
    if known != link and not changing:
        return Address(link, link, entry.fingerprint)
    return Address(link, known, entry_fingerprint(entry, seen.address), changing)


def changed_values(before: str, now: str) -> Mapping[str, str]:
    """The earlier values of the parameters that differ between two canonical URLs; none if anything
    else differs."""
    if without_values(before) != without_values(now):
        return {}
    old, new = parameters(before), parameters(now)
    return {name: value for name, value in old.items() if value != new[name]}


def at_known_url(found: RawArticle, known: KnownArticle, values: Mapping[str, str]) -> RawArticle:
    """The article as one more reading of the known one, if its URL with the earlier values is that
    one's; else unchanged."""
    url = with_values(found.url, values)
    if not known.is_at(article_id(url)):
        return found
    own = known.article_id
    return msgspec.structs.replace(found, article_id=own, cluster_id=own, url=url)


def marks(entry: Entry, address: str) -> EntryMarks:
    """The likeness is equal for entries with equal title and texts whose canonical links differ at
    most in the values of parameters."""
    link = canonical_url(address)
    return EntryMarks(Digest.of(likeness(entry, without_values(link))), Digest.of(link))


def recognised(
    entries: Sequence[Entry], unknown: Mapping[str, EntryMarks], stored: Sequence[SeenEntry]
) -> Mapping[str, SeenEntry]:
    """The stored entries that are listed under another id now, by that id.

    ``unknown``: the entries with a link whose id is unknown; ``stored``: candidates, the latest
    first, each used once. An entry that is still listed under its own id is no other one. Of
    several new entries with one likeness none is recognised by it: they may be the weather of
    several days.
    """
    listed = {Digest.of(entry.id) for entry in entries}
    gone = sorted(
        (each for each in stored if each.entry_id not in listed), key=lambda each: each.listed
    )
    by_link = {each.link: each for each in gone}
    by_likeness = {each.likeness: each for each in gone if each.likeness}
    uses = Counter(each.likeness for each in unknown.values())
    found: dict[str, SeenEntry] = {}
    taken: set[str | bytes] = set()
    for entry_id, (like, link) in unknown.items():
        same = by_link.get(link) or (by_likeness.get(like) if uses[like] == 1 else None)
        if same and same.entry_id not in taken:
            taken.add(same.entry_id)
            found[entry_id] = same
    return found


MAX_CHANGING = 20
"""Names of parameters, of up to :data:`MAX_NAME` characters, that a feed may have as changing."""

MAX_NAME = 40


def changing(before: Collection[str], confirmed: Set[str], refuted: Set[str]) -> Sequence[str]:
    """The parameters of a feed's links that change from poll to poll, after one more poll."""
    names = [name for name in (*before, *sorted(confirmed)) if len(name) <= MAX_NAME]
    return list(dict.fromkeys(name for name in names if name not in refuted))[:MAX_CHANGING]
