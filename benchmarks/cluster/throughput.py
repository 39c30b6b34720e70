"""Articles/s of the job on Flink (two workers, a child each) and on DirectRunner (two children)."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import texts
from benchmarks.cluster.servers import OnRunner, Servers, arrivals, on_direct, on_flink
from benchmarks.job import fill
from newsline.broker import connect
from newsline.records import ENRICHED_TOPIC, RAW_TOPIC, RawArticle
from tests.support.example_records import raw_message

ARTICLES = 1_114
ROUNDS = 3


def measure(servers: Servers, rounds: int = ROUNDS) -> list[tuple[float, float]]:
    """Articles/s on Flink and on DirectRunner, measured in turn."""
    articles = texts.articles(ARTICLES)
    return [
        (_rate(servers, on_flink, articles), _rate(servers, on_direct, articles))
        for _ in range(rounds)
    ]


def _rate(servers: Servers, on_runner: OnRunner, articles: Sequence[RawArticle]) -> float:
    """Articles/s from the first arrival on news.raw to the last on news.enriched. (Counted from the
    first commit, as on the embedded broker, it would include articles of the other worker.)"""
    keys = [raw_message(article).key for article in articles]
    with on_runner(servers), connect(servers.kafka) as broker:
        raw, enriched = broker.end_offsets(RAW_TOPIC), broker.end_offsets(ENRICHED_TOPIC)
        fill(servers.kafka, articles)
        begin = min(come.at for come in arrivals(broker, RAW_TOPIC, raw, keys).values())
        end = max(come.at for come in arrivals(broker, ENRICHED_TOPIC, enriched, keys).values())
    rate = len(keys) / (end - begin)
    print(f"{on_runner.__name__}: {rate:.1f} articles/s", flush=True)
    return rate
