"""The newest records of a topic, decoded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from newsline.broker import Broker
from newsline.topics import contents

Kind = TypeVar("Kind")


def newest(
    broker: Broker,
    topic: str,
    count: int,
    decode: Callable[[bytes], Kind],
    ends: Sequence[int] | None = None,
) -> Sequence[tuple[float, Kind]]:
    """Newest first, with their times in seconds since 1970.

    Tombstones and records that ``decode`` refuses are left out. ``ends``: see
    :func:`newsline.topics.contents.latest`.
    """
    found = []
    for record in reversed(contents.latest(broker, topic, count, ends)):
        try:
            if record.value is not None:
                found.append((record.timestamp, decode(record.value)))
        except (ValueError, RecursionError):  # another program's, or of a later version
            continue
    return found
