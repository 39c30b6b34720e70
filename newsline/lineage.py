"""The lineage of a replayed record: the dead letter it comes from, in a header. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from newsline.broker import Headers, header
from newsline.records import DeadLetter, LetterPlaceText, Utc

HEADER = "newsline-replay"


class Lineage(msgspec.Struct, frozen=True, kw_only=True):
    """What a replayed record keeps of its earlier failures. ``replay_of``: the last dead letter's
    place. ``attempts``: of all failures together."""

    replay_of: LetterPlaceText
    first_failed_at: Utc
    attempts: Annotated[int, Meta(ge=1, le=2**31 - 1)]


_decode = msgspec.json.Decoder(Lineage).decode


def read(headers: Headers) -> Lineage | None:
    """The lineage; None if the record was not replayed."""
    value = header(headers, HEADER)
    try:
        return None if value is None else _decode(value)
    except (ValueError, RecursionError):  # another program's
        return None


def headers(letter: DeadLetter, place: str) -> Headers:
    """The headers of a dead letter's original when it is replayed: its own, and its lineage."""
    lineage = Lineage(
        replay_of=place,
        first_failed_at=letter.first_failed_at or letter.failed_at,
        attempts=letter.attempts,
    )
    return (*own_headers(letter), (HEADER, msgspec.json.encode(lineage)))


def own_headers(letter: DeadLetter) -> Headers:
    """The headers of a dead letter's original."""
    return tuple((each.name, each.value) for each in letter.headers)


def without(found: Headers) -> Headers:
    """The headers without the lineage."""
    return tuple(each for each in found if each[0] != HEADER)
