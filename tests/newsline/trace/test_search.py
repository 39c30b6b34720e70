"""Looking for a key's records, on each broker."""

from contextlib import closing

import pytest

from newsline.broker import Message
from newsline.trace.search import FIRST_SPAN, Range, search
from tests.support.command import until

KEY = b"wanted"
EVER = Range(0.0)


@pytest.fixture
def topic(broker, name):
    broker.ensure_topic(name, 3, 100_000)
    return name


@pytest.fixture
def put(broker, topic, name):
    """Write a value for the wanted key, with ``others`` of the same partition before it."""
    with closing(broker.producer(name)) as producer:

        def put(value: bytes, others: int = 0) -> None:
            messages = [*[Message(topic, neighbour(broker, topic), b"")] * others]
            producer.commit([*messages, Message(topic, KEY, value)])
            wait_for_end(broker, topic, value)

        yield put


def neighbour(broker, topic):
    """Another key of the wanted one's partition."""
    own = broker.partition_of(topic, KEY)
    return next(b"%d" % n for n in range(99) if broker.partition_of(topic, b"%d" % n) == own)


def wait_for_end(broker, topic, value):
    """A reader on Kafka sees a transaction some milliseconds later."""
    until(lambda: value in [record.value for _, record in looked_up(broker, topic)[0]])


def looked_up(broker, topic, part=EVER, wanted=9):
    return search(broker, topic, KEY, part, lambda found: len(found) >= wanted)


def test_a_key_s_records_are_found_in_its_own_partition_first(broker, topic, put):
    put(b"one")
    put(b"two")
    found, looks = looked_up(broker, topic, wanted=2)
    own = broker.partition_of(topic, KEY)
    assert [(partition, record.value) for partition, record in found] == [
        (own, b"one"),
        (own, b"two"),
    ]
    assert [(look.partition, look.start, look.records) for look in looks] == [(own, 0, 2)]


def test_the_newest_records_come_first_and_no_more_is_read_than_is_needed(broker, topic, put):
    put(b"early", others=FIRST_SPAN)
    put(b"late", others=FIRST_SPAN)
    found, (look,) = looked_up(broker, topic, wanted=1)
    assert [record.value for _, record in found] == [b"late"]
    assert look.end - look.start == FIRST_SPAN
    assert look.records <= FIRST_SPAN
    both, (look,) = looked_up(broker, topic, wanted=2)
    assert [record.value for _, record in both] == [b"early", b"late"]
    assert look.start == 0


def test_where_partitions_were_added_all_are_looked_through(broker, topic, put):
    put(b"before")
    before = broker.partition_of(topic, KEY)
    counts = (count for count in range(4, 9) if moves(broker, topic, count, before))
    next(counts)
    found, looks = looked_up(broker, topic, wanted=1)
    assert [(partition, record.value) for partition, record in found] == [(before, b"before")]
    assert looks[0].partition == broker.partition_of(topic, KEY)
    assert len(looks) > 1


def moves(broker, topic, count, before):
    """Make it so many partitions; whether the key then goes elsewhere."""
    broker.add_partitions(topic, count)
    return broker.partition_of(topic, KEY) != before


def test_what_is_older_is_not_read(broker, topic, put):
    for value, others in ((b"early", 0), (b"middle", 2 * FIRST_SPAN), (b"late", 0)):
        put(value, others)
    late = looked_up(broker, topic)[0][-1].record
    found, looks = looked_up(broker, topic, Range(late.timestamp))
    assert [record.value for _, record in found] == [b"middle", b"late"]
    assert looks[0].start > 0


def test_what_is_known_is_not_read(broker, topic, put):
    put(b"early")
    put(b"late")
    own = broker.partition_of(topic, KEY)
    late = looked_up(broker, topic)[0][-1].record
    found, looks = looked_up(broker, topic, Range(0.0, {own: late.offset}))
    assert [record for _, record in found] == [late]
    assert looks[0].start == late.offset
