from datetime import UTC, datetime

import pytest

from newsline.broker import BrokerError, Message, Storage, connect
from newsline.outcomes import LetterState
from newsline.records import DEAD_LETTER_TOPIC
from newsline.topics import contents
from newsline.topics.dead_letters import marks, open_count, reading
from newsline.topics.dead_letters.marks import MARKS_TOPIC, Mark
from newsline.topics.dead_letters.open_count import OpenDeadLetters
from tests.support.example_dead_letters import put_letter

INVALID = ("decode", "invalid")
DEADLINE = ("enrich", "deadline")


@pytest.fixture
def open_letters(newsroom):
    return OpenDeadLetters(newsroom)


def letter_at(broker, place):
    (found,) = reading.read(broker, place.partition, place.offset, place.offset + 1)
    return found


def settle(broker, *places, **fields):
    for place in places:
        mark = Mark(
            partition=place.partition,
            offset=place.offset,
            **{"stored_at": letter_at(broker, place).stored_at} | fields,
            state=LetterState.REPLAYED,
            at=datetime.now(UTC),
            by="test",
        )
        broker.producer("test-marks").commit([marks.message(mark)])


def test_open_dead_letters_are_counted_by_stage_and_reason(newsroom, open_letters):
    assert open_letters.read() == {}
    for number in range(3):
        put_letter(newsroom, number)
    put_letter(newsroom, 3, *DEADLINE)
    assert open_letters.read() == {INVALID: 3, DEADLINE: 1}


def test_settled_dead_letters_are_no_longer_open(newsroom, open_letters):
    first, second = (put_letter(newsroom, number) for number in range(2))
    assert open_letters.read() == {INVALID: 2}
    settle(newsroom, first)
    assert open_letters.read() == {INVALID: 1}
    settle(newsroom, first, second)
    assert open_letters.read() == {}
    assert OpenDeadLetters(newsroom).read() == {}


def test_each_record_is_read_once(newsroom, open_letters, monkeypatch):
    settle(newsroom, put_letter(newsroom, 1))
    put_letter(newsroom, 2)
    open_letters.read()
    monkeypatch.setattr(newsroom, "read", None)
    assert open_letters.read() == {INVALID: 1}


def test_a_mark_that_is_read_before_its_dead_letter_counts(newsroom, open_letters):
    place = put_letter(newsroom, 1)
    settle(newsroom, place)
    open_letters._read_marks()
    assert open_letters.read() == {}


def test_a_mark_of_a_dead_letter_that_was_at_this_place_before_counts_for_nothing(
    newsroom, open_letters
):
    settle(newsroom, put_letter(newsroom, 1), stored_at=1.5)
    assert open_letters.read() == {INVALID: 1}


def test_dead_letters_that_retention_has_deleted_are_no_longer_open(
    newsroom, open_letters, monkeypatch
):
    monkeypatch.setattr(open_count, "FORGET_SECONDS", 0.0)
    put_letter(newsroom, 1)
    settle(newsroom, put_letter(newsroom, 2))
    assert open_letters.read() == {INVALID: 1}
    newsroom.change_retention(DEAD_LETTER_TOPIC, Storage(retention=0.0))
    assert open_letters.read() == {}


def test_what_cannot_be_decoded_is_open_and_a_tombstone_is_nothing(newsroom, open_letters):
    messages = [
        Message(DEAD_LETTER_TOPIC, b"k", value)
        for value in (None, b"\xff\x00", b'{"schema":"newsline.dead-letter/2"}')
    ]
    newsroom.producer("foreign").commit(messages)
    newsroom.producer("foreign").commit([Message(MARKS_TOPIC, b"k", b"no mark")])
    assert open_letters.read() == {("unknown", "unknown"): 2}
    assert set(open_letters.newest()) == {("unknown", "unknown")}


def test_the_newest_open_dead_letter_of_each_kind_is_known(newsroom, open_letters):
    places = [put_letter(newsroom, number) for number in range(6)]
    rare = put_letter(newsroom, 6, *DEADLINE)
    assert open_letters.newest() == {}
    settle(newsroom, places[5], places[3])
    open_letters.read()
    assert open_letters.newest() == {
        INVALID: letter_at(newsroom, places[4]).stored_at,
        DEADLINE: letter_at(newsroom, rare).stored_at,
    }
    settle(newsroom, rare)
    open_letters.read()
    assert set(open_letters.newest()) == {INVALID}


def test_without_the_topic_the_count_is_an_error_and_without_marks_it_is_none(tmp_path):
    with connect(f"embedded:{tmp_path / 'broker.db'}") as broker:
        with pytest.raises(BrokerError, match=r"news\.dead-letter does not exist"):
            OpenDeadLetters(broker).read()
        contents.ensure(broker)
        put_letter(broker, 1)
        assert OpenDeadLetters(broker).read() == {INVALID: 1}
