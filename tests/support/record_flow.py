"""A steady flow of raw records, each published once whatever is killed, and its final account."""

from __future__ import annotations

import threading
import time
import uuid
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Self, TypeVar

from newsline.broker import Broker, BrokerError, BrokerUnreachable, Message, Position, connect
from newsline.outcomes import Reason
from newsline.records import (
    DEAD_LETTER_TOPIC,
    ENRICHED_TOPIC,
    MAX_TEXT,
    RAW_TOPIC,
    EnrichedArticle,
    decode_dead_letter,
    decode_enriched,
    decode_raw,
)
from newsline.topics import contents
from newsline.topics.create import PARTITIONS
from tests.support.command import PATIENCE, Command, until
from tests.support.example_records import article_id, raw_article, raw_message
from tests.support.topic_reader import TopicReader, values

REVISIONS = 4
"""Revisions per article, to detect a change of order."""

POISON = 8
"""Undecodable records, some on each partition."""

DEADLINE = ("--deadline", "1")
"""Exceeded by :data:`HEAVY`, which takes over 3 s; the others take about 10 ms."""

HEAVY = 999_999
"""The number of an article that overruns its deadline."""

OUTCOMES = (ENRICHED_TOPIC, DEAD_LETTER_TOPIC)

FIRST = 20
"""Records published before the job runs: they show that it has started."""

TEXT = "The mayor of Oslo met union leaders from Norway on Monday. Talks go on in Bergen. "

Answer = TypeVar("Answer")


class Flow:
    """Publishes ``articles`` revisions, poison and a heavy article at a steady pace.

    The pace starts with the first outcome, however long the job takes to start, so that records
    flow during a kill. The flow commits its own progress with its records, and so continues at the
    right record when the broker is back. The last quarter is held back until :meth:`go_on`. Earlier
    records on the topics are ignored.
    """

    def __init__(self, address: str, articles: int, seconds: float) -> None:
        assert articles % REVISIONS == 0
        self._address = address
        self._messages = _messages(articles)
        self._pace = len(self._messages) / seconds
        self._thread = threading.Thread(target=self._publish, daemon=True)
        self._stop = threading.Event()
        self._limit = 3 * len(self._messages) // 4
        self._done = 0
        self._began: float | None = None
        self.articles = articles
        self._name = f"flow-{uuid.uuid4().hex[:12]}"
        self._broker: Broker | None = None
        with connect(address) as broker:
            contents.ensure(broker)
            self._since = {topic: broker.end_offsets(topic) for topic in OUTCOMES}
        self._readers = [TopicReader(topic, self._since[topic]) for topic in OUTCOMES]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stop.set()
        self._thread.join()
        self._disconnect()

    def _disconnect(self) -> None:
        if self._broker:
            self._broker.close()
        self._broker = None

    def _publish(self) -> None:
        while self._goes_on():
            try:
                with connect(self._address) as broker:
                    producer = broker.producer(self._name)
                    self._done = broker.committed(self._name, RAW_TOPIC)[0]
                    limit = self._limit
                    while limit == self._limit and self._goes_on():
                        batch = self._messages[self._done : min(limit, self._due())]
                        if batch:
                            end = self._done + len(batch)
                            producer.commit(batch, Position(self._name, RAW_TOPIC, 0, end))
                            self._done = end
                        time.sleep(0.05)
            except BrokerError:
                time.sleep(0.2)

    def _due(self) -> int:
        if self._began is None:
            return FIRST
        return FIRST + int((time.monotonic() - self._began) * self._pace)

    def _goes_on(self) -> bool:
        return self._done < len(self._messages) and not self._stop.is_set()

    def enriched(self) -> int:
        """The number of outcomes so far, dead letters included."""
        try:
            self._broker = self._broker or connect(self._address)
            for reader in self._readers:
                reader.read(self._broker)
        except BrokerError:
            self._disconnect()
        count = sum(len(reader.values) for reader in self._readers)
        if count and self._began is None:
            self._began = time.monotonic()
        return count

    def reach(self, share: float, job: Command | None = None) -> None:
        """Wait until this share of all records has an outcome; ``job`` is restarted meanwhile."""
        wanted = int(share * len(self._messages))

        def is_there() -> bool:
            if job:
                job.revive()
            return self.enriched() >= wanted

        until(is_there, f"record {wanted} on its topic", every=0.2)

    def go_on(self) -> None:
        """Publish the rest too, with a new producer: an old one is slow to see new partitions."""
        self._limit = len(self._messages)

    def account(self, partitions: int | None = PARTITIONS) -> None:
        """Print lost, duplicate and reordered records; fail the test if there are any.

        Each of ``partitions`` has poison; None: partitions were added, so the order, which Kafka
        keeps within a partition, is not checked.
        """
        with connect(self._address) as broker:
            articles = list(map(decode_enriched, self._outcomes(broker, ENRICHED_TOPIC)))
            letters = list(map(decode_dead_letter, self._outcomes(broker, DEAD_LETTER_TOPIC)))
            lag = sum(persist(lambda: broker.lag("newsline-enrich", RAW_TOPIC)))
        # On a busy machine an article may overrun the deadline that is for the heavy one.
        late = Counter(
            (raw.article_id, raw.revision)
            for letter in letters
            if letter.reason is Reason.DEADLINE
            for raw in [decode_raw(letter.original)]
        )
        heavy = late.pop((article_id(HEAVY), 1), 0)
        seen = Counter((a.article_id, a.revision) for a in articles) + late
        poison = Counter(
            letter.original for letter in letters if letter.reason is not Reason.DEADLINE
        )
        lost = self.articles - len(seen) + POISON - len(poison)
        doubled = sum(seen.values()) - len(seen) + sum(poison.values()) - len(poison)
        shuffled = _out_of_order(articles)
        print(
            f"{len(seen)} articles, {len(poison)} poisoned, {heavy + late.total()} late:"
            f" {lost} lost, {doubled} doubled, {shuffled} out of order, lag {lag}"
        )
        assert (lost, doubled, lag) == (0, 0, 0)
        assert heavy == 1
        if partitions is not None:
            assert shuffled == 0
            assert {letter.partition for letter in letters} == set(range(partitions))

    def _outcomes(self, broker: Broker, topic: str) -> list[bytes]:
        """The values on the topic, as a committed reader sees them."""
        return values(broker, topic, since=self._since[topic])


def persist(ask: Callable[[], Answer]) -> Answer:
    """The answer, requested again while the broker is unreachable."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except BrokerUnreachable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _messages(articles: int) -> list[Message]:
    number = articles // REVISIONS
    messages = [
        raw_message(raw_article(n, revision=revision, text=TEXT * 2))
        for revision in range(1, REVISIONS + 1)
        for n in range(number)
    ]
    for n in range(POISON):
        key = _key_for(n % PARTITIONS, n)
        at = (n + 1) * len(messages) // (POISON + 1)
        messages.insert(at, Message(RAW_TOPIC, key, b"not a record %d" % n))
    short_words = TEXT * 100 + "I am. " * MAX_TEXT  # the more words, the longer it takes
    heavy = raw_article(HEAVY, text=short_words[:MAX_TEXT])
    messages.insert(len(messages) // 3, raw_message(heavy))
    return messages


def _key_for(partition: int, salt: int) -> bytes:
    """A key that both Kafka (murmur2) and the embedded broker (crc32) place on the partition."""
    from kafka.partitioner.default import murmur2

    return next(
        key
        for n in range(10_000)
        if (murmur2(key := b"poison %d %d" % (salt, n)) & 0x7FFFFFFF) % PARTITIONS
        == partition
        == zlib.crc32(key) % PARTITIONS
    )


def _out_of_order(articles: list[EnrichedArticle]) -> int:
    """The number of revisions before an earlier one of their article."""
    revisions: defaultdict[str, list[int]] = defaultdict(list)
    for article in articles:
        revisions[article.article_id].append(article.revision)
    return sum(later < earlier for each in revisions.values() for earlier, later in pairwise(each))
