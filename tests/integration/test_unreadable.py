"""A batch of news.raw that cannot be read: who reads it says which one, ends, and can be led past
it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from kafka import KafkaProducer

from deploy.local.kafka import KafkaServer
from newsline.broker import connect
from newsline.cli.options import DEFAULT_GROUP
from newsline.records import ENRICHED_TOPIC, RAW_TOPIC
from newsline.topics import contents
from tests.support.command import newsline
from tests.support.example_records import raw_article, raw_message
from tests.support.topic_reader import values

pytestmark = [pytest.mark.kafka, pytest.mark.filterwarnings("ignore::ResourceWarning")]


def test_a_corrupt_batch_is_named_and_passed_over_and_another_codec_is_read(mortal_kafka, tmp_path):
    with connect(mortal_kafka.address) as broker:
        contents.ensure(broker)
    write(mortal_kafka, range(2), "snappy")
    write(mortal_kafka, range(2, 5), "gzip")
    write(mortal_kafka, range(5, 7), None)
    mortal_kafka.stop()
    corrupt(mortal_kafka.log.parent / "data" / f"{RAW_TOPIC}-0", raw_article(5).title)
    mortal_kafka.start()

    broker = ("--broker", mortal_kafka.address)
    done = newsline("enrich", "--children", "1", "--status", "127.0.0.1:0", *broker)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert re.search(
        rf"^newsline: kafka://\S+: {RAW_TOPIC} partition 0: the batch at offsets 5 to 6 cannot be"
        r" read: its checksum is wrong; the runbook says how to pass over it$",
        done.stderr,
        re.MULTILINE,
    )
    refused = newsline("enrich", "skip", "0:99", *broker)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.endswith("partition 0 is at offset 5 of 7: 99 is not between them\n")
    skipped = newsline("enrich", "skip", "0:7", *broker)
    assert skipped.stdout == (
        f"{RAW_TOPIC} partition 0 continues at offset 7: 5 to 6 are not enriched\n"
    )
    write(mortal_kafka, range(7, 9), "zstd")
    with connect(mortal_kafka.address) as connection:
        assert len(values(connection, ENRICHED_TOPIC)) == 5
        offset = connection.committed(DEFAULT_GROUP, RAW_TOPIC)[0]
        assert len(connection.read(RAW_TOPIC, 0, offset, limit=10)) == 2


def write(kafka: KafkaServer, numbers: range, codec: str | None) -> None:
    """One batch in partition 0."""
    servers = kafka.address.removeprefix("kafka://")
    producer = KafkaProducer(bootstrap_servers=servers, linger_ms=500, compression_type=codec)
    sent = []
    for number in numbers:
        message = raw_message(raw_article(number))
        sent.append(producer.send(RAW_TOPIC, key=message.key, value=message.value, partition=0))
    for future in sent:
        future.get(30)
    producer.close()


def corrupt(partition: Path, word: str) -> None:
    """Change a byte of a record, as a failing disk does."""
    (log,) = partition.glob("*.log")
    content = bytearray(log.read_bytes())
    content[content.rindex(word.encode())] ^= 0xFF
    log.write_bytes(content)
