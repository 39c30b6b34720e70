"""The trace of an article's revision in message headers, by W3C Trace Context. Pure, but for the
random ids.

A connector begins a trace with each revision that it publishes; the job goes on with it. The header
``traceparent`` holds the trace's id and that of the step that wrote the record.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

PARENT = "traceparent"
STATE = "tracestate"

MAX_STATE = 512
"""Bytes of a ``tracestate`` that is carried on."""

Header = tuple[str, bytes]

_FORM = re.compile(rb"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}")


class TraceContext(NamedTuple):
    """A step of a trace. Ids are 32 and 16 hex digits, not all of them 0."""

    trace_id: str
    span_id: str

    def header(self) -> Header:
        """The ``traceparent`` of what the step writes."""
        return PARENT, f"00-{self.trace_id}-{self.span_id}-01".encode()

    def child(self, place: str) -> TraceContext:
        """The step that follows at this place. Another attempt at it has the same id."""
        span_id = blake2b(f"{self.span_id} {place}".encode(), digest_size=8).hexdigest()
        return TraceContext(self.trace_id, span_id)


def begin() -> TraceContext:
    """The first step of a new trace."""
    ids = os.urandom(24).hex()
    return TraceContext(ids[:32], ids[32:])


def read(headers: Iterable[Header]) -> TraceContext | None:
    """The step that wrote a record; None without a valid ``traceparent``."""
    for name, value in headers:
        if name == PARENT and (found := _FORM.fullmatch(value)) and value[:2] != b"ff":
            return TraceContext(found[1].decode(), found[2].decode())
    return None


def carried(headers: Iterable[Header], step: TraceContext) -> tuple[Header, ...]:
    """The trace's headers of a record that ``step`` makes of one with these ``headers``."""
    states = tuple(each for each in headers if each[0] == STATE and len(each[1]) <= MAX_STATE)
    return (step.header(), *states[:1])
