"""Spans for a tracing system, by OTLP over HTTP.

None is made unless ``OTEL_EXPORTER_OTLP_ENDPOINT`` is set; OpenTelemetry's other variables apply as
well. A batch is sent every five seconds by a thread of its own; spans that a collector does not
take are lost, and nothing waits for them.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from newsline.announce import warn
from newsline.trace_context import TraceContext

SERVICE = "OTEL_SERVICE_NAME"
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class TraceSpan(NamedTuple):
    """A step of a trace that has ended. ``parent``: the step before. Times: seconds since 1970."""

    name: str
    step: TraceContext
    parent: TraceContext | None
    start: float
    end: float
    attributes: Mapping[str, str | int] = {}


def wanted() -> bool:
    """True if spans are sent. Cheap enough to ask for each record."""
    return _exporter() is not None


def export(span: TraceSpan) -> None:
    """Send the span with the next batch, if spans are wanted."""
    if exporter := _exporter():
        exporter.add(span)


def flush() -> None:
    """Send what is waiting."""
    if exporter := _exporter():
        exporter.provider.force_flush()


@cache
def _exporter() -> _Exporter | None:
    if not any(os.environ.get(name) for name in ENDPOINTS):
        return None
    try:
        return _Exporter()
    except ModuleNotFoundError:
        warn("no spans are sent: pip install 'newsline[otlp]'")
        return None


class _Exporter:
    """OpenTelemetry's tracer, with the ids that are in the messages' headers."""

    def __init__(self) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        self._lock = threading.Lock()
        self._ids = _GivenIds()
        self.provider = TracerProvider(
            resource=Resource.create({"service.name": os.environ.get(SERVICE) or "newsline"}),
            id_generator=self._ids,  # type: ignore[arg-type]
        )
        self.provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self.provider.get_tracer("newsline")

    def add(self, span: TraceSpan) -> None:
        with self._lock:
            self._ids.step = span.step
            started = self._tracer.start_span(
                span.name,
                context=_context(span.parent),
                attributes=dict(span.attributes),
                start_time=_nanoseconds(span.start),
            )
        started.end(_nanoseconds(max(span.start, span.end)))


class _GivenIds:
    """An id generator, as the tracer expects it, that makes none."""

    step = TraceContext("", "")

    def generate_trace_id(self) -> int:
        return int(self.step.trace_id, 16)

    def generate_span_id(self) -> int:
        return int(self.step.span_id, 16)

    def is_trace_id_random(self) -> bool:
        return True


def _context(parent: TraceContext | None) -> Any:
    """The tracer's context of the parent, which is in another process."""
    from opentelemetry.context import Context
    from opentelemetry.trace import (
        NonRecordingSpan,
        SpanContext,
        TraceFlags,
        set_span_in_context,
    )

    if parent is None:
        return Context()
    ids = (int(parent.trace_id, 16), int(parent.span_id, 16))
    remote = SpanContext(*ids, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    return set_span_in_context(NonRecordingSpan(remote), Context())


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1e9)
