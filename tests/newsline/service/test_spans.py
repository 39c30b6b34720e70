"""Spans reach a collector with the ids that are in the messages' headers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from connectors.publish.publisher import Publisher
from connectors.state import State
from newsline import trace_context
from newsline.broker import connect
from newsline.records import RAW_TOPIC
from newsline.service import spans
from newsline.service.spans import TraceSpan
from newsline.topics import contents
from pipeline.beam.claims import Batch, Partition
from pipeline.beam.commit import _export_spans
from pipeline.beam.dead_letters import decode_record, message
from pipeline.beam.enrichment import EnrichedBatch
from pipeline.beam.in_flight import EnrichedRecord
from tests.connectors.publish.test_publisher import candidate

trace_service = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")


class Collector(HTTPServer):
    """Takes OTLP over HTTP, and keeps the spans."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Take)
        self.spans: list = []


class _Take(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = trace_service.ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            for scope in resource.scope_spans:
                self.server.spans += scope.spans
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        spans._exporter.cache_clear()
        yield server
        if exporter := spans._exporter():
            exporter.provider.shutdown()
        spans._exporter.cache_clear()
        server.shutdown()
        thread.join()


def test_a_published_and_enriched_article_is_one_trace(collector, tmp_path):
    with (
        connect(f"embedded:{tmp_path / 'broker.db'}") as broker,
        closing(State(str(tmp_path / "state.db"))) as state,
    ):
        contents.ensure(broker)
        Publisher(broker, "embedded", state).publish([candidate(1)])
        number = next(n for n, end in enumerate(broker.end_offsets(RAW_TOPIC)) if end)
        (record,) = broker.read(RAW_TOPIC, number, 0, limit=9)
    partition = Partition("embedded", "group", RAW_TOPIC, number)
    outcome = decode_record(partition, record._replace(value=b"no article")).article
    batch = Batch(partition, 0, 1, (record,))
    _export_spans(EnrichedBatch(batch, (EnrichedRecord(record, outcome),)))
    spans.flush()
    published, enriched = sorted(collector.spans, key=lambda span: span.name != "publish")
    assert (published.name, enriched.name) == ("publish", "enrich")
    raw = trace_context.read(record.headers)
    sent = trace_context.read(message(partition, record, outcome)[0].headers)
    assert published.trace_id.hex() == enriched.trace_id.hex() == raw.trace_id
    assert (published.span_id.hex(), published.parent_span_id.hex()) == (raw.span_id, "")
    assert (enriched.span_id.hex(), enriched.parent_span_id.hex()) == (sent.span_id, raw.span_id)
    assert published.end_time_unix_nano >= published.start_time_unix_nano


def test_without_an_endpoint_none_is_made(monkeypatch):
    for name in spans.ENDPOINTS:
        monkeypatch.delenv(name, raising=False)
    spans._exporter.cache_clear()
    assert not spans.wanted()
    spans.export(TraceSpan("publish", trace_context.begin(), None, 0.0, 1.0))
    spans._exporter.cache_clear()


def test_without_the_extra_a_line_says_so(monkeypatch, capsys):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")

    def missing() -> None:
        raise ModuleNotFoundError("opentelemetry")

    monkeypatch.setattr(spans, "_Exporter", missing)
    spans._exporter.cache_clear()
    assert not spans.wanted()
    assert not spans.wanted()
    spans._exporter.cache_clear()
    said = "newsline: warning: no spans are sent: pip install 'newsline[otlp]'\n"
    assert capsys.readouterr().err == said
