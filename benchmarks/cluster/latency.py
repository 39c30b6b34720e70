"""Latency from an article's record on news.raw to that on news.enriched, under light load."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from math import ceil
from typing import NamedTuple

from benchmarks import texts
from benchmarks.cluster.servers import OnRunner, Servers, arrivals
from newsline.broker import Broker, Message, Producer, connect
from newsline.cli.options import DEFAULT_GROUP
from newsline.records import ENRICHED_TOPIC, MAX_TEXT, RAW_TOPIC
from tests.support.example_records import raw_article, raw_message

ARTICLES_A_SECOND = 3
SECONDS = 60.0
HEAVY = 20
"""Revisions of one article of :data:`MAX_TEXT` characters, published at once."""


class Latencies(NamedTuple):
    """Seconds: of all articles; of those on other partitions than a heavy article, before it comes
    and while it is enriched."""

    all: Sequence[float]
    before_heavy: Sequence[float]
    beside_heavy: Sequence[float]


def measure(
    servers: Servers, on_runner: OnRunner, seconds: float = SECONDS, count: int = HEAVY
) -> Latencies:
    messages = map(raw_message, texts.articles(2_000))
    heavy = _heavy(count)
    with on_runner(servers), connect(servers.kafka) as broker:
        producer = broker.producer("bench-light")
        over = time.monotonic() + seconds
        light = _under_load(broker, producer, messages, lambda: time.monotonic() < over)
        ends = broker.end_offsets(RAW_TOPIC)
        producer.commit(heavy)
        where = arrivals(broker, RAW_TOPIC, ends, {heavy[0].key})[heavy[0].key].partition

        def heavy_is_under_way() -> bool:
            return broker.committed(DEFAULT_GROUP, RAW_TOPIC)[where] < ends[where] + count

        beside = _under_load(broker, producer, messages, heavy_is_under_way)
    name = on_runner.__name__
    print(f"{name}: {len(light)} articles, {len(beside)} beside heavy ones", flush=True)
    return Latencies(
        [seconds for _, seconds in light],
        [seconds for partition, seconds in light if partition != where],
        [seconds for partition, seconds in beside if partition != where],
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` of the values do not exceed."""
    return sorted(values)[ceil(share * len(values)) - 1]


def _under_load(
    broker: Broker, producer: Producer, messages: Iterator[Message], goes_on: Callable[[], bool]
) -> Sequence[tuple[int, float]]:
    """Partition and latency of articles published at a steady pace while ``goes_on()``."""
    raw, enriched = broker.end_offsets(RAW_TOPIC), broker.end_offsets(ENRICHED_TOPIC)
    keys = []
    due = time.monotonic()
    while goes_on():
        message = next(messages)
        producer.commit([message])
        keys.append(message.key)
        due += 1 / ARTICLES_A_SECOND
        time.sleep(max(0.0, due - time.monotonic()))
    out = arrivals(broker, ENRICHED_TOPIC, enriched, keys)
    return [
        (come.partition, out[key].at - come.at)
        for key, come in arrivals(broker, RAW_TOPIC, raw, keys).items()
    ]


def _heavy(count: int) -> list[Message]:
    text = "\n".join(article.text for article in texts.articles(100))[:MAX_TEXT]
    return [raw_message(raw_article(text=text, revision=n)) for n in range(1, count + 1)]
